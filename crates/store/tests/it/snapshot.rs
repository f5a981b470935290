use std::fs::{self, Permissions};
use std::iter;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use syndic_ledger::Leaf;
use syndic_store::{Options, Projection, ScrubError, Store};
use tempfile::{TempDir, tempdir};

use super::{Clock, decision, fill, open, prune, replayed, segments, small, try_open, write};

/// Every leaf it was given, and how many of them by a replay in this process.
#[derive(Debug, Default)]
struct Seen {
    leaves: Vec<Leaf>,
    replayed: usize,
}

impl Projection for Seen {
    const VERSION: &'static str = "test/2";

    fn replay(&mut self, leaf: &Leaf) {
        self.leaves.push(leaf.clone());
        self.replayed += 1;
    }

    fn keep(&self) -> Vec<u8> {
        serde_json::to_vec(&self.leaves).unwrap()
    }

    fn resume(kept: &[u8]) -> Option<Self> {
        Some(Self { leaves: serde_json::from_slice(kept).ok()?, replayed: 0 })
    }
}

/// The same of an earlier program.
#[derive(Debug, Default)]
struct Former(Seen);

impl Projection for Former {
    const VERSION: &'static str = "test/1";

    fn replay(&mut self, leaf: &Leaf) {
        self.0.replay(leaf);
    }

    fn keep(&self) -> Vec<u8> {
        self.0.keep()
    }

    fn resume(kept: &[u8]) -> Option<Self> {
        Seen::resume(kept).map(Self)
    }
}

fn every(records: u64) -> Options {
    Options { snapshot_every: records, ..small() }
}

fn resume(directory: &Path) -> (Store, Seen) {
    Store::resume(directory, every(u64::MAX), Arc::new(Clock)).unwrap()
}

/// Writes `count` records and a snapshot over all there are.
fn snapshot(directory: &Path, count: u64) {
    fill(directory, count);
    let (store, _) = resume(directory);
    assert_eq!(store.snapshot::<Seen>().unwrap(), store.durable_index());
    store.close();
}

fn edit(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

/// Changes the agent of a record, which another leaf hash comes of and nothing else.
fn change_record(directory: &Path, segment: usize, id: &str) {
    let path = &segments(directory)[segment];
    let text = fs::read_to_string(path).unwrap();
    let changed = text.replace(&format!("\"{id}\""), &format!("\"{}\"", id.replace('a', "b")));
    assert_ne!(text, changed);
    edit(path, |bytes| *bytes = changed.into_bytes());
}

/// Opens, and says how many records were replayed; what is there then is what a replay of everything makes.
fn replays(directory: &Path) -> usize {
    let (store, seen) = resume(directory);
    let scrubbed = store.scrub().unwrap().unwrap();
    assert_eq!((scrubbed.through, scrubbed.tiles_differ), (store.durable_index(), None));
    assert_eq!(write(&store, decision("next")), seen.leaves.len() as u64);
    for index in [0, 31, 255, 256, 600].into_iter().filter(|n| *n < store.durable_index()) {
        assert_eq!(store.read(index).unwrap().leaf.i, index);
    }
    store.close();
    let all = replayed(directory);
    assert_eq!(all.split_last().unwrap().1, seen.leaves);
    seen.replayed
}

#[test]
fn a_start_replays_what_came_after_the_snapshot_and_comes_to_the_same() {
    for (before, after) in [(1, 0), (1, 3), (255, 1), (256, 0), (256, 300), (300, 700), (900, 1)] {
        let directory = tempdir().unwrap();
        snapshot(directory.path(), before);
        fill(directory.path(), after);
        assert_eq!(replays(directory.path()) as u64, after, "{before} and {after}");
    }
}

#[test]
fn a_snapshot_is_brought_forward_from_the_one_before() {
    let directory = tempdir().unwrap();
    for round in 1..6 {
        snapshot(directory.path(), 130);
        let (store, seen) = resume(directory.path());
        assert_eq!((seen.replayed, seen.leaves.len()), (0, round * 130));
        store.close();
    }
    assert_eq!(replays(directory.path()), 0);
}

#[test]
fn compressed_segments_before_the_snapshot_are_known_by_what_lies_beside_them() {
    for without_sidecars in [false, true] {
        let directory = tempdir().unwrap();
        snapshot(directory.path(), 700);
        let store = open(directory.path());
        store.compress().unwrap();
        store.close();
        let all = segments(directory.path());
        let sidecars = all.iter().filter(|path| path.extension().is_some_and(|one| one == "idx"));
        assert_eq!(sidecars.clone().count(), 2);
        if without_sidecars {
            sidecars.for_each(|path| fs::remove_file(path).unwrap());
        }
        assert_eq!(replays(directory.path()), 0);
    }
}

#[test]
fn a_torn_tail_after_the_snapshot_is_cut() {
    let directory = tempdir().unwrap();
    snapshot(directory.path(), 300);
    fill(directory.path(), 2);
    edit(segments(directory.path()).last().unwrap(), |bytes| bytes.extend(b"{\"v\":1,\"i\":302"));
    assert_eq!(replays(directory.path()), 2);
}

#[test]
fn a_snapshot_that_was_changed_or_cut_short_is_thrown_away() {
    let made = tempdir().unwrap();
    snapshot(made.path(), 5);
    let length = fs::read(made.path().join("snapshot")).unwrap().len();
    let at = |n| move |bytes: &mut Vec<u8>| bytes[n] ^= 1;
    let flips = (0..length).step_by(length / 12).chain([length - 1]);
    for flip in flips {
        let directory = copy(&made);
        edit(&directory.path().join("snapshot"), at(flip));
        assert_eq!(replays(directory.path()), 5, "byte {flip}");
        assert!(!directory.path().join("snapshot").exists());
    }
    for kept in [0, 1, 100, length / 2, length - 1] {
        let directory = copy(&made);
        edit(&directory.path().join("snapshot"), |bytes| bytes.truncate(kept));
        assert_eq!(replays(directory.path()), 5, "{kept} bytes");
    }
}

#[test]
fn a_snapshot_of_another_ledger_or_of_what_was_rolled_back_is_thrown_away() {
    let (directory, other) = (tempdir().unwrap(), tempdir().unwrap());
    fill(directory.path(), 300);
    let older = copy(&directory);
    snapshot(other.path(), 300);
    fs::copy(other.path().join("snapshot"), directory.path().join("snapshot")).unwrap();
    assert_eq!(replays(directory.path()), 300, "another log's key");

    // The same log as it was before the snapshot, and as it went on otherwise.
    let newer = copy(&older);
    snapshot(newer.path(), 10);
    let lies = newer.path().join("snapshot");
    let behind = copy(&older);
    fs::copy(&lies, behind.path().join("snapshot")).unwrap();
    assert_eq!(replays(behind.path()), 300, "it is of records that are not there");
    let otherwise = copy(&older);
    fill(otherwise.path(), 3);
    fill(otherwise.path(), 300);
    fs::copy(&lies, otherwise.path().join("snapshot")).unwrap();
    assert_eq!(replays(otherwise.path()), 603, "it is of other records");
}

#[test]
fn a_snapshot_of_another_version_is_thrown_away() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 5);
    let (store, _) =
        Store::resume::<Former>(directory.path(), every(u64::MAX), Arc::new(Clock)).unwrap();
    store.snapshot::<Former>().unwrap();
    store.close();
    assert_eq!(replays(directory.path()), 5);
}

#[test]
fn a_start_that_read_much_leaves_a_snapshot_and_so_does_the_growth_of_the_ledger() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 99);
    let start = || Store::resume::<Seen>(directory.path(), every(100), Arc::new(Clock)).unwrap();
    let lies = directory.path().join("snapshot");
    start().0.close();
    assert!(!lies.exists());
    fill(directory.path(), 1);
    start().0.close();
    assert_eq!(fs::metadata(&lies).unwrap().permissions().mode() & 0o777, 0o600);
    let (store, seen) = start();
    assert_eq!((seen.replayed, seen.leaves.len()), (0, 100));
    let first = fs::read(&lies).unwrap();
    let pending: Vec<_> =
        (0..100).map(|_| store.reserve().unwrap().enqueue(decision("more"))).collect();
    for pending in pending {
        pending.wait().unwrap();
    }
    while fs::read(&lies).unwrap() == first {
        thread::yield_now();
    }
    store.close();
    assert!(replays(directory.path()) < 100);
}

#[test]
fn what_a_start_reads_must_be_what_was_signed_whatever_the_snapshot_says() {
    let directory = tempdir().unwrap();
    snapshot(directory.path(), 600);
    // In the segment that the snapshot ends in, before its end.
    change_record(directory.path(), 2, "a590");
    let refused = try_open(directory.path()).unwrap_err().to_string();
    let error = Store::resume::<Seen>(directory.path(), small(), Arc::new(Clock)).unwrap_err();
    assert_eq!(error.to_string(), refused);
    assert!(refused.contains("the tree up to here is not the one of the checkpoint"), "{refused}");
}

#[test]
fn a_segment_that_is_gone_or_shorter_is_refused_whatever_the_snapshot_says() {
    type Change = fn(&Path);
    let changes: [Change; 3] = [
        |path| fs::remove_file(path).unwrap(),
        |path| edit(path, |bytes| bytes.truncate(bytes.len() / 2)),
        |path| edit(path, Vec::clear),
    ];
    for change in changes {
        let directory = tempdir().unwrap();
        snapshot(directory.path(), 600);
        change(&segments(directory.path())[1]);
        let refused = try_open(directory.path()).unwrap_err().to_string();
        let error = Store::resume::<Seen>(directory.path(), small(), Arc::new(Clock)).unwrap_err();
        assert_eq!(error.to_string(), refused);
    }
}

#[test]
fn an_old_record_that_was_changed_is_found_by_scrubbing_which_closes_the_ledger() {
    for compressed in [false, true] {
        let directory = tempdir().unwrap();
        snapshot(directory.path(), 700);
        change_record(directory.path(), 0, "a100");
        let (store, _) = resume(directory.path());
        if compressed {
            store.compress().unwrap();
        }
        let found = store.scrub();
        assert!(matches!(found, Err(ScrubError::Contradicted(100))), "{found:?}");
        assert!(!store.is_open() && store.reserve().is_err());
        assert_eq!(store.statistics().contradicted, Some(100));
    }
}

#[test]
fn an_old_segment_that_does_not_unpack_is_found_by_scrubbing() {
    let directory = tempdir().unwrap();
    snapshot(directory.path(), 700);
    let store = open(directory.path());
    store.compress().unwrap();
    store.close();
    let all = segments(directory.path());
    let packed = all.iter().rfind(|path| path.extension().is_some_and(|form| form == "zst"));
    edit(packed.unwrap(), |bytes| bytes[500] ^= 1);
    let (store, seen) = resume(directory.path());
    assert_eq!(seen.replayed, 0);
    let found = store.scrub();
    assert!(matches!(found, Err(ScrubError::Contradicted(256..512))), "{found:?}");
}

#[test]
fn a_snapshot_from_before_records_were_dropped_is_thrown_away_and_another_is_made_without_them() {
    let directory = prune::ledger();
    let (store, _) = resume(directory.path());
    store.snapshot::<Seen>().unwrap();
    prune::catch_up(&store);
    prune::prune(&store);
    store.close();
    let (store, seen) = resume(directory.path());
    assert_eq!(seen.replayed, seen.leaves.len());
    assert_eq!(seen.leaves.iter().filter(|leaf| leaf.i < 512).count(), 4, "what still governs");
    store.snapshot::<Seen>().unwrap();
    store.close();
    let (store, again) = resume(directory.path());
    assert_eq!((again.replayed, &again.leaves), (0, &seen.leaves));
    assert_eq!(store.scrub().unwrap().unwrap().first, 512);
    store.close();
    assert_eq!(replayed(directory.path()), seen.leaves);
}

#[test]
fn a_snapshot_that_is_signed_and_not_what_the_records_make_closes_the_ledger() {
    let directory = tempdir().unwrap();
    snapshot(directory.path(), 5);
    let lies = directory.path().join("snapshot");
    let text = fs::read_to_string(&lies).unwrap().replace("\"a3\"", "\"b3\"");
    let [line, _, content] = text.splitn(3, '\n').collect::<Vec<_>>().try_into().unwrap();
    let key = fs::read(directory.path().join("keys").join("log.key")).unwrap();
    let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    let mac = mac.chain_update(format!("syndic snapshot\n{line}\n{content}"));
    let mac = STANDARD.encode(mac.finalize().into_bytes());
    fs::write(&lies, format!("{line}\n{mac}\n{content}")).unwrap();
    let (store, seen) = resume(directory.path());
    assert_eq!(seen.replayed, 0, "it counts, for a moment");
    while store.is_open() {
        thread::yield_now();
    }
    store.close();
    assert!(!lies.exists());
    assert_eq!(replays(directory.path()), 5);
}

#[test]
fn what_a_start_did_not_read_is_scrubbed_at_once() {
    let directory = tempdir().unwrap();
    snapshot(directory.path(), 700);
    change_record(directory.path(), 1, "a300");
    let kept = fs::read(directory.path().join("snapshot")).unwrap();
    let (store, _) = resume(directory.path());
    let found = iter::from_fn(|| {
        thread::yield_now();
        Some(store.statistics().contradicted)
    });
    assert_eq!(found.flatten().next(), Some(300));
    store.close();
    assert_eq!(fs::read(directory.path().join("snapshot")).unwrap(), kept, "it is not to blame");
}

#[test]
fn a_damaged_tile_is_told_and_closes_nothing() {
    let directory = tempdir().unwrap();
    snapshot(directory.path(), 700);
    edit(&directory.path().join("tiles").join("0"), |bytes| bytes[32 * 40] ^= 1);
    let (store, _) = resume(directory.path());
    assert_eq!(store.scrub().unwrap().unwrap().tiles_differ, Some(40));
    assert!(store.is_open());
    store.close();
    fs::remove_dir_all(directory.path().join("tiles")).unwrap();
    assert_eq!(replays(directory.path()), 700, "without tiles nothing vouches for the snapshot");
}

fn copy(from: &TempDir) -> TempDir {
    let to = tempdir().unwrap();
    copy_below(from.path(), to.path());
    to
}

fn copy_below(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_below(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
