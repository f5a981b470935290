//! Who calls, by which key, and on whose behalf.

use serde_json::{Value, json};
use syndic_compliance::Verdict;

use crate::fold::hour;
use crate::world::{decision, world};

const DAY: i64 = 24;

fn created(id: &str, holder: &str, ends: i64) -> Value {
    json!({"key_created": {"id": id, "hash": "", "role": "agent", "holder": holder, "grade": "in-path",
        "expires": hour(ends).to_string(), "by": "local"}})
}

#[test]
fn only_a_key_bound_to_the_agent_says_who_it_is() {
    let by = |key: &str| (2, decision("a", &json!({"asked_by": key})));
    let keys = [(1, created("own", "desk", 90 * DAY)), (1, created("other", "mail", 90 * DAY))];
    for (calls, line) in [
        (
            vec![by("own"), by("own")],
            "met: every action was asked for by a key that is bound to the agent | 1000",
        ),
        (
            vec![by("own"), by("local:desk")],
            "partial: some actions were asked for without a key of the agent | 500",
        ),
        (
            vec![by("other"), by("local:desk")],
            "not_met: no action was asked for by a key of the agent: who it is, is claimed | 0",
        ),
        (vec![], "unknown: the ledger has no record of the agent | -"),
    ] {
        let world = world(DAY, keys.clone().into_iter().chain(calls));
        let told = world.line("IDN-01", &["actions_by_key_permille"]);
        assert_eq!(told.replace("actions_by_key_permille ", ""), line);
    }
}

#[test]
fn keys_end_and_are_in_use() {
    let revoked = json!({"key_revoked": {"id": "gone", "by": "k"}});
    let used = |key: &str| decision("a", &json!({"asked_by": key}));
    let keys = [
        (1, created("gone", "desk", 90 * DAY)),
        (1, created("over", "desk", 2 * DAY)),
        (DAY, revoked),
        (10 * DAY, created("old", "desk", 100 * DAY)),
        (40 * DAY, created("new", "desk", 130 * DAY)),
        (49 * DAY, used("new")),
    ];
    let figures =
        ["active_keys", "oldest_age_days", "age_p95_days", "keys_not_used", "next_expiry"];
    let idle = world(50 * DAY, keys.clone());
    assert_eq!(
        idle.line("IDN-02", &figures),
        "partial: every key ends within a year, and 1 were not used for thirty days | active_keys 2 | \
         oldest_age_days 40 | age_p95_days 40 | keys_not_used 1 | next_expiry 2027-04-11T00:00:00Z"
    );
    assert_eq!(idle.reading("IDN-02").cited, [3, 4]);
    let busy = keys.clone().into_iter().chain([(49 * DAY, used("old"))]);
    assert_eq!(world(50 * DAY, busy).reading("IDN-02").verdict, Verdict::Met);
    let endless = keys.into_iter().chain([(49 * DAY, created("x", "desk", 800 * DAY))]);
    assert_eq!(world(50 * DAY, endless).reading("IDN-02").verdict, Verdict::NotMet);
    assert_eq!(world(50 * DAY, []).reading("IDN-02").verdict, Verdict::Unknown);
}

#[test]
fn a_broken_claim_of_delegation_must_not_run() {
    let broken = |allowed: bool| {
        let violation = json!([{"policy": "delegation", "result": "blocked", "severity": "high"}]);
        decision("a", &json!({"effect": "deny", "allowed": allowed, "violations": violation}))
    };
    let chain = decision("b", &json!({"chain": ["planner", "root"]}));
    let own = decision("c", &json!({}));
    for (records, verdict, depths) in [
        (vec![own.clone()], "told", ""),
        (vec![own.clone(), chain.clone()], "met", "2 1"),
        (vec![chain.clone(), broken(false)], "met", "2 1"),
        (vec![chain, broken(true)], "not_met", "2 1"),
    ] {
        let line = world(DAY, records.into_iter().map(|record| (1, record)));
        let line = line.line("IDN-03", &["actions_by_depth"]);
        assert!(line.starts_with(&format!("{verdict}: ")), "{line}");
        assert!(line.ends_with(&format!("actions_by_depth {depths}")), "{line}");
    }
}
