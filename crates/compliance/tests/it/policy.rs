//! What is said of the policy in force.

use serde_json::{Value, json};
use syndic_compliance::{TestRun, Verdict};
use syndic_model::{Allowed, Capability, Limit, Mode, Period};

use crate::world::{World, decision, entry, world};

const DAY: i64 = 24;

fn loaded(manifest: &str, by: &str, proposed_by: Option<&str>) -> Value {
    let manifest = manifest.repeat(32);
    let revision = manifest.get(..12);
    let mut loaded = json!({"revision": revision, "manifest": manifest, "count": 3, "environment": "prod", "by": by});
    if let Some(proposed_by) = proposed_by {
        loaded["proposed_by"] = json!(proposed_by);
    }
    json!({"policy_loaded": loaded})
}

/// A world whose directory in force is on record.
fn governed(records: impl IntoIterator<Item = (i64, Value)>) -> World {
    let other = json!({"session_opened": {"session": "s", "agent": "other", "opened_by": "k"}});
    world(40 * DAY, [(0, loaded("cd", "start", None)), (0, other)].into_iter().chain(records))
}

fn drill(figures: &Value) -> (i64, Value) {
    let ran = json!({"id": "d", "drill": "canary", "passed": true, "figures": figures, "told": "t", "by": "k"});
    (39 * DAY, json!({"drill_ran": ran}))
}

#[test]
fn the_directory_in_force_is_the_one_on_record() {
    let same = governed([(1, loaded("cd", "watch", None))]);
    assert_eq!(
        same.line("POL-01", &["since", "previous_manifest"]),
        "met: revision cdcdcdcdcdcd is in force, and the ledger has its hash | since 2027-01-01T00:00:00Z | \
         previous_manifest -"
    );
    let other = governed([(1, loaded("ef", "watch", None))]);
    for probe in ["POL-01", "POL-02"] {
        assert_eq!(other.reading(probe).verdict, Verdict::NotMet);
    }
}

#[test]
fn tests_that_fail_or_reach_too_little_are_told() {
    let mut world = governed([]);
    let run = |passed, failed, unreached: &[&str]| TestRun {
        passed,
        failed,
        unreached: unreached.iter().map(ToString::to_string).collect(),
        files: "ab".repeat(32),
    };
    for (tests, expected) in [
        (
            None,
            "not_met: the governance directory in force has no tests: write some to `policies/tests/`",
        ),
        (Some(run(0, 0, &[])), "not_met: no test ran"),
        (Some(run(3, 1, &[])), "not_met: 1 of 4 tests fail"),
        (Some(run(3, 0, &["p"])), "partial: all 3 tests pass; policies that none reaches: 1"),
        (Some(run(3, 0, &[])), "met: all 3 tests pass, and they reach every policy"),
    ] {
        world.setup.tests = tests;
        assert_eq!(world.line("POL-02", &[]), expected);
    }
}

#[test]
fn what_nobody_declared_must_be_denied() {
    let undeclared = |allowed: bool| {
        let effect = if allowed { "allow" } else { "deny" };
        (
            39 * DAY,
            decision("a", &json!({"undeclared": true, "effect": effect, "allowed": allowed})),
        )
    };
    let figures =
        |denied: u64| json!({"unknown_action_attempted_count": 2, "unknown_action_denied": denied});
    for (record, verdict) in [
        (None, Verdict::Unknown),
        (Some(drill(&json!({}))), Verdict::Unknown),
        (Some(drill(&figures(2))), Verdict::Met),
        (Some(drill(&figures(1))), Verdict::NotMet),
        (Some(undeclared(false)), Verdict::Met),
        (Some(undeclared(true)), Verdict::NotMet),
    ] {
        assert_eq!(governed(record).reading("POL-03").verdict, verdict);
    }
}

#[test]
fn a_change_is_brought_by_two_keys() {
    let by_two = |manifest| loaded(manifest, "k1", Some("k2"));
    for (records, expected) in [
        (vec![], "told: the governance directory was not changed since the ledger began"),
        (
            vec![(1, by_two("aa"))],
            "met: each change was proposed with one key and brought into force with another",
        ),
        (
            vec![(1, by_two("aa")), (39 * DAY, loaded("cd", "k1", Some("k1")))],
            "not_met: 0 of 1 changes were brought into force with a second key",
        ),
        (
            vec![(38 * DAY, by_two("aa")), (39 * DAY, loaded("cd", "watch", None))],
            "partial: 1 of 2 changes were brought into force with a second key",
        ),
    ] {
        assert_eq!(governed(records).line("POL-05", &[]), expected);
    }
}

#[test]
fn an_agent_that_was_only_observed_is_not_enforced() {
    let at = |hours, changed: &Value| (39 * DAY + hours, decision(&format!("a{hours}"), changed));
    let observed = json!({"mode": "observe", "effect": "deny"});
    let advisory = json!({"grade": "advisory"});
    for (records, told) in [
        (vec![at(0, &json!({}))], "met: all 1 verdicts were enforced"),
        (
            vec![at(0, &observed)],
            "not_met: no action of the agent was decided where the verdict is enforced",
        ),
        (
            vec![at(0, &advisory)],
            "not_met: no action of the agent was decided where the verdict is enforced",
        ),
        (
            vec![at(0, &json!({})), at(1, &observed), at(2, &advisory)],
            "partial: of 3 actions 1 were only observed, and 1 took a path that the agent can leave out",
        ),
        (
            vec![(1, decision("a", &json!({})))],
            "unknown: no action of the agent was decided in the last thirty days",
        ),
    ] {
        let world = governed(records);
        assert_eq!(world.line("POL-06", &[]), told);
        assert!(world.reading("POL-06").enforcement);
    }
    let mut set = governed([at(0, &json!({}))]);
    set.setup.mode = Mode::Observe;
    assert_eq!(set.reading("POL-06").verdict, Verdict::NotMet);
    let switched = governed([at(0, &json!({})), at(1, &observed)]);
    assert_eq!(
        switched.line("POL-04", &["decided", "deny", "let_through"]),
        "told: of 2 actions 1 were allowed, 1 denied and 0 held; 1 of those that were not allowed ran all the same | \
         decided 2 | deny 1 | let_through 1"
    );
    assert_eq!(
        switched.reading("POL-06").value.get("switches_to_observe"),
        Some(&syndic_compliance::Figure::Count(1))
    );
}

#[test]
fn grants_that_nobody_uses_are_too_much_after_thirty_days() {
    let (used, old) = (decision("a", &json!({})), decision("b", &json!({"action": "look"})));
    let mut world = governed([(1, old), (39 * DAY, used)]);
    world.setup.catalogue.extend([entry("look", Capability::Read)]);
    assert_eq!(world.reading("POL-08").verdict, Verdict::Met);
    world.setup.profile.actions.push(Allowed::Capability(Capability::Read));
    assert_eq!(
        world.line("POL-08", &["granted", "granted_that_write", "unused_actions"]),
        "partial: 1 of 2 actions that are granted were not used in the last thirty days | granted 2 | \
         granted_that_write 1 | unused_actions look"
    );
    let mut young = governed([(39 * DAY, decision("a", &json!({})))]);
    young.setup.catalogue.extend([entry("look", Capability::Read)]);
    young.setup.profile.actions.push(Allowed::Capability(Capability::Read));
    assert_eq!(young.reading("POL-08").verdict, Verdict::Told);
    world.setup.profile.actions = Vec::new();
    assert_eq!(
        world.line("POL-08", &["not_granted"]),
        "not_met: actions that ran and are not granted: 1 | not_granted pay"
    );
}

#[test]
fn every_action_that_writes_needs_a_limit() {
    let over = json!({"effect": "deny", "allowed": false,
        "violations": [{"policy": "rate-limit", "result": "blocked", "severity": "high"}]});
    let mut world = governed([(39 * DAY, decision("a", &over))]);
    assert_eq!(
        world.line("POL-09", &["unbounded", "times_reached"]),
        "not_met: 1 of 1 actions that do more than reading have no limit over time | unbounded pay | times_reached 1"
    );
    world.setup.profile.limits.push(Limit {
        actions: Vec::new(),
        capability: None,
        per: Period::Day,
        calls: Some(10),
        amount: None,
        recipients: None,
        tokens: None,
    });
    assert_eq!(world.reading("POL-09").verdict, Verdict::Met);
}
