use std::fs;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use syndic_ledger::PartName;
use syndic_store::{GivenKey, GivenKeyError, MasterKey, OpenError, Options, Part, Store};
use tempfile::tempdir;

use super::{Clock, open, sealed, small, try_open, write};

const ONE: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const TWO: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
const THREE: &str = "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=";

fn open_with(directory: &Path, text: &str) -> Result<Store, OpenError> {
    let key = GivenKey::read("`KEY` (`audit.master_key.env`)".to_owned(), text).unwrap();
    let options = Options { master_key: MasterKey::Given(key), ..small() };
    Store::open(directory, options, Arc::new(Clock), &mut |_, _| {})
}

fn args(store: &Store, index: u64) -> Part {
    store.read(index).unwrap().parts.remove(&PartName::Args).unwrap()
}

fn wrapped(directory: &Path) -> Vec<Vec<u8>> {
    let database = Connection::open(directory.join("keys.db")).unwrap();
    let sql = "SELECT wrapped FROM keys UNION SELECT mark FROM made";
    let mut statement = database.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_given_key_leaves_none_in_the_directory() {
    let directory = tempdir().unwrap();
    let store = open_with(directory.path(), ONE).unwrap();
    write(&store, sealed("a", "user:1", "{}"));
    store.close();
    assert!(!directory.path().join("keys/master.key").exists());
    assert_eq!(args(&open_with(directory.path(), ONE).unwrap(), 0), Part::Clear("{}".to_owned()));
}

#[test]
fn the_key_in_the_directory_gives_way_to_a_given_one() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    write(&store, sealed("a", "user:1", "{}"));
    store.close();
    let former = wrapped(directory.path());
    let former_key = fs::read(directory.path().join("keys/master.key")).unwrap();

    let store = open_with(directory.path(), ONE).unwrap();
    assert_eq!(args(&store, 0), Part::Clear("{}".to_owned()));
    store.close();
    assert!(!directory.path().join("keys/master.key").exists());
    let database = fs::read(directory.path().join("keys.db")).unwrap();
    for former in former {
        assert!(!database.windows(former.len()).any(|window| window == former));
    }

    // A file that was left behind is removed, whatever is in it.
    for left in [former_key.as_slice(), b"torn"] {
        fs::write(directory.path().join("keys/master.key"), left).unwrap();
        open_with(directory.path(), ONE).unwrap().close();
        assert!(!directory.path().join("keys/master.key").exists());
    }

    let error = try_open(directory.path()).unwrap_err().to_string();
    assert!(error.contains("keys/master.key` is missing"), "{error}");
    assert!(error.contains("`audit.master_key` of syndic.yaml"), "{error}");
}

#[test]
fn a_key_takes_the_place_of_the_one_on_the_line_below() {
    let directory = tempdir().unwrap();
    let store = open_with(directory.path(), ONE).unwrap();
    write(&store, sealed("a", "user:1", "{}"));
    store.close();

    let error = open_with(directory.path(), TWO).unwrap_err().to_string();
    assert!(error.contains("another master key than `KEY` (`audit.master_key.env`)"), "{error}");

    let lines = format!("{TWO}\n{THREE}\n{ONE}\n");
    assert_eq!(
        args(&open_with(directory.path(), &lines).unwrap(), 0),
        Part::Clear("{}".to_owned())
    );
    // The former one is not needed any more, and opens nothing.
    assert_eq!(args(&open_with(directory.path(), TWO).unwrap(), 0), Part::Clear("{}".to_owned()));
    assert!(open_with(directory.path(), ONE).is_err());
}

#[test]
fn what_is_no_key_is_refused_without_repeating_it() {
    let check = |text: &str| {
        let error = GivenKey::read(String::new(), text).unwrap_err();
        assert!(text.is_empty() || !error.to_string().contains(text), "{error}");
        error
    };
    assert_eq!(check(""), GivenKeyError::Empty);
    assert_eq!(check("c2VjcmV0"), GivenKeyError::Malformed(1));
    assert_eq!(check("not base64 at all"), GivenKeyError::Malformed(1));
    assert_eq!(check(&format!("{ONE}\n\nc2VjcmV0")), GivenKeyError::Malformed(3));
    assert_eq!(check(&format!("{ONE}\n").repeat(12)), GivenKeyError::Many);
}
