//! What the proxy adds to a call: server-everything's `echo`, by a client that sends lines and no more.
//!
//! The limit is a program that copies bytes between the same pipes and looks at nothing, around the same server in
//! the same rounds; `added_p50_us` is over it. Beside it stand the server without anything between, one `fdatasync`,
//! and other proxies. Over HTTP the limit is the server itself, and what is compared is throughput.

mod http;
mod office;
mod stdio;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;

use crate::daemon::Daemon;
use crate::http::fdatasync;
use crate::row::{Figures, Measured, median, print};
pub use stdio::bare;

const ROUNDS: usize = 7;
const PER_ROUND: Duration = Duration::from_millis(700);
const CONNECTIONS: usize = 32;

/// What `cargo xtask bench mcp` built and installed.
struct Parts {
    syndic: PathBuf,
    node: PathBuf,
    /// Where the servers and peers are installed.
    kit: PathBuf,
    /// A gateway from crates.io, if it could be built.
    gateway: Option<PathBuf>,
}

impl Parts {
    fn new(words: &[&str]) -> anyhow::Result<Self> {
        let [syndic, node, kit, gateway @ ..] = words else {
            anyhow::bail!("run it as `cargo xtask bench mcp`, which gets the servers and peers");
        };
        Ok(Self { syndic: syndic.into(), node: node.into(), kit: kit.into(), gateway: gateway.first().map(PathBuf::from) })
    }

    /// The command of server-everything over stdio, or with another word over HTTP.
    fn everything(&self, transport: &str) -> Vec<String> {
        let file = self.kit.join("node_modules/@modelcontextprotocol/server-everything/dist/index.js");
        vec![self.node.display().to_string(), file.display().to_string(), transport.to_owned()]
    }
}

pub fn run(words: &[&str], json: bool) -> anyhow::Result<()> {
    let parts = Parts::new(words)?;
    std::fs::create_dir_all("target")?;
    over_stdio(&parts, json)?;
    over_http(&parts, json)
}

fn over_stdio(parts: &Parts, json: bool) -> anyhow::Result<()> {
    let (buffered, full) = (office::directory("buffered")?, office::directory("full")?);
    let daemon = Daemon::start(&parts.syndic, |dir| office::fill(dir, "full"))?;
    let server = parts.everything("stdio");
    let own = std::env::current_exe()?.display().to_string();
    let alone = |dir: &Path| office::proxy(parts, dir, &["--standalone", "--"], &server);
    let mut subjects = vec![
        ("bare pass-through", [vec![own, "bare".to_owned()], server.clone()].concat()),
        ("without a proxy", server.clone()),
        ("standalone buffered", alone(buffered.path())),
        ("standalone full", alone(full.path())),
        ("daemon full", office::proxy(parts, daemon.dir(), &["--no-start", "--"], &server)),
    ];
    subjects.extend(stdio_peers(parts, &server));
    let mut clients = Vec::new();
    for (name, command) in &subjects {
        let client = stdio::Client::open(command).with_context(|| format!("{name}: {}", command.join(" ")))?;
        clients.push((*name, client, Vec::new()));
    }
    let mut syncs = Vec::new();
    for _ in 0..ROUNDS {
        syncs.push(fdatasync()?);
        let mut bare = f64::NAN;
        for (name, client, rounds) in &mut clients {
            let mut figures = client.calls(PER_ROUND).with_context(|| (*name).to_owned())?;
            if *name == "bare pass-through" {
                bare = figures[0].1;
            }
            figures.push(("added_p50_us", figures[0].1 - bare));
            rounds.push(figures);
        }
    }
    let of = |name: &str| {
        let rounds = clients.iter().find(|(subject, ..)| *subject == name).map(|(.., rounds)| median(rounds));
        rounds.unwrap_or_default()
    };
    for case in ["standalone buffered", "standalone full", "daemon full"] {
        let mut others = vec![Measured { subject: "bare pass-through", figures: of("bare pass-through") }];
        others.push(Measured { subject: "without a proxy", figures: of("without a proxy") });
        others.push(Measured { subject: "fdatasync", figures: median(&syncs) });
        others.extend(clients.iter().skip(5).map(|(subject, ..)| Measured { subject, figures: of(subject) }));
        let ours = Measured { subject: "syndic", figures: of(case) };
        print("mcp", &format!("stdio {case}"), &others, &ours, "p50_us", json);
    }
    Ok(())
}

/// Other proxies from stdio to stdio.
fn stdio_peers(parts: &Parts, server: &[String]) -> Vec<(&'static str, Vec<String>)> {
    let passthrough = parts.kit.join("passthrough.mjs").display().to_string();
    let command = [vec![parts.node.display().to_string(), passthrough], server.to_vec()].concat();
    vec![("passthrough-mcp-server", command)]
}

fn over_http(parts: &Parts, json: bool) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let daemon = Daemon::start(&parts.syndic, |dir| office::fill(dir, "full"))?;
    let upstream = office::Running::everything(parts)?;
    let proxy = office::Running::proxy(parts, daemon.dir(), upstream.address)?;
    let key = daemon.key(office::AGENT)?;
    let mut subjects = vec![("without a proxy", upstream.address, "/mcp", None, "echo")];
    let gateway = parts.gateway.as_deref().map(|path| office::Running::gateway(path, upstream.address)).transpose()?;
    if let Some(gateway) = &gateway {
        subjects.push(("mcp-proxy", gateway.address, "/", None, "everything/echo"));
    }
    subjects.push(("syndic", proxy.address, "/mcp", Some(key.as_str()), "echo"));
    let mut rounds: Vec<Vec<Figures>> = vec![Vec::new(); subjects.len()];
    for _ in 0..ROUNDS {
        let mut direct = f64::NAN;
        for ((name, address, path, key, tool), rounds) in subjects.iter().zip(&mut rounds) {
            let measured = runtime.block_on(http::load((*address, path), *key, tool, CONNECTIONS, PER_ROUND * 2));
            let mut figures = measured.with_context(|| (*name).to_owned())?;
            if *name == "without a proxy" {
                direct = figures[0].1;
            }
            figures.push(("added_p50_us", figures[0].1 - direct));
            rounds.push(figures);
        }
    }
    let mut measured: Vec<Measured> =
        subjects.iter().zip(&rounds).map(|((subject, ..), rounds)| Measured { subject, figures: median(rounds) }).collect();
    let ours = measured.pop().context("a subject")?;
    print("mcp", &format!("http {CONNECTIONS} connections"), &measured, &ours, "per_s", json);
    Ok(())
}
