//! What people state is told, and is never machine evidence.

use serde_json::{Value, json};
use syndic_compliance::{Reading, Verdict};
use syndic_model::{HighRisk, OperatorRole, Statement, StatementValue};

use crate::fold::hour;
use crate::world::{World, decision, world};

const DAY: i64 = 24;

fn stated(field: &str, value: &str, ends: i64) -> Value {
    json!({"statement_made": {"id": "s", "agent": "desk", "field": field, "value": value, "name": "support lead",
        "role": "owner", "by": "k", "expires": hour(ends).to_string(), "document": "ef".repeat(32),
        "baseline": {"purpose": "", "model": "", "tools": "", "policy": ""}}})
}

/// States something in the governance directory on the tenth of January, until the twentieth.
fn write(world: &mut World, field: &str, value: StatementValue) {
    let statement = Statement {
        value,
        by: "support lead".to_owned(),
        function: None,
        on: "2027-01-10".parse().unwrap(),
        expires: "2027-01-20".parse().unwrap(),
        document: None,
    };
    world.setup.record.statements.insert(field.parse().unwrap(), statement);
}

#[test]
fn a_statement_is_told_and_meets_nothing() {
    for (probe, field) in [
        ("TRN-02", "ai_disclosure_text"),
        ("TRN-04", "instructions_for_use"),
        ("DAT-01", "training_data_documented"),
        ("RSK-01", "residual_risks_documented"),
        ("RSK-04", "risk_assessment_date"),
    ] {
        let reading = |now| world(now, [(1, stated(field, "true", 10 * DAY))]).reading(probe);
        assert_eq!(reading(2).verdict, Verdict::Told, "{probe}");
        assert_eq!(reading(2).cited, [0], "{probe}");
        assert!(reading(2).value.contains_key(&format!("{field}_document")), "{probe}");
        assert_eq!(reading(10 * DAY).verdict, Verdict::Unknown, "{probe}");
    }
}

#[test]
fn of_what_is_stated_in_the_ledger_and_in_a_file_the_newer_is_told() {
    let told = |now: i64, at: i64| {
        let mut world = world(now, [(at, stated("instructions_for_use", "recorded", 90 * DAY))]);
        write(&mut world, "instructions_for_use", StatementValue::Text("written".to_owned()));
        world.line("TRN-04", &["instructions_for_use"]).split(" | ").last().map(str::to_owned)
    };
    for (now, at, value) in [
        (15 * DAY, DAY, "written"),
        (15 * DAY, 9 * DAY, "recorded"),
        // The file speaks of a day to come, or of one that is over.
        (8 * DAY, DAY, "recorded"),
        (20 * DAY, DAY, "recorded"),
    ] {
        let value = format!("instructions_for_use {value}");
        assert_eq!(told(now, at), Some(value), "{now} {at}");
    }
}

#[test]
fn a_classification_is_what_the_profile_and_the_record_say() {
    let mut world = world(12 * DAY, [(1, decision("a", &json!({})))]);
    world.setup.record.high_risk = Some(HighRisk::AnnexIii);
    world.setup.record.roles = vec![OperatorRole::Deployer];
    write(&mut world, "prohibited_practices_screened", StatementValue::Yes);
    assert_eq!(
        world.line("RSK-03", &["roles", "prohibited_practices_screened"]),
        "told: the profile says risk level high, the compliance record high-risk class annex_iii; people answer for \
         both | roles deployer | prohibited_practices_screened true"
    );
    assert_eq!(world.reading("RSK-01").verdict, Verdict::Unknown);
    world.setup.profile.failure_modes = vec!["pays twice".to_owned()];
    assert_eq!(world.reading("RSK-01").verdict, Verdict::Told);
}

#[test]
fn nothing_can_be_said_by_an_empty_ledger() {
    let mut world = world(DAY, []);
    world.setup.profile.failure_modes = vec!["pays twice".to_owned()];
    world.setup.profile.data_access = vec!["orders".to_owned()];
    let families = ["TRN", "DAT", "ACC", "SUP", "IDN", "INC", "RSK", "OPS"];
    let said = |reading: &Reading| {
        let own = families.iter().any(|family| reading.probe.starts_with(family));
        own && reading.verdict != Verdict::Unknown
    };
    let said: Vec<_> = world.readings().into_iter().filter(said).collect();
    assert!(said.is_empty(), "{said:?}");
}
