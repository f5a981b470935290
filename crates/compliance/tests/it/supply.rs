//! Agents, tools and models that are known.

use serde_json::{Value, json};
use syndic_compliance::Verdict;

use crate::world::{decision, world};

const DAY: i64 = 24;

fn offered(server: &str, digest: &str) -> Value {
    json!({"tools_offered": {"agent": "desk", "server": server, "count": 3, "digest": digest, "by": "k"}})
}

#[test]
fn what_nobody_declared_is_seen_whether_it_ran_or_not() {
    let strange = |allowed: bool| {
        (1, decision("x", &json!({"agent": "ghost", "risk": "unknown", "allowed": allowed})))
    };
    let undeclared = |allowed: bool| {
        (
            1,
            decision(
                "y",
                &json!({"action": "made_up", "undeclared": true, "allowed": allowed, "effect": "deny"}),
            ),
        )
    };
    let own = || (1, decision("a", &json!({})));
    for (records, verdict) in [
        (vec![own()], Verdict::Met),
        (vec![own(), strange(false)], Verdict::Partial),
        (vec![own(), undeclared(false)], Verdict::Partial),
        (vec![own(), strange(true)], Verdict::NotMet),
        (vec![own(), undeclared(true)], Verdict::NotMet),
        (vec![strange(true)], Verdict::Unknown),
    ] {
        assert_eq!(world(DAY, records.clone()).reading("SUP-01").verdict, verdict, "{records:?}");
    }
    let mut world = world(DAY, [own(), strange(false)]);
    world.setup.agents.push("idle".to_owned());
    let line = world.line("SUP-01", &["unregistered_agents", "agents_never_seen"]);
    assert!(line.ends_with("| unregistered_agents ghost 1 | agents_never_seen idle"), "{line}");
}

#[test]
fn a_change_of_tools_is_stopped_where_they_are_pinned() {
    let pinned = [("mail", 3)];
    for (offers, pins, verdict, materials) in [
        (vec![], &pinned[..], Verdict::Unknown, Verdict::Unknown),
        (vec![("mail", "1")], &pinned[..], Verdict::Met, Verdict::Partial),
        (vec![("mail", "1"), ("mail", "2")], &pinned[..], Verdict::Met, Verdict::Partial),
        (vec![("mail", "1"), ("files", "1")], &pinned[..], Verdict::Partial, Verdict::NotMet),
        (vec![("mail", "1"), ("mail", "2")], &[][..], Verdict::NotMet, Verdict::NotMet),
    ] {
        let records = offers.iter().map(|(server, digest)| (1, offered(server, digest)));
        let mut world = world(DAY, [(1, decision("a", &json!({})))].into_iter().chain(records));
        let pins = pins.iter().map(|(server, count)| ((*server).to_owned(), *count));
        world.setup.pins = pins.collect();
        let verdicts = (world.reading("SUP-03").verdict, world.reading("SUP-02").verdict);
        assert_eq!(verdicts, (verdict, materials), "{offers:?} {:?}", world.setup.pins);
    }
}

#[test]
fn the_declared_model_is_no_evidence_of_itself() {
    let call = |model: &str| (1, decision("a", &json!({"model": model})));
    let answered =
        |model: &str| (2, json!({"outcome": {"id": "a", "status": "ok", "model": model}}));
    for (records, line) in [
        (vec![call("model-1")], "unknown: no outcome names the model that answered | -"),
        (
            vec![call("model-1"), answered("model-1")],
            "partial: every outcome that names a model names `model-1`, as its caller says | ",
        ),
        (
            vec![call("model-1"), answered("model-2")],
            "not_met: other models were named than `model-1` | model-2 1",
        ),
        (vec![call("model-3")], "not_met: other models were named than `model-1` | model-3 1"),
    ] {
        assert_eq!(world(DAY, records).line("SUP-04", &["others"]).replace("others ", ""), line);
    }
    let mut world = world(DAY, [call("model-1")]);
    world.setup.profile.model = None;
    assert_eq!(world.reading("SUP-04").verdict, Verdict::Unknown);
}
