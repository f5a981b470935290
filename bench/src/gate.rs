//! What a whole submit costs without a disk: schema, facts, detection, usage, decision, record, permit.
//!
//! The gate is opened on a file system in memory, so that what is synced is there at once. What is left beside the work
//! is the way to the ledger's thread and back. The limit is that way alone: a task that waits for another thread.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::{Map, value::RawValue};
use syndic_gate::{Gate, SystemClock};
use syndic_model::{ActionRequest, Arguments, Caller, EnforcementGrade};

use crate::http::shipped;
use crate::row::{Figures, Measured, latencies, median, print};

const ROUNDS: usize = 5;
const PER_ROUND: Duration = Duration::from_millis(1000);
const MEMORY: &str = "/dev/shm";

pub fn run(json: bool) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let dir = tempfile::tempdir_in(MEMORY).with_context(|| format!("no file system in memory at {MEMORY}"))?;
    shipped(dir.path())?;
    let gate = open(dir.path())?;
    let alone = tempfile::tempdir_in(MEMORY)?;
    shipped(alone.path())?;
    let governance = syndic_governance::load(alone.path()).governance.context("the shipped files load")?;
    let alone = runtime.block_on(Gate::start_in_place(
        governance,
        Arc::new(SystemClock),
        Arc::new(|_, _| Vec::new()),
    ))?;
    let one = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut thread, mut preview, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    let mut in_place = Vec::new();
    for _ in 0..ROUNDS {
        thread.push(runtime.block_on(there_and_back())?);
        preview.push(runtime.block_on(submit(&gate, true))?);
        ours.push(runtime.block_on(submit(&gate, false))?);
        in_place.push(one.block_on(submit(&alone, false))?);
    }
    let limit = Measured { subject: "a thread, and back", figures: median(&thread) };
    let preview = Measured { subject: "syndic", figures: median(&preview) };
    let ours = Measured { subject: "syndic", figures: median(&ours) };
    print("gate", "submit", &[limit.clone()], &ours, "p50_us", json);
    let in_place = Measured { subject: "syndic", figures: median(&in_place) };
    print("gate", "submit in place", &[limit], &in_place, "p50_us", json);
    print("gate", "dry run", &[], &preview, "p50_us", json);
    Ok(())
}

/// Opens a gate over the shipped files in `dir`.
pub fn open(dir: &Path) -> anyhow::Result<Gate> {
    let checked = syndic_governance::load(dir);
    let governance = checked.governance.with_context(|| format!("{:#?}", checked.findings))?;
    Ok(Gate::open(governance, Arc::new(SystemClock))?)
}

/// A refund that is allowed, and who asks for it.
pub fn refund() -> anyhow::Result<(Caller, ActionRequest)> {
    let caller = Caller::Agent {
        key: "bench".to_owned(),
        agent: Some("customer-support".parse()?),
        grade: EnforcementGrade::Cooperative,
    };
    let request = ActionRequest {
        agent: "customer-support".parse()?,
        action: "issue_refund".parse()?,
        args: Arguments::parse(&RawValue::from_string(r#"{"order_id":"A-1042","amount":45.5}"#.to_owned())?)?,
        tool: None,
        server: None,
        tool_pin: None,
        agent_version: None,
        session_id: Some("session-1".parse()?),
        user_id: Some("user-7".to_owned()),
        on_behalf_of: None,
        parent_action_id: None,
        model: None,
        metadata: Map::new(),
        idempotency_key: None,
        dry_run: false,
        trace: None,
    };
    Ok((caller, request))
}

async fn submit(gate: &Gate, dry_run: bool) -> anyhow::Result<Figures> {
    let (caller, request) = refund()?;
    let request = ActionRequest { dry_run, ..request };
    let mut each = Vec::new();
    let start = Instant::now();
    while start.elapsed() < PER_ROUND {
        let request = request.clone();
        let begun = Instant::now();
        let decided = gate.submit(&caller, request).await?;
        each.push(begun.elapsed());
        if !decided.allowed {
            bail!("the refund is not allowed: {:?}", decided.checks);
        }
    }
    Ok(latencies(each, start.elapsed()))
}

async fn there_and_back() -> anyhow::Result<Figures> {
    let (sender, receiver) = mpsc::channel::<tokio::sync::oneshot::Sender<()>>();
    let thread = std::thread::spawn(move || {
        for answer in receiver {
            let _ = answer.send(());
        }
    });
    let mut each = Vec::new();
    let start = Instant::now();
    while start.elapsed() < PER_ROUND / 4 {
        let begun = Instant::now();
        let (answer, answered) = tokio::sync::oneshot::channel();
        sender.send(answer)?;
        answered.await?;
        each.push(begun.elapsed());
    }
    drop(sender);
    if thread.join().is_err() {
        bail!("the thread ended in panic");
    }
    Ok(latencies(each, start.elapsed()))
}
