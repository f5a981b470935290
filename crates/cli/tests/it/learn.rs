use serde_json::{Value, json};

use crate::reading::{agent_key, ask};
use crate::syndic::Place;

/// What an unknown bot does in a shop that watches it.
fn traffic() -> Vec<Value> {
    let act = |action: &str, args: Value| json!({"agent": "crm-bot", "action": action, "session_id": "s-1", "args": args});
    let mut all: Vec<_> = (1..=20)
        .map(|n| act("issue_refund", json!({"order_id": format!("A-{n}"), "amount": n * 10})))
        .collect();
    all.push(act(
        "send_sms",
        json!({"to": "+41790000000", "text": "secret words", "urgent": true}),
    ));
    all.push(act("send_sms", json!({"to": "+41790000001", "text": "more of them"})));
    all.push(act("get_customer", json!({"customer_id": "C-1"})));
    all
}

#[test]
fn what_an_agent_did_becomes_a_draft_in_which_every_line_is_a_guess() {
    let place = Place::governed();
    assert_eq!(place.run(&["agents", "new", "crm-bot"]).code, Some(0));
    let serving = place.serve();
    let key = agent_key(&place, "crm-bot");
    for action in traffic() {
        ask(&serving, &key, &action);
    }
    let learn = ["learn", "--agent", "crm-bot", "--since", "1d"];
    let told = place.admin(&learn);
    let (profile, catalogue) =
        (told["profile"].as_str().unwrap(), told["catalogue"].as_str().unwrap());
    insta::with_settings!({filters => vec![(r"\d{4}-\d\d-\d\d", "DAY"), (r"the busiest minute had \d+", "the busiest minute had N"),
        (r"minute, calls: \d+", "minute, calls: N"), (r"the busiest (hour|day) had \d+", "the busiest $1 had N"),
        (r"(hour|day), (calls|amount|recipients): \d+", "$1, $2: N")]},
    {
        insta::assert_snapshot!(format!("{profile}---\n{catalogue}"));
    });
    assert!(!catalogue.contains("secret words") && !profile.contains("+4179"));

    let write = [&learn[..], &["--write", "--key-file", "../admin.key"]].concat();
    let written = place.run(&write);
    assert_eq!(written.code, Some(0), "{}", written.stderr);
    assert_eq!(std::fs::read_to_string(place.dir().join("drafts/crm-bot.yaml")).unwrap(), profile);
    let again = place.run(&write);
    assert_eq!(again.code, Some(1), "{}", again.stdout);
    assert!(again.stderr.contains("is already there"), "{}", again.stderr);

    // Moved to their places, the drafts load as they are.
    place.write("agents/crm-bot.yaml", profile);
    std::fs::write(place.dir().join("actions/crm-bot.yaml"), catalogue).unwrap();
    let checked = place.run(&["check"]);
    assert_eq!(checked.code, Some(0), "{}", checked.stdout);
}

#[test]
fn nothing_seen_is_nothing_learnt() {
    let place = Place::governed();
    let serving = place.serve();
    let learn =
        ["learn", "--agent", "customer-support", "--since", "1d", "--key-file", "../admin.key"];
    let ended = place.run(&learn);
    assert_eq!(ended.code, Some(1), "{}", ended.stdout);
    assert!(ended.stderr.contains("asked for nothing"), "{}", ended.stderr);
    assert_eq!(serving.terminate(), Some(0));
}
