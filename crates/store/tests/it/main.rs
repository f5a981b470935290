//! What was acknowledged is there, what is there was written, and what was erased is not.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

#[cfg(test)]
mod backup;
mod compact;
mod compress;
#[cfg(test)]
mod crash;
mod disk;
mod erase;
mod evidence;
mod format;
mod index;
#[cfg(test)]
mod log_reader;
mod master;
mod parts;
mod policy;
mod prune;
mod recovery;
mod search;
mod snapshot;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use syndic_ledger::{Counted, Decision, Leaf, Outcome, OutcomeMissing, PartName, Record};
use syndic_store::{Entry, OpenError, Options, Store, Subject};

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

/// Segments of one kilobyte, so that a few records make several: one per 256. None is compressed by itself.
fn small() -> Options {
    Options { segment_bytes: 1024, compress: false, ..Options::default() }
}

fn try_open(directory: &Path) -> Result<Store, OpenError> {
    Store::open(directory, small(), Arc::new(Clock), &mut |_, _| {})
}

fn open(directory: &Path) -> Store {
    try_open(directory).unwrap()
}

fn replayed(directory: &Path) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    Store::open(directory, small(), Arc::new(Clock), &mut |index, leaf| {
        assert_eq!(index, leaf.i);
        leaves.push(leaf.clone());
    })
    .unwrap()
    .close();
    leaves
}

fn write(store: &Store, entry: Entry) -> u64 {
    store.reserve().unwrap().enqueue(entry).wait().unwrap().into_inner().index()
}

/// Writes `count` decisions with ids `a0`, `a1`, … and closes.
fn fill(directory: &Path, count: u64) {
    let store = open(directory);
    let pending: Vec<_> =
        (0..count).map(|n| store.reserve().unwrap().enqueue(decision(&format!("a{n}")))).collect();
    for pending in pending {
        pending.wait().unwrap();
    }
    store.close();
}

fn entry(record: Record) -> Entry {
    Entry { record, at: "2026-11-22T10:00:00Z".parse().unwrap(), parts: Vec::new(), subject: None }
}

fn decision(id: &str) -> Entry {
    entry(Record::Decision(Box::new(decided(id, "support", "search", true))))
}

fn decided(id: &str, agent: &str, action: &str, allowed: bool) -> Decision {
    Decision {
        id: id.to_owned(),
        agent: agent.to_owned(),
        agent_version: "1".to_owned(),
        action: action.to_owned(),
        tool: None,
        server: None,
        tool_pin: None,
        session: Some("s".to_owned()),
        user_ref: None,
        model: None,
        asked_by: "k".to_owned(),
        grade: "cooperative".to_owned(),
        risk: "low".to_owned(),
        mode: "enforce".to_owned(),
        owner: None,
        effect: if allowed { "allow" } else { "deny" }.to_owned(),
        allowed,
        violations: Vec::new(),
        revision: "r".to_owned(),
        counted: Counted::default(),
        undeclared: false,
        labels: Vec::new(),
        args_digest: None,
        chain: Vec::new(),
        parent: None,
        idempotency: None,
        approval: None,
        break_glass: Vec::new(),
    }
}

fn outcome(id: &str, late: bool) -> Entry {
    entry(Record::Outcome(Outcome {
        id: id.to_owned(),
        status: "ok".to_owned(),
        duration_ms: None,
        input_tokens: None,
        output_tokens: None,
        model: None,
        late,
        filtered: None,
    }))
}

fn missing(id: &str) -> Entry {
    entry(Record::OutcomeMissing(OutcomeMissing { id: id.to_owned() }))
}

fn sealed(id: &str, subject: &str, args: &str) -> Entry {
    Entry {
        parts: vec![(PartName::Args, args.to_owned())],
        subject: Some(Subject::new(subject)),
        ..decision(id)
    }
}

fn segments(directory: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(directory.join("segments"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}
