//! `syndic serve`

mod background;
mod stop;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::json;
use syndic_gate::{Gate, Standing, SystemClock};
use syndic_governance::{Durability, Settings};
use syndic_server::{Bound, Listen, Tls};

use crate::args::Global;
use crate::attach::{IfNone, attach};
use crate::bootstrap::KeyFile;
use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::{daemon, directory, key, log};

/// Decide and record actions until stopped
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic serve --dir governance
  syndic serve --dir governance --bootstrap-key-file ~/.config/syndic/admin.key
  syndic serve --dir governance --listen 0.0.0.0:7860 --behind-proxy
  syndic serve --dir governance --key-file ~/.config/syndic/admin.key     and print a link to the dashboard
  syndic serve --dir governance --stop     end the daemon that runs there

Also serves the Unix socket `syndic.sock` in the data directory, for this user alone.
The first start makes the first admin key: it is printed once, or written to FILE for you alone.
That start, and one that is shown a key, print a link that signs a browser in with that key, once and within ten
minutes; on a terminal alone, unless --print-code is given. `syndic sign-in` makes another.
A daemon in the background makes and prints no key, logs to `daemon.log` in the data directory, and stays until --stop
ends it; where its address is taken, it serves its socket alone.
SYNDIC_LOG sets what is logged to standard error, as in SYNDIC_LOG=debug.")]
pub(crate) struct ServeArgs {
    /// Listen here instead of where syndic.yaml says
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// A proxy in front ends TLS, so an address of the network may be served in clear
    #[arg(long)]
    behind_proxy: bool,
    /// Write the first admin key to this file, outside the governance and data directories
    #[arg(long, value_name = "FILE")]
    bootstrap_key_file: Option<PathBuf>,
    /// Print the link that signs a browser in though standard output is no terminal
    #[arg(long, conflicts_with_all = ["stop", "detach", "background"])]
    print_code: bool,
    /// End the daemon of DIR instead, and wait until it ended
    #[arg(long, conflicts_with_all = ["listen", "behind_proxy", "bootstrap_key_file"])]
    stop: bool,
    /// Start a daemon in the background unless one answers, wait until it does, and make no key
    #[arg(long, conflicts_with_all = ["listen", "behind_proxy", "bootstrap_key_file", "stop"])]
    detach: bool,
    /// Be the daemon in the background
    #[arg(long, hide = true, conflicts_with_all = ["detach", "stop", "bootstrap_key_file"])]
    background: bool,
}

pub(crate) async fn run(args: &ServeArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    if args.stop {
        return stop::run(&global.dir, out).await;
    }
    if args.detach {
        return detach(global, out).await;
    }
    if args.background {
        return background::run(args, global, out).await;
    }
    log::to_stderr();
    daemon::make_room(out);
    let governance = directory::load(&global.dir, out)?;
    let settings = governance.settings.clone();
    let key_file = args
        .bootstrap_key_file
        .as_deref()
        .map(|path| KeyFile::prepare(path, &[&global.dir, &settings.data_dir]))
        .transpose()?;
    let gate = daemon::open(governance, Arc::new(SystemClock)).await?;
    let bound = syndic_server::bind(Arc::clone(&gate), args.listen(&settings)).await?;
    let first = gate.bootstrap_key().await?;
    if let Some(key) = &first {
        hand_over(key, key_file, out)?;
    }
    // Whoever reads that it listens may stop it at once.
    let stopped = daemon::stopped()?;
    let watch = tokio::spawn(Gate::watch(Arc::downgrade(&gate)));
    announce(&bound, &settings, &gate.governance().revision, out)?;
    if args.print_code || Output::is_terminal() {
        announce_link(&bound, first.map_or_else(|| key::given(global), |key| Ok(Some(key)))?, out)?;
    }
    announce_held(&gate.policy_standing(), out);
    let served = bound.run(stopped).await.context("the server stopped");
    watch.abort();
    served?;
    out.note("stopped");
    Ok(Exit::Success)
}

async fn detach(global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let socket = attach(&global.dir, IfNone::Start).await?;
    if out.is_json() {
        out.document(&json!({ "socket": socket }))?;
    } else {
        out.line(format!("a daemon answers on {}", socket.display()))?;
    }
    Ok(Exit::Success)
}

impl ServeArgs {
    fn listen(&self, settings: &Settings) -> Listen {
        let tls = settings.tls.clone();
        Listen {
            tcp: Some(self.listen.unwrap_or(settings.listen)),
            unix: Some(daemon::socket(&settings.data_dir)),
            tls: tls.map(|tls| Tls { cert: tls.cert, key: tls.key }),
            behind_proxy: self.behind_proxy,
        }
    }
}

/// Shows the first admin key this once, or leaves it where only its owner reads it.
fn hand_over(key: &str, key_file: Option<KeyFile>, out: &Output) -> anyhow::Result<()> {
    match key_file {
        Some(file) => {
            let path = file.write(key)?;
            out.line(format!("first admin key written to {}", path.display()))?;
        }
        None => {
            out.line("first admin key, shown this once; keep it out of reach of agents:")?;
            out.line(format!("  {}", out.paint(Tone::Strong, key)))?;
        }
    }
    Ok(())
}

fn announce(
    bound: &Bound,
    settings: &Settings,
    revision: &str,
    out: &Output,
) -> anyhow::Result<()> {
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    if settings.durability == Durability::Buffered {
        out.warning("durability is buffered: a crash of the machine may lose the last records");
    }
    out.line(format!(
        "environment {}, revision {revision}, durability {}, records in {}",
        settings.environment,
        settings.durability,
        settings.data_dir.display()
    ))?;
    if let Some(address) = bound.local_addr() {
        out.line(format!("listening on {scheme}://{address}"))?;
    }
    Ok(())
}

/// Shows the link to the dashboard that signs in whoever has the key.
///
/// INVARIANT: without a key there is no link. Whoever may start a daemon is not thereby an administrator: an agent of
/// the same user could.
fn announce_link(bound: &Bound, key: Option<String>, out: &Output) -> anyhow::Result<()> {
    let Some(key) = key else { return Ok(()) };
    match bound.sign_in_code(&key) {
        Ok(Some(link)) => {
            out.line("dashboard, signed in by this link once and within ten minutes:")?;
            out.line(format!("  {}", out.paint(Tone::Strong, link.url)))?;
        }
        Ok(None) => {}
        Err(error) => out.warning(format!("there is no link to the dashboard: {error}")),
    }
    Ok(())
}

/// Says that the files are not in force, as loudly as can be.
fn announce_held(standing: &Standing, out: &Output) {
    let Some(held) = &standing.held else { return };
    out.warning(format!(
        "the files are revision {}, which loosens what was last in force and is NOT in force:",
        held.revision
    ));
    for one in &held.loosened {
        out.note(format!("  {one}"));
    }
    out.note(format!(
        "  one administrator proposes it with `syndic policy reload`, another accepts it with \
         `syndic policy reload --accept-loosening {}`",
        held.revision
    ));
}
