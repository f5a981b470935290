//! Directories that verify, and what is said of them.

use std::fs;
use std::io::Write as _;

use syndic_ledger::{KeyKind, NoteKey, Record, SegmentsPruned, UNWITNESSED};
use syndic_store::Entry;
use syndic_verify::{Options, VerifyError, verify_directory};

use crate::{audit, examiner, filled, keys, open, segment, verify, write};

#[test]
fn a_closed_directory_verifies_to_its_last_record() {
    for records in [1, 255, 256, 257, 700] {
        let directory = filled(records);
        let report = verify(directory.path()).unwrap();
        // Each start is a record of its own in the gate; the store itself writes none.
        assert_eq!(report.records, records);
        assert_eq!(report.checkpoint.as_ref().map(|claimed| claimed.size), Some(records));
        assert_eq!(report.checkpoint.map(|claimed| claimed.root), Some(report.root));
        assert_eq!(report.origin.as_deref(), Some("example.org/log"));
        assert!(!report.keys_given && report.parts.unopened);
    }
}

#[test]
fn a_directory_in_use_verifies() {
    let directory = filled(300);
    let store = open(directory.path(), true);
    write(&store, 300);
    let report = verify(directory.path()).unwrap();
    assert!(report.records >= 600);
    store.close();
}

#[test]
fn a_directory_of_which_segments_were_dropped_verifies() {
    for compress in [false, true] {
        let directory = filled(700);
        let store = open(directory.path(), compress);
        store.find("none").unwrap();
        let found =
            store.prunable("2026-11-23T00:00:00Z".parse().unwrap(), &mut |_| false).unwrap();
        store.carry(found.to).unwrap();
        let record = Record::SegmentsPruned(SegmentsPruned {
            from: found.from,
            to: found.to,
            segments: found.segments,
            retention_days: 190,
            archived: false,
            by: "retention".to_owned(),
        });
        let at = "2026-11-22T10:00:00Z".parse().unwrap();
        let entry = Entry { record, at, parts: Vec::new(), subject: None };
        let index = store.reserve().unwrap().enqueue(entry).wait().unwrap().into_inner().index();
        assert_eq!(store.prune(index).unwrap(), found.segments);
        store.close();
        let report = audit(directory.path(), &examiner(directory.path())).unwrap();
        let pruned: Vec<_> = report.pruned.iter().map(|pruned| (pruned.from, pruned.to)).collect();
        assert_eq!((report.records, pruned), (701, vec![(0, found.to)]));
        assert!(!segment(directory.path(), 0).exists());
    }
}

#[test]
fn a_line_that_is_still_being_written_is_left_out() {
    let directory = filled(20);
    let path = segment(directory.path(), 0);
    let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(b"{\"v\":1,\"i\":20,\"at\":\"2026").unwrap();
    let report = verify(directory.path()).unwrap();
    assert!(report.torn);
    assert_eq!(report.records, 20);
}

#[test]
fn sealed_parts_are_opened_with_the_keys_at_hand() {
    let directory = filled(20);
    let report = audit(directory.path(), &examiner(directory.path())).unwrap();
    assert_eq!((report.parts.sealed, report.parts.opened, report.parts.erased), (5, 5, 0));
    assert!(report.to_string().contains("sealed parts: 5 opened, 0 erased"));
}

#[test]
fn only_the_key_that_the_reader_gives_counts() {
    let directory = filled(5);
    let own = keys(directory.path());
    let given = Options { keys: &own, ..Options::default() };
    let report = verify_directory(directory.path(), &given).unwrap();
    assert!(report.keys_given);
    assert!(report.to_string().contains(UNWITNESSED));
    let other = NoteKey::new("example.org/log", KeyKind::Log, &[7; 32]).unwrap();
    let other = [other.verifier().clone()];
    let given = Options { keys: &other, ..Options::default() };
    let refused = verify_directory(directory.path(), &given).unwrap_err();
    assert!(matches!(refused, VerifyError::Refuted(_)), "{refused}");
}

#[test]
fn a_witness_that_is_named_must_have_cosigned() {
    let directory = filled(5);
    let witness = NoteKey::new("witness.example.net", KeyKind::Witness, &[3; 32]).unwrap();
    let named = [witness.verifier().clone()];
    let options = Options { witnesses: &named, ..Options::default() };
    assert!(verify_directory(directory.path(), &options).is_err());
    let store = open(directory.path(), false);
    let published = store.checkpoint();
    let signed = syndic_ledger::SignedCheckpoint::parse(published.text.as_bytes()).unwrap();
    let line = signed.cosign(&witness, 1_790_000_000);
    store.add_cosignature(&published, witness.verifier(), &line).unwrap();
    write(&store, 2);
    store.close();
    let report = verify_directory(directory.path(), &options).unwrap();
    assert_eq!(report.cosigned.as_ref().map(|claimed| claimed.size), Some(5));
    let text = report.to_string();
    assert!(text.contains("cosigned by: witness.example.net at 2026-"), "{text}");
    assert!(text.contains("not cosigned yet: the last 2 records"), "{text}");
}

#[test]
fn what_is_no_data_directory_is_not_refuted() {
    let nothing = tempfile::tempdir().unwrap();
    fs::write(nothing.path().join("FORMAT"), "9\n").unwrap();
    assert!(matches!(verify(nothing.path()), Err(VerifyError::Unusable(_))));
}

#[test]
fn where_there_is_no_data_directory_nothing_is_refuted() {
    let empty = tempfile::tempdir().unwrap();
    for path in [empty.path().to_owned(), empty.path().join("nowhere")] {
        let error = verify(&path).unwrap_err();
        assert!(matches!(error, VerifyError::Unusable(_)), "{error}");
        assert!(error.to_string().contains("is no data directory"), "{error}");
    }
}
