//! What an auditor waits for: a whole directory derived again, on one core, and one event proved and checked.
//!
//! The limit reads the same segments and hashes them with SHA-256, once over, on one core.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use syndic_gate::SystemClock;
use syndic_ledger::{ProofFile, Proved, Subject};
use syndic_store::{Options as StoreOptions, Store};
use syndic_verify::{Options, verify_directory};

use crate::ledger::entry;
use crate::row::{Figures, Measured, latencies, median, print};

const RECORDS: u64 = 300_000;
const ROUNDS: usize = 5;
const PROOFS: u64 = 20_000;

pub fn run(json: bool) -> anyhow::Result<()> {
    let dir = tempfile::tempdir_in("target")?;
    fill(dir.path())?;
    let (mut limit, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        limit.push(hashed(dir.path())?);
        ours.push(derived(dir.path())?);
    }
    let limit = Measured { subject: "sha256", figures: median(&limit) };
    let ours = Measured { subject: "syndic", figures: median(&ours) };
    print("verify", "directory", &[limit], &ours, "mb_per_s", json);
    let store = open(dir.path())?;
    let (prove, check) = proofs(&store)?;
    print("verify", "prove one event", &[], &Measured { subject: "syndic", figures: prove }, "p50_us", json);
    print("verify", "check one proof", &[], &Measured { subject: "syndic", figures: check }, "p50_us", json);
    store.close();
    Ok(())
}

fn open(dir: &Path) -> anyhow::Result<Store> {
    let options = StoreOptions { compress: false, ..StoreOptions::default() };
    Ok(Store::open(dir, options, Arc::new(SystemClock), &mut |_, _| {})?)
}

fn fill(dir: &Path) -> anyhow::Result<()> {
    let store = open(dir)?;
    for turn in 0..RECORDS / 2000 {
        let pending: Vec<_> = (0..2000)
            .map(|n| Ok(store.reserve()?.enqueue(entry(usize::try_from(turn * 7 + n % 50)?))))
            .collect::<anyhow::Result<_>>()?;
        for pending in pending {
            pending.wait()?;
        }
    }
    store.checkpoint_over(RECORDS - 1, Duration::from_secs(60))?;
    store.close();
    Ok(())
}

fn hashed(dir: &Path) -> anyhow::Result<Figures> {
    let start = Instant::now();
    let mut bytes = 0;
    let mut page = vec![0; 256 * 1024];
    for entry in fs::read_dir(dir.join("segments"))? {
        let (mut file, mut hash) = (File::open(entry?.path())?, Sha256::new());
        loop {
            let read = file.read(&mut page)?;
            if read == 0 {
                break;
            }
            hash.update(&page[..read]);
            bytes += read as u64;
        }
        black_box(hash.finalize());
    }
    Ok(rate(bytes, start))
}

fn derived(dir: &Path) -> anyhow::Result<Figures> {
    let start = Instant::now();
    let report = verify_directory(dir, &Options { threads: 1, ..Options::default() })?;
    anyhow::ensure!(report.records == RECORDS, "{} records", report.records);
    Ok(rate(report.bytes, start))
}

fn rate(bytes: u64, start: Instant) -> Figures {
    vec![("mb_per_s", bytes as f64 / 1e6 / start.elapsed().as_secs_f64())]
}

/// Proves events all over the log, and checks each proof with the log's key.
fn proofs(store: &Store) -> anyhow::Result<(Figures, Figures)> {
    let (checkpoint, keys) = (store.checkpoint(), store.log_keys());
    let (mut proving, mut checking) = (Vec::new(), Vec::new());
    let start = Instant::now();
    for n in 0..PROOFS {
        let index = n * 7919 % RECORDS;
        let begun = Instant::now();
        let path = store.inclusion(index, checkpoint.head.size)?;
        proving.push(begun.elapsed());
        let leaf = String::from_utf8(store.leaf_bytes(index)?)?;
        let proved = Proved { index, leaf, path };
        let text = ProofFile::new(Subject::Record(index), &checkpoint.text, vec![proved])?.to_string();
        let begun = Instant::now();
        ProofFile::parse(&text)?.verify(&keys, &[])?;
        checking.push(begun.elapsed());
    }
    let elapsed = start.elapsed();
    let two = |each| latencies(each, elapsed).into_iter().take(2).collect();
    Ok((two(proving), two(checking)))
}
