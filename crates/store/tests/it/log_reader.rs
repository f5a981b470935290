use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use syndic_ledger::{Leaf, SignedText, leaf_hash, verify_inclusion};
use syndic_store::{LogRead, LogReader, Store};
use tempfile::tempdir;

use super::{decision, fill, open, prune, replayed, segments, write};

/// Reads to `end` in steps of so many records.
fn read(reader: &LogReader, end: u64, step: u64) -> (LogRead, Vec<Leaf>) {
    let (mut read, mut leaves) = (LogRead::default(), Vec::new());
    while read.head().size < end {
        let next = (read.head().size + step).min(end);
        read = reader.read(read, next, &mut |leaf| leaves.push(leaf.clone())).unwrap();
    }
    (read, leaves)
}

fn size(store: &Store) -> u64 {
    store.durable_index()
}

#[test]
fn a_log_is_read_in_order_in_any_form_and_in_any_steps() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 600);
    let store = open(directory.path());
    store.compress().unwrap();
    write(&store, decision("last"));
    let (reader, size) = (store.log_reader(), size(&store));
    assert!(segments(directory.path()).len() > 2);
    let root = store.checkpoint_over(size - 1, std::time::Duration::from_secs(5)).unwrap().head;
    let (whole, leaves) = read(&reader, size, size);
    assert_eq!((whole.head(), whole.first(), whole.first_kept()), (root, 0, 0));
    assert!(leaves.iter().map(|leaf| leaf.i).eq(0..size));
    for step in [1, 255, 256, 257] {
        let (stepped, same) = read(&reader, size, step);
        assert!(same == leaves && stepped.head() == whole.head(), "in steps of {step}");
    }
    let signed = reader.checkpoint().unwrap().unwrap();
    signed.verify(&reader.keys().unwrap(), &[]).unwrap();
    assert_eq!(signed.checkpoint().head, root);
    let (earlier, _) = read(&reader, 300, 300);
    assert!(reader.continues(&earlier.head(), &root).unwrap());
    let mut other = earlier.head();
    other.root = [0; 32];
    assert!(!reader.continues(&other, &root).unwrap());
    store.close();
    assert_eq!(replayed(directory.path()), leaves);
}

#[test]
fn a_log_of_more_segments_than_are_decoded_ahead_is_read_in_order_to_what_is_damaged() {
    let directory = tempdir().unwrap();
    (0..8).for_each(|_| fill(directory.path(), 768));
    let reader = LogReader::of(directory.path());
    let size = reader.checkpoint().unwrap().unwrap().checkpoint().head.size;
    let (whole, leaves) = read(&reader, size, size);
    assert_eq!(whole.head().size, size);
    assert!(leaves.iter().map(|leaf| leaf.i).eq(0..size));

    let damaged = &segments(directory.path())[20];
    let text = fs::read_to_string(damaged).unwrap();
    fs::write(damaged, text.replacen("\"at\"", "\"to\"", 1)).unwrap();
    let mut seen = 0;
    reader.read(LogRead::default(), size, &mut |_| seen += 1).unwrap_err();
    assert_eq!(seen, 20 * 256);
}

#[test]
fn leaves_are_read_and_proved_where_they_stand() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 600);
    open(directory.path()).compress().unwrap();
    let reader = LogReader::of(directory.path());
    let head = reader.checkpoint().unwrap().unwrap().checkpoint().head;
    let wanted = BTreeSet::from([0, 1, 255, 256, 599]);
    let leaves = reader.leaves(&wanted).unwrap();
    assert!(leaves.keys().eq(&wanted));
    for (index, bytes) in leaves {
        let (hash, proof) = reader.inclusion(index, head.size).unwrap();
        assert_eq!(hash, leaf_hash(&bytes));
        verify_inclusion(hash, index, &head, &proof).unwrap();
    }
    let beyond = reader.leaves(&BTreeSet::from([head.size + 7])).unwrap_err();
    assert_eq!(beyond.to_string(), format!("the log has no record {}", head.size + 7));
}

#[test]
fn what_is_left_of_dropped_records_comes_first() {
    let directory = prune::ledger();
    let store = open(directory.path());
    prune::catch_up(&store);
    prune::prune(&store);
    store.close();
    let reader = LogReader::of(directory.path());
    let head = reader.checkpoint().unwrap().unwrap().checkpoint().head;
    let (read, leaves) = read(&reader, head.size, head.size);
    assert_eq!(read.head(), head);
    assert_eq!((read.first(), read.first_kept()), (512, 512));
    let first: Vec<u64> = leaves.iter().map(|leaf| leaf.i).take(5).collect();
    assert_eq!(first, [1, 2, 3, 4, 512], "what only names a key is left out");
    let dropped = reader.leaves(&BTreeSet::from([0])).unwrap_err().to_string();
    assert_eq!(dropped, "record 0 was dropped: records are kept for a limited time");
}

#[test]
fn what_is_wrong_with_a_log_is_told() {
    let told = |spoil: &dyn Fn(&Path), end: u64| {
        let directory = tempdir().unwrap();
        fill(directory.path(), 600);
        spoil(directory.path());
        let reader = LogReader::of(directory.path());
        let error = reader.read(LogRead::default(), end, &mut |_| {}).unwrap_err().to_string();
        error.replace(&directory.path().display().to_string(), "DIR")
    };
    let second = |directory: &Path| segments(directory)[1].clone();
    assert_eq!(told(&|_| {}, 601), "the log has no record 600");
    let gap = told(&|directory| fs::remove_file(second(directory)).unwrap(), 600);
    assert!(gap.contains("should begin with record 256"), "{gap}");
    let changed = told(
        &|directory| {
            let path = second(directory);
            let text = fs::read_to_string(&path).unwrap().replacen("\"i\":300,", "\"i\":301,", 1);
            fs::remove_file(&path).unwrap();
            fs::write(path, text).unwrap();
        },
        600,
    );
    assert!(changed.contains("record 300: the leaf says it is record 301"), "{changed}");
}

#[test]
fn a_directory_that_was_never_served_has_nothing_to_read() {
    let directory = tempdir().unwrap();
    let reader = LogReader::of(directory.path());
    assert!(reader.keys().unwrap().is_empty() && reader.checkpoint().unwrap().is_none());
    assert_eq!(reader.read(LogRead::default(), 0, &mut |_| {}).unwrap().head().size, 0);
}

#[test]
fn a_text_that_the_log_signs_is_no_checkpoint() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    let signed = store.sign("a report\nsha256 00\n").unwrap().to_string();
    let read = SignedText::parse(&signed).unwrap();
    assert_eq!(read.verify(&store.log_keys()).unwrap(), [&store.log_keys()[0]]);
    let changed = SignedText::parse(&signed.replace("sha256 00", "sha256 01")).unwrap();
    assert!(changed.verify(&store.log_keys()).unwrap_err().to_string().contains("does not verify"));
    let stranger = tempdir().unwrap();
    let stranger = open(stranger.path()).log_keys();
    assert!(read.verify(&stranger).unwrap_err().to_string().contains("is not signed by"));
    let text = "syndic/x\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    assert!(store.sign(text).is_err());
}
