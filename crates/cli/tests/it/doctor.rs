use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;

use crate::syndic::{Ended, Place};

fn doctor(place: &Place, arguments: &[&str]) -> (Ended, Vec<(String, String)>) {
    let ended = place.run(&[&["doctor", "--json"], arguments].concat());
    let told: Value = serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:?}"));
    let findings = told["findings"].as_array().unwrap().iter();
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let found = findings.map(|one| (text(one, "id"), text(one, "state"))).collect();
    (ended, found)
}

fn state<'a>(found: &'a [(String, String)], id: &str) -> &'a str {
    // The worst of several.
    let states = found.iter().filter(|(of, _)| of == id).map(|(_, state)| state.as_str());
    states
        .max_by_key(|state| ["ok", "warning", "failure"].iter().position(|one| one == state))
        .unwrap_or("absent")
}

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_fresh_directory_passes_everything_without_a_server() {
    let place = Place::governed();
    for command in ["check", "test", "prove", "doctor"] {
        let ended = place.run(&[command]);
        assert_eq!(ended.code, Some(0), "{command}: {}{}", ended.stdout, ended.stderr);
    }
    let (_, found) = doctor(&place, &[]);
    for (id, expected) in [
        ("governance", "ok"),
        ("canary", "ok"),
        ("solver", "ok"),
        ("clock", "ok"),
        ("time-zones", "ok"),
        ("policy-permissions", "ok"),
        ("secret-permissions", "absent"),
        ("agent-reach", "warning"),
        ("public-url", "ok"),
        ("approvers", "ok"),
        ("notify", "absent"),
        ("daemon", "ok"),
        ("ledger", "ok"),
    ] {
        assert_eq!(state(&found, id), expected, "{id}");
    }
    assert!(!place.dir().join(".syndic").exists(), "looking at it changed it");
}

#[test]
fn what_is_wrong_fails_with_a_remedy() {
    let place = Place::governed();
    let serving = place.serve();
    let (ended, found) = doctor(&place, &["--key-file", "../admin.key"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stdout);
    assert_eq!((state(&found, "daemon"), state(&found, "ledger")), ("ok", "ok"));
    assert!(ended.stdout.contains("it runs, and denies"), "{}", ended.stdout);
    assert_eq!(serving.terminate(), Some(0));

    let fails = |id: &str, arguments: &[&str]| {
        let (ended, found) = doctor(&place, arguments);
        assert_eq!((ended.code, state(&found, id)), (Some(1), "failure"), "{id}: {}", ended.stdout);
    };
    let policy = place.dir().join("policies/org/baseline.cedar");
    mode(&policy, 0o666);
    fails("policy-permissions", &[]);
    mode(&policy, 0o644);

    let key = place.dir().join(".syndic/keys/permit.key");
    mode(&key, 0o640);
    fails("secret-permissions", &[]);
    mode(&key, 0o600);

    std::fs::copy(place.path("admin.key"), place.dir().join("admin.key")).unwrap();
    fails("key-place", &["--key-file", "admin.key"]);

    // The user that runs this owns the files.
    fails("agent-reach", &["--agent-user", "0"]);
    let home = place.path("");
    mode(&home, 0o755);
    let (_, found) = doctor(&place, &["--agent-user", "54321"]);
    assert_eq!(state(&found, "agent-reach"), "ok");
    mode(&place.dir().join("policies/org"), 0o777);
    fails("agent-reach", &["--agent-user", "54321"]);
    mode(&place.dir().join("policies/org"), 0o755);

    let segment = place.dir().join(".syndic/segments/0000000000000000.jsonl");
    let future =
        segment.metadata().unwrap().modified().unwrap() + std::time::Duration::from_secs(86_400);
    std::fs::File::options().append(true).open(&segment).unwrap().set_modified(future).unwrap();
    fails("clock", &[]);
    let text = std::fs::read_to_string(&segment).unwrap();
    std::fs::write(&segment, text.replace("durability", "durabilitz")).unwrap();
    fails("ledger", &[]);

    place.append("syndic.yaml", "\nsurprise: 1\n");
    fails("governance", &[]);
    assert_eq!(place.run(&["doctor", "--dir", "../nowhere"]).code, Some(2));
}

#[test]
fn a_missing_solver_is_a_warning_and_a_broken_one_fails() {
    let place = Place::governed();
    let with = |variable| place.run_with_variable(&["doctor"], variable);
    assert_eq!(with(("PATH", "/nonexistent")).code, Some(0));
    let broken = with(("CVC5", "/nonexistent"));
    assert_eq!(broken.code, Some(1));
    assert!(broken.stdout.contains("the variable CVC5"), "{}", broken.stdout);
}

#[test]
fn who_is_asked_and_not_told_is_a_warning() {
    let place = Place::governed();
    place.rewrite("syndic.yaml", "environment: dev", "environment: prod");
    let (_, found) = doctor(&place, &[]);
    assert_eq!((state(&found, "public-url"), state(&found, "approvers")), ("warning", "warning"));

    place.rewrite("syndic.yaml", "  # public_url", "  public_url");
    place.append(
        "syndic.yaml",
        "notify:\n  slack: {token_env: SYNDIC_NO_SUCH_TOKEN}\n  smtp: {host: localhost, from: syndic@example.org}\n",
    );
    let (ended, found) = doctor(&place, &[]);
    assert_eq!((state(&found, "public-url"), state(&found, "approvers")), ("ok", "ok"));
    assert_eq!(state(&found, "notify"), "warning");
    assert!(ended.stdout.contains("not set here: `SYNDIC_NO_SUCH_TOKEN`"), "{}", ended.stdout);

    place.rewrite("approvers/support.yaml", "email: support-lead-1@example.org", "webhook: ops");
    place.append("syndic.yaml", "  webhooks: {ops: {url: https://hooks.example.org/syndic}}\n");
    let (_, found) = doctor(&place, &[]);
    assert_eq!(state(&found, "approvers"), "ok");
    place.rewrite("approvers/support.yaml", "webhook: ops", "slack: U024BE7LH");
    place.rewrite("syndic.yaml", "slack: {token_env: SYNDIC_NO_SUCH_TOKEN}", "# no slack");
    let (ended, found) = doctor(&place, &[]);
    assert_eq!(state(&found, "approvers"), "warning");
    assert!(ended.stdout.contains("no message reaches `support-lead`"), "{}", ended.stdout);
}
