//! What asking people costs, with 10,000 requests pending: listing them, a vote, waking the agent that waits, and a
//! restart.
//!
//! The limit of a vote is one `fdatasync` of a record's size, in the same round. The wake-up counts from the moment
//! the vote is sent until the waiting agent has its answer, the vote's own sync included.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::{Value, json};
use syndic_gate::{Gate, KeyRequest, SystemClock};
use syndic_model::{EnforcementGrade, Role};
use syndic_server::{Listen, bind};
use tokio::sync::oneshot;

use crate::http::{fdatasync, shipped};
use crate::row::{Figures, Measured, latencies, median, print};
use crate::wire::{Connection, request};

const ROUNDS: usize = 5;
const PENDING: usize = 10_000;
/// How many are asked for at once while the requests are made.
const ASKING: usize = 64;
const LISTS: usize = 20;
const VOTES: usize = 200;
const WAKES: usize = 100;

pub fn run(json: bool) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let dir = tempfile::tempdir_in("target")?;
    shipped(dir.path())?;
    patient(dir.path())?;
    let mut office = runtime.block_on(Office::open(dir.path(), None))?;
    let mut ids = runtime.block_on(office.ask(PENDING + ROUNDS * (VOTES + WAKES)))?;
    anyhow::ensure!(ids.len() >= PENDING, "only {} of the requests were held", ids.len());
    let case = "10,000 pending";
    let (mut sync, mut pages, mut hundreds, mut votes, mut wakes, mut starts) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        sync.push(fdatasync()?);
        hundreds.push(runtime.block_on(office.list(100))?);
        pages.push(runtime.block_on(office.list(1000))?);
        let taken = ids.split_off(ids.len() - VOTES);
        votes.push(runtime.block_on(office.vote(&taken))?);
        let taken = ids.split_off(ids.len() - WAKES);
        wakes.push(runtime.block_on(office.wake(&taken))?);
        let keys = office.keys.clone();
        runtime.block_on(office.close())?;
        let begun = Instant::now();
        let gate = runtime.block_on(reopen(dir.path()))?;
        starts.push(vec![("restart_ms", begun.elapsed().as_secs_f64() * 1e3)]);
        let (pending, _) = gate.pending_approvals();
        anyhow::ensure!(pending == ids.len(), "{pending} of {} are still pending", ids.len());
        office = runtime.block_on(Office::serve(gate, Some(keys)))?;
    }
    runtime.block_on(office.close())?;
    let limit = Measured { subject: "fdatasync", figures: median(&sync) };
    let ours = |figures: &[Figures]| Measured { subject: "syndic", figures: median(figures) };
    print("approvals", &format!("{case}: list 100"), &[], &ours(&hundreds), "p50_us", json);
    print("approvals", &format!("{case}: list"), &[], &ours(&pages), "p50_us", json);
    print("approvals", &format!("{case}: vote"), std::slice::from_ref(&limit), &ours(&votes), "p50_us", json);
    print("approvals", &format!("{case}: wake-up"), &[limit], &ours(&wakes), "p99_us", json);
    print("approvals", &format!("restart with {case}"), &[], &ours(&starts), "restart_ms", json);
    Ok(())
}

/// Lets requests wait for an hour: nothing of what is measured may expire meanwhile.
fn patient(dir: &Path) -> anyhow::Result<()> {
    let path = dir.join("approvers/support.yaml");
    let text = std::fs::read_to_string(&path)?;
    anyhow::ensure!(text.contains("timeout: 300s"), "the shipped timeout is not where it was");
    Ok(std::fs::write(path, text.replace("timeout: 300s", "timeout: 1h"))?)
}

#[derive(Clone)]
struct Keys {
    agent: String,
    lead: String,
}

/// A server with an agent and somebody who approves.
struct Office {
    address: SocketAddr,
    keys: Keys,
    gate: Arc<Gate>,
    stop: oneshot::Sender<()>,
    running: tokio::task::JoinHandle<std::io::Result<()>>,
}

async fn reopen(dir: &Path) -> anyhow::Result<Arc<Gate>> {
    let checked = syndic_governance::load(dir);
    let governance = checked.governance.with_context(|| format!("{:#?}", checked.findings))?;
    let gate = tokio::task::spawn_blocking(move || Gate::open(governance, Arc::new(SystemClock))).await??;
    Ok(Arc::new(gate))
}

impl Office {
    async fn open(dir: &Path, keys: Option<Keys>) -> anyhow::Result<Self> {
        Self::serve(reopen(dir).await?, keys).await
    }

    async fn serve(gate: Arc<Gate>, keys: Option<Keys>) -> anyhow::Result<Self> {
        let keys = match keys {
            Some(keys) => keys,
            None => {
                let key = |role, agent, person| KeyRequest {
                    role,
                    agent,
                    person,
                    grade: EnforcementGrade::Cooperative,
                    days: 1,
                };
                let agent = key(Role::Agent, Some("customer-support".parse()?), None);
                let lead = key(Role::Approver, None, Some("support-lead-1".parse()?));
                Keys {
                    agent: gate.create_key(&agent, "bench").await?.key,
                    lead: gate.create_key(&lead, "bench").await?.key,
                }
            }
        };
        let tcp = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
        let bound = bind(Arc::clone(&gate), Listen { tcp, ..Listen::default() }).await?;
        let address = bound.local_addr().context("an address")?;
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(bound.run(async { drop(stopped.await) }));
        Ok(Self { address, keys, gate, stop, running })
    }

    async fn close(self) -> anyhow::Result<()> {
        drop(self.stop);
        self.running.await??;
        let gate = Arc::try_unwrap(self.gate).map_err(|_| anyhow::anyhow!("the gate is held"))?;
        Ok(tokio::task::spawn_blocking(move || drop(gate)).await?)
    }

    /// Asks for so many refunds that are held, and returns the requests for approval.
    async fn ask(&self, count: usize) -> anyhow::Result<Vec<String>> {
        let asking: Vec<_> = (0..ASKING)
            .map(|first| {
                let (address, key) = (self.address, self.keys.agent.clone());
                tokio::spawn(async move {
                    let mut connection = Connection::open(address).await?;
                    let mut ids = Vec::new();
                    for number in (first..count).step_by(ASKING) {
                        let action = json!({"agent": "customer-support", "action": "issue_refund",
                            "args": {"order_id": format!("A-{number}"), "amount": 150}});
                        let request = request("POST", "/v1/actions", &key, &action.to_string());
                        let decided: Value = serde_json::from_slice(connection.send(&request).await?)?;
                        let id = decided["approval"]["id"].as_str();
                        ids.push(id.with_context(|| decided.to_string())?.to_owned());
                    }
                    anyhow::Ok(ids)
                })
            })
            .collect();
        let mut ids = Vec::new();
        for asked in asking {
            ids.extend(asked.await??);
        }
        Ok(ids)
    }

    async fn list(&self, limit: usize) -> anyhow::Result<Figures> {
        let mut connection = Connection::open(self.address).await?;
        let path = format!("/v1/approvals?status=pending&limit={limit}");
        let request = request("GET", &path, &self.keys.lead, "");
        let (mut each, start) = (Vec::new(), Instant::now());
        for _ in 0..LISTS {
            let begun = Instant::now();
            connection.send(&request).await?;
            each.push(begun.elapsed());
        }
        Ok(latencies(each, start.elapsed()))
    }

    async fn vote(&self, ids: &[String]) -> anyhow::Result<Figures> {
        let mut connection = Connection::open(self.address).await?;
        let (mut each, start) = (Vec::new(), Instant::now());
        for id in ids {
            let request = self.approve(id);
            let begun = Instant::now();
            connection.send(&request).await?;
            each.push(begun.elapsed());
        }
        Ok(latencies(each, start.elapsed()))
    }

    async fn wake(&self, ids: &[String]) -> anyhow::Result<Figures> {
        let mut connection = Connection::open(self.address).await?;
        let (mut each, start) = (Vec::new(), Instant::now());
        for id in ids {
            let mut waiting = Connection::open(self.address).await?;
            let path = format!("/v1/approvals/{id}?wait=30s");
            let wait = request("GET", &path, &self.keys.agent, "");
            let woken = tokio::spawn(async move {
                let answer: Value = serde_json::from_slice(waiting.send(&wait).await?)?;
                anyhow::ensure!(answer["status"] == "approved", "{answer}");
                anyhow::Ok(Instant::now())
            });
            // Long enough that the agent waits when the vote comes.
            tokio::time::sleep(Duration::from_millis(3)).await;
            let request = self.approve(id);
            let begun = Instant::now();
            connection.send(&request).await?;
            each.push(woken.await??.saturating_duration_since(begun));
        }
        Ok(latencies(each, start.elapsed()))
    }

    fn approve(&self, id: &str) -> Vec<u8> {
        let path = format!("/v1/approvals/{id}/votes");
        request("POST", &path, &self.keys.lead, r#"{"vote":"approve"}"#)
    }
}
