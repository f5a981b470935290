use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use jiff::Timestamp;
use syndic_ledger::{
    AgentSwitched, Leaf, PartName, Record, SegmentsPruned, ToolsOffered, leaf_hash,
    verify_inclusion,
};
use syndic_store::{Entry, KeptBy, Part, Prunable, PruneError, ReadError, Store, Subject, verify};
use tempfile::{TempDir, tempdir};

use super::{Clock, decision, entry, open, outcome, sealed, segments, small, try_open, write};

fn suspended(agent: &str) -> Entry {
    entry(Record::AgentSuspended(AgentSwitched {
        agent: agent.to_owned(),
        reason: "it went wrong".to_owned(),
        by: "k".to_owned(),
    }))
}

fn offered() -> Entry {
    let offered = ToolsOffered {
        agent: "support".to_owned(),
        server: "shop".to_owned(),
        count: 1,
        digest: "d".to_owned(),
        by: "k".to_owned(),
    };
    Entry {
        parts: vec![(PartName::Tools, "[]".to_owned())],
        subject: Some(Subject::new("support")),
        ..entry(Record::ToolsOffered(offered))
    }
}

fn accepted(id: &str) -> Entry {
    let accepted = super::decided(id, "support", "mcp.change_tool", true);
    Entry {
        parts: vec![(PartName::Args, r#"{"of":"ada"}"#.to_owned())],
        subject: Some(Subject::new("ada")),
        ..entry(Record::Decision(Box::new(accepted)))
    }
}

fn pruned(found: &Prunable) -> Entry {
    entry(Record::SegmentsPruned(SegmentsPruned {
        from: found.from,
        to: found.to,
        segments: found.segments,
        retention_days: 190,
        archived: false,
        by: "retention".to_owned(),
    }))
}

fn fill_up(store: &Store, to: u64) {
    let one = |n| store.reserve().unwrap().enqueue(decision(&format!("f{n}")));
    let pending: Vec<_> = (store.durable_index()..to).map(one).collect();
    for one in pending {
        one.wait().unwrap();
    }
}

/// What still governs is in records 1 to 5: a stop, an offer, a decision with its outcome, and the highest key.
const GOVERNING: [u64; 5] = [1, 2, 3, 4, 5];

/// Two sealed segments, of which the first is compressed, and an open one.
pub(super) fn ledger() -> TempDir {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    write(&store, decision("a0"));
    write(&store, suspended("support"));
    write(&store, offered());
    write(&store, accepted("change"));
    write(&store, outcome("change", false));
    write(&store, sealed("a5", "user:1", "{}"));
    write(&store, outcome("a5", false));
    fill_up(&store, 300);
    assert_eq!(store.compress().unwrap(), 1);
    fill_up(&store, 600);
    store.close();
    directory
}

fn tomorrow() -> Timestamp {
    "2026-11-23T00:00:00Z".parse().unwrap()
}

fn prunable(store: &Store) -> Prunable {
    store.prunable(tomorrow(), &mut |_| false).unwrap()
}

pub(super) fn prune(store: &Store) -> Prunable {
    let found = prunable(store);
    store.carry(found.to).unwrap();
    let index = write(store, pruned(&found));
    assert_eq!(store.prune(index).unwrap(), found.segments);
    found
}

fn names(directory: &Path) -> Vec<String> {
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    segments(directory).iter().map(name).collect()
}

fn replayed(directory: &Path) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    let replay = &mut |_, leaf: &Leaf| leaves.push(leaf.clone());
    Store::open(directory, small(), Arc::new(Clock), replay).unwrap().close();
    leaves
}

pub(super) fn catch_up(store: &Store) {
    store.find("none").unwrap();
}

#[test]
fn whole_segments_go_and_what_governs_stays() {
    let directory = ledger();
    let before = replayed(directory.path());
    let store = open(directory.path());
    catch_up(&store);
    let held: Vec<_> = [3, 7, 300, 599].map(|index| store.leaf_bytes(index).unwrap()).into();
    let found = prune(&store);
    assert_eq!((found.from, found.to, found.segments, found.kept_by), (0, 512, 2, KeptBy::Open));
    assert_eq!(store.first_index(), 512);
    assert_eq!(names(directory.path()), ["0000000000000512.jsonl", "carried.jsonl"]);

    // Dropped records are gone, and a copy somebody kept of one still proves, as the kept ones do.
    for index in [0, 7, 300, 511] {
        assert!(matches!(store.read(index), Err(ReadError::Pruned(_))), "record {index}");
        assert!(matches!(store.leaf_bytes(index), Err(ReadError::Pruned(_))), "record {index}");
        assert!(matches!(store.leaves(index, 9), Err(ReadError::Pruned(_))), "record {index}");
    }
    assert_eq!(store.entries(1, 256).unwrap(), None);
    let head = store.checkpoint().head;
    for (index, leaf) in [3, 7, 300, 599].into_iter().zip(held) {
        let proof = store.inclusion(index, head.size).unwrap();
        verify_inclusion(leaf_hash(&leaf), index, &head, &proof).unwrap();
    }

    // What governs is read and replayed; only definitions of tools keep their parts.
    let offer = store.read(2).unwrap();
    assert_eq!(offer.parts[&PartName::Tools], Part::Clear("[]".to_owned()));
    assert_eq!(store.read(3).unwrap().parts[&PartName::Args], Part::Erased);
    assert!(store.find("f90").unwrap().is_none(), "it was dropped");
    assert_eq!(store.find("f590").unwrap().unwrap().decision, 590);
    store.close();
    let after = replayed(directory.path());
    let governing: Vec<_> =
        GOVERNING.iter().take(4).map(|n| before[usize::try_from(*n).unwrap()].clone()).collect();
    assert_eq!(after[..4], governing);
    assert_eq!(after[4..92], before[512..600]);
    assert_eq!((after.len(), after[92].i), (93, 600));
    let verified = verify(directory.path()).unwrap();
    assert_eq!((verified.head.size, verified.segments), (601, 1));
}

#[test]
fn a_ledger_goes_on_after_dropping_and_drops_again() {
    let directory = ledger();
    let store = open(directory.path());
    catch_up(&store);
    prune(&store);
    store.close();
    let store = open(directory.path());
    assert_eq!(store.first_index(), 512);
    // The highest key was named by a record that is gone, and none is taken twice.
    let next = write(&store, sealed("next", "user:9", "{}"));
    assert_eq!(store.read(next).unwrap().leaf.key, Some(3));
    fill_up(&store, 900);
    catch_up(&store);
    let found = prune(&store);
    assert_eq!((found.from, found.to), (512, 768));
    assert_eq!(store.read(1).unwrap().leaf.i, 1);
    assert_eq!(store.read(600).unwrap().leaf.i, 600, "the record of the first dropping");
    store.close();
    assert_eq!(replayed(directory.path())[..4].len(), 4);
    assert_eq!(verify(directory.path()).unwrap().head.size, 901);
    // The index is made again from what is there.
    for name in ["index.db", "index"] {
        let path = directory.path().join(name);
        drop(fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path)));
    }
    let store = open(directory.path());
    assert!(store.find("next").unwrap().is_none(), "it was dropped");
    assert_eq!(write(&store, decision("last")), 901);
    assert_eq!(store.find("last").unwrap().unwrap().decision, 901);
}

#[test]
fn a_segment_is_kept_while_a_record_is_young_or_held_or_not_followed() {
    let directory = ledger();
    let store = open(directory.path());
    catch_up(&store);
    let kept_by = |before: &str, held: u64| {
        let found = store.prunable(before.parse().unwrap(), &mut |leaf| leaf.i == held).unwrap();
        (found.to, found.kept_by)
    };
    assert_eq!(kept_by("2026-11-22T10:00:00Z", 999), (0, KeptBy::Age(0)));
    assert_eq!(kept_by("2026-11-22T10:00:01Z", 999), (512, KeptBy::Open));
    assert_eq!(kept_by("2026-11-23T00:00:00Z", 255), (0, KeptBy::Hold(255)));
    assert_eq!(kept_by("2026-11-23T00:00:00Z", 256), (256, KeptBy::Hold(256)));
    let other = write(&store, decision("x"));
    assert!(matches!(store.prune(other), Err(PruneError::Other(_))));
}

#[test]
fn wherever_dropping_is_interrupted_the_next_start_has_all_or_finishes() {
    // Before the record: nothing is dropped. After it: the rest is, wherever it stopped.
    for (case, recorded, removed) in [
        ("carried", false, 0),
        ("recorded", true, 0),
        ("the first segment is gone", true, 1),
        ("both are gone", true, 2),
    ] {
        let directory = ledger();
        let store = open(directory.path());
        catch_up(&store);
        let found = prunable(&store);
        store.carry(found.to).unwrap();
        if recorded {
            write(&store, pruned(&found));
        }
        store.close();
        let files = ["0000000000000000.jsonl.zst", "0000000000000256.jsonl"];
        for name in &files[..removed] {
            fs::remove_file(directory.path().join("segments").join(name)).unwrap();
        }
        verify(directory.path()).unwrap();
        let replayed = replayed(directory.path());
        let store = open(directory.path());
        let expected = if recorded { 512 } else { 0 };
        assert_eq!(store.first_index(), expected, "{case}");
        assert!(replayed.iter().any(|leaf| leaf.i == 1), "{case}");
        assert!(replayed.is_sorted_by_key(|leaf| leaf.i), "{case}");
        assert_eq!(store.read(1).unwrap().leaf.i, 1, "{case}");
        let next = write(&store, decision("next"));
        assert_eq!(store.find("next").unwrap().unwrap().decision, next, "{case}");
        store.close();
        verify(directory.path()).unwrap();
    }
}

#[test]
fn keys_that_only_dropped_records_name_are_destroyed() {
    let directory = ledger();
    let keys = || {
        let database = rusqlite::Connection::open(directory.path().join("keys.db")).unwrap();
        let mut statement = database.prepare("SELECT id FROM keys ORDER BY id LIMIT 5").unwrap();
        let ids = statement.query_map([], |row| row.get(0)).unwrap();
        ids.map(Result::unwrap).collect::<Vec<i64>>()
    };
    let store = open(directory.path());
    // Of the agent whose offered tools stay, of one whose accepting does, and of one whose action does not.
    assert_eq!(
        [2, 3, 5].map(|index| store.read(index).unwrap().leaf.key),
        [Some(0), Some(1), Some(2)]
    );
    let kept = write(&store, sealed("kept", "user:2", "{}"));
    assert_eq!((keys(), kept), (vec![0, 1, 2, 3, 4], 600));
    catch_up(&store);
    prune(&store);
    assert_eq!(keys(), [0, 3, 4, 5, 6]);
    // The subject goes on under another key, which is there.
    let next = write(&store, sealed("next", "user:2", "{}"));
    assert_eq!(store.read(next).unwrap().leaf.key, Some(4));
    for index in [kept, next] {
        let parts = store.read(index).unwrap().parts;
        assert_eq!(parts[&PartName::Args], Part::Clear("{}".to_owned()), "record {index}");
    }
    store.close();
    let store = open(directory.path());
    let next = write(&store, sealed("last", "user:1", "{}"));
    assert_eq!(store.read(next).unwrap().leaf.key, Some(5));
}

#[test]
fn segments_that_no_record_says_were_dropped_are_missed() {
    let directory = ledger();
    fs::remove_file(directory.path().join("segments/0000000000000000.jsonl.zst")).unwrap();
    let error = try_open(directory.path()).unwrap_err().to_string();
    assert!(error.contains("0000000000000256.jsonl` should begin with record 0"), "{error}");
    assert_eq!(verify(directory.path()).unwrap_err().to_string(), error);
}

#[test]
fn what_is_left_of_dropped_segments_is_proved_or_refused() {
    type Change = fn(&Path);
    let cases: [(Change, &str); 4] = [
        (
            |directory| {
                let path = directory.join("segments/carried.jsonl");
                let text = fs::read_to_string(&path).unwrap();
                fs::write(path, text.replace("it went wrong", "it went right")).unwrap();
            },
            "carried.jsonl` and the tiles do not agree about record 1;",
        ),
        (
            |directory| {
                let path = directory.join("tiles/0");
                let mut bytes = fs::read(&path).unwrap();
                bytes[32] ^= 1;
                fs::write(path, bytes).unwrap();
            },
            "carried.jsonl` and the tiles do not agree about record 2;",
        ),
        (
            |directory| fs::remove_dir_all(directory.join("tiles")).unwrap(),
            "tiles` does not have the hashes of the records before 512, which were dropped",
        ),
        (
            |directory| {
                let path = directory.join("tiles/1");
                let mut bytes = fs::read(&path).unwrap();
                bytes[0] ^= 1;
                fs::write(path, bytes).unwrap();
            },
            "carried.jsonl` and the tiles do not agree about record 1;",
        ),
    ];
    for (change, expected) in cases {
        let directory = ledger();
        let store = open(directory.path());
        catch_up(&store);
        prune(&store);
        store.close();
        change(directory.path());
        let error = verify(directory.path()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        let error = try_open(directory.path()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn records_are_read_and_written_while_segments_are_dropped() {
    let directory = ledger();
    let store = open(directory.path());
    catch_up(&store);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut index = 0;
            while !done.load(Ordering::Relaxed) {
                match store.read(index) {
                    Ok(stored) => assert_eq!(stored.leaf.i, index),
                    Err(error) => assert!(matches!(error, ReadError::Pruned(_)), "{error}"),
                }
                index = (index + 7) % 600;
            }
        });
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                write(&store, decision("meanwhile"));
            }
        });
        prune(&store);
        done.store(true, Ordering::Relaxed);
    });
    store.close();
    verify(directory.path()).unwrap();
}
