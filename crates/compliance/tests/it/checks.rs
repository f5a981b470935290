use serde_json::json;
use syndic_compliance::{CHECKS, Status};
use syndic_model::Mode;

use crate::world::{World, decision, stated, world};

fn lines(world: &World) -> String {
    let report = world.report();
    let line = |name: &&str| format!("{name}: {}", report.checks[*name].status.as_str());
    let lines: Vec<_> = CHECKS.iter().map(line).collect();
    format!("{} ({})\n{}", report.headline, report.compliance_score, lines.join("\n"))
}

#[test]
fn every_gap_says_what_would_close_it_or_that_nothing_does() {
    let mut world = world(1, [(0, decision("1", &json!({})))]);
    for mode in [Mode::Enforce, Mode::Observe] {
        world.setup.mode = mode;
        for gap in world.report().gaps {
            assert!(!gap.closes.is_empty(), "{}", gap.id);
        }
    }
}

#[test]
fn measured_and_attested_checks_are_counted_apart() {
    let counted = json!({"calls_counted": {"since": "2027-01-01T00:00:00Z", "arrived": 1, "decided": 1, "refused": 0,
        "unrecorded": 0, "dropped": 0}});
    let records = [
        (0, decision("1", &json!({}))),
        (0, json!({"outcome": {"id": "1", "status": "ok"}})),
        (0, stated("system_description", "a desk", &json!({}))),
        (0, stated("intended_purpose", "to help", &json!({}))),
        (0, stated("training_data_documented", "true", &json!({}))),
        (0, stated("bias_testing_completed", "false", &json!({}))),
        (
            0,
            stated(
                "risk_assessment_completed",
                "true",
                &json!({"expires": "2027-01-01T00:30:00Z"}),
            ),
        ),
        (0, stated("users_informed_of_ai", "true", &json!({}))),
        (1, counted),
    ];
    insta::assert_snapshot!(lines(&world(1, records)), @"
    1/7: 0 measured, 1 attested; 2 in part, 2 unknown, 1 stale, 1 not met (1/7)
    risk_management: stale
    data_governance: not_satisfied
    documentation: satisfied_attested
    record_keeping: partial
    transparency: partial
    human_oversight: unknown
    accuracy: unknown
    ");
}

#[test]
fn nobodys_word_stands_for_a_measurement() {
    let records = [
        (0, stated("audit_logs_enabled", "true", &json!({}))),
        (0, stated("log_retention_days", "400", &json!({}))),
    ];
    let report = world(1, records).report();
    let entry = &report.record["audit_logs_enabled"];
    assert!(!entry.status.is_satisfied());
    assert_eq!(entry.by, None);
    let told = report
        .not_shown
        .iter()
        .find(|limit| limit.about.contains(&"audit_logs_enabled".to_owned()));
    insta::assert_snapshot!(&told.unwrap().told, @"2 statements are about what is measured, where nobody's word counts");
}

#[test]
fn a_field_stands_beside_the_provision_that_the_duty_is_in() {
    let report = world(1, []).report();
    let lines = report
        .record
        .iter()
        .map(|(name, entry)| format!("{name}: {} -> {}", entry.filed_under, entry.provision));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    accuracy_metrics: Art. 15 -> Art. 15(1),(3)
    adversarial_testing: Art. 15 -> Art. 15(5) (explicit adversarial testing duty is Art. 55(1)(a), GPAI with systemic risk)
    ai_disclosure_text: Art. 13 -> Art. 50(1),(5) (and 26(7), 26(11)); Art. 13 is information to deployers
    audit_logs_enabled: Art. 12 -> Art. 12(1)
    bias_testing_completed: Art. 10 -> Art. 10(2)-(4); Art. 4a for special categories
    data_quality_measures: Art. 10 -> Art. 10(2)-(4); Art. 4a for special categories
    human_oversight_measures: Art. 14 -> Art. 14(3)-(4), Art. 26(2)
    intended_purpose: Art. 11 -> Annex IV(1)
    log_retention_days: Art. 12 -> Art. 19(1) provider, Art. 26(6) deployer; not Art. 12
    override_capability: Art. 14 -> Art. 14(3)-(4), Art. 26(2)
    performance_metrics: Art. 11 -> Annex IV(3)-(4), Art. 13(3)(b)(ii), Art. 15(3), not Art. 11 itself
    residual_risks_documented: Art. 9 -> Art. 9(5)
    risk_assessment_completed: Art. 9 -> Art. 9(2)
    risk_assessment_date: Art. 9 -> Art. 9(2)
    system_description: Art. 11 -> Annex IV(1)
    training_data_documented: Art. 10 -> Art. 10(2)-(4); Art. 4a for special categories
    users_informed_of_ai: Art. 13 -> Art. 50(1),(5) (and 26(7), 26(11)); Art. 13 is information to deployers
    ");
}

#[test]
fn a_gap_names_what_would_close_it() {
    let report = world(1, [(0, stated("intended_purpose", "to help", &json!({})))]).report();
    let gaps = report.gaps.iter().filter(|gap| CHECKS.contains(&gap.id.as_str()));
    let lines = gaps
        .map(|gap| format!("{} {}\n  {}", gap.id, gap.status.as_str(), gap.closes.join("\n  ")));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    risk_management unknown
      syndic attest --agent desk --field risk_assessment_completed --value true --name NAME --function FUNCTION
      syndic attest --agent desk --field residual_risks_documented --value true --name NAME --function FUNCTION
    data_governance unknown
      syndic attest --agent desk --field training_data_documented --value true --name NAME --function FUNCTION
      syndic attest --agent desk --field bias_testing_completed --value true --name NAME --function FUNCTION
    documentation partial
      syndic attest --agent desk --field system_description --value TEXT --name NAME --function FUNCTION
    record_keeping unknown
      syndic audit verify
      let `syndic serve` decide the agent's calls: it counts them beside the ledger
    transparency unknown
      syndic attest --agent desk --field users_informed_of_ai --value true --name NAME --function FUNCTION
      syndic attest --agent desk --field ai_disclosure_text --value TEXT --name NAME --function FUNCTION
    human_oversight unknown
      syndic drill override --agent desk
      syndic attest --agent desk --field override_capability --value true --name NAME --function FUNCTION
      syndic attest --agent desk --field human_oversight_measures --value TEXT --name NAME --function FUNCTION
    accuracy unknown
      syndic attest --agent desk --field accuracy_metrics --value TEXT --name NAME --function FUNCTION
      syndic attest --agent desk --field adversarial_testing --value true --name NAME --function FUNCTION
    ");
}

#[test]
fn a_ledger_of_starts_alone_shows_nothing_good() {
    let report =
        world(1, [(0, json!({"started": {"version": "0.1.0", "durability": "full"}}))]).report();
    assert_eq!(report.compliance_score, "0/7");
    assert!(report.checks.values().all(|check| check.status == Status::Unknown));
    let duties = report.frameworks.iter().flat_map(|framework| &framework.controls);
    let mut shown = duties.map(|duty| duty.evaluated.unwrap_or(duty.status));
    assert!(shown.all(|status| !status.is_satisfied() && status != Status::Partial));
}
