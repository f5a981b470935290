use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rusqlite::{Connection, params};
use syndic_ledger::{PartName, Record, UserRedacted};
use syndic_store::{Compacted, Entry, Part, Store, Subject, verify};
use tempfile::tempdir;

use super::{decided, decision, entry, fill, open, replayed, segments, write};

fn asked(id: &str, user: &str) -> Entry {
    let decision = syndic_ledger::Decision {
        user_ref: Some(user.to_owned()),
        ..decided(id, "support", "search", true)
    };
    Entry {
        parts: vec![(PartName::Args, format!(r#"{{"of":"{user}"}}"#))],
        subject: Some(Subject::user(user)),
        ..entry(Record::Decision(Box::new(decision)))
    }
}

fn erase(store: &Store, user: &str) {
    let redacted = Record::UserRedacted(UserRedacted {
        user_ref: user.to_owned(),
        before: store.part_keys(user),
        reason: "asked for".to_owned(),
        by: "k".to_owned(),
        records: 0,
        keys: 0,
        override_retention: false,
        unreached: Vec::new(),
    });
    let index = write(store, entry(redacted));
    store.erase(index).unwrap();
}

fn is_clear(store: &Store, index: u64) -> bool {
    matches!(store.read(index).unwrap().parts[&PartName::Args], Part::Clear(_))
}

fn keys(directory: &Path) -> Vec<(i64, Vec<u8>)> {
    let database = Connection::open(directory.join("keys.db")).unwrap();
    let mut statement = database.prepare("SELECT id, wrapped FROM keys").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn put_back(directory: &Path, keys: &[(i64, Vec<u8>)]) {
    let database = Connection::open(directory.join("keys.db")).unwrap();
    for (id, wrapped) in keys {
        let insert = "INSERT OR IGNORE INTO keys (id, wrapped) VALUES (?1, ?2)";
        database.execute(insert, params![id, wrapped]).unwrap();
    }
}

/// Writes records of ada and bob into a compressed, a sealed and the open segment, in this order; returns theirs.
fn planted(store: &Store) -> ([u64; 3], [u64; 3]) {
    let (mut ada, mut bob) = ([0; 3], [0; 3]);
    for n in 0..3 {
        ada[n] = write(store, asked(&format!("ada{n}"), "ada"));
        bob[n] = write(store, asked(&format!("bob{n}"), "bob"));
        if n < 2 {
            let pending: Vec<_> =
                (0..255).map(|_| store.reserve().unwrap().enqueue(decision("x"))).collect();
            for one in pending {
                one.wait().unwrap();
            }
        }
        if n == 0 {
            store.compress().unwrap();
        }
    }
    (ada, bob)
}

#[test]
fn after_compacting_not_even_a_saved_key_opens_what_was_erased() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    let (ada, bob) = planted(&store);
    let statistics = store.statistics();
    assert_eq!((statistics.segments, statistics.compressed), (3, 1));
    let saved = keys(directory.path());
    erase(&store, "ada");
    put_back(directory.path(), &saved);
    assert!(ada.iter().all(|index| is_clear(&store, *index)), "a saved key opens what is there");
    let gone = Connection::open(directory.path().join("keys.db")).unwrap();
    let named = store.read(ada[0]).unwrap().leaf.key.unwrap().cast_signed();
    gone.execute("DELETE FROM keys WHERE id = ?1", [named]).unwrap();

    let mut steps = Vec::new();
    let done = store.compact(&mut |done, of| steps.push((done, of))).unwrap();
    assert_eq!((done.segments, done.rewritten, done.records), (3, 3, 3), "{done:?}");
    assert!(done.bytes > 100, "{done:?}");
    assert_eq!(steps, [(1, 3), (2, 3), (3, 3)]);
    put_back(directory.path(), &saved);
    assert!(ada.iter().all(|index| !is_clear(&store, *index)));
    assert!(bob.iter().all(|index| is_clear(&store, *index)));

    // Again there is nothing to do, and the ledger goes on.
    gone.execute("DELETE FROM keys WHERE id = ?1", [named]).unwrap();
    let again = store.compact(&mut |_, _| {}).unwrap();
    assert_eq!(again, Compacted { segments: 3, ..Compacted::default() });
    let next = write(&store, asked("next", "bob"));
    assert!(is_clear(&store, next));
    assert_eq!(store.find("next").unwrap().unwrap().decision, next);
    store.close();
    verify(directory.path()).unwrap();
    assert_eq!(replayed(directory.path()).len() as u64, next + 1);
    assert_eq!(keys(directory.path()).len(), saved.len() - 1);
}

#[test]
fn records_are_written_and_read_while_the_open_segment_is_compacted() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut written = Vec::new();
            while !done.load(Ordering::Relaxed) {
                written.push(write(&store, asked(&format!("b{}", written.len()), "bob")));
            }
            written
        });
        for n in 0..20 {
            let index = write(&store, asked(&format!("a{n}"), "ada"));
            erase(&store, "ada");
            store.compact(&mut |_, _| {}).unwrap();
            assert!(!is_clear(&store, index));
        }
        done.store(true, Ordering::Relaxed);
        for index in writer.join().unwrap() {
            assert!(is_clear(&store, index), "record {index}");
        }
    });
    let records = store.durable_index();
    store.close();
    verify(directory.path()).unwrap();
    assert_eq!(replayed(directory.path()).len() as u64, records);
}

#[test]
fn what_interrupted_compacting_leaves_is_removed() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 300);
    let before = segments(directory.path());
    for name in ["0000000000000000.jsonl.zst.tmp", "0000000000000256.jsonl.tmp"] {
        fs::write(directory.path().join("segments").join(name), "half").unwrap();
    }
    assert_eq!(verify(directory.path()).unwrap().head.size, 300);
    assert_eq!(replayed(directory.path()).len(), 300);
    assert_eq!(segments(directory.path()), before);
}
