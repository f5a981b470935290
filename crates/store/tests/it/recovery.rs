use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use syndic_store::verify;
use tempfile::tempdir;

use super::{decision, fill, open, replayed, segments, try_open, write};

fn edit(path: &Path, change: impl FnOnce(String) -> String) {
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
    fs::write(path, change(fs::read_to_string(path).unwrap())).unwrap();
}

/// Changes the first segment of three records and returns why the directory is refused.
fn refusal(change: fn(String) -> String) -> String {
    let directory = tempdir().unwrap();
    fill(directory.path(), 3);
    edit(&segments(directory.path())[0], change);
    let error = try_open(directory.path()).unwrap_err().to_string();
    assert_eq!(verify(directory.path()).unwrap_err().to_string(), error);
    error.replace(&directory.path().display().to_string(), "DIR")
}

#[test]
fn what_was_written_is_replayed_in_order() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 600);
    assert_eq!(segments(directory.path()).len(), 3);
    let replayed = replayed(directory.path());
    assert_eq!(replayed.len(), 600);
    let verified = verify(directory.path()).unwrap();
    assert_eq!((verified.head.size, verified.segments), (600, 3));
    assert_eq!(verified.stored, Some(verified.head));

    let store = open(directory.path());
    assert_eq!(write(&store, decision("next")), 600);
    for index in [0, 31, 32, 255, 256, 599, 600] {
        assert_eq!(store.read(index).unwrap().leaf.i, index);
    }
    assert_eq!(store.read(601).unwrap_err().to_string(), "there is no record 601");
}

#[test]
fn a_segment_that_is_complete_is_read_only_and_nothing_is_readable_by_others() {
    let directory = tempdir().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    fill(directory.path(), 300);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let segments = segments(directory.path());
    assert_eq!((mode(&segments[0]), mode(&segments[1])), (0o444, 0o600));
    for file in [
        "lock",
        "FORMAT",
        "checkpoint",
        "log.vkey",
        "tiles/0",
        "index/main.db",
        "keys.db",
        "keys/log.key",
        "keys/master.key",
        "keys/pseudonyms.key",
    ] {
        assert_eq!(mode(&directory.path().join(file)), 0o600, "{file}");
    }
    for inner in ["", "segments", "keys", "tiles", "index"] {
        assert_eq!(mode(&directory.path().join(inner)), 0o700, "{inner}");
    }
}

#[test]
fn a_torn_tail_is_cut() {
    for tail in [
        "{\"v\":1,\"i\":3,\"at\":\"2026",
        "\0\0\0\0",
        "{\"v\":1,\"i\":3}\t",
        "\0\0\n\0\0\n",
        "{\"v\":1,\"i\":3,\t\n",
    ] {
        let directory = tempdir().unwrap();
        fill(directory.path(), 3);
        edit(&segments(directory.path())[0], |text| text + tail);
        assert_eq!(verify(directory.path()).unwrap().head.size, 3, "{tail:?}");
        let store = open(directory.path());
        assert_eq!(write(&store, decision("next")), 3, "{tail:?}");
        store.close();
        assert_eq!(replayed(directory.path()).len(), 4, "{tail:?}");
    }
}

#[test]
fn records_beyond_the_checkpoint_are_kept() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 2);
    let checkpoint = fs::read(directory.path().join("checkpoint")).unwrap();
    fill(directory.path(), 2);
    fs::write(directory.path().join("checkpoint"), checkpoint).unwrap();
    assert_eq!(replayed(directory.path()).len(), 4);
}

#[test]
fn a_segment_that_contradicts_the_checkpoint_is_refused() {
    type Change = fn(String) -> String;
    let cases: [(Change, &str); 7] = [
        (
            |text| text.lines().take(2).map(|line| format!("{line}\n")).collect(),
            "record 2: missing, the checkpoint covers 3 records",
        ),
        (|text| text.trim_end().to_owned(), "record 2: the line is incomplete"),
        (
            |text| text.replace("\"a1\"", "\"b1\""),
            "record 2: the tree up to here is not the one of the checkpoint",
        ),
        (|text| text.replacen("\"i\":1,", "\"i\":1;", 1), "record 1: the leaf is not JSON"),
        (|text| text.replacen("\"i\":1,", "\"i\":2,", 1), "record 1: the leaf says it is record 2"),
        (
            |text| text.replacen("\"v\":1,\"i\":2", "\"v\":9,\"i\":2", 1),
            "record 2: the leaf has version 9, this program reads up to 1",
        ),
        (|_| String::new(), "record 0: missing, the checkpoint covers 3 records"),
    ];
    for (change, fault) in cases {
        assert_eq!(
            refusal(change),
            format!(
                "segment `DIR/segments/0000000000000000.jsonl` is damaged at {fault}; restore it from a backup"
            )
        );
    }
}

#[test]
fn what_another_program_wrote_is_refused_even_beyond_the_checkpoint() {
    let line = |leaf: &str| format!("{leaf}\t\n");
    for (leaf, fault) in [
        (r#"{"v":2,"i":3,"when":1}"#, "the leaf has version 2, this program reads up to 1"),
        (
            r#"{"v":1,"i":3,"at":"2026-11-22T10:00:00Z","x":1,"record":{}}"#,
            "the leaf is no record of version 1",
        ),
        (
            r#"{"v":1,"i":7,"at":"2026-11-22T10:00:00Z","record":{"outcome_missing":{"id":"a"}}}"#,
            "the leaf says it is record 7",
        ),
    ] {
        let directory = tempdir().unwrap();
        fill(directory.path(), 3);
        edit(&segments(directory.path())[0], |text| text + &line(leaf));
        let error = try_open(directory.path()).unwrap_err().to_string();
        assert!(error.contains(&format!("damaged at record 3: {fault};")), "{error}");
    }
}

#[test]
fn damage_before_whole_records_is_refused_even_beyond_the_checkpoint() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 1);
    let checkpoint = fs::read(directory.path().join("checkpoint")).unwrap();
    fill(directory.path(), 3);
    fs::write(directory.path().join("checkpoint"), checkpoint).unwrap();
    edit(&segments(directory.path())[0], |text| text.replacen("\"i\":2,", "\"i\":2;", 1));
    let error = try_open(directory.path()).unwrap_err().to_string();
    assert!(error.contains("damaged at record 2: the leaf is not JSON"), "{error}");
}

#[test]
fn a_missing_segment_is_named() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 600);
    fs::remove_file(&segments(directory.path())[1]).unwrap();
    let error = try_open(directory.path()).unwrap_err().to_string();
    assert!(error.contains("0000000000000512.jsonl` should begin with record 256"), "{error}");
}

#[test]
fn a_file_that_is_no_segment_is_named() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 1);
    fs::write(directory.path().join("segments/1.jsonl"), "").unwrap();
    let error = try_open(directory.path()).unwrap_err().to_string();
    assert!(error.contains("1.jsonl` is not named like a segment"), "{error}");
}

#[test]
fn a_checkpoint_that_was_changed_is_refused() {
    type Change = fn(&str) -> String;
    let cases: [(Change, &str); 5] = [
        (|_| String::new(), "not a signed checkpoint"),
        (|text| text.replacen("\n3\n", "\n2\n", 1), "does not verify"),
        (|text| text.replacen("syndic/", "someone/", 1), "a checkpoint of `someone/"),
        (|text| text.lines().take(4).map(|line| format!("{line}\n")).collect(), "not a signed"),
        (|text| format!("{text}\n"), "not a signed checkpoint"),
    ];
    for (change, expected) in cases {
        let directory = tempdir().unwrap();
        fill(directory.path(), 3);
        edit(&directory.path().join("checkpoint"), |text| change(&text));
        let error = try_open(directory.path()).unwrap_err();
        assert!(error.to_string().contains("checkpoint` cannot be used; restore it"), "{error}");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains(expected), "{source}");
    }
}

#[test]
fn a_checkpoint_that_is_gone_is_missed() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 3);
    // An older one with cosignatures does not stand for it.
    fs::rename(directory.path().join("checkpoint"), directory.path().join("cosigned")).unwrap();
    let error = try_open(directory.path()).unwrap_err().to_string();
    assert!(error.contains("checkpoint` is missing; restore it from a backup"), "{error}");
}

#[test]
fn what_a_newer_program_wrote_is_refused_with_its_format() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 3);
    fs::write(directory.path().join("FORMAT"), "99\n").unwrap();
    let error = try_open(directory.path()).unwrap_err().to_string();
    assert!(error.contains("FORMAT` says format \"99\", this program reads up to 2"), "{error}");
}

#[test]
fn a_second_store_is_refused_until_the_first_is_closed() {
    let directory = tempdir().unwrap();
    let first = open(directory.path());
    let error = try_open(directory.path()).unwrap_err().to_string();
    assert_eq!(
        error,
        format!("another process holds the lock `{}`", directory.path().join("lock").display())
    );
    first.close();
    open(directory.path()).close();
}
