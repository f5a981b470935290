//! What a governed action costs over HTTP, recorded durably before it is answered.
//!
//! Two limits: one `fdatasync` of a record's size, and the same server answering `/healthz`, which decides nothing
//! and records nothing. Clients and server share the machine.

use std::fs::File;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::json;
use syndic_gate::{Gate, KeyRequest, SystemClock};
use syndic_model::{EnforcementGrade, Role};
use syndic_server::{Listen, bind};

use crate::row::{Figures, Measured, latencies, median, print};
use crate::wire::{Connection, request};

const ROUNDS: usize = 5;
const PER_ROUND: Duration = Duration::from_millis(2000);

pub fn run(json: bool) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let dir = tempfile::tempdir_in("target")?;
    let (address, key) = runtime.block_on(serve(dir.path()))?;
    let action = json!({"agent": "customer-support", "action": "issue_refund",
        "args": {"order_id": "A-1042", "amount": 45.5}, "session_id": "session-1", "user_id": "user-7"});
    let submit = request("POST", "/v1/actions", &key, &action.to_string());
    let alive = request("GET", "/healthz", &key, "");
    for connections in [1, 64] {
        let (mut sync, mut idle, mut ours) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            sync.push(fdatasync()?);
            idle.push(runtime.block_on(load(address, &alive, connections))?);
            ours.push(runtime.block_on(load(address, &submit, connections))?);
        }
        let limits = [
            Measured { subject: "fdatasync", figures: median(&sync) },
            Measured { subject: "http without a decision", figures: median(&idle) },
        ];
        let ours = Measured { subject: "syndic", figures: median(&ours) };
        let case = format!("{connections} connection{}", if connections == 1 { "" } else { "s" });
        let compared = if connections == 1 { "p50_us" } else { "per_s" };
        print("http", &case, &limits, &ours, compared, json);
    }
    Ok(())
}

/// Starts a server over the shipped governance directory and returns its address and an agent key.
pub async fn serve(dir: &Path) -> anyhow::Result<(SocketAddr, String)> {
    shipped(dir)?;
    let (address, keys) = start(dir, &["customer-support"]).await?;
    Ok((address, keys.into_iter().next().context("a key")?))
}

/// Writes the shipped governance directory, its limit on calls counted all the same, and never reached.
pub fn shipped(dir: &Path) -> anyhow::Result<()> {
    syndic_governance::init(dir)?;
    let profile = dir.join("agents/customer-support.yaml");
    let text = std::fs::read_to_string(&profile)?;
    anyhow::ensure!(text.contains("calls: 60\n"), "the shipped limit is not where it was");
    std::fs::write(profile, text.replace("calls: 60\n", "calls: 1000000000\n"))?;
    Ok(())
}

/// Starts a server over a governance directory and returns its address and a key for each agent.
pub async fn start(dir: &Path, agents: &[&str]) -> anyhow::Result<(SocketAddr, Vec<String>)> {
    let checked = syndic_governance::load(dir);
    let governance = checked.governance.with_context(|| format!("{:#?}", checked.findings))?;
    let gate = tokio::task::spawn_blocking(move || Gate::open(governance, Arc::new(SystemClock))).await??;
    let gate = Arc::new(gate);
    let mut keys = Vec::new();
    for agent in agents {
        let agent = Some(agent.parse()?);
        let request = KeyRequest { role: Role::Agent, agent, person: None, grade: EnforcementGrade::Cooperative, days: 1 };
        keys.push(gate.create_key(&request, "bench").await?.key);
    }
    let tcp = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    let bound = bind(gate, Listen { tcp, ..Listen::default() }).await?;
    let address = bound.local_addr().context("an address")?;
    tokio::spawn(bound.run(std::future::pending()));
    Ok((address, keys))
}

async fn load(address: SocketAddr, request: &[u8], connections: usize) -> anyhow::Result<Figures> {
    let start = Instant::now();
    let clients: Vec<_> =
        (0..connections).map(|_| tokio::spawn(client(address, request.to_vec(), start))).collect();
    let mut each = Vec::new();
    for client in clients {
        each.extend(client.await??);
    }
    Ok(latencies(each, start.elapsed()))
}

async fn client(address: SocketAddr, request: Vec<u8>, start: Instant) -> anyhow::Result<Vec<Duration>> {
    let mut connection = Connection::open(address).await?;
    let mut each = Vec::new();
    while start.elapsed() < PER_ROUND {
        let begun = Instant::now();
        connection.send(&request).await?;
        each.push(begun.elapsed());
    }
    Ok(each)
}

pub fn fdatasync() -> anyhow::Result<Figures> {
    let dir = tempfile::tempdir_in("target")?;
    let mut file = File::create(dir.path().join("raw"))?;
    let record = [b'x'; 1900];
    let mut each = Vec::new();
    let start = Instant::now();
    while start.elapsed() < PER_ROUND / 4 {
        let begun = Instant::now();
        file.write_all(&record)?;
        file.sync_data()?;
        each.push(begun.elapsed());
    }
    Ok(latencies(each, start.elapsed()))
}
