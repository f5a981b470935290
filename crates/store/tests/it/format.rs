//! Directories that earlier programs wrote.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use syndic_store::{Part, verify};
use tempfile::{TempDir, tempdir};

use super::{decision, open, replayed, sealed, write};

/// Copies a fixture as its program left it; a repository does not keep the modes of its files.
fn copy(format: &str) -> TempDir {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(format);
    let to = tempdir().unwrap();
    copy_into(&from.join("data"), to.path());
    to
}

fn copy_into(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, Permissions::from_mode(0o700)).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_into(&entry.path(), &target);
        } else {
            fs::write(&target, fs::read(entry.path()).unwrap()).unwrap();
            fs::set_permissions(&target, Permissions::from_mode(0o600)).unwrap();
        }
    }
}

/// The kinds of the records of a directory, and how many parts can be read.
fn contents(directory: &Path) -> (BTreeSet<String>, usize) {
    let leaves = replayed(directory);
    let store = open(directory);
    let mut readable = 0;
    let kinds = leaves.iter().map(|leaf| {
        let stored = store.read(leaf.i).unwrap();
        assert_eq!(stored.leaf, *leaf);
        assert_eq!(stored.parts.len(), leaf.parts.len(), "{leaf:?}");
        readable += stored.parts.values().filter(|part| matches!(part, Part::Clear(_))).count();
        let record = serde_json::to_value(&leaf.record).unwrap();
        record.as_object().unwrap().keys().next().unwrap().clone()
    });
    (kinds.collect(), readable)
}

#[test]
fn every_record_and_part_of_format_1_is_read_before_and_after_it_is_of_todays() {
    let directory = copy("format-1");
    for times in 0..2 {
        let (kinds, readable) = contents(directory.path());
        assert_eq!((kinds.len(), readable), (20, 91), "{times}: {kinds:?}");
        assert_eq!(verify(directory.path()).unwrap().head.size, 55, "{times}");
    }
    assert_eq!(fs::read_to_string(directory.path().join("FORMAT")).unwrap(), "2\n");
    assert!(!directory.path().join("head.json").exists());
    let store = open(directory.path());
    assert_eq!(write(&store, decision("next")), 55);
    assert_eq!(write(&store, sealed("sealed", "user:1", "{}")), 56);
    store.close();
    assert_eq!(verify(directory.path()).unwrap().head.size, 57);
}

#[test]
fn every_record_of_format_2_is_read_and_what_was_erased_in_it_is_not() {
    let directory = copy("format-2");
    for times in 0..2 {
        let (kinds, readable) = contents(directory.path());
        assert_eq!((kinds.len(), readable), (24, 97), "{times}: {kinds:?}");
        assert_eq!(verify(directory.path()).unwrap().head.size, 63, "{times}");
    }
    let store = open(directory.path());
    assert_eq!(write(&store, decision("next")), 63);
    assert_eq!(store.log_keys().len(), 2, "the retired key still verifies what it signed");
    store.close();
    assert_eq!(verify(directory.path()).unwrap().head.size, 64);
}
