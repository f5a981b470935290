//! What it costs to look: the first page over a million events in a real browser, a scrape of many series, a thousand
//! who follow along, and the memory of a daemon that waits.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use syndic_gate::{Gate, KeyRequest, SystemClock};
use syndic_model::{EnforcementGrade, Role};
use syndic_server::{Listen, bind};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::daemon::Daemon;
use crate::http::shipped;
use crate::row::{Figures, Measured, latencies, median, print};
use crate::search;
use crate::wire::{Connection, request};

const ROUNDS: usize = 5;
const AGENTS: usize = 500;
const ACTIONS: usize = 200;
const SCRAPES: usize = 20;
const FOLLOWERS: usize = 1000;
const POLICIES: usize = 1000;
const PER_ROUND: Duration = Duration::from_secs(3);
/// How often busy agents ask, together.
const PACE: Duration = Duration::from_millis(10);
/// How long a daemon is left alone before its memory is looked at.
const IDLE: Duration = Duration::from_secs(5);

/// What the measurement of pages needs: the built daemon, and what drives the browser.
pub struct Parts<'a> {
    pub syndic: &'a Path,
    pub driver: &'a Path,
}

pub fn run(parts: &Parts<'_>, json: bool) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    memory(parts.syndic, json)?;
    runtime.block_on(scrape(json))?;
    runtime.block_on(followed(json))?;
    page(parts, json)
}

/// The daemon's resident memory with many policies, before anybody asks.
fn memory(syndic: &Path, json: bool) -> anyhow::Result<()> {
    let daemon = Daemon::start(syndic, |dir| {
        shipped(dir)?;
        Ok(std::fs::write(dir.join("policies/org/generated.cedar"), policies())?)
    })?;
    std::thread::sleep(IDLE);
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.id()))?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: f64 = kib.context("VmRSS")?.trim().trim_end_matches(" kB").parse()?;
    let ours = Measured { subject: "syndic", figures: vec![("rss_mb", kib / 1024.0)] };
    print("dashboard", "idle memory, 1000 policies", &[], &ours, "rss_mb", json);
    Ok(())
}

fn policies() -> String {
    (0..POLICIES).fold(String::new(), |mut text, n| {
        let _ = writeln!(
            text,
            "@id(\"generated-{n}\") @description(\"Refunds stay small\") @severity(\"medium\") @reason(\"the refund is large\")\n\
             forbid(principal, action == Action::\"issue_refund\", resource) \
             when {{ context.facts.amount.greaterThan(decimal(\"{}.5\")) }};",
            100_000 + n
        );
        text
    })
}

/// `/metrics` with a series for each agent and action.
async fn scrape(json: bool) -> anyhow::Result<()> {
    let dir = tempfile::tempdir_in("target")?;
    shipped(dir.path())?;
    crowd(dir.path())?;
    let office = Office::open(dir.path()).await?;
    office.ask_everything().await?;
    let mut connection = Connection::open(office.address).await?;
    let (metrics, alive) =
        (request("GET", "/metrics", &office.auditor, ""), request("GET", "/healthz", &office.auditor, ""));
    let (mut limit, mut ours, mut series) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        for (figures, asked) in [(&mut limit, &alive), (&mut ours, &metrics)] {
            let (mut each, start) = (Vec::new(), Instant::now());
            for _ in 0..SCRAPES {
                let begun = Instant::now();
                let body = connection.send(asked).await?;
                each.push(begun.elapsed());
                series = series.max(body.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"#")).count());
            }
            figures.push(milliseconds(&latencies(each, start.elapsed())));
        }
    }
    let limit = Measured { subject: "an answer without a body", figures: median(&limit) };
    let mut figures = median(&ours);
    figures.push(("series", series as f64));
    let ours = Measured { subject: "syndic", figures };
    print("dashboard", "scrape, 500 agents and 200 actions", &[limit], &ours, "p50_ms", json);
    Ok(())
}

fn milliseconds(figures: &Figures) -> Figures {
    let named = |(name, value): &(&'static str, f64)| match *name {
        "p50_us" => ("p50_ms", value / 1e3),
        "p99_us" => ("p99_ms", value / 1e3),
        name => (name, *value),
    };
    figures.iter().map(named).collect()
}

/// Agents that may call every action, beside the shipped ones.
fn crowd(dir: &Path) -> anyhow::Result<()> {
    let mut actions = "actions:\n".to_owned();
    for n in 0..ACTIONS {
        writeln!(
            actions,
            "  read_{n:03}: {{description: Reads table {n}., capabilities: [read], input: {{type: object}}}}"
        )?;
    }
    std::fs::write(dir.join("actions/tables.yaml"), actions)?;
    let actions: Vec<String> = (0..ACTIONS).map(|n| format!("read_{n:03}")).collect();
    for n in 0..AGENTS {
        let agent = format!(
            "name: Reader {n}\nrisk_level: low\nowner: {{person: data lead, team: data, contact: data@example.org}}\n\
             purpose: Reads tables.\nversion: \"1\"\nmode: enforce\ncan_write_data: false\n\
             can_send_external_messages: false\ncan_execute_code: false\ncan_make_financial_transactions: false\n\
             max_transaction_amount: 0\nrequires_human_approval: false\nactions: [{}]\n",
            actions.join(", ")
        );
        std::fs::write(dir.join(format!("agents/reader-{n:03}.yaml")), agent)?;
    }
    Ok(())
}

/// What a decision costs while a thousand follow the ledger, beside what it costs alone: at the pace of busy agents, and
/// as fast as one who asks gets answers.
async fn followed(json: bool) -> anyhow::Result<()> {
    let dir = tempfile::tempdir_in("target")?;
    shipped(dir.path())?;
    let office = Office::open(dir.path()).await?;
    let key = office.key_of("customer-support").await?;
    for (case, pace) in [
        ("a decision while 1,000 follow", Some(PACE)),
        ("a decision while 1,000 follow, without a pause", None),
    ] {
        let (mut alone, mut ours) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            alone.push(office.refunds(&key, pace).await?);
            let audience = Audience::follow(&office)?;
            ours.push(office.refunds(&key, pace).await?);
            audience.leave()?;
        }
        let alone = Measured { subject: "nobody follows", figures: median(&alone) };
        let ours = Measured { subject: "syndic", figures: median(&ours) };
        print("dashboard", case, &[alone], &ours, "p50_us", json);
    }
    Ok(())
}

/// Those who follow, on a thread of their own: they are other machines' work.
struct Audience {
    leave: oneshot::Sender<()>,
    thread: std::thread::JoinHandle<anyhow::Result<()>>,
}

impl Audience {
    fn follow(office: &Office) -> anyhow::Result<Self> {
        let (leave, left) = oneshot::channel();
        let (here, all) = std::sync::mpsc::channel();
        let (address, key) = (office.address, office.auditor.clone());
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async move {
                let mut following = JoinSet::new();
                for _ in 0..FOLLOWERS {
                    let mut stream = follow(address, &key).await?;
                    following.spawn(async move {
                        let mut buffer = vec![0; 16 * 1024];
                        while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
                    });
                }
                here.send(())?;
                left.await?;
                anyhow::ensure!(following.try_join_next().is_none(), "a client was dropped");
                following.shutdown().await;
                Ok(())
            })
        });
        if all.recv().is_err() {
            thread.join().map_err(|_| anyhow::anyhow!("who follows panicked"))??;
            bail!("nobody follows");
        }
        Ok(Self { leave, thread })
    }

    fn leave(self) -> anyhow::Result<()> {
        // Who left already says why below.
        let _ = self.leave.send(());
        self.thread.join().map_err(|_| anyhow::anyhow!("who follows panicked"))?
    }
}

/// The first page of a daemon over a million events, in Chromium.
fn page(parts: &Parts<'_>, json: bool) -> anyhow::Result<()> {
    let daemon = Daemon::start(parts.syndic, |dir| {
        shipped(dir)?;
        search::recent(&dir.join(".syndic"))
    })?;
    let key = daemon.admin_key()?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let driven = Command::new("node").arg(parts.driver).arg(daemon.url()).arg(&key).output()?;
        if !driven.status.success() {
            bail!("{}", String::from_utf8_lossy(&driven.stderr));
        }
        let told: Value = serde_json::from_slice(&driven.stdout)?;
        let figure = |name: &str| told.get(name).and_then(Value::as_f64).with_context(|| format!("no {name} in {told}"));
        rounds.push(vec![
            ("compressed_kb", figure("compressed_kb")?),
            ("interactive_ms", figure("interactive_ms")?),
            ("blank_ms", figure("blank_ms")?),
        ]);
    }
    let mut figures = median(&rounds);
    let blank = figures.pop().map_or(f64::NAN, |(_, blank)| blank);
    let limit = Measured { subject: "a page without anything", figures: vec![("interactive_ms", blank)] };
    let ours = Measured { subject: "syndic", figures };
    print("dashboard", "first page, 1,000,000 events", &[limit], &ours, "interactive_ms", json);
    Ok(())
}

/// A server in this process, with somebody who reads everything.
struct Office {
    address: SocketAddr,
    auditor: String,
    gate: Arc<Gate>,
}

impl Office {
    async fn open(dir: &Path) -> anyhow::Result<Self> {
        let checked = syndic_governance::load(dir);
        let governance = checked.governance.with_context(|| format!("{:#?}", checked.findings))?;
        let gate = tokio::task::spawn_blocking(move || Gate::open(governance, Arc::new(SystemClock))).await??;
        let gate = Arc::new(gate);
        let auditor = gate.create_key(&key(Role::Auditor, None), "bench").await?.key;
        let tcp = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
        let bound = bind(Arc::clone(&gate), Listen { tcp, ..Listen::default() }).await?;
        let address = bound.local_addr().context("an address")?;
        tokio::spawn(bound.run(std::future::pending()));
        Ok(Self { address, auditor, gate })
    }

    async fn key_of(&self, agent: &str) -> anyhow::Result<String> {
        Ok(self.gate.create_key(&key(Role::Agent, Some(agent)), "bench").await?.key)
    }

    /// Lets every agent call every action once.
    async fn ask_everything(&self) -> anyhow::Result<()> {
        let mut asking = JoinSet::new();
        for n in 0..AGENTS {
            let agent = format!("reader-{n:03}");
            let (address, key) = (self.address, self.key_of(&agent).await?);
            if asking.len() >= 32 {
                asking.join_next().await.context("one")???;
            }
            asking.spawn(async move {
                let mut connection = Connection::open(address).await?;
                for n in 0..ACTIONS {
                    let action = json!({"agent": agent, "action": format!("read_{n:03}"), "args": {}});
                    connection.send(&request("POST", "/v1/actions", &key, &action.to_string())).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(asked) = asking.join_next().await {
            asked??;
        }
        Ok(())
    }

    /// One agent's refunds, one after the other, each begun at its time where there is a pace.
    async fn refunds(&self, key: &str, pace: Option<Duration>) -> anyhow::Result<Figures> {
        let action = json!({"agent": "customer-support", "action": "issue_refund",
            "args": {"order_id": "A-1042", "amount": 45.5}, "session_id": "session-1", "user_id": "user-7"});
        let request = request("POST", "/v1/actions", key, &action.to_string());
        let mut connection = Connection::open(self.address).await?;
        let mut tick = tokio::time::interval(pace.unwrap_or(Duration::MAX));
        let (mut each, start) = (Vec::new(), Instant::now());
        while start.elapsed() < PER_ROUND {
            if pace.is_some() {
                tick.tick().await;
            }
            let begun = Instant::now();
            connection.send(&request).await?;
            each.push(begun.elapsed());
        }
        Ok(latencies(each, start.elapsed()))
    }
}

async fn follow(address: SocketAddr, key: &str) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&request("GET", "/v1/stream", key, "")).await?;
    let mut answer = [0; 512];
    let read = stream.read(&mut answer).await?;
    anyhow::ensure!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer[..read]));
    Ok(stream)
}

fn key(role: Role, agent: Option<&str>) -> KeyRequest {
    let agent = agent.and_then(|agent| agent.parse().ok());
    KeyRequest { role, agent, person: None, grade: EnforcementGrade::Cooperative, days: 1 }
}
