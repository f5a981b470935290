//! A report about one agent over a million events, each a decision and what became of it, and making it again from the
//! data directory.
//!
//! The limit reads and hashes the bytes of the segments, and decodes nothing.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use syndic_gate::{ReportRequest, SystemClock, verify_report};
use syndic_ledger::{Outcome, Record};
use syndic_model::{Clock, EventId};
use syndic_store::{Durability, Entry, Options, Store};

use crate::events::{self, AT_ONCE, Passing, decision};
use crate::gate;
use crate::http::shipped;
use crate::row::{Figures, Measured, latencies, median, print};

const EVENTS: u64 = 1_000_000;
const AGENTS: [&str; 3] = ["customer-support", "knowledge-base", "financial-advisor"];
const ROUNDS: usize = 3;
/// A million are four weeks.
const EVERY_MS: i64 = 2400;

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
    let since = Timestamp::from_millisecond(Timestamp::now().as_millisecond() - span)?;
    events::write(&store, count, (since, EVERY_MS), event)?;
    store.close();
    Ok(())
}

fn event(n: u64, clock: &Passing) -> [Entry; 2] {
    let id = EventId::draw(clock).to_string();
    let session = format!("session-{}", n / 20);
    let agent = AGENTS[usize::try_from(n % 3).unwrap_or_default()];
    let decision = decision(id.clone(), agent.into(), session);
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
