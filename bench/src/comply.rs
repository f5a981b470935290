//! A report about one agent over a million events, each a decision and what became of it, and making it again from the
//! data directory.
//!
//! The limit reads and hashes the bytes of the segments, and decodes nothing.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use syndic_gate::{ReportRequest, SystemClock, verify_report};
use syndic_ledger::{Counted, Decision, Outcome, Record};
use syndic_model::{Clock, EventId};
use syndic_store::{Durability, Entry, Options, Pending, Store};

use crate::gate;
use crate::http::shipped;
use crate::row::{Figures, Measured, latencies, median, print};

const EVENTS: u64 = 1_000_000;
const AGENTS: [&str; 3] = ["customer-support", "knowledge-base", "financial-advisor"];
const ROUNDS: usize = 3;
/// A million are four weeks.
const EVERY_MS: i64 = 2400;
/// How many records are on their way at once.
const AT_ONCE: usize = 4096;

pub fn run(words: &[&str], json: bool) -> anyhow::Result<()> {
    let count = words.first().map_or(Ok(EVENTS), |word| word.parse())?;
    std::fs::create_dir_all("target")?;
    let place = tempfile::tempdir_in("target")?;
    let dir = place.path().join("governance");
    std::fs::create_dir(&dir)?;
    shipped(&dir)?;
    let data = dir.join(".syndic");
    drop(gate::open(&dir)?);
    write(&data, count)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;

    let (mut limit, mut first, mut again, mut verified) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        limit.push(once(|| hashed(&data.join("segments")))?);
        let gate = gate::open(&dir)?;
        let report = || {
            let request = ReportRequest { agent: AGENTS[0].to_owned(), ..ReportRequest::default() };
            Ok(runtime.block_on(gate.compliance_report(request, "bench"))?.report)
        };
        let (took, report_made) = timed(report)?;
        first.push(took);
        again.push(timed(report)?.0);
        drop(gate);
        let verify = || Ok(verify_report(&report_made, &data, &dir, &[])?);
        let (took, found) = timed(verify)?;
        anyhow::ensure!(found.holds(), "the report does not verify: {found:?}");
        verified.push(took);
    }
    let limit = Measured { subject: "hashing the same bytes", figures: median(&limit) };
    for (case, figures) in [("report", first), ("report again", again), ("verification", verified)] {
        let ours = Measured { subject: "syndic", figures: median(&figures) };
        print("comply", case, std::slice::from_ref(&limit), &ours, "p50_us", json);
    }
    Ok(())
}

fn timed<T>(make: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(Figures, T)> {
    let begun = Instant::now();
    let made = make()?;
    let took = begun.elapsed();
    Ok((latencies(vec![took], took), made))
}

fn once(make: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<Figures> {
    Ok(timed(make)?.0)
}

fn hashed(segments: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(segments)? {
        std::hint::black_box(Sha256::digest(std::fs::read(entry?.path())?));
    }
    Ok(())
}

/// Writes that many events into a data directory, the last of them a minute ago.
fn write(data: &Path, count: u64) -> anyhow::Result<()> {
    let options = Options { durability: Durability::Buffered, queue: AT_ONCE, ..Options::default() };
    let store = Store::open(data, options, Arc::new(SystemClock), &mut |_, _| {})?;
    let span = i64::try_from(count)? * EVERY_MS + 60_000;
    let clock = Passing(AtomicI64::new(Timestamp::now().as_millisecond() - span));
    let mut pending = std::collections::VecDeque::with_capacity(AT_ONCE);
    for n in 0..count {
        clock.0.fetch_add(EVERY_MS, Ordering::Relaxed);
        for entry in event(n, &clock) {
            if pending.len() == AT_ONCE {
                let first: Option<Pending> = pending.pop_front();
                first.map(Pending::wait).transpose()?;
            }
            pending.push_back(store.reserve()?.enqueue(entry));
        }
    }
    for pending in pending {
        pending.wait()?;
    }
    store.close();
    Ok(())
}

#[derive(Debug)]
struct Passing(AtomicI64);

impl Clock for Passing {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::Relaxed)).unwrap_or_default()
    }

    fn fill(&self, bytes: &mut [u8]) {
        SystemClock.fill(bytes);
    }
}

fn event(n: u64, clock: &Passing) -> [Entry; 2] {
    let id = EventId::draw(clock).to_string();
    let session = format!("session-{}", n / 20);
    let decision = Decision {
        id: id.clone(),
        agent: AGENTS[usize::try_from(n % 3).unwrap_or_default()].into(),
        agent_version: "1.4.2".into(),
        action: "issue_refund".into(),
        undeclared: false,
        tool: Some("issue_refund".into()),
        server: None,
        tool_pin: None,
        session: Some(session),
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
        counted: Counted::default(),
        labels: Vec::new(),
        args_digest: None,
        chain: Vec::new(),
        parent: None,
        idempotency: None,
        approval: None,
        break_glass: Vec::new(),
    };
    let outcome = Outcome {
        id,
        status: "ok".into(),
        duration_ms: Some(12),
        input_tokens: None,
        output_tokens: None,
        model: None,
        late: false,
        filtered: None,
    };
    let entry = |record| Entry { record, at: clock.now(), parts: Vec::new(), subject: None };
    [entry(Record::Decision(Box::new(decision))), entry(Record::Outcome(outcome))]
}
