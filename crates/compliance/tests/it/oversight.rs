//! What is said of the people who decide.

use serde_json::{Value, json};
use syndic_compliance::Verdict;
use syndic_model::Pointer;

use crate::fold::hour;
use crate::world::{World, decision, outcome, world};

/// A held action, with a request `id` that ends after 24 hours and needs so many people.
fn held(id: &str, people: u8) -> Value {
    let opened = json!({"id": id, "request": "q", "binding": "b", "people": people, "risk": "medium",
        "forbids": [{"policy": "approval-threshold", "hash": "h"}],
        "factors": [{"group": "leads", "approvals": 1, "rejections": 1}], "barred": ["support-lead"],
        "expires": hour(30).to_string()});
    let violations =
        json!([{"policy": "approval-threshold", "result": "held", "severity": "medium"}]);
    decision(
        &format!("{id}-held"),
        &json!({"effect": "hold", "allowed": false, "violations": violations, "approval": {"opened": opened}}),
    )
}

fn voted(id: &str, person: &str, ended: Option<&str>) -> Value {
    let vote = if ended == Some("rejected") { "reject" } else { "approve" };
    let mut voted =
        json!({"id": id, "person": person, "method": "key", "vote": vote, "groups": ["leads"]});
    if let Some(ended) = ended {
        voted["ended"] = json!(ended);
    }
    json!({"approval_voted": voted})
}

fn ended(id: &str, status: &str) -> Value {
    json!({"approval_ended": {"id": id, "status": status, "by": "clock"}})
}

/// An action that was allowed by an approval.
fn used(event: &str, id: &str, changed: &Value) -> Value {
    let mut used = json!({"approval": {"used": id}});
    for (name, value) in changed.as_object().unwrap() {
        used[name] = value.clone();
    }
    decision(event, &used)
}

fn of(records: impl IntoIterator<Item = Value>) -> World {
    world(12, (0..).zip(records))
}

#[test]
fn requests_are_met_by_answers_in_time() {
    for (records, expected) in [
        (vec![held("r", 1)], "told: no request has been answered yet"),
        (
            vec![
                held("r", 1),
                voted("r", "bob", Some("approved")),
                held("s", 1),
                voted("s", "bob", Some("rejected")),
            ],
            "met: people answered all 2 requests that ended",
        ),
        (
            vec![
                held("r", 1),
                voted("r", "bob", Some("approved")),
                held("s", 1),
                ended("s", "timeout"),
            ],
            "partial: people answered 1 of 2 requests in time",
        ),
        (
            vec![held("r", 1), ended("r", "timeout"), held("s", 1), ended("s", "cancelled")],
            "not_met: nobody answered any of 1 requests in time",
        ),
        (
            vec![decision("a", &json!({}))],
            "unknown: nobody was asked about the agent in the last thirty days",
        ),
    ] {
        assert_eq!(of(records).line("HUM-01", &[]), expected);
    }
}

#[test]
fn the_oldest_request_that_waits_is_told() {
    let world = of([held("r", 1), held("s", 1), held("t", 1), voted("r", "bob", Some("approved"))]);
    assert_eq!(
        world.line("HUM-02", &["median_ms", "p95_ms", "pending", "oldest_pending_at"]),
        "told: half of the answers came within 10800 seconds | median_ms 10800000 | p95_ms 10800000 | pending 2 | \
         oldest_pending_at 2027-01-01T01:00:00Z"
    );
}

#[test]
fn signals_of_attention_are_figures_and_no_verdict() {
    let viewed = json!({"approval_viewed": {"id": "r", "person": "bob", "method": "link"}});
    let world = world(
        12,
        [(0, held("r", 2)), (0, held("s", 1)), (1, viewed)].into_iter().chain([
            (1, voted("r", "bob", None)),
            (1, voted("r", "eve", Some("approved"))),
            (1, voted("s", "bob", Some("rejected"))),
        ]),
    );
    assert_eq!(
        world.line(
            "HUM-03",
            &[
                "rejected_permille",
                "under_three_seconds_permille",
                "people",
                "approved_by_two_people"
            ]
        ),
        "told: 1 of 3 votes came within three seconds of the first look, and one person gave at most 2 within an hour \
         | rejected_permille 500 | under_three_seconds_permille 333 | people 2 | approved_by_two_people 1"
    );
}

#[test]
fn nobody_votes_on_what_is_their_own() {
    let key = json!({"key_created": {"id": "k1", "hash": "h", "role": "admin", "holder": "eve",
        "expires": hour(99).to_string(), "by": "k"}});
    let loaded = json!({"policy_loaded": {"revision": "r", "manifest": "m", "count": 1, "environment": "prod",
        "by": "k1"}});
    for (records, expected) in [
        (
            vec![held("r", 1), voted("r", "bob", Some("approved"))],
            "met: no vote is under the name of who answers for the agent, asked, or has it done for them",
        ),
        (
            vec![held("r", 1), voted("r", "Support-Lead", Some("approved"))],
            "not_met: votes of those who answer for the agent, who asked, or for whom it is done: 1",
        ),
        (
            vec![held("r", 2), voted("r", "bob", Some("approved"))],
            "not_met: requests that were approved by fewer people than they needed: 1",
        ),
        (
            vec![key, loaded, held("r", 1), voted("r", "eve", Some("approved"))],
            "partial: votes of those who brought the policies in force: 1",
        ),
        (
            vec![held("r", 1)],
            "unknown: nobody voted on an action of the agent in the last thirty days",
        ),
    ] {
        assert_eq!(of(records).line("HUM-04", &[]), expected);
    }
}

#[test]
fn an_approval_holds_once_and_for_what_people_saw() {
    let approved = || [held("r", 1), voted("r", "bob", Some("approved"))];
    let plain = || used("a", "r", &json!({}));
    let other = || used("a", "r", &json!({"args_digest": "other"}));
    for (records, expected) in [
        (approved().to_vec(), "unknown: no approval was used in the last thirty days"),
        (
            approved().into_iter().chain([plain()]).collect(),
            "met: all 1 actions that an approval permitted have the arguments that people saw",
        ),
        (
            approved().into_iter().chain([other()]).collect(),
            "not_met: actions were permitted with other arguments than people saw",
        ),
        (
            approved().into_iter().chain([plain(), used("b", "r", &json!({}))]).collect(),
            "not_met: actions that were permitted by an approval which was used up, or which nobody gave: 1",
        ),
        (
            vec![held("r", 1), plain()],
            "not_met: actions that were permitted by an approval which was used up, or which nobody gave: 1",
        ),
        (
            vec![plain()],
            "partial: actions that were permitted by an approval whose request is not on record any more: 1",
        ),
    ] {
        assert_eq!(of(records).line("HUM-07", &[]), expected);
    }
    let mut world = of(approved().into_iter().chain([other()]));
    let incidental: Pointer = "/note".parse().unwrap();
    world.setup.catalogue.get_mut("pay").unwrap().incidental.push(incidental);
    assert_eq!(world.reading("HUM-07").verdict, Verdict::Met);
}

#[test]
fn what_needs_an_approval_has_one_before_it_runs() {
    let observed = json!({"mode": "observe", "effect": "hold",
        "violations": [{"policy": "approval-threshold", "result": "held", "severity": "medium"}]});
    let missing = json!({"outcome_missing": {"id": "a"}});
    let approved =
        || vec![held("r", 1), voted("r", "bob", Some("approved")), used("a", "r", &json!({}))];
    for (records, verdict, told) in [
        (
            vec![decision("a", &json!({}))],
            Verdict::Unknown,
            "nothing that needs an approval was asked for",
        ),
        (
            vec![held("r", 1)],
            Verdict::Partial,
            "what needs an approval was held, and none of it ran",
        ),
        (approved(), Verdict::Partial, "what needs an approval was held, and none of it ran"),
        (
            vec![decision("a", &observed)],
            Verdict::NotMet,
            "what was held or denied was let run all the same: 1",
        ),
        (
            approved().into_iter().chain([outcome("a")]).collect(),
            Verdict::Met,
            "all 1 actions that ran and need an approval have one",
        ),
        (
            vec![decision("a", &observed), outcome("a")],
            Verdict::NotMet,
            "0 of 1 actions that ran and need an approval have one",
        ),
        // What nothing was heard of may have run; it counts once, also when it is heard of later.
        (
            vec![decision("a", &observed), missing, outcome("a")],
            Verdict::NotMet,
            "0 of 1 actions that ran and need an approval have one",
        ),
    ] {
        let reading = of(records).reading("HUM-09");
        assert_eq!(reading.verdict, verdict);
        assert!(reading.told.starts_with(told), "{}", reading.told);
        assert!(reading.enforcement);
    }
}

#[test]
fn stops_and_break_glasses_are_told_without_drills() {
    let switched = |agent: &str, reason: &str| json!({"agent": agent, "reason": reason, "by": "k"});
    let world = of([
        decision("a", &json!({})),
        json!({"agent_suspended": switched("desk", "drill: stopped to measure how fast, by k")}),
        json!({"agent_resumed": switched("desk", "drill: over")}),
        json!({"agent_suspended": switched("*", "too many refunds")}),
        json!({"agent_suspended": switched("other", "no matter")}),
        json!({"break_glass_asked": {"id": "g", "agent": "desk", "person": "bob", "by": "k", "reason": "now",
            "seconds": 60, "expires": hour(1).to_string()}}),
        json!({"break_glass_opened": {"id": "g", "person": "eve", "by": "k2", "until": hour(2).to_string()}}),
    ]);
    assert_eq!(
        world.line("HUM-06", &["drills", "break_glasses_to_review", "last_reason"]),
        "told: the agent was stopped 1 times and let act again 0 times, and 1 break-glasses were opened for it | \
         drills 1 | break_glasses_to_review 1 | last_reason too many refunds"
    );
}

#[test]
fn overseers_are_a_group_and_no_more_is_measured() {
    let mut world = of([held("r", 1), voted("r", "bob", Some("approved"))]);
    assert_eq!(world.reading("HUM-08").verdict, Verdict::Partial);
    world.setup.profile.approvers = None;
    assert_eq!(world.reading("HUM-08").verdict, Verdict::NotMet);
}
