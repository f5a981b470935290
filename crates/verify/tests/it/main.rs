//! What was written verifies, and nothing else does.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod binary;
mod directory;
mod tamper;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use syndic_ledger::{OutcomeMissing, PartName, Record, VerifierKey};
use syndic_store::{Entry, Examiner, MasterKey, Options as StoreOptions, Store, Subject};
use syndic_verify::{Options, Verified, VerifyError, verify_directory};
use tempfile::TempDir;

#[derive(Debug)]
struct Clock;

impl syndic_model::Clock for Clock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).unwrap();
    }
}

/// Opens a store whose segments end after 256 records.
fn open(directory: &Path, compress: bool) -> Store {
    let options = StoreOptions {
        segment_bytes: 1024,
        compress,
        origin: Some("example.org/log".to_owned()),
        ..StoreOptions::default()
    };
    Store::open(directory, options, Arc::new(Clock), &mut |_, _| {}).unwrap()
}

/// Writes so many more records, every fourth with parts.
fn write(store: &Store, count: u64) {
    let from = store.durable_index();
    let pending: Vec<_> = (from..from + count)
        .map(|n| {
            let is_sealed = n % 4 == 0;
            let entry = Entry {
                record: Record::OutcomeMissing(OutcomeMissing { id: format!("a{n}") }),
                at: "2026-11-22T10:00:00Z".parse().unwrap(),
                parts: if is_sealed { vec![(PartName::Args, "{}".to_owned())] } else { Vec::new() },
                subject: is_sealed.then(|| Subject::new(&format!("u{}", n % 3))),
            };
            store.reserve().unwrap().enqueue(entry)
        })
        .collect();
    for one in pending {
        one.wait().unwrap();
    }
}

/// A directory of so many records that is closed.
fn filled(count: u64) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path(), false);
    write(&store, count);
    store.close();
    directory
}

fn keys(directory: &Path) -> Vec<VerifierKey> {
    let text = fs::read_to_string(directory.join("log.vkey")).unwrap();
    text.lines().map(|line| line.parse().unwrap()).collect()
}

fn verify(directory: &Path) -> Result<Verified, VerifyError> {
    verify_directory(directory, &Options::default())
}

/// Verifies with the keys at hand, so that sealed parts are opened too.
fn audit(directory: &Path, examiner: &Examiner) -> Result<Verified, VerifyError> {
    let open =
        |line: &syndic_ledger::Line<'_>| examiner.examine(line).map_err(|error| error.to_string());
    verify_directory(directory, &Options { parts: Some(&open), ..Options::default() })
}

fn examiner(directory: &Path) -> Examiner {
    Examiner::open(directory, &MasterKey::InDirectory).unwrap()
}

fn segment(directory: &Path, first: u64) -> PathBuf {
    directory.join("segments").join(format!("{first:016}.jsonl"))
}

/// Copies a directory as it is.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            put(&to, &fs::read(entry.path()).unwrap());
        }
    }
}

/// Writes a file, whether or not it may be written.
fn put(path: &Path, bytes: &[u8]) {
    drop(fs::remove_file(path));
    fs::write(path, bytes).unwrap();
}
