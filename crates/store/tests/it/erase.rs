use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use rusqlite::Connection;
use syndic_ledger::{
    ApprovalOpened, ApprovalVoted, DecisionApproval, PartName, Record, UserRedacted,
};
use syndic_store::{Entry, EraseError, Erased, Part, ReadError, Store, Subject};
use tempfile::tempdir;

use super::{decided, entry, open, outcome, write};

/// Parts the user's keys and makes the record of it.
fn redaction(store: &Store, user: &str) -> Entry {
    entry(Record::UserRedacted(UserRedacted {
        user_ref: user.to_owned(),
        before: store.part_keys(user),
        reason: "asked for".to_owned(),
        by: "k".to_owned(),
        records: 0,
        keys: 0,
        override_retention: false,
        unreached: Vec::new(),
    }))
}

fn sealed(entry: Entry, user: &str, part: PartName, text: &str) -> Entry {
    Entry { parts: vec![(part, text.to_owned())], subject: Some(Subject::user(user)), ..entry }
}

pub(super) fn asked(id: &str, user: &str) -> Entry {
    let decision = syndic_ledger::Decision {
        user_ref: Some(user.to_owned()),
        ..decided(id, "support", "search", true)
    };
    sealed(entry(Record::Decision(Box::new(decision))), user, PartName::Args, "{}")
}

fn is_clear(store: &Store, index: u64) -> bool {
    let parts = store.read(index).unwrap().parts;
    assert_eq!(parts.len(), 1, "record {index}");
    parts.values().all(|part| matches!(part, Part::Clear(_)))
}

pub(super) fn erase(store: &Store, user: &str) -> (u64, Erased) {
    let index = write(store, redaction(store, user));
    (index, store.erase(index).unwrap())
}

fn wrapped(directory: &Path) -> BTreeMap<i64, Vec<u8>> {
    let database = Connection::open(directory.join("keys.db")).unwrap();
    let mut statement = database.prepare("SELECT id, wrapped FROM keys").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn assert_no_file_has(directory: &Path, needle: &[u8]) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_no_file_has(&path, needle);
        } else {
            let bytes = fs::read(&path).unwrap();
            assert!(!bytes.windows(needle.len()).any(|w| w == needle), "{}", path.display());
        }
    }
}

#[test]
fn erasing_reaches_every_record_about_the_actions_of_a_user_and_no_other() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    let opened = ApprovalOpened {
        id: "p".to_owned(),
        request: String::new(),
        binding: String::new(),
        forbids: Vec::new(),
        factors: Vec::new(),
        people: 1,
        barred: Vec::new(),
        user: None,
        risk: "low".to_owned(),
        expires: jiff::Timestamp::UNIX_EPOCH,
    };
    let mut held = asked("a", "ada");
    if let Record::Decision(decision) = &mut held.record {
        decision.approval = Some(DecisionApproval::Opened(Box::new(opened)));
    }
    let voted = Record::ApprovalVoted(ApprovalVoted {
        id: "p".to_owned(),
        person: "lead".to_owned(),
        method: "key".to_owned(),
        key: None,
        vote: "reject".to_owned(),
        groups: Vec::new(),
        ended: Some("rejected".to_owned()),
    });
    let theirs = [
        write(&store, held),
        write(&store, sealed(entry(voted), "ada", PartName::Reason, "\"no\"")),
        write(&store, asked("b", "ada")),
        write(&store, sealed(outcome("b", false), "ada", PartName::Result, "1")),
    ];
    let others = [
        write(&store, asked("c", "bob")),
        write(&store, sealed(outcome("c", false), "bob", PartName::Result, "1")),
    ];
    let before = store.trace("ada", store.durable_index(), &mut |_| {}).unwrap();
    assert_eq!(before.records, theirs);
    assert_eq!((before.readable, before.keys.len()), (4, 1));

    let (index, erased) = erase(&store, "ada");
    assert_eq!(erased, Erased { records: 4, keys: 1 });
    assert!(theirs.iter().all(|index| !is_clear(&store, *index)));
    assert!(others.iter().all(|index| is_clear(&store, *index)));
    // Again, nothing is left to erase; and what is no redaction erases nothing.
    assert_eq!(store.erase(index).unwrap(), Erased { records: 0, keys: 0 });
    assert!(matches!(store.erase(0), Err(EraseError::Other(0))));
    store.close();
    syndic_store::verify(directory.path()).unwrap();
}

#[test]
fn what_comes_after_is_sealed_under_another_key() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    let before = write(&store, asked("a", "ada"));
    // Before the record of it is written, and before the keys are destroyed, records of the user come.
    let redaction = redaction(&store, "ada");
    let meanwhile = write(&store, asked("b", "ada"));
    let redacted = write(&store, redaction);
    let after = write(&store, asked("c", "ada"));
    store.erase(redacted).unwrap();
    assert!(!is_clear(&store, before));
    assert!(is_clear(&store, meanwhile) && is_clear(&store, after));
}

#[test]
fn no_file_has_a_destroyed_key() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    for n in 0..600 {
        write(&store, asked(&format!("a{n}"), &format!("user{}", n % 300)));
    }
    let before = wrapped(directory.path());
    let index = store.durable_index();
    let key = store.read(7).unwrap().leaf.key.unwrap();
    erase(&store, "user7");
    let gone = &before[&key.cast_signed()];
    assert_no_file_has(directory.path(), gone);
    store.close();
    assert_no_file_has(directory.path(), gone);
    let after = wrapped(directory.path());
    assert!(!after.contains_key(&key.cast_signed()));
    assert!((0..index).filter(|i| i % 300 != 7).all(|i| after.contains_key(&((i % 300) as i64))));
}

#[test]
fn a_start_finishes_what_a_crash_left_and_undoes_what_a_restored_copy_brought_back() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    let theirs = write(&store, asked("a", "ada"));
    let other = write(&store, asked("b", "bob"));
    store.close();
    let keys = directory.path().join("keys.db");
    let copy = fs::read(&keys).unwrap();
    let check = || {
        let store = open(directory.path());
        assert!(!is_clear(&store, theirs));
        assert!(is_clear(&store, other));
        store.close();
    };
    // The record is on disk, and the process ends before a key is destroyed.
    let store = open(directory.path());
    write(&store, redaction(&store, "ada"));
    assert!(is_clear(&store, theirs));
    store.close();
    check();
    // Once it is done, a start looks no further.
    check();
    fs::write(&keys, copy).unwrap();
    check();
}

#[test]
fn a_note_of_another_ledger_does_not_pass_for_done() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    let theirs = write(&store, asked("a", "ada"));
    store.close();
    let database = Connection::open(directory.path().join("keys.db")).unwrap();
    database.execute("INSERT INTO erased (record) VALUES (1)", []).unwrap();
    drop(database);
    let store = open(directory.path());
    assert_eq!(write(&store, redaction(&store, "ada")), 1);
    store.close();
    assert!(!is_clear(&open(directory.path()), theirs));
}

#[test]
fn a_start_after_a_crash_in_the_middle_of_destroying_leaves_no_journal_behind() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    let theirs = write(&store, asked("a", "ada"));
    let key = store.read(theirs).unwrap().leaf.key.unwrap().cast_signed();
    write(&store, redaction(&store, "ada"));
    store.close();
    let gone = wrapped(directory.path()).remove(&key).unwrap();

    // What a transaction that has reached the disk in part leaves behind.
    let files = ["keys.db", "keys.db-journal"].map(|name| directory.path().join(name));
    let database = Connection::open(&files[0]).unwrap();
    database.execute_batch("PRAGMA cache_size = 1; PRAGMA secure_delete = ON; BEGIN").unwrap();
    database.execute("DELETE FROM keys WHERE id = ?1", [key]).unwrap();
    database.execute("UPDATE keys SET wrapped = zeroblob(60)", []).unwrap();
    let crashed = files.clone().map(|path| fs::read(path).unwrap());
    drop(database);
    assert!(crashed[1].windows(gone.len()).any(|w| w == gone));
    for (path, bytes) in files.iter().zip(&crashed) {
        fs::write(path, bytes).unwrap();
    }

    let store = open(directory.path());
    assert!(!is_clear(&store, theirs));
    assert_no_file_has(directory.path(), &gone);
    assert!(!files[1].exists());
}

#[test]
fn records_that_come_meanwhile_are_erased_or_readable_by_their_place() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    let last = std::thread::scope(|scope| {
        for (n, user) in ["ada", "bob", "ada"].into_iter().enumerate() {
            let store = &store;
            scope.spawn(move || {
                for i in 0..120 {
                    write(store, asked(&format!("{n}.{i}"), user));
                }
            });
        }
        let erasing: Vec<_> = (0..5).map(|_| scope.spawn(|| erase(&store, "ada").0)).collect();
        let redacted = erasing.into_iter().map(|erasing| erasing.join().unwrap());
        let before = redacted.map(|index| {
            let leaf = store.read(index).unwrap().leaf;
            let Record::UserRedacted(redacted) = leaf.record else { panic!("record {index}") };
            redacted.before
        });
        before.max().unwrap()
    });
    for index in 0..store.durable_index() {
        let leaf = store.read(index).unwrap().leaf;
        if let Record::Decision(decision) = &leaf.record {
            let is_theirs = decision.user_ref.as_deref() == Some("ada");
            assert_eq!(is_clear(&store, index), !is_theirs || index >= last, "record {index}");
        }
    }
}

#[test]
fn a_damaged_part_keeps_no_key_from_being_destroyed_and_no_store_from_opening() {
    for at_start in [false, true] {
        let directory = tempdir().unwrap();
        let mut store = open(directory.path());
        let [theirs, also, other] = [("a", "ada"), ("b", "ada"), ("c", "bob")]
            .map(|(id, user)| write(&store, asked(id, user)));
        assert_eq!(store.find("a").unwrap().unwrap().decision, theirs);
        let key = store.read(theirs).unwrap().leaf.key.unwrap().cast_signed();
        let path = directory.path().join("segments/0000000000000000.jsonl");
        let mut bytes = fs::read(&path).unwrap();
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
        bytes[end - 12] = if bytes[end - 12] == b'A' { b'B' } else { b'A' };
        fs::write(&path, bytes).unwrap();
        assert!(matches!(store.read(theirs), Err(ReadError::Changed(0))));
        if at_start {
            write(&store, redaction(&store, "ada"));
            store.close();
            store = open(directory.path());
        } else {
            assert_eq!(erase(&store, "ada").1, Erased { records: 2, keys: 1 });
        }
        assert!(!wrapped(directory.path()).contains_key(&key));
        assert!(!is_clear(&store, also) && is_clear(&store, other));
        assert_eq!(store.find("c").unwrap().unwrap().decision, other, "the index is made again");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn erasing_one_user_leaves_every_other_readable(
        steps in prop::collection::vec((0_u8..4, 0_u8..8), 1..60)
    ) {
        let directory = tempdir().unwrap();
        let mut store = open(directory.path());
        // By record: whose it is. Those that must be erased are taken out.
        let (mut clear, mut erased) = (BTreeMap::new(), Vec::new());
        for (n, (user, step)) in steps.into_iter().enumerate() {
            let name = format!("user{user}");
            match step {
                0 => {
                    erase(&store, &name);
                    erased.extend(clear.extract_if(.., |_, whose| *whose == user).map(|(i, _)| i));
                }
                1 => {
                    store.close();
                    store = open(directory.path());
                }
                _ => {
                    clear.insert(write(&store, asked(&format!("a{n}"), &name)), user);
                }
            }
        }
        prop_assert!(clear.keys().all(|index| is_clear(&store, *index)));
        prop_assert!(erased.iter().all(|index| !is_clear(&store, *index)));
    }
}
