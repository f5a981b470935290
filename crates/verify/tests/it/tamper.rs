//! The tamper matrix: whatever is done to a directory is found, and the first bad record named.

use std::fs;
use std::path::{Path, PathBuf};

use syndic_ledger::{Line, SignedCheckpoint, Tree};
use syndic_verify::{Fault, Options, VerifyError, verify_directory};
use tempfile::TempDir;

use crate::{audit, copy, examiner, filled, open, put, segment, verify, write};

/// The files that anything is derived from, or that are derived and signed for.
const FILES: [&str; 4] = ["segments/0000000000000000.jsonl", "tiles/0", "checkpoint", "log.vkey"];

fn found(result: Result<impl std::fmt::Debug, VerifyError>, what: &str) -> (Option<u64>, Fault) {
    match result {
        Err(VerifyError::Refuted(finding)) => (finding.index, finding.fault),
        other => panic!("{what}: {other:?}"),
    }
}

/// Changes single bytes of each file, and the record that a changed byte of a segment is of is the one that is named.
fn flip_each(step: usize) {
    let directory = filled(9);
    let directory = directory.path();
    let examiner = examiner(directory);
    audit(directory, &examiner).unwrap();
    for name in FILES {
        let path = directory.join(name);
        let original = fs::read(&path).unwrap();
        for at in (0..original.len()).step_by(step) {
            let mut bytes = original.clone();
            *bytes.get_mut(at).unwrap() ^= 1 << (at % 7);
            put(&path, &bytes);
            let (index, _) = found(audit(directory, &examiner), &format!("byte {at} of {name}"));
            if name.starts_with("segments") {
                let before = original.get(..at).unwrap();
                let record = before.iter().filter(|byte| **byte == b'\n').count() as u64;
                assert_eq!(index, Some(record), "byte {at} of {name}");
            }
            if name == "tiles/0" {
                assert_eq!(index, Some(at as u64 / 32), "byte {at} of {name}");
            }
        }
        put(&path, &original);
    }
}

#[test]
fn a_changed_byte_is_found_in_every_file() {
    flip_each(13);
}

#[test]
#[ignore = "the same for every byte; minutes without optimisation"]
fn any_changed_byte_is_found_in_every_file() {
    flip_each(1);
}

/// A directory of several segments, and a way to spoil a copy of it.
struct Matrix {
    original: TempDir,
}

impl Matrix {
    fn new() -> Self {
        Self { original: filled(700) }
    }

    /// Spoils a copy, and returns what is found.
    fn spoil(&self, what: &str, how: impl FnOnce(&Path)) -> (Option<u64>, Fault) {
        let copied = tempfile::tempdir().unwrap();
        copy(self.original.path(), copied.path());
        verify(copied.path()).unwrap();
        how(copied.path());
        found(verify(copied.path()), what)
    }

    /// Rewrites the lines of a segment.
    fn edit(
        &self,
        what: &str,
        first: u64,
        how: impl FnOnce(&mut Vec<Vec<u8>>),
    ) -> (Option<u64>, Fault) {
        self.spoil(what, |directory| rewrite(&segment(directory, first), how))
    }
}

fn rewrite(path: &PathBuf, how: impl FnOnce(&mut Vec<Vec<u8>>)) {
    let bytes = fs::read(path).unwrap();
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    how(&mut lines);
    put(path, &lines.concat());
}

#[test]
fn a_record_that_is_deleted_swapped_doubled_or_put_elsewhere_is_named() {
    let matrix = Matrix::new();
    let named = |what, first, how: fn(&mut Vec<Vec<u8>>)| matrix.edit(what, first, how).0;
    assert_eq!(named("deleted", 256, |lines| drop(lines.remove(10))), Some(266));
    assert_eq!(named("swapped", 256, |lines| lines.swap(10, 20)), Some(266));
    assert_eq!(named("doubled", 256, |lines| lines.insert(10, lines[10].clone())), Some(267));
    assert_eq!(named("first deleted", 0, |lines| drop(lines.remove(0))), Some(0));
    assert_eq!(named("last of a segment deleted", 0, |lines| drop(lines.pop())), Some(255));
    assert_eq!(named("last of all deleted", 512, |lines| drop(lines.pop())), Some(699));
    assert_eq!(named("truncated", 512, |lines| lines.truncate(8)), Some(520));
    assert_eq!(named("cut within a line", 512, |lines| lines[187].truncate(80)), Some(699));
    assert_eq!(
        named("appended to a sealed one", 0, |lines| lines.push(lines[0].clone())),
        Some(256)
    );
}

#[test]
fn a_record_with_another_content_is_named_though_its_form_is_right() {
    let changed = Matrix::new().edit("another id", 256, |lines| {
        let line = String::from_utf8(lines[77].clone()).unwrap();
        lines[77] = line.replace("\"a333\"", "\"a999\"").into_bytes();
    });
    assert!(matches!(changed, (Some(333), Fault::Changed)), "{changed:?}");
}

#[test]
fn of_two_changed_records_the_first_is_named() {
    let changed = Matrix::new().edit("two", 256, |lines| {
        let line = String::from_utf8(lines[77].clone()).unwrap();
        lines[77] = line.replace("\"a333\"", "\"a999\"").into_bytes();
        lines.remove(100);
    });
    assert!(matches!(changed, (Some(333), Fault::Changed)), "{changed:?}");
}

#[test]
fn a_segment_that_is_gone_doubled_or_renamed_is_named() {
    let matrix = Matrix::new();
    for (first, index) in [(0, 0), (256, 256), (512, 512)] {
        let gone = |directory: &Path| fs::remove_file(segment(directory, first)).unwrap();
        assert_eq!(matrix.spoil("gone", gone).0, Some(index));
    }
    let doubled = |directory: &Path| {
        fs::copy(segment(directory, 256), segment(directory, 768)).map(drop).unwrap();
    };
    assert_eq!(matrix.spoil("doubled", doubled).0, Some(700));
    let renamed = |directory: &Path| {
        fs::rename(segment(directory, 256), segment(directory, 300)).unwrap();
    };
    assert_eq!(matrix.spoil("renamed", renamed).0, Some(256));
    let stray = |directory: &Path| put(&directory.join("segments/notes.txt"), b"");
    assert!(matches!(matrix.spoil("stray", stray).1, Fault::Name));
}

#[test]
fn a_leaf_and_its_hash_changed_together_are_found_by_the_checkpoint() {
    let rewritten = Matrix::new().spoil("both", |directory| {
        let mut hash = None;
        rewrite(&segment(directory, 256), |lines| {
            let line = String::from_utf8(lines[77].clone()).unwrap();
            lines[77] = line.replace("\"a333\"", "\"a999\"").into_bytes();
            hash = Some(Line::parse(&lines[77]).unwrap().hash());
        });
        let path = directory.join("tiles/0");
        let mut tiles = fs::read(&path).unwrap();
        tiles[333 * 32..334 * 32].copy_from_slice(&hash.unwrap());
        put(&path, &tiles);
    });
    assert!(matches!(rewritten, (_, Fault::Rewritten { from: 0, to: 700 })), "{rewritten:?}");
}

#[test]
fn a_file_of_tiles_or_checkpoints_that_is_gone_or_short_is_named() {
    let matrix = Matrix::new();
    for name in ["checkpoint", "log.vkey"] {
        let gone = |directory: &Path| fs::remove_file(directory.join(name)).unwrap();
        assert!(matches!(matrix.spoil(name, gone).1, Fault::NoCheckpoint), "{name}");
    }
    for name in ["tiles/0", "tiles/1"] {
        let gone = |directory: &Path| fs::remove_file(directory.join(name)).unwrap();
        assert!(matches!(matrix.spoil(name, gone).1, Fault::TilesMissing { .. }), "{name}");
        let short = |directory: &Path| {
            let bytes = fs::read(directory.join(name)).unwrap();
            put(&directory.join(name), bytes.get(..bytes.len() - 32).unwrap());
        };
        assert!(matches!(matrix.spoil(name, short).1, Fault::TilesMissing { .. }), "{name}");
    }
    let above = |directory: &Path| {
        let mut bytes = fs::read(directory.join("tiles/1")).unwrap();
        bytes[40] ^= 1;
        put(&directory.join("tiles/1"), &bytes);
    };
    assert!(matches!(matrix.spoil("a hash above", above).1, Fault::Tile(1)));
}

#[test]
fn a_directory_that_was_rolled_back_is_found_by_a_checkpoint_kept_elsewhere() {
    let directory = filled(300);
    let earlier = tempfile::tempdir().unwrap();
    copy(directory.path(), earlier.path());
    let store = open(directory.path(), false);
    write(&store, 20);
    store.close();
    let checkpoint = fs::read(directory.path().join("checkpoint")).unwrap();
    let kept = [("kept".into(), SignedCheckpoint::parse(&checkpoint).unwrap())];
    let options = Options { from: &kept, ..Options::default() };
    verify_directory(directory.path(), &options).unwrap();
    verify(earlier.path()).unwrap();
    let rolled_back = found(verify_directory(earlier.path(), &options), "rolled back");
    let expected = Fault::RolledBack { claimed: 320, found: 300 };
    assert_eq!(rolled_back.0, Some(300));
    assert_eq!(rolled_back.1.to_string(), expected.to_string());
    // It goes on as another history, signed with the same key.
    let store = open(earlier.path(), false);
    write(&store, 40);
    store.close();
    verify(earlier.path()).unwrap();
    let forked = found(verify_directory(earlier.path(), &options), "forked");
    assert!(matches!(forked.1, Fault::Rewritten { from: 0, to: 320 }), "{forked:?}");
}

#[test]
fn a_changed_byte_of_a_compressed_segment_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path(), true);
    write(&store, 600);
    store.close();
    // What was not compressed in the background by now is plain, which the other cases are about.
    let path = segment(directory.path(), 0).with_extension("jsonl.zst");
    if !path.exists() {
        return;
    }
    let examiner = examiner(directory.path());
    audit(directory.path(), &examiner).unwrap();
    let original = fs::read(&path).unwrap();
    for at in (0..original.len()).step_by(original.len() / 60) {
        let mut bytes = original.clone();
        *bytes.get_mut(at).unwrap() ^= 1 << (at % 8);
        put(&path, &bytes);
        let (index, _) = found(audit(directory.path(), &examiner), &format!("byte {at}"));
        assert!(index.is_some_and(|index| index < 256), "byte {at}: {index:?}");
    }
    put(&path, original.get(..original.len() - 1).unwrap());
    assert!(verify(directory.path()).is_err(), "truncated");
}

#[test]
fn the_tree_of_no_records_is_not_taken_for_any() {
    assert_eq!(Tree::default().head().size, 0);
    let directory = filled(3);
    fs::remove_file(segment(directory.path(), 0)).unwrap();
    assert_eq!(found(verify(directory.path()), "emptied").0, Some(0));
}
