//! Leaves fed, told back.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use syndic_ledger::Leaf;

use super::{Activity, AgentActivity, REMEMBERED};

/// Feeds records with times.
#[derive(Default)]
struct Fed {
    activity: Activity,
    next: u64,
}

fn at(time: &str) -> Timestamp {
    format!("2026-11-{time}Z").parse().unwrap()
}

impl Fed {
    fn record(&mut self, time: Timestamp, record: &Value) {
        let leaf = json!({"v": 1, "i": self.next, "at": time, "record": record}).to_string();
        let leaf: Leaf = serde_json::from_str(&leaf).unwrap_or_else(|e| panic!("{e}: {leaf}"));
        self.activity.apply(&leaf);
        self.next += 1;
    }

    fn decision(&mut self, time: &str, agent: &str, effect: &str, more: &Value) {
        let mut decision = json!({
            "id": format!("01a20400-0000-7000-8000-{:012x}", self.next), "agent": agent, "agent_version": "1",
            "action": "pay", "asked_by": "k", "grade": "in-path", "risk": "medium", "mode": "enforce",
            "effect": effect, "allowed": effect == "allow", "revision": "r",
        });
        let fields = decision.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        self.record(at(time), &json!({ "decision": decision }));
    }

    fn of(&self, agent: &str, now: &str) -> AgentActivity {
        self.activity.of(agent, at(now))
    }
}

fn blocked(policies: &[&str], shadow: bool) -> Value {
    let one = |policy: &&str| json!({"policy": policy, "result": "blocked", "severity": "high", "shadow": shadow});
    json!({"violations": policies.iter().map(one).collect::<Vec<_>>()})
}

#[test]
fn actions_count_in_the_hour_they_were_decided_in_for_24_hours() {
    let mut fed = Fed::default();
    fed.decision("22T11:59:59", "a", "allow", &json!({}));
    fed.decision("22T12:00:00", "a", "deny", &json!({}));
    fed.decision("22T12:59:59", "a", "hold", &json!({}));
    fed.decision("23T11:30:00", "a", "allow", &json!({}));
    let told = fed.of("a", "23T11:30:00");
    assert_eq!(told.hours.len(), 24);
    assert_eq!(told.hours.first().map(|hour| hour.at), Some(at("22T12:00:00")));
    assert_eq!(told.hours.last().map(|hour| hour.at), Some(at("23T11:00:00")));
    let first = told.hours.first().unwrap();
    assert_eq!((first.actions, first.denied, first.held), (2, 1, 1));
    assert_eq!(told.sums(), (3, 1, 1));
    assert_eq!(fed.of("a", "23T12:00:00").sums(), (1, 0, 0));
    assert_eq!(fed.of("a", "25T12:00:00").sums(), (0, 0, 0));
}

#[test]
fn the_top_violation_is_the_most_frequent_and_of_equals_the_first_by_name() {
    let mut fed = Fed::default();
    for policies in [["refunds", "limits"], ["limits", "refunds"]] {
        fed.decision("22T12:00:00", "a", "deny", &blocked(&policies, false));
    }
    fed.decision("22T12:00:00", "a", "allow", &blocked(&["zeal"; 5], true));
    assert_eq!(fed.of("a", "22T13:00:00").top_violation, Some(("limits".to_owned(), 2)));
    fed.decision("22T14:00:00", "a", "deny", &blocked(&["refunds"], false));
    assert_eq!(fed.of("a", "22T14:00:00").top_violation, Some(("refunds".to_owned(), 3)));
    assert_eq!(fed.of("a", "23T12:30:00").top_violation, Some(("refunds".to_owned(), 1)));
    assert_eq!(fed.of("a", "24T12:00:00").top_violation, None);
}

#[test]
fn the_grade_is_the_weakest_of_24_hours_and_else_the_last() {
    let mut fed = Fed::default();
    assert_eq!(fed.of("a", "22T12:00:00").grade, None);
    fed.decision("22T12:00:00", "a", "allow", &json!({"grade": "advisory"}));
    fed.decision("22T13:00:00", "a", "allow", &json!({"grade": "exclusive"}));
    for (now, grade) in
        [("22T14:00:00", "advisory"), ("23T12:00:00", "exclusive"), ("27T12:00:00", "exclusive")]
    {
        assert_eq!(fed.of("a", now).grade.map(|grade| grade.to_string()), Some(grade.to_owned()));
    }
}

#[test]
fn an_agent_that_nobody_registered_is_not_counted_and_its_denials_are_the_policys() {
    let mut fed = Fed::default();
    let mut more = blocked(&["tool-access"], false);
    more["risk"] = json!("unknown");
    fed.decision("22T12:00:00", "<b>nobody</b>", "deny", &more);
    let told = fed.of("<b>nobody</b>", "22T12:00:00");
    assert_eq!((told.sums(), told.last_seen), ((0, 0, 0), None));
    assert_eq!(fed.activity.policies.of("tool-access", at("22T12:00:00")).denied, 1);
}

#[test]
fn a_policy_counts_denials_holds_and_shadow_effects_apart() {
    let mut fed = Fed::default();
    fed.decision("22T12:00:00", "a", "deny", &blocked(&["p"], false));
    fed.decision("22T12:10:00", "b", "allow", &blocked(&["p"], true));
    let mut held = blocked(&["p"], false);
    held["violations"][0]["result"] = json!("held");
    fed.decision("22T13:00:00", "b", "hold", &held);
    let told = |now: &str| fed.activity.policies.of("p", at(now));
    let now = told("22T13:00:00");
    assert_eq!((now.denied, now.held, now.shadow, now.hits()), (1, 1, 1, 3));
    assert_eq!(now.last, Some(at("22T13:00:00")));
    let later = told("23T12:30:00");
    assert_eq!((later.denied, later.held, later.shadow), (0, 1, 0));
    assert_eq!(told("25T12:00:00").last, Some(at("22T13:00:00")));
}

#[test]
fn an_agent_that_opens_a_session_was_seen() {
    let mut fed = Fed::default();
    let opened = json!({"session_opened": {"session": "s", "agent": "a", "opened_by": "k"}});
    fed.record(at("22T12:00:00"), &opened);
    let told = fed.of("a", "22T12:00:00");
    assert_eq!((told.sums().0, told.last_seen), (0, Some(at("22T12:00:00"))));
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut fed = Fed::default();
    for n in 0..100 {
        fed.decision("22T12:00:00", "a", "deny", &blocked(&[&format!("p-{n}")], false));
    }
    let kept = |fed: &Fed| fed.activity.agents.get("a").unwrap().violations.len();
    assert_eq!(kept(&fed), 64);
    // What is older than a day makes room.
    fed.decision("23T12:00:00", "a", "deny", &blocked(&["new"], false));
    assert_eq!(
        (kept(&fed), fed.of("a", "23T12:00:00").top_violation),
        (1, Some(("new".to_owned(), 1)))
    );
    let later = at("23T12:00:00") + REMEMBERED + SignedDuration::from_hours(1);
    fed.record(later, &json!({"outcome_missing": {"id": "x"}}));
    assert!(fed.activity.agents.is_empty());
    assert_eq!(fed.activity.policies.of("new", later).last, None);
}

#[test]
fn a_channel_fails_while_its_last_message_was_given_up() {
    let mut fed = Fed::default();
    let notified = |ok: bool| {
        json!({"approval_notified": {"id": "i", "about": "requested", "channel": "email", "to": "leads", "attempts": 5,
            "ok": ok, "error": if ok { Value::Null } else { json!("connection refused") }}})
    };
    let failing = |fed: &Fed, since: &str| {
        let failing = fed.activity.failing(at(since)).map(|(channel, _)| channel.to_owned());
        failing.collect::<Vec<_>>()
    };
    fed.record(at("22T12:00:00"), &notified(false));
    assert_eq!(failing(&fed, "22T00:00:00"), ["email"]);
    assert!(failing(&fed, "22T13:00:00").is_empty());
    fed.record(at("22T14:00:00"), &notified(true));
    assert!(failing(&fed, "22T00:00:00").is_empty());
}
