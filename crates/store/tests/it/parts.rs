use std::fs;
use std::path::Path;

use rusqlite::Connection;
use syndic_ledger::PartName;
use syndic_store::{Part, ReadError};
use tempfile::tempdir;

use super::{fill, open, sealed, segments, try_open, write};

const PLANTED: &str = "planted-4111111111111111";

fn args(directory: &Path, index: u64) -> Result<Part, ReadError> {
    Ok(open(directory).read(index)?.parts.remove(&PartName::Args).unwrap())
}

#[test]
fn parts_are_read_back_exactly_as_they_were_given() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    for (n, text) in ["{}", r#"{ "a" : 1.50,"ü":"\u0000\t\n"}"#, "", "not even JSON \u{1}"]
        .into_iter()
        .enumerate()
    {
        let index = write(&store, sealed(&format!("a{n}"), "user:1", text));
        assert_eq!(store.read(index).unwrap().parts[&PartName::Args].text(), Some(text));
    }
}

#[test]
fn a_subject_keeps_its_key_and_another_has_another() {
    let directory = tempdir().unwrap();
    let key = |subjects: &[&str]| -> Vec<u64> {
        let store = open(directory.path());
        let key = |subject: &&str| {
            store.read(write(&store, sealed("a", subject, "{}"))).unwrap().leaf.key.unwrap()
        };
        subjects.iter().map(key).collect()
    };
    assert_eq!(key(&["user:1", "user:2", "user:1"]), [0, 1, 0]);
    // After a restart the subject is not known any more, and no key that a leaf names is taken again.
    assert_eq!(key(&["user:1", "user:3"]), [2, 3]);
}

#[test]
fn more_subjects_than_keys_are_ready_wait_for_more() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    let keys = (0..2500).map(|n| sealed("a", &format!("user:{n}"), "{}"));
    let pending: Vec<_> = keys.map(|entry| store.reserve().unwrap().enqueue(entry)).collect();
    for pending in pending {
        pending.wait().unwrap();
    }
    assert_eq!(store.read(2499).unwrap().leaf.key, Some(2499));
}

#[test]
fn no_file_holds_a_part_in_clear() {
    fn check(directory: &Path) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                check(&path);
            } else {
                let bytes = fs::read(&path).unwrap();
                assert!(
                    !bytes.windows(PLANTED.len()).any(|w| w == PLANTED.as_bytes()),
                    "{}",
                    path.display()
                );
            }
        }
    }
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    write(&store, sealed("a", PLANTED, &format!("{{\"card\":\"{PLANTED}\"}}")));
    store.find("a").unwrap().unwrap();
    check(directory.path());
    store.close();
    check(directory.path());
}

#[test]
fn destroying_a_key_erases_and_leaves_the_rest() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    write(&store, sealed("a", "user:1", "{}"));
    write(&store, sealed("b", "user:2", "{}"));
    store.close();
    let database = Connection::open(directory.path().join("keys.db")).unwrap();
    assert_eq!(database.execute("DELETE FROM keys WHERE id = 0", []).unwrap(), 1);
    assert_eq!(args(directory.path(), 0).unwrap(), Part::Erased);
    assert_eq!(args(directory.path(), 1).unwrap(), Part::Clear("{}".to_owned()));
    syndic_store::verify(directory.path()).unwrap();
}

#[test]
fn sealed_parts_belong_to_one_record() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    write(&store, sealed("a", "user:1", r#"{"to":"ada"}"#));
    write(&store, sealed("b", "user:1", r#"{"to":"bob"}"#));
    store.close();
    let segment = &segments(directory.path())[0];
    let text = fs::read_to_string(segment).unwrap();
    let fields: Vec<_> = text.split(['\t', '\n']).collect();
    fs::write(segment, format!("{}\t{}\n{}\t{}\n", fields[0], fields[3], fields[2], fields[1]))
        .unwrap();
    assert_eq!(
        args(directory.path(), 0).unwrap_err().to_string(),
        "record 0 is not what was written"
    );
    fs::write(segment, format!("{}\t\n{}\t{}\n", fields[0], fields[2], fields[3])).unwrap();
    assert_eq!(args(directory.path(), 0).unwrap(), Part::Erased);
}

#[test]
fn a_secret_is_never_made_anew_for_records_that_need_it() {
    for secret in ["keys/master.key", "keys/pseudonyms.key"] {
        let directory = tempdir().unwrap();
        fill(directory.path(), 1);
        fs::remove_file(directory.path().join(secret)).unwrap();
        let error = try_open(directory.path()).unwrap_err().to_string();
        assert!(
            error.contains(secret) && error.contains("is missing or is not 32 bytes"),
            "{error}"
        );
    }
}

#[test]
fn another_master_key_is_noticed_whether_or_not_a_key_was_used() {
    let used = tempdir().unwrap();
    let store = open(used.path());
    write(&store, sealed("a", "user:1", "{}"));
    store.close();
    let unused = tempdir().unwrap();
    fill(unused.path(), 1);
    for directory in [used, unused] {
        let database = Connection::open(directory.path().join("keys.db")).unwrap();
        // Neither a key that is ready nor one that is used is needed to tell.
        database.execute("DELETE FROM keys", []).unwrap();
        fs::write(directory.path().join("keys/master.key"), [0; 32]).unwrap();
        let error = try_open(directory.path()).unwrap_err().to_string();
        assert!(error.contains("keys.db` was made with another master key"), "{error}");
    }
}

#[test]
fn a_key_that_a_record_names_was_made_or_the_ledger_does_not_open() {
    let directory = tempdir().unwrap();
    fill(directory.path(), 1);
    let keys = directory.path().join("keys.db");
    let older = directory.path().join("older.db");
    let database = Connection::open(&keys).unwrap();
    database.execute_batch("DELETE FROM keys; UPDATE made SET next = 0").unwrap();
    drop(database);
    fs::copy(&keys, &older).unwrap();
    let store = open(directory.path());
    write(&store, sealed("a", "user:1", "{}"));
    store.close();
    for lost in [false, true] {
        if lost {
            fs::remove_file(&keys).unwrap();
        } else {
            fs::copy(&older, &keys).unwrap();
        }
        let error = try_open(directory.path()).unwrap_err().to_string();
        assert!(error.starts_with("the ledger names key 0, and"), "{error}");
        assert!(error.contains("has made 0; restore it"), "{error}");
    }
}

#[test]
fn a_pseudonym_is_stable_and_of_its_kind() {
    let directory = tempdir().unwrap();
    let pseudonym = |kind: &str, text: &str| open(directory.path()).pseudonym(kind, text);
    fill(directory.path(), 1);
    let ada = pseudonym("user", "ada");
    assert_eq!(ada.len(), 32);
    assert_eq!(pseudonym("user", "ada"), ada);
    for (kind, text) in [("user", "bob"), ("recipient", "ada"), ("usera", "da")] {
        assert_ne!(pseudonym(kind, text), ada);
    }
}
