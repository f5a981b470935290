use serde_json::json;
use syndic_compliance::{NotShown, Request};
use syndic_model::{HighRisk, Mode, OperatorRole};

use crate::world::{World, decision, stated, world};

/// Returns what a report does not show, one line for each, without its numbers.
fn lines(world: &World) -> String {
    let report = world.report();
    let line = |limit: &NotShown| {
        let kind = serde_json::to_value(limit.kind).unwrap();
        let told: String =
            limit.told.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect();
        let about = if limit.about.is_empty() { "" } else { " […]" };
        format!("{}: {}{about}", kind.as_str().unwrap(), told.replace("##", "#").replace("##", "#"))
    };
    report.not_shown.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_log_that_only_its_key_vouches_for_is_said_to_be_one() {
    let mut world = world(1, [(0, decision("1", &json!({}))), (0, decision("2", &json!({})))]);
    assert!(!lines(&world).contains("unwitnessed"));
    world.log.witnesses = vec![("w".to_owned(), 1)];
    assert!(lines(&world).contains("witnesses vouch for the first # of # records"));
    world.log.witnesses = Vec::new();
    assert!(
        lines(&world).contains("the holder of the log's key could have rewritten this history")
    );
    world.log.signed = Some(false);
    assert!(lines(&world).contains("unsigned: the newest checkpoint signs another root"));
}

#[test]
fn an_agent_that_was_observed_while_it_was_not_allowed_is_not_shown_as_enforced() {
    for (mode, allowed, is_told) in [("observe", true, true), ("enforce", false, false)] {
        let denied = json!({"mode": mode, "effect": "deny", "allowed": allowed});
        let world = world(1, [(0, decision("1", &denied))]);
        assert_eq!(world.setup.mode, Mode::Enforce);
        let told = lines(&world).contains("not_enforced: not enforced all of the last thirty days");
        assert_eq!(told, is_told, "{}", lines(&world));
    }
}

#[test]
fn a_clock_that_is_behind_the_records_or_the_catalogue_is_told() {
    let mut world = world(1, [(0, decision("1", &json!({})))]);
    assert!(!lines(&world).contains("clock"));
    world.log.behind_seconds = 60;
    assert!(lines(&world).contains("clock: the machine's clock was # s behind the newest record"));
    world.now = -24 * 400;
    assert!(lines(&world).contains("is before the duties were written down"), "{}", lines(&world));
}

#[test]
fn all_that_a_report_does_not_show_is_named() {
    let records = [
        (0, decision("1", &json!({"grade": "advisory"}))),
        (0, decision("2", &json!({"grade": "cooperative"}))),
        (0, stated("eu-ai-act:art-900", "true", &json!({}))),
        (0, stated("checklist:rate-limiting", "true", &json!({}))),
        (0, stated("checklist:nothing", "true", &json!({}))),
        (0, stated("eu-ai-act:art-9-5", "true", &json!({}))),
        (0, stated("intended_purpose", "to help", &json!({"expires": "2027-01-01T00:30:00Z"}))),
        (
            0,
            json!({"user_redacted": {"user_ref": "u", "before": 1, "keys": 1, "records": 1, "reason": "r", "by": "k"}}),
        ),
    ];
    let mut world = world(1, records);
    world.setup.mode = Mode::Observe;
    world.log.witnesses = Vec::new();
    world.log.first_kept = 2;
    insta::assert_snapshot!(lines(&world), @"
    judgement: a status says what the evidence of this window shows, not that a duty is met in law; duties are in our own words, and this is no legal advice
    unwitnessed: no witness cosigned this log, so the holder of the log's key could have rewritten this history
    dropped: records before number # are dropped, but for those that outlive their segment
    erased: what was recorded of users was erased (# in this window): it cannot be looked at any more, though the records that it belonged to are still proven
    not_enforced: not enforced: the agent is observed only; nothing here shows containment […]
    not_enforced: some actions came by a cooperative path: the host that calls could leave the gate out
    unobserved: a call that goes around the gate leaves no record here, and no canary has tried that lately […]
    unmeasured: # of # probes found nothing to go by […]
    attested_only: somebody's word alone is behind # duty, not in force yet […]
    unknown: nothing is known of # duties, # of them not in force yet […]
    stale: evidence is past its time for # duty, not in force yet […]
    statements: # statements are about controls that the catalogue does not have, which counts for nothing […]
    statements: # statement is out of date: expired, or older than a change of what was stated […]
    dates: the first day of # duties is read in two ways […]
    assumed: nobody has stated the operator's role, so the duties of providers and of deployers are both looked at
    assumed: nobody has stated whether the agent is high-risk, so its duties are shown as if it were
    assumed: nobody has stated when the agent was placed on the market, so it counts as new
    ");
}

#[test]
fn what_is_stated_is_not_assumed() {
    let mut world = world(1, []);
    assert!(lines(&world).contains("assumed"));
    world.setup.record.roles = vec![OperatorRole::Deployer];
    world.setup.record.high_risk = Some(HighRisk::None);
    world.setup.record.placed_on = Some("2026-09-01".parse().unwrap());
    assert!(!lines(&world).contains("assumed"), "{}", lines(&world));
}

#[test]
fn a_report_of_the_duties_of_one_role_says_that_others_were_left_out() {
    use OperatorRole::{Deployer, Provider};
    let mut world = world(1, []);
    for (stated, asked, told) in [
        (vec![], Some(Deployer), "duties of a deployer were asked for"),
        (vec![Deployer], Some(Provider), "the operator is stated to be deployer"),
        (vec![Deployer], Some(Deployer), ""),
        (vec![], None, "are both looked at"),
    ] {
        world.setup.record.roles = stated;
        let report = world.ask(&Request { role: asked, ..Request::default() });
        let told_of = |limit: &&NotShown| limit.told.contains("deployer");
        let said = report.not_shown.iter().find(told_of).map_or("", |limit| &limit.told);
        assert!(said.contains(told) && said.is_empty() == told.is_empty(), "{asked:?}: {said}");
    }
}

#[test]
fn an_old_catalogue_is_warned_of() {
    let late = world(24 * 60, []);
    assert!(late.report().catalogue.warning.is_some());
    assert!(lines(&late).contains("dates: the catalogue of frameworks was last checked on #-#-#"));
    assert_eq!(world(1, []).report().catalogue.warning, None);
}
