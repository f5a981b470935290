//! Exactly which policies stand in the way of an action.

use std::collections::BTreeSet;

use syndic_model::Severity;
use syndic_policy::{Determining, Engine, Policy};

use crate::world::{World, call, evaluate};

const READ: (&str, &str, &str) = ("knowledge-base", "search_knowledge_base", r#"{"query": "q"}"#);
const REFUND: (&str, &str, &str) =
    ("customer-support", "issue_refund", r#"{"order_id": "A-1", "amount": 160.50}"#);
const SCOPE: &str = "(principal, action, resource)";

fn of(engine: &Engine, (agent, action, args): (&str, &str, &str)) -> Vec<Determining> {
    evaluate(engine, agent, action, args, &call()).unwrap().determining
}

/// Loads one file beside the permit, and returns what it puts in the way of reading.
fn written(text: &str) -> Determining {
    let mut world = World::shipped();
    world.org(text);
    let [only] = of(&world.engine(), READ).try_into().unwrap();
    only
}

#[test]
fn a_hash_changes_with_what_a_policy_forbids_or_who_lifts_it_and_with_nothing_else() {
    let text = |marks: &str, rest: &str| {
        format!(
            "@id(\"a\") @description(\"d\") @severity(\"low\") @reason(\"r\") {marks}\nforbid {rest};"
        )
    };
    let plain = written(&text("", "(principal, action, resource) when { 1 < 2 }"));
    assert_eq!(plain.hash.len(), 64);
    for (same, changed) in [
        (true, text("", "(principal,\n  action, resource)\n  // why\n  when { 1<2 }")),
        (
            true,
            text("@disclose @controls(\"ASI02\")", "(principal, action, resource) when { 1 < 2 }"),
        ),
        (
            true,
            text("", SCOPE)
                .replace("\"r\"", "\"another\"")
                .replace(SCOPE, &format!("{SCOPE} when {{ 1 < 2 }}")),
        ),
        (false, text("", "(principal, action, resource) when { 1 < 3 }")),
        (false, text("", "(principal, action, resource) when { 1 < 2 } unless { false }")),
        (
            false,
            text("", "(principal == Agent::\"knowledge-base\", action, resource) when { 1 < 2 }"),
        ),
        (
            false,
            text(
                "",
                "(principal, action == Action::\"search_knowledge_base\", resource) when { 1 < 2 }",
            ),
        ),
        (false, text("@applies_to(\"low\")", "(principal, action, resource) when { 1 < 2 }")),
        (false, text("@approval(\"acting-user\")", "(principal, action, resource) when { 1 < 2 }")),
        (false, text("@break_glass", "(principal, action, resource) when { 1 < 2 }")),
        (false, text("", "(principal, action, resource) when { 1 < 2 }").replace("\"a\"", "\"b\"")),
    ] {
        assert_eq!(written(&changed).hash == plain.hash, same, "{changed}");
    }
}

#[test]
fn the_marks_say_who_lifts_it() {
    for (marks, held, asked, break_glass) in [
        ("", false, None, false),
        ("@approval(\"acting-user\")", true, Some("acting-user"), false),
        ("@break_glass", false, None, true),
        ("@approval(\"g\") @break_glass", true, Some("g"), true),
    ] {
        let mut world = World::shipped();
        world.forbid("a", marks, SCOPE);
        let found = of(&world.engine(), READ);
        let told: Vec<_> = found
            .iter()
            .map(|one| {
                (
                    one.policy.as_str(),
                    one.held,
                    one.approval.as_ref().map(|g| g.as_str()),
                    one.break_glass,
                )
            })
            .collect();
        assert_eq!(told, [("a", held, asked, break_glass)], "{marks}");
    }
}

#[test]
fn what_is_allowed_has_nothing_in_its_way_and_shadows_are_not_in_it() {
    let mut world = World::shipped();
    world.forbid("a", "@mode(\"shadow\") @approval(\"g\")", SCOPE);
    world.forbid("b", "", &format!("{SCOPE} when {{ 2 < 1 }}"));
    assert_eq!(of(&world.engine(), READ), []);
}

#[test]
fn policies_of_one_id_are_told_apart_by_their_hashes() {
    let engine = World::shipped().engine();
    let unnamed =
        of(&engine, ("knowledge-base", "run_code", r#"{"language": "c", "source": "s"}"#));
    let ids: Vec<&str> = unnamed.iter().map(|one| one.policy.as_str()).collect();
    assert_eq!(ids, ["capability", "tool-access"]);
    let others =
        of(&engine, ("customer-support", "run_code", r#"{"language": "c", "source": "s"}"#));
    assert_eq!(unnamed[0].hash, others[0].hash, "one rule for all agents");
    assert_ne!(unnamed[1].hash, others[1].hash, "one rule for each agent");
    let hold = of(&engine, REFUND);
    assert_eq!(
        (hold.len(), hold[0].policy.as_str(), hold[0].held),
        (1, "approval-threshold", true)
    );
    assert_eq!(hold, of(&World::shipped().engine(), REFUND), "the same after another load");
}

#[test]
fn what_no_file_says_is_told_too_and_nobody_lifts_it() {
    let mut world = World::shipped();
    world.files.clear();
    let native = Policy::native("freeze", Severity::High, "all", |_, _, _| Err("no".to_owned()));
    let engine = world.engine().embed(vec![native]).unwrap();
    let found = of(&engine, READ);
    let ids: Vec<&str> = found.iter().map(|one| one.policy.as_str()).collect();
    assert_eq!(ids, ["freeze", "no-permit"]);
    assert!(found.iter().all(|one| !one.held && !one.break_glass && one.approval.is_none()));
    let nobody = of(&engine, ("nobody", READ.1, READ.2));
    assert_eq!(nobody.iter().map(|one| one.policy.as_str()).collect::<Vec<_>>(), ["tool-access"]);
    let hashes: BTreeSet<_> = found.iter().chain(&nobody).map(|one| &one.hash).collect();
    assert_eq!(hashes.len(), 3);
}
