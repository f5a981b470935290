//! Data that is read, sent, sealed and erased.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use syndic_compliance::Verdict;
use syndic_model::Capability;

use crate::fold::hour;
use crate::world::{World, decision, entry, world};

const DAY: i64 = 24;

fn redacted(unreached: &[&str]) -> Value {
    json!({"user_redacted": {"user_ref": "u", "before": 1, "reason": "asked", "by": "k", "records": 4, "keys": 2,
        "unreached": unreached}})
}

#[test]
fn what_was_found_in_results_is_told_by_kind() {
    let filtered = |id: &str, filtered: Value| json!({"outcome": {"id": id, "status": "ok", "filtered": filtered}});
    let violation = json!([{"policy": "no-pii-external", "result": "blocked", "severity": "high"}]);
    let records = [
        (1, decision("a", &json!({"labels": ["untrusted"]}))),
        (1, decision("b", &json!({}))),
        (1, decision("c", &json!({"effect": "deny", "allowed": false, "violations": violation}))),
        (2, filtered("a", json!({"redacted": ["EMAIL_ADDRESS"], "withheld": ["SECRET"]}))),
        (2, filtered("b", json!({"redacted": ["EMAIL_ADDRESS"], "observed": true}))),
    ];
    assert_eq!(
        world(DAY, records).line("DAT-02", &["kinds_in_results", "results_let_through", "labels"]),
        "told: sensitive data stood in the way of 1 actions, was taken out of 1 results, and kept 1 back | \
         kinds_in_results EMAIL_ADDRESS 2,SECRET 1 | results_let_through 1 | labels untrusted 1"
    );
}

#[test]
fn reads_and_writes_are_counted_by_what_the_catalogue_says() {
    let stopped = json!({"effect": "deny", "allowed": false});
    let mut unknown = stopped.clone();
    (unknown["action"], unknown["undeclared"]) = (json!("made_up"), json!(true));
    let records = [
        (1, decision("a", &json!({"action": "look"}))),
        (1, decision("b", &json!({"action": "look"}))),
        (1, decision("c", &json!({}))),
        (1, decision("d", &stopped)),
        (1, decision("e", &unknown)),
    ];
    let mut world = world(DAY, records);
    let pay = entry("pay", Capability::FinancialTransaction);
    world.setup.catalogue = BTreeMap::from([pay, entry("look", Capability::Read)]);
    let figures =
        ["read_ran", "read_stopped", "financial_transaction_ran", "financial_transaction_stopped"];
    let line = world.line("DAT-03", &figures);
    assert!(line.starts_with("told: "), "{line}");
    assert!(line.ends_with(
        "| read_ran 2 | read_stopped 0 | financial_transaction_ran 1 | financial_transaction_stopped 1"
    ), "{line}");
}

#[test]
fn recipients_are_counted_once_and_only_where_something_was_sent() {
    let to = |recipients: &[u64], allowed: bool| {
        let hashes: Vec<_> = recipients.iter().map(|one| format!("{one:032x}")).collect();
        decision("a", &json!({"allowed": allowed, "counted": {"recipients": hashes}}))
    };
    let few = world(DAY, [(1, to(&[1, 2], true)), (1, to(&[2, 3], true)), (1, to(&[4], false))]);
    assert_eq!(
        few.line("DAT-04", &["recipients", "actions_with_recipients"]),
        "told: 3 different recipients were sent something; which hosts and regions those are is not on record | \
         recipients 3 | actions_with_recipients 2"
    );
    let many = (0..8).map(|part| {
        let recipients: Vec<_> = (part * 200..(part + 1) * 200).collect();
        (1, to(&recipients, true))
    });
    let full = world(2, many.clone());
    assert!(full.line("DAT-04", &[]).starts_with("told: at least 1024 different"));
    let late = (0..2).map(|one| (40 * DAY, to(&[9_000 + one], true)));
    let line = world(40 * DAY, many.chain(late)).line("DAT-04", &["recipients"]);
    assert!(line.starts_with("told: 2 different") && line.ends_with("recipients 2"), "{line}");
}

#[test]
fn an_erasure_counts_where_the_tree_still_verifies_and_no_copy_is_left() {
    for (unreached, signed, verdict) in [
        (&[][..], Some(true), Verdict::Met),
        (&["a sink"][..], Some(true), Verdict::Partial),
        (&[][..], None, Verdict::Partial),
        (&[][..], Some(false), Verdict::NotMet),
    ] {
        let mut world = world(DAY, [(1, redacted(unreached))]);
        world.log.signed = signed;
        assert_eq!(world.reading("DAT-06").verdict, verdict, "{unreached:?} {signed:?}");
    }
    let nothing = world(DAY, [(1, decision("a", &json!({})))]);
    assert_eq!(nothing.line("DAT-06", &[]), "told: nothing was erased in the last thirty days");
}

#[test]
fn sealed_parts_are_seen_and_what_protects_their_keys_is_not() {
    let seen = |key: Option<u64>| -> World {
        let mut world = world(DAY, []);
        let leaf = json!({"v": 1, "i": 0, "at": hour(1).to_string(), "key": key, "parts": {"args": "x"},
            "record": decision("a", &json!({}))});
        world.facts.see(&serde_json::from_value(leaf).unwrap());
        world
    };
    assert_eq!(seen(Some(7)).reading("DAT-07").verdict, Verdict::Partial);
    assert_eq!(seen(None).reading("DAT-07").verdict, Verdict::NotMet);
    let bare = world(DAY, [(1, decision("a", &json!({})))]);
    assert_eq!(bare.reading("DAT-07").verdict, Verdict::Unknown);
}
