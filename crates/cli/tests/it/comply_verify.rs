//! Reports that are verified after something became of the log that they rest on.

use std::fs;

use serde_json::Value;
use syndic_ledger::{KeyKind, NoteKey, SEED_BYTES};

use crate::serve::{agent_key, refund};
use crate::syndic::{Place, Serving};

/// Starts a daemon that decided one action; returns it with the agent's key.
fn serving(place: &Place) -> (Serving, String) {
    let serving = place.serve();
    let key = agent_key(place);
    assert_eq!(refund(&serving.url, &key, 45).effect, "allow");
    (serving, key)
}

/// Has a report written to a file beside the governance directory.
fn report(place: &Place, file: &str) {
    let words = ["comply", "report", "--agent", "customer-support", "--out", file];
    let made = place.run(&[&words[..], &["--key-file", "../admin.key"]].concat());
    assert_eq!(made.code, Some(0), "{}", made.stderr);
}

/// Verifies a report; returns how that ended and what was told.
fn verified(place: &Place, words: &[&str]) -> (Option<i32>, Value) {
    let ran = place.run(&[&["comply", "verify"], words, &["--json"]].concat());
    let told = serde_json::from_str(&ran.stdout);
    (ran.code, told.unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr)))
}

/// Rotates the log's key, and keeps the one before in a file.
fn rotate(place: &Place, former: &str) {
    let keys = fs::read_to_string(place.dir().join(".syndic/log.vkey")).unwrap();
    fs::write(place.path(former), keys.lines().next().unwrap()).unwrap();
    assert!(place.admin(&["audit", "rotate-key"])["to"].is_string());
}

#[test]
fn a_report_from_before_the_key_was_rotated_is_verified_by_the_former_key_and_by_the_directory() {
    let place = Place::governed();
    let (serving, _) = serving(&place);
    report(&place, "../before.json");
    rotate(&place, "first.vkey");
    report(&place, "../between.json");
    for words in [
        &["../before.json"][..],
        &["../between.json"],
        &["../before.json", "--key", "../first.vkey"],
        &["../between.json", "--key", "../first.vkey"],
        &["../between.json", "--key", ".syndic/log.vkey"],
    ] {
        let (code, told) = verified(&place, words);
        assert_eq!(code, Some(0), "{words:?} {told:#}");
    }
    rotate(&place, "second.vkey");
    report(&place, "../after.json");
    assert_eq!(serving.terminate(), Some(0));
    for words in [
        &["../before.json"][..],
        &["../between.json"],
        &["../after.json"],
        &["../between.json", "--key", "../second.vkey"],
        &["../after.json", "--key", "../second.vkey"],
        &["../before.json", "--key", ".syndic/log.vkey"],
    ] {
        let (code, told) = verified(&place, words);
        assert_eq!(code, Some(0), "{words:?} {told:#}");
    }
    let stale = place.run(&["comply", "verify", "../before.json", "--key", "../first.vkey"]);
    assert_eq!(stale.code, Some(2), "{}", stale.stderr);
    assert!(stale.stderr.contains("give the key that signs the log now"), "{}", stale.stderr);
}

#[test]
fn a_report_is_verified_by_a_backup_and_by_what_was_restored_elsewhere() {
    let place = Place::governed();
    let (serving, key) = serving(&place);
    report(&place, "../before.json");
    assert_eq!(place.admin(&["backup", "../backup"])["status"], "done");
    assert_eq!(refund(&serving.url, &key, 50).effect, "allow");
    report(&place, "../after.json");
    fs::copy(place.dir().join(".syndic/log.vkey"), place.path("log.vkey")).unwrap();
    assert_eq!(serving.terminate(), Some(0));
    let restored = place.run(&["restore", "../backup", "--to", "../restored", "--offline"]);
    assert_eq!(restored.code, Some(0), "{}", restored.stderr);
    // Neither the governance directory nor the data directory that the report was made from is there any more.
    fs::rename(place.dir(), place.path("away")).unwrap();
    for log in ["backup", "restored"] {
        let words = ["before.json", "--log", log, "--key", "log.vkey"];
        let (code, told) = verified(&place, &words);
        assert_eq!(code, Some(0), "{log} {told:#}");
        let cut = ["comply", "verify", "after.json", "--log", log, "--key", "log.vkey"];
        let cut = place.run(&cut);
        assert_eq!(cut.code, Some(1), "{}", cut.stdout);
        assert!(cut.stderr.contains("it is another log, or one that was cut"), "{}", cut.stderr);
    }
}

#[test]
fn a_log_that_goes_on_after_it_was_restored_bears_out_reports_from_before() {
    let place = Place::governed();
    let (serving, _) = serving(&place);
    report(&place, "../before.json");
    assert_eq!(place.admin(&["backup", "../backup"])["status"], "done");
    assert_eq!(serving.terminate(), Some(0));
    fs::remove_dir_all(place.dir().join(".syndic")).unwrap();
    let restored = place.run(&["restore", "../backup", "--to", ".syndic", "--offline"]);
    assert_eq!(restored.code, Some(0), "{}", restored.stderr);
    let serving = place.serve();
    report(&place, "../after.json");
    for file in ["../before.json", "../after.json"] {
        let (code, told) = verified(&place, &[file]);
        assert_eq!(code, Some(0), "{file} {told:#}");
    }
    assert_eq!(serving.terminate(), Some(0));
}

/// A key of a log of this name that signs nothing here.
fn other_key(name: &str) -> String {
    NoteKey::new(name, KeyKind::Log, &[7; SEED_BYTES]).unwrap().verifier().to_string()
}

#[test]
fn a_key_of_another_log_is_a_mistake_of_use_and_accuses_nobody() {
    let place = Place::governed();
    let (serving, _) = serving(&place);
    let words = ["--out", "../report.json", "--proofs", "../report.proofs"];
    let made = ["comply", "report", "--agent", "customer-support", "--key-file", "../admin.key"];
    let made = place.run(&[&made[..], &words].concat());
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    assert_eq!(serving.terminate(), Some(0));
    let own = fs::read_to_string(place.dir().join(".syndic/log.vkey")).unwrap();
    let (origin, _) = own.split_once('+').unwrap();
    let other = other_key("syndic/other");
    let told = format!(
        "the key that was given is of `syndic/other`, and the report and its log are of `{origin}`"
    );
    for words in [&["--log", "."][..], &["--proofs", "../report.proofs"]] {
        let verify = [&["comply", "verify", "../report.json"], words].concat();
        let foreign = place.run(&[&verify[..], &["--key", &other]].concat());
        assert_eq!((foreign.code, foreign.stdout.as_str()), (Some(2), ""), "{}", foreign.stderr);
        assert!(foreign.stderr.contains(&told), "{}", foreign.stderr);
        let both = ["--key", &other, "--key", own.trim()];
        let both = place.run(&[&verify[..], &both].concat());
        assert_eq!(both.code, Some(0), "{}{}", both.stdout, both.stderr);
    }
    // The name is the log's, and the key is not.
    let forged = other_key(origin);
    let forged = place.run(&["comply", "verify", "../report.json", "--key", &forged]);
    assert_eq!(forged.code, Some(2), "{}", forged.stderr);
    assert!(forged.stderr.contains("give the key that signs the log now"), "{}", forged.stderr);
    // A report that says it is of another log is refuted, whichever key is given.
    let text = fs::read_to_string(place.path("report.json")).unwrap();
    let renamed = text.replace(&format!("\"origin\":\"{origin}\""), "\"origin\":\"syndic/other\"");
    let renamed =
        renamed.replace(&format!("\"origin\": \"{origin}\""), "\"origin\": \"syndic/other\"");
    assert_ne!(text, renamed);
    fs::write(place.path("renamed.json"), renamed).unwrap();
    for key in [own.trim(), &other] {
        let refuted = place.run(&["comply", "verify", "../renamed.json", "--key", key]);
        assert_eq!(refuted.code, Some(1), "{key} {}{}", refuted.stdout, refuted.stderr);
    }
}
