//! `syndic approvals`, as a person answers.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};
use syndic_api::SubmitAction;
use syndic_client::Client;

use crate::serve::{agent_key, refund};
use crate::syndic::{Ended, Place, Serving};

/// Asks for a refund that is held, and puts the approver's key into `lead.key`.
async fn held(place: &Place, serving: &Serving) -> String {
    let agent = agent_key(place);
    let lead = ["keys", "create", "--role", "approver", "--approver", "support-lead-1"];
    let lead = place.admin(&lead)["key"].as_str().unwrap().to_owned();
    let path = place.path("lead.key");
    std::fs::write(&path, lead).unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    let refund = json!({"agent": "customer-support", "action": "issue_refund",
        "args": {"order_id": "A-1\u{202e}", "amount": 150}});
    let refund: SubmitAction = serde_json::from_str(&refund.to_string()).unwrap();
    let client = Client::tcp(&serving.url, Some(agent)).unwrap();
    let decided = client.submit(&refund).await.unwrap();
    decided.approval.unwrap_or_else(|| panic!("not held: {}", decided.effect)).id
}

fn run(place: &Place, arguments: &[&str]) -> Ended {
    place.run(&[&["approvals"], arguments, &["--key-file", "../lead.key"]].concat())
}

#[tokio::test]
async fn a_request_is_listed_shown_in_full_and_approved() {
    let place = Place::governed();
    let serving = place.serve();
    let id = held(&place, &serving).await;
    let listed = run(&place, &["list"]);
    assert!(listed.stdout.contains("150 USD") && listed.stdout.contains(&id), "{listed:?}");
    let shown = run(&place, &["show", &id]);
    for told in [
        "customer-support wants to issue_refund",
        r#""order_id": "A-1\u{202e}""#,
        "support-lead 0 of 1",
        "150 USD needs approval",
    ] {
        assert!(shown.stdout.contains(told), "{told}: {}", shown.stdout);
    }
    let unsure = run(&place, &["approve", &id]);
    assert_eq!(unsure.code, Some(2), "{unsure:?}");
    assert!(unsure.stderr.contains(&format!("syndic approvals show {id}")), "{}", unsure.stderr);
    let bare = run(&place, &["reject", &id, "--yes"]);
    assert_eq!(bare.code, Some(1));
    assert!(bare.stderr.contains("--reason TEXT"), "{}", bare.stderr);
    let approved = run(&place, &["approve", &id, "--yes"]);
    assert_eq!(approved.stdout, "approved: customer-support may run issue_refund once\n");
    let late = run(&place, &["reject", &id, "--yes", "--reason", "no"]);
    assert_eq!(late.code, Some(1));
    assert!(late.stderr.contains("approved already"), "{}", late.stderr);
    let all = run(&place, &["list", "--status", "all", "--json"]);
    let all: Value = serde_json::from_str(&all.stdout).unwrap();
    assert_eq!(all["approvals"][0]["status"], "approved", "{all}");
    assert_eq!(run(&place, &["list"]).stderr, "there are no requests that are pending\n");
}

#[tokio::test]
async fn an_admin_does_not_vote_and_is_told_whose_key_does() {
    let place = Place::governed();
    let serving = place.serve();
    let id = held(&place, &serving).await;
    let ended = place.run(&["approvals", "approve", &id, "--yes", "--key-file", "../admin.key"]);
    assert_eq!(ended.code, Some(1));
    insta::assert_snapshot!(ended.stderr, @r"
    error: this needs an approver key
    hint: use an approver's key; an admin makes one with `syndic keys create --role approver --approver PERSON`
    ");
}

#[test]
fn a_watch_is_json_by_the_line_and_goes_on_after_a_restart() {
    let place = Place::governed();
    let serving = place.serve();
    let key = agent_key(&place);
    let mut watch =
        place.start_told_all(&["approvals", "watch", "--json", "--key-file", "../admin.key"]);
    let first = refund(&serving.url, &key, 150).approval.unwrap().id;
    let told: Value = serde_json::from_str(&watch.line()).unwrap();
    assert_eq!((&told["id"], &told["status"]), (&json!(first), &json!("pending")));

    assert_eq!(serving.terminate(), Some(0));
    let away = watch.line();
    assert!(away.contains("cannot reach") && away.contains("trying again"), "{away}");
    let serving = place.serve();
    let second = refund(&serving.url, &key, 151).approval.unwrap().id;
    assert_eq!(watch.line(), "the daemon answers again\n");
    let told: Value = serde_json::from_str(&watch.line()).unwrap();
    assert_eq!(told["id"], json!(second), "{told}");
}
