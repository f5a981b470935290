//! What a durable record costs: encoding, tree, sealing and sync included.
//!
//! The limit writes the same bytes with one `write` and one `fdatasync` per turn, a turn being as many records as
//! there are producers: the group commit that no ledger on this disk can beat by much.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use syndic_gate::SystemClock;
use syndic_ledger::{Decision, PartName, Record};
use syndic_model::Clock;
use syndic_store::{Entry, Options, Store, Subject};

use crate::row::{Figures, Measured, latencies, median, print};

const ROUNDS: usize = 5;
const PER_ROUND: Duration = Duration::from_millis(1500);

pub fn run(json: bool) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    for producers in [1, 16, 256] {
        let (mut limit, mut ours) = (Vec::new(), Vec::new());
        let bytes = record_bytes()?;
        for _ in 0..ROUNDS {
            limit.push(raw(producers, bytes)?);
            ours.push(runtime.block_on(syndic(producers))?);
        }
        let limit = Measured { subject: "fdatasync", figures: median(&limit) };
        let ours = Measured { subject: "syndic", figures: median(&ours) };
        let case = format!("{producers} producer{}", if producers == 1 { "" } else { "s" });
        print("ledger", &case, &[limit], &ours, "per_s", json);
    }
    Ok(())
}

fn raw(producers: usize, bytes: usize) -> anyhow::Result<Figures> {
    let dir = tempfile::tempdir_in("target")?;
    let mut file = File::create(dir.path().join("raw"))?;
    let batch = vec![b'x'; bytes * producers];
    let mut each = Vec::new();
    let start = Instant::now();
    while start.elapsed() < PER_ROUND {
        let begun = Instant::now();
        file.write_all(&batch)?;
        file.sync_data()?;
        each.push(begun.elapsed());
    }
    let mut figures = latencies(each, start.elapsed());
    figures[2].1 *= producers as f64;
    Ok(figures)
}

async fn syndic(producers: usize) -> anyhow::Result<Figures> {
    let dir = tempfile::tempdir_in("target")?;
    let store = Arc::new(open(dir.path())?);
    let start = Instant::now();
    let tasks: Vec<_> = (0..producers).map(|producer| tokio::spawn(produce(Arc::clone(&store), producer, start))).collect();
    let mut each = Vec::new();
    for task in tasks {
        each.extend(task.await??);
    }
    let elapsed = start.elapsed();
    tokio::task::spawn_blocking(move || drop(store)).await?;
    Ok(latencies(each, elapsed))
}

async fn produce(store: Arc<Store>, producer: usize, start: Instant) -> anyhow::Result<Vec<Duration>> {
    let mut each = Vec::new();
    while start.elapsed() < PER_ROUND {
        let begun = Instant::now();
        let slot = store.reserve()?;
        slot.enqueue(entry(producer)).await?;
        each.push(begun.elapsed());
    }
    Ok(each)
}

fn open(dir: &Path) -> anyhow::Result<Store> {
    Ok(Store::open(dir, Options::default(), Arc::new(SystemClock), &mut |_, _| {})?)
}

/// Returns how many bytes one record takes in a segment.
fn record_bytes() -> anyhow::Result<usize> {
    let dir = tempfile::tempdir_in("target")?;
    let store = open(dir.path())?;
    for _ in 0..100 {
        store.reserve()?.enqueue(entry(0)).wait()?;
    }
    store.close();
    let mut bytes = 0;
    for file in std::fs::read_dir(dir.path().join("segments"))? {
        bytes += file?.metadata()?.len();
    }
    Ok(usize::try_from(bytes / 100)?)
}

pub fn entry(producer: usize) -> Entry {
    let record = Decision {
        id: "0198c0de-1234-7abc-8def-0123456789ab".into(),
        agent: "customer-support".into(),
        agent_version: "1.4.2".into(),
        action: "issue_refund".into(),
        undeclared: false,
        tool: Some("issue_refund".into()),
        server: None,
        tool_pin: None,
        session: Some(format!("session-{producer}")),
        user_ref: None,
        model: Some("model-2026-10".into()),
        asked_by: "a1b2c3d4e5f6".into(),
        grade: "cooperative".into(),
        risk: "medium".into(),
        mode: "enforce".into(),
        owner: Some("support lead (support)".into()),
        effect: "allow".into(),
        allowed: true,
        violations: Vec::new(),
        revision: "0123456789ab".into(),
        counted: Default::default(),
        labels: Vec::new(),
        args_digest: Some("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".into()),
        chain: Vec::new(),
        parent: None,
        idempotency: None,
        approval: None,
        break_glass: Vec::new(),
    };
    let parts = vec![
        (PartName::Args, format!("{{\"order_id\":\"A-{producer}\",\"amount\":45.5,\"note\":\"as agreed by phone\"}}")),
        (PartName::Checks, "{\"checks\":[{\"policy\":\"tool-access\",\"result\":\"passed\"}]}".to_owned()),
    ];
    Entry {
        record: Record::Decision(Box::new(record)),
        at: SystemClock.now(),
        parts,
        subject: Some(Subject::new(&format!("session:{producer}"))),
    }
}
