use serde_json::json;
use syndic_compliance::{Checklist, ItemState, TestRun, Verdict};
use syndic_model::{Mode, RiskLevel};

use crate::world::{decision, drill, stated, world};

fn lines(list: &Checklist) -> String {
    let line = |item: &syndic_compliance::ChecklistItem| {
        let state = serde_json::to_value(item.state).unwrap();
        let by = item.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        format!(
            "{}{}: {}{by}",
            if item.required { "" } else { "~" },
            item.id,
            state.as_str().unwrap()
        )
    };
    list.items.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_machine_checks_what_it_can_and_people_answer_for_the_rest() {
    let records = [
        (0, decision("1", &json!({}))),
        (0, drill("fail-closed", true)),
        (0, drill("override", true)),
        (0, stated("sector_requirements_reviewed", "true", &json!({}))),
        (0, stated("gdpr_data_handling", "not_applicable", &json!({"reason": "no personal data"}))),
        (0, stated("checklist:dashboard", "true", &json!({}))),
        (
            0,
            stated(
                "checklist:rate-limiting",
                "not_applicable",
                &json!({"reason": "one call a day"}),
            ),
        ),
        (0, stated("incident_response_plan", "false", &json!({}))),
    ];
    let mut world = world(1, records);
    world.setup.profile.failure_modes = vec!["pays twice".to_owned()];
    world.setup.tests =
        Some(TestRun { passed: 3, failed: 0, unreached: Vec::new(), files: String::new() });
    let list = lines(&world.checklist());
    let settled = [
        "failure-modes-documented",
        "stakeholders-identified",
        "rate-limiting",
        "dashboard",
        "gdpr-data-handling",
        "sector-requirements",
        "incident-response-plan",
    ];
    let list = list.lines().filter(|line| settled.iter().any(|id| line.contains(id)));
    insta::assert_snapshot!(list.collect::<Vec<_>>().join("\n"), @"
    failure-modes-documented: done
    stakeholders-identified: open
    rate-limiting: not_applicable by bea
    dashboard: attested by bea
    gdpr-data-handling: not_applicable by bea
    sector-requirements: attested by bea
    incident-response-plan: open
    ");
}

#[test]
fn what_is_required_follows_the_risk_level() {
    let required = |risk: RiskLevel, acts: bool| {
        let mut world = world(1, []);
        world.setup.profile.risk_level = risk;
        if !acts {
            world.setup.profile.capabilities.clear();
        }
        world.checklist().items.iter().filter(|item| item.required).count()
    };
    assert_eq!(required(RiskLevel::Low, false), 9);
    assert_eq!(required(RiskLevel::Medium, false), 13);
    assert_eq!(required(RiskLevel::Medium, true), 15);
    assert_eq!(required(RiskLevel::High, true), 22);
    assert_eq!(required(RiskLevel::Critical, true), 22);
}

#[test]
fn an_agent_that_is_only_observed_is_not_ready() {
    let word = (0, stated("checklist:mode-promoted", "true", &json!({})));
    for records in [vec![], vec![word.clone()], vec![(0, decision("1", &json!({}))), word]] {
        let mut world = world(1, records);
        world.setup.mode = Mode::Observe;
        let list = world.checklist();
        assert!(!list.passed);
        assert!(list.open_required.contains(&"mode-promoted".to_owned()), "whatever is said");
    }
}

#[test]
fn everything_that_is_open_says_what_would_close_it() {
    let list = world(1, []).checklist();
    for item in list.items.iter().filter(|item| item.state == ItemState::Open) {
        assert!(!item.closes.is_empty(), "{}", item.id);
    }
}

#[test]
fn a_statement_closes_every_item_that_nothing_contradicts() {
    let ids: Vec<_> = world(1, []).checklist().items.into_iter().map(|item| item.id).collect();
    let state = |id: &String| (0, stated(&format!("checklist:{id}"), "true", &json!({})));
    let mut records: Vec<_> = ids.iter().map(state).collect();
    let world_of = |records: Vec<_>| world(1, records);
    let list = world_of(records.clone()).checklist();
    let contradicted = world_of(records.clone()).readings();
    let contradicted = contradicted.iter().filter(|one| one.verdict == Verdict::NotMet);
    let contradicted: Vec<_> = contradicted.map(|one| one.probe.clone()).collect();
    for item in list.items.iter().filter(|item| item.state == ItemState::Open) {
        assert!(item.probes.iter().any(|probe| contradicted.contains(probe)), "{}", item.id);
    }
    records.push((0, drill("fail-closed", false)));
    let open = world_of(records).checklist().open_required;
    assert!(open.contains(&"policy-engine-tested".to_owned()));
}
