use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use syndic_ledger::PartName;
use syndic_store::{Options, Store, verify};
use tempfile::{TempDir, tempdir};

use super::{Clock, decision, fill, open, replayed, sealed, segments, small, try_open, write};

/// A directory with two compressed segments of 256 records and an open one of 88.
fn compressed() -> TempDir {
    let directory = tempdir().unwrap();
    fill(directory.path(), 600);
    let store = open(directory.path());
    assert_eq!(store.compress().unwrap(), 2);
    store.close();
    directory
}

fn file(directory: &TempDir, name: &str) -> PathBuf {
    directory.path().join("segments").join(name)
}

fn names(directory: &Path) -> Vec<String> {
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    segments(directory).iter().map(name).collect()
}

const COMPRESSED: [&str; 5] = [
    "0000000000000000.idx",
    "0000000000000000.jsonl.zst",
    "0000000000000256.idx",
    "0000000000000256.jsonl.zst",
    "0000000000000512.jsonl",
];

#[test]
fn a_compressed_segment_is_read_as_it_was_written() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 600);
    let before = (replayed(directory.path()), verify(directory.path()).unwrap());
    let store = open(directory.path());
    let args = write(&store, sealed("with parts", "user:1", r#"{"a":1}"#));
    let plain = store.statistics();
    assert_eq!(store.compress().unwrap(), 2);
    assert_eq!(store.compress().unwrap(), 0, "there is nothing left to do");
    let packed = store.statistics();
    assert_eq!((packed.segments, packed.compressed, packed.bytes), (3, 2, plain.bytes));
    assert!(packed.stored < plain.stored, "{packed:?}");
    for index in (0..600).chain([args]) {
        assert_eq!(store.read(index).unwrap().leaf.i, index);
    }
    let leaves = store.leaves(250, 100).unwrap();
    assert_eq!((leaves[0].i, leaves.len()), (250, 6), "a segment ends at 256");
    store.close();
    assert_eq!(names(directory.path()), COMPRESSED);
    assert_eq!(replayed(directory.path())[..600], before.0);
    assert_eq!(verify(directory.path()).unwrap().segments, before.1.segments);

    let store = open(directory.path());
    assert_eq!(store.statistics().compressed, 2);
    assert_eq!(store.read(args).unwrap().parts[&PartName::Args].text(), Some(r#"{"a":1}"#));
    assert_eq!(write(&store, decision("next")), 601);
}

#[test]
fn segments_are_compressed_by_themselves_and_the_index_goes_on() {
    let directory = tempdir().unwrap();
    let options = Options { compress: true, ..small() };
    let store = Store::open(directory.path(), options, Arc::new(Clock), &mut |_, _| {}).unwrap();
    for n in 0..600 {
        write(&store, decision(&format!("a{n}")));
    }
    while store.statistics().compressed < 2 {
        thread::yield_now();
    }
    assert_eq!(store.find("a599").unwrap().unwrap().decision, 599);
    assert_eq!(store.statistics().indexed_through, 600);
}

#[test]
fn the_index_is_made_again_from_compressed_segments() {
    let directory = compressed();
    for entry in fs::read_dir(directory.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("index") {
            fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path)).unwrap();
        }
    }
    let store = open(directory.path());
    assert_eq!(store.find("a3").unwrap().unwrap().decision, 3);
}

#[test]
fn records_are_read_while_their_segments_are_compressed() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 2000);
    let store = open(directory.path());
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for start in [0, 777, 1500] {
            let (store, done) = (&store, &done);
            scope.spawn(move || {
                let mut index = start;
                while !done.load(Ordering::Relaxed) {
                    assert_eq!(store.read(index).unwrap().leaf.i, index);
                    index = (index + 97) % 2000;
                }
            });
        }
        assert_eq!(store.compress().unwrap(), 7);
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn wherever_compressing_is_interrupted_one_whole_copy_is_left() {
    let whole = tempdir().unwrap();
    fill(whole.path(), 600);
    let plain = file(&whole, "0000000000000000.jsonl");
    let lines = fs::read(&plain).unwrap();
    let done = compressed();
    let packed = fs::read(file(&done, "0000000000000000.jsonl.zst")).unwrap();
    let half = packed[..packed.len() / 2].to_vec();
    type Files<'a> = &'a [(&'a str, &'a [u8])];
    let cases: [(&str, Files<'_>); 5] = [
        ("half a file", &[("0000000000000000.jsonl.zst.tmp", &half)]),
        ("a whole file not in its place", &[("0000000000000000.jsonl.zst.tmp", &packed)]),
        ("half a sidecar", &[("0000000000000000.tmp", b"{\"v\"")]),
        ("a sidecar alone", &[("0000000000000000.idx", b"{}\nno\n")]),
        (
            "both files",
            &[("0000000000000000.jsonl.zst", &packed), ("0000000000000000.jsonl", &lines)],
        ),
    ];
    for (case, files) in cases {
        let directory = tempdir().unwrap();
        fill(directory.path(), 600);
        for (name, bytes) in files {
            let path = file(&directory, name);
            drop(fs::remove_file(&path));
            fs::write(path, bytes).unwrap();
        }
        assert_eq!(verify(directory.path()).unwrap().head.size, 600, "{case}");
        let store = open(directory.path());
        assert_eq!(store.statistics().compressed, 0, "{case}");
        assert_eq!(store.compress().unwrap(), 2, "{case}");
        store.close();
        assert_eq!(names(directory.path()), COMPRESSED, "{case}");
        assert_eq!(replayed(directory.path()).len(), 600, "{case}");
    }
}

#[test]
fn a_sidecar_that_is_gone_or_wrong_is_made_again() {
    let directory = compressed();
    let sidecar = file(&directory, "0000000000000256.idx");
    let made = fs::read_to_string(&sidecar).unwrap();
    let other = fs::read_to_string(file(&directory, "0000000000000000.idx")).unwrap();
    for text in
        [None, Some(""), Some("{}\n"), Some(other.as_str()), Some(&made.replace(":256", ":255"))]
    {
        fs::remove_file(&sidecar).unwrap();
        if let Some(text) = text {
            fs::write(&sidecar, text).unwrap();
        }
        let store = open(directory.path());
        assert_eq!(store.read(400).unwrap().leaf.i, 400, "{text:?}");
        store.close();
        assert_eq!(fs::read_to_string(&sidecar).unwrap(), made, "{text:?}");
    }
}

#[test]
fn a_compressed_segment_that_was_changed_is_refused_and_named() {
    let directory = compressed();
    let path = file(&directory, "0000000000000256.jsonl.zst");
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(37) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        fs::write(&path, bytes).unwrap();
        let error = try_open(directory.path()).unwrap_err().to_string();
        assert!(error.contains("0000000000000256.jsonl.zst`"), "byte {at}: {error}");
    }
    for keep in [0, 1, whole.len() - 1] {
        fs::write(&path, &whole[..keep]).unwrap();
        let error = try_open(directory.path()).unwrap_err().to_string();
        assert!(error.contains("00000000000"), "{keep} bytes: {error}");
    }
    fs::write(&path, whole).unwrap();
    assert_eq!(replayed(directory.path()).len(), 600);
}

#[test]
fn a_ledger_whose_open_segment_is_gone_goes_on_in_a_new_one() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 512);
    let store = open(directory.path());
    store.compress().unwrap();
    store.close();
    fs::remove_file(file(&directory, "0000000000000512.jsonl")).unwrap();
    let store = open(directory.path());
    assert_eq!(write(&store, decision("next")), 512);
    store.close();
    assert_eq!(replayed(directory.path()).len(), 513);
}
