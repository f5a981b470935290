//! Bounds of sessions.

use serde_json::json;
use syndic_compliance::Verdict;
use syndic_model::{Limit, Period};

use crate::world::{decision, world};

const DAY: i64 = 24;

fn limit(per: Period) -> Limit {
    Limit {
        actions: Vec::new(),
        capability: None,
        per,
        calls: Some(50),
        amount: None,
        recipients: None,
        tokens: None,
    }
}

#[test]
fn a_session_is_bounded_by_a_limit_of_all_that_it_does() {
    let some = Limit { actions: vec!["pay".parse().unwrap()], ..limit(Period::Session) };
    let people = Limit { calls: None, recipients: Some(3), ..limit(Period::Session) };
    for (limits, verdict) in [
        (vec![], Verdict::NotMet),
        (vec![some.clone()], Verdict::NotMet),
        (vec![people], Verdict::NotMet),
        (vec![some.clone(), limit(Period::Hour)], Verdict::Partial),
        (vec![some, limit(Period::Session)], Verdict::Met),
    ] {
        let stopped = json!({"session": "s", "effect": "deny", "allowed": false,
            "violations": [{"policy": "rate-limit", "result": "blocked", "severity": "medium"}]});
        let mut world = world(DAY, [(1, decision("a", &stopped)), (1, decision("b", &json!({})))]);
        world.setup.profile.limits = limits.clone();
        let reading = world.reading("OPS-01");
        assert_eq!((reading.verdict, reading.enforcement), (verdict, true), "{limits:?}");
        let line =
            world.line("OPS-01", &["actions_with_a_session", "stops_by_rate", "stops_by_spend"]);
        assert!(
            line.ends_with("| actions_with_a_session 1 | stops_by_rate 1 | stops_by_spend 0"),
            "{line}"
        );
    }
}
