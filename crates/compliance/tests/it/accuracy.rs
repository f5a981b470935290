//! Tests, drift, and how actions end.

use serde_json::{Value, json};
use syndic_compliance::Verdict;
use syndic_model::{Limit, OutputKind, Period};

use crate::world::{World, decision, outcome, world};

const DAY: i64 = 24;

fn ran(drill: &str, passed: bool) -> Value {
    json!({"drill_ran": {"id": "d", "drill": drill, "passed": passed, "told": "as it should", "by": "k",
        "figures": {"calls": 3}}})
}

fn failed(id: &str) -> Value {
    json!({"outcome": {"id": id, "status": "error"}})
}

#[test]
fn a_test_is_met_while_it_is_fresh_and_not_where_it_failed() {
    for (probe, drill, enforced) in [
        ("ACC-01", "evaluation", false),
        ("ACC-02", "adversarial", false),
        ("ACC-05", "fail-closed", true),
        ("ACC-06", "limit", true),
        ("ACC-07", "alert", false),
        ("ACC-09", "output-filter", true),
        ("INC-02", "incident", false),
    ] {
        let verdict = |now, passed| guarded(now, [(1, ran(drill, passed))]).reading(probe);
        assert_eq!(verdict(2, true).verdict, Verdict::Met, "{probe}");
        assert_eq!(verdict(2, true).enforcement, enforced, "{probe}");
        assert_eq!(verdict(2, false).verdict, Verdict::NotMet, "{probe}");
        assert_eq!(verdict(400 * DAY, true).verdict, Verdict::Stale, "{probe}");
        let other = guarded(2, [(1, ran("canary", true))]).reading(probe);
        assert_eq!(other.verdict, Verdict::Unknown, "{probe}");
    }
}

/// An agent that has a limit, and in whose results something is looked for.
fn guarded(now: i64, records: impl IntoIterator<Item = (i64, Value)>) -> World {
    let mut world = world(now, records);
    world.setup.profile.limits.push(Limit {
        actions: Vec::new(),
        capability: None,
        per: Period::Minute,
        calls: Some(60),
        amount: None,
        recipients: None,
        tokens: None,
    });
    world.setup.profile.output.block.insert(OutputKind::Secrets);
    world
}

#[test]
fn a_test_of_limits_or_filters_says_nothing_of_an_agent_without_any() {
    let mut world = world(2, [(1, ran("limit", true)), (1, ran("output-filter", true))]);
    assert_eq!(
        world.line("ACC-06", &[]),
        "unknown: the agent has no limits over time, so none could be tried out"
    );
    assert_eq!(
        world.line("ACC-09", &[]),
        "unknown: nothing is looked for in results of the agent's actions, so no filter could be tried out"
    );
    let action = world.setup.catalogue.get_mut("pay").unwrap();
    action.output.redact.insert(OutputKind::Pii);
    assert_eq!(world.reading("ACC-09").verdict, Verdict::Met);
}

#[test]
fn how_actions_ended_is_told_and_meets_nothing() {
    let missing = json!({"outcome_missing": {"id": "c"}});
    let denied = decision("d", &json!({"effect": "deny", "allowed": false}));
    let records = [
        (1, decision("a", &json!({}))),
        (1, decision("b", &json!({}))),
        (1, decision("c", &json!({}))),
        (1, denied),
        (2, outcome("a")),
        (2, failed("b")),
        (9, missing),
    ];
    let world = world(DAY, records);
    assert_eq!(
        world.line("ACC-04", &["succeeded_permille"]),
        "told: of 3 allowed actions 1 succeeded, 1 failed, and of 1 nothing was heard in time | \
         succeeded_permille 333"
    );
    assert_eq!(world.reading("ACC-04").records, Some((0, 6)));
}

#[test]
fn drift_is_told_beside_the_days_before() {
    let anomaly = |signal: &str, status: &str| json!({"anomaly": {"agent": "desk", "signal": signal, "status": status, "score": 90}});
    let denied = || decision("d", &json!({"effect": "deny", "allowed": false}));
    let records = [
        (DAY, decision("a", &json!({}))),
        (DAY, outcome("a")),
        (50 * DAY, decision("b", &json!({}))),
        (50 * DAY, failed("b")),
        (50 * DAY, denied()),
        (50 * DAY, anomaly("rate", "raised")),
        (50 * DAY, anomaly("denials", "raised")),
        (51 * DAY, anomaly("rate", "over")),
    ];
    let figures = [
        "denied_permille",
        "denied_permille_before",
        "failed_permille",
        "failed_permille_before",
        "signals_raised",
        "signals_not_over",
    ];
    assert_eq!(
        world(60 * DAY, records.clone()).line("ACC-03", &figures),
        "told: 2 signals were raised; shares are beside those of the days before | denied_permille 500 | \
         denied_permille_before 0 | failed_permille 1000 | failed_permille_before 0 | \
         signals_raised denials 1,rate 1 | signals_not_over denials"
    );
    let young = world(20 * DAY, records[..2].iter().cloned());
    assert_eq!(
        young.line("ACC-03", &["denied_permille_before"]),
        "told: 0 signals were raised; there is nothing before to compare with | denied_permille_before -"
    );
}
