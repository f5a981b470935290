use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use syndic_ledger::SignedCheckpoint;
use syndic_witness::{AddError, Directory, DirectoryError, Witness};

use super::log::Log;

const NAME: &str = "witness.example.org";

fn open(path: &Path, log: &Log) -> Result<Witness, DirectoryError> {
    Witness::new(Directory::open(path)?, log.known())
}

fn made() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    Directory::make_key(directory.path(), NAME, &[7; 32]).unwrap();
    directory
}

fn only_file(path: &Path) -> std::path::PathBuf {
    let mut files = fs::read_dir(path.join("logs")).unwrap();
    let file = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none(), "one log, one file");
    file
}

#[test]
fn a_key_is_made_once_and_for_its_owner_alone() {
    let directory = made();
    let path = directory.path().join("witness.key");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let verifier = Directory::verifier(directory.path()).unwrap();
    assert_eq!(verifier.name(), NAME);
    let again = Directory::make_key(directory.path(), "other.example.org", &[8; 32]);
    let message = again.unwrap_err().to_string();
    assert!(message.contains("there is a key for `witness.example.org` already"), "{message}");
    assert_eq!(Directory::verifier(directory.path()).unwrap(), verifier);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "and nothing else");

    let empty = tempfile::tempdir().unwrap();
    let name = Directory::make_key(empty.path(), "a name", &[7; 32]).unwrap_err().to_string();
    assert!(name.starts_with("`a name` cannot be the name of a witness"), "{name}");
    let none = Directory::open(empty.path()).unwrap_err();
    assert!(matches!(none, DirectoryError::NoKey(_)), "{none}");
}

#[test]
fn two_witnesses_never_share_a_directory() {
    let directory = made();
    let first = Directory::open(directory.path()).unwrap();
    let second = Directory::open(directory.path()).unwrap_err();
    assert!(matches!(second, DirectoryError::Locked(_)), "{second}");
    drop(first);
    Directory::open(directory.path()).unwrap();
}

#[test]
fn what_was_cosigned_outlives_a_restart() {
    let (directory, mut log) = (made(), Log::of(&["a", "b", "c"]));
    let line = open(directory.path(), &log).unwrap().add_checkpoint(log.request(0).as_bytes(), 5);
    let witness = open(directory.path(), &log).unwrap();
    let text = fs::read(only_file(directory.path())).unwrap();
    let mut kept = SignedCheckpoint::parse(&text).unwrap();
    kept.add(witness.verifier(), &line.unwrap()).unwrap();
    assert_eq!(kept.to_string().as_bytes(), text, "the file has the signature that was answered");

    let rewritten = Log::of(&["a", "B", "c", "d"]);
    for (request, status) in [(log.request(0), 409), (rewritten.request(3), 422)] {
        match witness.add_checkpoint(request.as_bytes(), 6) {
            Err(AddError::Refused(refusal)) => assert_eq!(refusal.status(), status),
            other => panic!("{other:?}"),
        }
    }
    log.grow(&["d"]);
    witness.add_checkpoint(log.request(3).as_bytes(), 7).unwrap();
    assert_eq!(witness.logs().collect::<Vec<_>>(), [("example.org/log", Some(4))]);
}

#[test]
fn nothing_is_cosigned_that_cannot_be_kept() {
    let (directory, mut log) = (made(), Log::of(&["a"]));
    let witness = open(directory.path(), &log).unwrap();
    witness.add_checkpoint(log.request(0).as_bytes(), 5).unwrap();
    let logs = directory.path().join("logs");
    fs::rename(&logs, directory.path().join("gone")).unwrap();
    log.grow(&["b"]);
    let refused = witness.add_checkpoint(log.request(1).as_bytes(), 6).unwrap_err();
    assert!(matches!(refused, AddError::Keep(_)), "{refused}");
    assert!(!witness.is_writable());
    fs::rename(directory.path().join("gone"), &logs).unwrap();
    witness.add_checkpoint(log.request(1).as_bytes(), 7).unwrap();
    assert!(witness.is_writable());
}

#[test]
fn a_log_is_refused_until_a_restart_where_the_disk_may_have_the_one_checkpoint_or_the_other() {
    let (directory, mut log) = (made(), Log::of(&["a"]));
    let witness = open(directory.path(), &log).unwrap();
    witness.add_checkpoint(log.request(0).as_bytes(), 5).unwrap();
    let file = only_file(directory.path());
    let kept = fs::read(&file).unwrap();
    // Nothing can be renamed to where a directory is.
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let before = log.request(0);
    log.grow(&["b"]);
    let refused = witness.add_checkpoint(log.request(1).as_bytes(), 6).unwrap_err();
    assert!(matches!(refused, AddError::Keep(_)), "{refused}");
    fs::remove_dir(&file).unwrap();
    fs::write(&file, kept).unwrap();
    for request in [before, log.request(1)] {
        let refused = witness.add_checkpoint(request.as_bytes(), 7).unwrap_err();
        assert!(matches!(refused, AddError::Unsure(_)), "{refused}");
    }
    let id = file.file_name().unwrap().to_str().unwrap();
    assert_eq!((witness.checkpoint(id), witness.is_writable()), (None, false));
    drop(witness);
    let witness = open(directory.path(), &log).unwrap();
    witness.add_checkpoint(log.request(1).as_bytes(), 8).unwrap();
    assert!(witness.checkpoint(id).is_some() && witness.is_writable());
}

#[test]
fn signatures_that_others_sent_along_are_not_kept() {
    let (directory, log) = (made(), Log::of(&["a"]));
    let witness = open(directory.path(), &log).unwrap();
    let foreign =
        "— somebody.example.org AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
    witness.add_checkpoint(format!("{}{foreign}", log.request(0)).as_bytes(), 5).unwrap();
    let kept = fs::read_to_string(only_file(directory.path())).unwrap();
    assert!(!kept.contains("somebody"), "{kept}");
    assert_eq!(kept.matches('—').count(), 2, "{kept}");
}

#[test]
fn a_damaged_file_is_refused_and_never_begun_anew() {
    let log = Log::of(&["a", "b", "c"]);
    let flips: &[&dyn Fn(&str) -> String] = &[
        &|text| text.replacen("\n3\n", "\n2\n", 1),
        &|text| text.lines().take(5).fold(String::new(), |text, line| text + line + "\n"),
        &|text| text.replacen(NAME, "other.example.org", 1),
        &|_| String::new(),
    ];
    for (case, flip) in flips.iter().enumerate() {
        let directory = made();
        let witness = open(directory.path(), &log).unwrap();
        witness.add_checkpoint(log.request(0).as_bytes(), 5).unwrap();
        drop(witness);
        let file = only_file(directory.path());
        fs::write(&file, flip(&fs::read_to_string(&file).unwrap())).unwrap();
        let refused = open(directory.path(), &log).unwrap_err();
        assert!(matches!(refused, DirectoryError::Damaged { .. }), "{case}: {refused}");
    }
    let directory = made();
    let path = directory.path().join("witness.key");
    let other = fs::read_to_string(&path).unwrap().replacen("BwcH", "BwcI", 1);
    fs::write(&path, other).unwrap();
    let refused = Directory::open(directory.path()).unwrap_err();
    assert!(matches!(refused, DirectoryError::Damaged { .. }), "{refused}");
}
