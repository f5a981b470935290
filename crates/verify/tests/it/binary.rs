//! The binary: what it says and how it exits.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use syndic_ledger::{ProofFile, Proved, Subject};

use crate::{filled, open, put, segment};

fn run(arguments: &[&str], directory: &Path) -> (i32, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_syndic-verify"))
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap();
    let told = [stdout, stderr].concat();
    (status.code().unwrap(), String::from_utf8(told).unwrap())
}

#[test]
fn a_directory_verifies_and_a_changed_one_is_refuted() {
    let directory = filled(30);
    let (code, told) = run(&[".", "--vkey", "log.vkey"], directory.path());
    assert_eq!(code, 0, "{told}");
    assert!(told.starts_with("verified: 30 records of `example.org/log` in 1 segment\n"), "{told}");
    let path = segment(directory.path(), 0);
    let text = fs::read_to_string(&path).unwrap();
    put(&path, text.replace("\"a17\"", "\"a71\"").as_bytes());
    let (code, told) = run(&[".", "--vkey", "log.vkey", "--json"], directory.path());
    assert_eq!(code, 1, "{told}");
    assert!(told.starts_with("{\"verified\":false,\"index\":17,"), "{told}");
}

#[test]
fn a_proof_is_verified_offline() {
    let directory = filled(30);
    let store = open(directory.path(), false);
    let checkpoint = store.checkpoint();
    let leaf = String::from_utf8(store.leaf_bytes(12).unwrap()).unwrap();
    let path = store.inclusion(12, checkpoint.head.size).unwrap();
    let proved = Proved { index: 12, leaf, path };
    let proof = ProofFile::new(Subject::Record(12), &checkpoint.text, vec![proved]).unwrap();
    store.close();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::copy(directory.path().join("log.vkey"), elsewhere.path().join("log.vkey")).unwrap();
    put(&elsewhere.path().join("proof.txt"), proof.to_string().as_bytes());
    let (code, told) = run(&["proof.txt", "--vkey", "log.vkey"], elsewhere.path());
    assert_eq!(code, 0, "{told}");
    assert!(told.starts_with("proved: record 12 of `example.org/log`\n"), "{told}");
    let changed = proof.to_string().replace("\"a12\"", "\"a21\"");
    put(&elsewhere.path().join("proof.txt"), changed.as_bytes());
    let (code, told) = run(&["proof.txt", "--vkey", "log.vkey"], elsewhere.path());
    assert_eq!((code, told.contains("record 12 is not in the log")), (1, true), "{told}");
}

#[test]
fn what_cannot_be_used_is_neither_verified_nor_refuted() {
    let directory = filled(3);
    for arguments in [
        ["log.vkey", "--vkey", "log.vkey"],
        ["absent", "--vkey", "log.vkey"],
        [".", "--vkey", "absent"],
        [".", "--from", "log.vkey"],
    ] {
        let (code, told) = run(&arguments, directory.path());
        assert_eq!(code, 2, "{arguments:?}: {told}");
    }
}
