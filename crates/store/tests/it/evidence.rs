use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use syndic_ledger::{
    Checkpoint, Head, KeyKind, NoteKey, SignedCheckpoint, Tree, VerifierKey, leaf_hash,
    verify_consistency, verify_inclusion,
};
use syndic_store::{ReadError, Store};
use tempfile::tempdir;

use super::{Clock, decision, fill, open, segments, small, try_open, write};

const PATIENCE: Duration = Duration::from_secs(30);

/// Returns the head that the store's newest checkpoint is signed for.
fn signed(store: &Store) -> Head {
    let published = store.checkpoint();
    let checkpoint = SignedCheckpoint::parse(published.text.as_bytes()).unwrap();
    checkpoint.verify(&store.log_keys(), &[]).unwrap();
    assert_eq!(checkpoint.checkpoint().head, published.head);
    published.head
}

/// Derives the tree from the segments.
fn derived(directory: &Path) -> Tree {
    let mut tree = Tree::default();
    for segment in segments(directory) {
        for line in fs::read_to_string(segment).unwrap().lines() {
            tree.append_leaf_hash(leaf_hash(line.split('\t').next().unwrap().as_bytes()));
        }
    }
    tree
}

#[test]
fn a_checkpoint_covers_every_record_and_every_record_proves() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 600);
    let store = open(directory.path());
    let last = write(&store, decision("last"));
    store.checkpoint_over(last, PATIENCE).unwrap();
    let head = signed(&store);
    assert_eq!(head, derived(directory.path()).head());
    for index in [0, 1, 255, 256, 511, 512, 599, 600] {
        let proof = store.inclusion(index, head.size).unwrap();
        let leaf = store.leaf_bytes(index).unwrap();
        verify_inclusion(leaf_hash(&leaf), index, &head, &proof).unwrap();
    }
    let error = store.inclusion(601, 602).unwrap_err().to_string();
    assert_eq!(error, "record 601 is not signed yet; try again in a second");
}

#[test]
fn every_checkpoint_continues_the_one_before_across_restarts() {
    let directory = tempdir().unwrap();
    let mut earlier = Tree::default().head();
    for round in 0..4 {
        let store = open(directory.path());
        for n in 0..=round * 150_u64 {
            let index = write(&store, decision(&format!("{round}-{n}")));
            if n.is_multiple_of(50) {
                store.checkpoint_over(index, PATIENCE).unwrap();
                let head = signed(&store);
                let proof = store.consistency(earlier.size, head.size).unwrap();
                verify_consistency(&earlier, &head, &proof).unwrap();
                earlier = head;
            }
        }
    }
}

#[test]
fn what_closing_leaves_behind_is_signed() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 7);
    let text = fs::read_to_string(directory.path().join("checkpoint")).unwrap();
    let head = SignedCheckpoint::parse(text.as_bytes()).unwrap().checkpoint().head;
    assert_eq!(head, derived(directory.path()).head());
}

#[test]
fn tiles_that_are_gone_short_or_of_another_ledger_are_made_again() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 600);
    let tiles = ["0", "1"].map(|level| directory.path().join("tiles").join(level));
    let whole = tiles.each_ref().map(|path| fs::read(path).unwrap());
    assert_eq!(whole.each_ref().map(Vec::len), [600 * 32, 2 * 32]);
    for break_them in [
        (|tiles: &[std::path::PathBuf; 2]| fs::remove_file(&tiles[0]).unwrap()) as fn(&_),
        |tiles| fs::write(&tiles[1], "").unwrap(),
        |tiles| fs::write(&tiles[0], [7; 600 * 32]).unwrap(),
        |tiles| fs::write(&tiles[0], [7; 33]).unwrap(),
        |tiles| fs::write(&tiles[0], [7; 900 * 32]).unwrap(),
    ] {
        break_them(&tiles);
        open(directory.path()).close();
        assert!(tiles.each_ref().map(|path| fs::read(path).unwrap()) == whole);
    }
}

#[test]
fn tiles_and_bundles_end_where_the_checkpoint_does() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 300);
    let store = open(directory.path());
    assert_eq!(store.tile(0, 0, 256).unwrap().unwrap().len(), 256 * 32);
    assert_eq!(store.tile(0, 1, 44).unwrap().unwrap().len(), 44 * 32);
    assert_eq!(store.tile(1, 0, 1).unwrap().unwrap().len(), 32);
    for (level, n, width) in [(0, 1, 45), (0, 2, 1), (1, 0, 2), (2, 0, 1), (0, 0, 0), (0, 0, 257)] {
        assert_eq!(store.tile(level, n, width).unwrap(), None, "{level} {n} {width}");
    }
    assert_eq!(store.tile(0, u64::MAX, 1).unwrap(), None);
    let bundle = store.entries(1, 44).unwrap().unwrap();
    let length = usize::from(u16::from_be_bytes([bundle[0], bundle[1]]));
    assert_eq!(bundle[2..2 + length], store.leaf_bytes(256).unwrap());
    assert_eq!(store.entries(1, 45).unwrap(), None);
}

#[test]
fn a_rotated_log_is_signed_by_both_keys_and_keeps_its_name() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 3);
    let store = open(directory.path());
    let first = store.log_keys();
    let (former, second) = store.rotate_log_key().unwrap();
    assert_eq!((&former, second.name()), (&first[0], first[0].name()));
    let index = write(&store, decision("after"));
    store.checkpoint_over(index, PATIENCE).unwrap();
    let signed_by = |keys: &[VerifierKey]| {
        let text = fs::read(directory.path().join("checkpoint")).unwrap();
        SignedCheckpoint::parse(&text).unwrap().verify(keys, &[]).map(|by| by.log)
    };
    assert_eq!(signed_by(&first).unwrap(), first);
    assert_eq!(signed_by(std::slice::from_ref(&second)).unwrap(), std::slice::from_ref(&second));
    store.close();

    let store = open(directory.path());
    assert_eq!(store.log_keys(), [second.clone(), first[0].clone()]);
    let (_, third) = store.rotate_log_key().unwrap();
    let index = write(&store, decision("later"));
    store.checkpoint_over(index, PATIENCE).unwrap();
    assert!(signed_by(&first).unwrap_err().to_string().contains("is not signed by"));
    store.close();
    assert_eq!(open(directory.path()).log_keys(), [third, second, first[0].clone()]);
}

#[test]
fn what_a_retired_key_signed_is_still_read() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 3);
    let store = open(directory.path());
    let witness = NoteKey::new("one.example.org", KeyKind::Witness, &[1; 32]).unwrap();
    let published = store.checkpoint();
    let signed = SignedCheckpoint::parse(published.text.as_bytes()).unwrap();
    store.add_cosignature(&published, witness.verifier(), &signed.cosign(&witness, 1)).unwrap();
    let kept = fs::read(directory.path().join("checkpoint")).unwrap();
    for _ in 0..3 {
        store.rotate_log_key().unwrap();
    }
    store.close();
    // As a crash right after the rotations would leave it.
    fs::write(directory.path().join("checkpoint"), kept).unwrap();
    let store = open(directory.path());
    assert_eq!(store.log_keys().len(), 4);
    assert_eq!(store.cosigned().unwrap().head, published.head);
}

#[test]
fn a_rotation_that_was_interrupted_is_finished_or_forgotten() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 3);
    let file = |name: &str| directory.path().join(name);
    let (seed, published) =
        (fs::read(file("keys/log.key")).unwrap(), fs::read(file("log.vkey")).unwrap());
    let first = open(directory.path()).log_keys();
    fs::write(file("keys/log-former.key"), &seed).unwrap();
    assert_eq!(open(directory.path()).log_keys(), first);
    fs::write(file("keys/log.key"), [7; 32]).unwrap();
    let store = open(directory.path());
    assert_eq!((store.log_keys().len(), &store.log_keys()[1]), (2, &first[0]));
    assert_ne!(fs::read(file("log.vkey")).unwrap(), published);
}

#[test]
fn a_key_that_was_exchanged_is_refused() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 3);
    fs::write(directory.path().join("keys/log.key"), [7; 32]).unwrap();
    let error = try_open(directory.path()).unwrap_err().to_string();
    assert!(error.contains("log.vkey` is not signed for by `keys/log.key`"), "{error}");
    fs::remove_file(directory.path().join("log.vkey")).unwrap();
    let error = try_open(directory.path()).unwrap_err().to_string();
    assert!(error.contains("cannot use"), "{error}");
}

#[test]
fn a_writer_that_finds_another_checkpoint_than_its_own_signs_nothing_more() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 3);
    let store = open(directory.path());
    fs::write(directory.path().join("checkpoint"), "of somebody else").unwrap();
    let index = write(&store, decision("more"));
    let error = store.checkpoint_over(index, PATIENCE).unwrap_err().to_string();
    assert_eq!(error, "record 3 is not signed yet; try again in a second");
    assert!(!store.is_open());
    store.close();
    let left = fs::read_to_string(directory.path().join("checkpoint")).unwrap();
    assert_eq!(left, "of somebody else");
}

#[test]
fn cosignatures_are_kept_and_a_directory_that_contradicts_them_is_refused() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 3);
    let store = open(directory.path());
    let witness = |name, seed| NoteKey::new(name, KeyKind::Witness, &[seed; 32]).unwrap();
    let (one, two) = (witness("one.example.org", 1), witness("two.example.org", 2));
    let published = store.checkpoint();
    let signed = SignedCheckpoint::parse(published.text.as_bytes()).unwrap();
    for key in [&one, &two] {
        store
            .add_cosignature(&published, key.verifier(), &signed.cosign(key, 1_700_000_000))
            .unwrap();
    }
    let line = signed.cosign(&one, 1_700_000_000);
    store.add_cosignature(&published, two.verifier(), &line).unwrap_err();
    let verified = |store: &Store| {
        let text = store.cosigned().unwrap().text.clone();
        let keys = [one.verifier().clone(), two.verifier().clone()];
        let signed = SignedCheckpoint::parse(text.as_bytes()).unwrap();
        signed.verify(&store.log_keys(), &keys).unwrap().witnesses.len()
    };
    assert_eq!(verified(&store), 2);
    store.close();
    let store = open(directory.path());
    assert_eq!(verified(&store), 2);
    let keys = NoteKey::new(
        store.log_keys()[0].name(),
        KeyKind::Log,
        &fs::read(directory.path().join("keys/log.key")).unwrap().try_into().unwrap(),
    );
    store.close();
    let head = Head { size: 5, root: [7; 32] };
    let other = Checkpoint { origin: signed.checkpoint().origin.clone(), head };
    fs::write(directory.path().join("cosigned"), other.sign(&[keys.unwrap()]).unwrap().to_string())
        .unwrap();
    let error = try_open(directory.path()).unwrap_err().to_string();
    assert!(error.contains("record 3: missing, the checkpoint covers 5 records"), "{error}");
}

/// Panics where a checkpoint is signed.
#[derive(Debug, Default)]
struct Broken(AtomicBool);

impl syndic_model::Clock for Broken {
    fn now(&self) -> Timestamp {
        let signs = thread::current().name() == Some("syndic-checkpoint");
        assert!(!(signs && self.0.load(Ordering::Acquire)), "out of order");
        Clock.now()
    }

    fn fill(&self, bytes: &mut [u8]) {
        Clock.fill(bytes);
    }
}

#[test]
fn a_panic_while_signing_closes_the_ledger_rather_than_let_it_grow_unsigned() {
    let directory = tempdir().unwrap();
    let clock = Arc::new(Broken::default());
    let store = Store::open(directory.path(), small(), clock.clone(), &mut |_, _| {}).unwrap();
    let first = write(&store, decision("a"));
    store.checkpoint_over(first, PATIENCE).unwrap();
    clock.0.store(true, Ordering::Release);
    let second = write(&store, decision("b"));
    let unsigned = store.checkpoint_over(second, PATIENCE);
    assert!(matches!(unsigned, Err(ReadError::Unsigned(_))), "{unsigned:?}");
    assert!(store.reserve().is_err());
    drop(store);

    let store = open(directory.path());
    assert_eq!(store.checkpoint().head.size, 2);
}
