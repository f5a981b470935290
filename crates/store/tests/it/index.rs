use std::fs;
use std::path::Path;

use syndic_ledger::Record;
use syndic_store::{Entry, Query, Store};
use tempfile::tempdir;

use super::{decided, entry, missing, open, outcome, write};

fn decision(id: &str, agent: &str, action: &str, allowed: bool, at: &str) -> Entry {
    let record = Record::Decision(Box::new(decided(id, agent, action, allowed)));
    Entry { at: at.parse().unwrap(), ..entry(record) }
}

/// Six records: three decisions, one outcome in time, one missing and then late.
fn write_all(store: &Store) {
    write(store, decision("a", "support", "search", true, "2026-11-22T10:00:00Z"));
    write(store, outcome("a", false));
    write(store, decision("b", "support", "refund", true, "2026-11-22T11:00:00Z"));
    write(store, missing("b"));
    write(store, decision("c", "finance", "refund", false, "2026-11-22T12:00:00Z"));
    write(store, outcome("b", true));
}

fn ids(store: &Store, query: &Query) -> String {
    store.find("c").unwrap().unwrap();
    store.events(query).unwrap().rows.iter().map(|row| row.id.as_str()).collect()
}

fn check_all(store: &Store) {
    let all = || Query { limit: 10, ..Query::default() };
    let at = |hour: u8| Some(format!("2026-11-22T{hour}:00:00Z").parse().unwrap());
    let agent = |agent: &str| Some(agent.parse().unwrap());
    let action = |action: &str| Some(action.parse().unwrap());
    for (query, expected) in [
        (all(), "cba"),
        (Query { agent: agent("support"), ..all() }, "ba"),
        (Query { action: action("refund"), ..all() }, "cb"),
        (Query { agent: agent("support"), action: action("refund"), ..all() }, "b"),
        (Query { agent: agent("nobody"), ..all() }, ""),
        (Query { allowed: Some(false), ..all() }, "c"),
        (Query { since: at(11), ..all() }, "cb"),
        (Query { until: at(11), ..all() }, "a"),
        (Query { since: at(11), until: at(12), ..all() }, "b"),
        (Query { cursor: Some(4), ..all() }, "ba"),
        (Query { oldest_first: true, ..all() }, "abc"),
        (Query { cursor: Some(0), oldest_first: true, ..all() }, "bc"),
        (Query { cursor: Some(0), oldest_first: true, limit: 1, ..all() }, "b"),
        (Query { limit: 0, ..all() }, ""),
    ] {
        assert_eq!(ids(store, &query), expected, "{query:?}");
    }
}

#[test]
fn actions_are_listed_by_what_they_are() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    write_all(&store);
    check_all(&store);
}

#[test]
fn pages_follow_one_another() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    write_all(&store);
    let mut query = Query { limit: 2, ..Query::default() };
    assert_eq!(ids(&store, &query), "cb");
    query.cursor = store.events(&query).unwrap().next;
    assert_eq!(query.cursor, Some(2));
    assert_eq!(ids(&store, &query), "a");
    let last = store.events(&query).unwrap();
    assert_eq!((last.next, last.indexed_through), (None, 6));
}

#[test]
fn an_action_has_its_records() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    write_all(&store);
    for (id, outcome, late, missing, complete, overdue) in [
        ("a", Some(1), None, None, true, false),
        ("b", None, Some(5), Some(3), true, false),
        ("c", None, None, None, true, false),
    ] {
        let row = store.find(id).unwrap().unwrap();
        assert_eq!((row.outcome, row.late, row.missing), (outcome, late, missing), "{id}");
        assert_eq!((row.is_complete(), row.is_overdue()), (complete, overdue), "{id}");
        let event = store.event(&row).unwrap();
        assert_eq!(event.decision.leaf.i, row.decision);
        assert_eq!(event.outcome.map(|stored| stored.leaf.i), outcome);
        assert_eq!(event.late.map(|stored| stored.leaf.i), late);
    }
    assert_eq!(store.find("nobody").unwrap(), None);
}

#[test]
fn an_index_that_was_deleted_damaged_or_of_another_ledger_is_made_again() {
    let other = tempdir().unwrap();
    let store = open(other.path());
    for n in 0..6 {
        write(&store, super::decision(&format!("x{n}")));
    }
    store.find("x5").unwrap();
    store.close();

    type Change<'a> = &'a dyn Fn(&Path);
    let cases: [Change<'_>; 8] = [
        &|_| {},
        &|index| fs::remove_dir_all(index).unwrap(),
        &|index| fs::remove_file(index.join("main.db")).unwrap(),
        &|index| fs::remove_file(index.join("2026-11.db")).unwrap(),
        &|index| fs::write(index.join("main.db"), "no database").unwrap(),
        &|index| fs::write(index.join("2026-11.db"), "no database").unwrap(),
        &|index| {
            assert!(fs::copy(other.path().join("index/main.db"), index.join("main.db")).is_ok());
        },
        &|index| {
            let month = other.path().join("index/2026-11.db");
            assert!(fs::copy(month, index.join("2026-11.db")).is_ok());
        },
    ];
    for change in cases {
        let directory = tempdir().unwrap();
        let store = open(directory.path());
        write_all(&store);
        check_all(&store);
        store.close();
        change(&directory.path().join("index"));
        let store = open(directory.path());
        check_all(&store);
        store.close();
    }
}

#[test]
fn an_index_of_one_file_gives_way_to_one_of_months() {
    let directory = tempdir().unwrap();
    for former in ["index.db", "index.db-wal", "index.db-shm"] {
        fs::write(directory.path().join(former), "former").unwrap();
    }
    let store = open(directory.path());
    write_all(&store);
    check_all(&store);
    for former in ["index.db", "index.db-wal", "index.db-shm"] {
        assert!(!directory.path().join(former).exists());
    }
}

#[test]
fn an_index_with_damaged_pages_is_made_again() {
    let directory = tempdir().unwrap();
    super::fill(directory.path(), 2000);
    let store = open(directory.path());
    store.find("a1999").unwrap().unwrap();
    store.close();
    let file = directory.path().join("index/2026-11.db");
    let mut bytes = fs::read(&file).unwrap();
    let half = bytes.len() / 2;
    bytes[4096..half].fill(0xee);
    fs::write(&file, bytes).unwrap();
    let store = open(directory.path());
    let all = Query { limit: 2000, ..Query::default() };
    // Opening meets the damage, or this reading, and then the follower hears of it within a second.
    while store.events(&all).map_or(0, |page| page.rows.len()) < 2000 {
        std::thread::yield_now();
    }
    assert!(store.is_followed());
}

#[test]
fn a_follower_reads_every_durable_leaf_in_order_over_all_segments() {
    let directory = tempdir().unwrap();
    super::fill(directory.path(), 700);
    let store = open(directory.path());
    assert!(super::segments(directory.path()).len() > 1);
    let mut read = Vec::new();
    loop {
        let leaves = store.leaves(read.len() as u64, 50).unwrap();
        assert!(leaves.len() <= 50);
        if leaves.is_empty() {
            break;
        }
        read.extend(leaves.iter().map(|leaf| leaf.i));
    }
    assert_eq!(read, (0..700).collect::<Vec<_>>());
}
