//! What an auditor waits for: a whole directory derived again, on one core, and one event proved and checked.
//!
//! The limit of a directory reads the same segments and hashes them with SHA-256, once over, on one core. The limit of
//! checking a proof is the one Ed25519 signature of its checkpoint. Under one checkpoint, as in a sample, that is
//! checked once.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use syndic_gate::SystemClock;
use syndic_ledger::{MAX_SAMPLE, ProofFile, Proved, Sample, SignedCheckpoint, Subject};
use syndic_store::{Options as StoreOptions, Store};
use syndic_verify::{Options, verify_directory};

use crate::ledger::entry;
use crate::row::{Figures, Measured, latencies, median, print};

const RECORDS: u64 = 300_000;
const ROUNDS: usize = 5;
const PROOFS: u64 = 20_000;
const SAMPLES: u64 = 50;

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
    let Proofs { prove, signature, check } = proofs(&store)?;
    let ours = |figures| Measured { subject: "syndic", figures };
    print("verify", "prove one event", &[], &ours(prove), "p50_us", json);
    let signature = Measured { subject: "ed25519", figures: signature };
    print("verify", "check one proof", std::slice::from_ref(&signature), &ours(check), "p50_us", json);
    let sample = sampled(&store)?;
    print("verify", "check one of 1000 in a sample", &[signature], &ours(sample), "p50_us", json);
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

struct Proofs {
    prove: Figures,
    signature: Figures,
    check: Figures,
}

/// Proves events all over the log, the leaf and the path of each, and checks each proof with the log's key.
fn proofs(store: &Store) -> anyhow::Result<Proofs> {
    let (checkpoint, keys) = (store.checkpoint(), store.log_keys());
    let signed = SignedCheckpoint::parse(checkpoint.text.as_bytes())?;
    let (mut proving, mut signatures, mut checking) = (Vec::new(), Vec::new(), Vec::new());
    let start = Instant::now();
    for n in 0..PROOFS {
        let index = n * 7919 % RECORDS;
        let begun = Instant::now();
        let proved = prove(store, index, checkpoint.head.size)?;
        proving.push(begun.elapsed());
        let text = ProofFile::new(Subject::Record(index), &checkpoint.text, vec![proved])?.to_string();
        let begun = Instant::now();
        signed.verify(&keys, &[])?;
        signatures.push(begun.elapsed());
        let begun = Instant::now();
        ProofFile::parse(&text)?.verify(&keys, &[])?;
        checking.push(begun.elapsed());
    }
    let elapsed = start.elapsed();
    let two = |each| latencies(each, elapsed).into_iter().take(2).collect();
    Ok(Proofs { prove: two(proving), signature: two(signatures), check: two(checking) })
}

fn prove(store: &Store, index: u64, size: u64) -> anyhow::Result<Proved> {
    let leaf = String::from_utf8(store.leaf_bytes(index)?)?;
    Ok(Proved { index, leaf, path: store.inclusion(index, size)? })
}

/// Checks samples of a thousand records each, and tells what one record of them costs.
fn sampled(store: &Store) -> anyhow::Result<Figures> {
    let (checkpoint, keys) = (store.checkpoint(), store.log_keys());
    let mut each = Vec::new();
    for n in 0..SAMPLES {
        let sample = Sample::new(&format!("sample {n}"), MAX_SAMPLE, 0, checkpoint.head.size)?;
        let proved: anyhow::Result<_> =
            sample.draw().into_iter().map(|index| prove(store, index, checkpoint.head.size)).collect();
        let text = ProofFile::new(Subject::Sample(sample), &checkpoint.text, proved?)?.to_string();
        let begun = Instant::now();
        ProofFile::parse(&text)?.verify(&keys, &[])?;
        each.push(begun.elapsed() / u32::try_from(MAX_SAMPLE)?);
    }
    Ok(latencies(each, Duration::from_secs(1)).into_iter().take(2).collect())
}
