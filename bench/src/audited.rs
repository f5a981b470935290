//! What `#[audited]` adds to a function that does nothing, with buffered durability, beside a `tracing` span that a
//! subscriber writes as JSON to a file when it closes.
//!
//! Calls come one every 50 µs, as in a program that does something between them: `added_p50_us` is over the bare call.

use std::fs::{self, File};
use std::hint::black_box;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::bail;
use syndic::{Governor, audited};
use tracing_subscriber::fmt::format::FmtSpan;

use crate::row::{Figures, Measured, latencies, median, print};

const ROUNDS: usize = 5;
const CALLS: usize = 10_000;
const EVERY: Duration = Duration::from_micros(50);

#[inline(never)]
fn bare() {}

#[audited(agent = "customer-support")]
#[inline(never)]
fn empty() {}

#[tracing::instrument]
#[inline(never)]
fn spanned() {}

#[inline(never)]
fn bare_of(order_id: &str, amount: u32) -> u32 {
    black_box(order_id);
    amount
}

#[audited(agent = "customer-support")]
#[inline(never)]
fn audited_of(order_id: &str, amount: u32) -> u32 {
    black_box(order_id);
    amount
}

#[tracing::instrument(ret)]
#[inline(never)]
fn spanned_of(order_id: &str, amount: u32) -> u32 {
    black_box(order_id);
    amount
}

pub fn run(json: bool) -> anyhow::Result<()> {
    let place = tempfile::tempdir()?;
    let dir = place.path().join("governance");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let governor = runtime.block_on(open(&dir))?;
    governor.install()?;
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(Mutex::new(File::create(place.path().join("spans.json"))?))
        .finish();
    let traced = tracing::Dispatch::new(subscriber);

    let before = governor.health().records;
    case(
        "empty function",
        [&|| bare(), &|| empty(), &|| with_default_of(&traced, spanned)],
        json,
    );
    case(
        "two arguments",
        [
            &|| { black_box(bare_of("A-1042", black_box(45))); },
            &|| { black_box(audited_of("A-1042", black_box(45))); },
            &|| with_default_of(&traced, || { black_box(spanned_of("A-1042", black_box(45))); }),
        ],
        json,
    );
    let expected = before + 2 * (ROUNDS * CALLS) as u64;
    runtime.block_on(governor.close());
    let governor = runtime.block_on(Governor::open(&dir))?;
    let records = governor.health().records;
    runtime.block_on(governor.close());
    if records < expected {
        bail!("{records} records, of at least {expected}");
    }
    Ok(())
}

async fn open(dir: &std::path::Path) -> anyhow::Result<Governor> {
    syndic::init(dir)?;
    let settings = dir.join("syndic.yaml");
    let text = fs::read_to_string(&settings)?.replace("durability: full", "durability: buffered");
    fs::write(&settings, text)?;
    // Records of an agent of high risk are never kept loosely.
    fs::remove_file(dir.join("agents/financial-advisor.yaml"))?;
    Ok(Governor::open(dir).await?)
}

fn with_default_of(traced: &tracing::Dispatch, run: impl FnOnce()) {
    tracing::dispatcher::with_default(traced, run);
}

fn case(name: &str, [bare, audited, spanned]: [&dyn Fn(); 3], json: bool) {
    let (mut nothing, mut ours, mut peer) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let alone = paced(bare);
        ours.push(added(paced(audited), &alone));
        peer.push(added(paced(spanned), &alone));
        nothing.push(alone);
    }
    let measured = |subject, rounds: &[Figures]| Measured { subject, figures: median(rounds) };
    print("audited", name, &[], &measured("bare call", &nothing), "p50_us", json);
    let peer = measured("tracing-json", &peer);
    print("audited", name, &[peer], &measured("syndic", &ours), "added_p50_us", json);
}

fn paced(call: &dyn Fn()) -> Figures {
    let mut each = Vec::with_capacity(CALLS);
    let start = Instant::now();
    for _ in 0..CALLS {
        let begun = Instant::now();
        call();
        each.push(begun.elapsed());
        while begun.elapsed() < EVERY {
            std::hint::spin_loop();
        }
    }
    latencies(each, start.elapsed())
}

/// What is over the bare call.
fn added(figures: Figures, bare: &Figures) -> Figures {
    let over = |at: usize| figures[at].1 - bare[at].1;
    vec![
        ("added_p50_us", over(0)),
        ("added_p99_us", over(1)),
        ("p50_us", figures[0].1),
        ("p99_us", figures[1].1),
    ]
}
