use serde_json::{Value, json};
use syndic_compliance::{
    AssessError, Catalogue, Evidence, REPORT_SCHEMA, Report, Request, canonical,
};

use crate::fold::hour;
use crate::world::{decision, drill, outcome, stated, world};

fn busy() -> Report {
    let records = [
        (0, decision("1", &json!({}))),
        (0, outcome("1")),
        (0, stated("intended_purpose", "to help", &json!({}))),
        (0, drill("override", true)),
        (0, drill("restore", false)),
    ];
    world(1, records).report()
}

#[test]
fn nothing_is_satisfied_without_evidence() {
    let report = world(1, []).report();
    let satisfied = report.frameworks.iter().flat_map(|framework| &framework.controls);
    let satisfied = satisfied.filter(|duty| duty.evaluated.unwrap_or(duty.status).is_satisfied());
    assert_eq!(satisfied.map(|duty| duty.id.as_str()).collect::<Vec<_>>(), Vec::<&str>::new());
    assert_eq!(report.headline, "0/7: 0 measured, 0 attested; 7 unknown");
}

#[test]
fn a_report_reads_back_as_it_was_written() {
    let report = busy();
    assert_eq!(report.schema, REPORT_SCHEMA);
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
    let mut more: Value = serde_json::from_str(&text).unwrap();
    more["verdict"] = json!("fine");
    assert!(serde_json::from_value::<Report>(more).is_err());
}

#[test]
fn a_report_has_a_canonical_form_and_no_fractions() {
    let value = serde_json::to_value(busy()).unwrap();
    assert!(canonical(&value).is_ok());
    assert!(!has_fraction(&value));
}

fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_i64().is_none() && number.as_u64().is_none(),
        Value::Array(list) => list.iter().any(has_fraction),
        Value::Object(members) => members.values().any(has_fraction),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

#[test]
fn no_report_says_that_an_agent_is_compliant() {
    for report in [busy(), world(1, []).report(), world(24 * 400, []).report()] {
        assert!(!serde_json::to_string(&report).unwrap().contains("compliant"));
    }
}

#[test]
fn what_is_not_shown_comes_before_what_is() {
    let text = serde_json::to_string(&busy()).unwrap();
    let place = |member: &str| text.find(&format!("\"{member}\":")).unwrap();
    for member in ["compliance_score", "summary", "record", "checks", "gaps", "frameworks"] {
        assert!(place("not_shown") < place(member), "{member}");
    }
}

#[test]
fn every_control_of_the_catalogue_is_in_the_report_once() {
    let catalogue = Catalogue::builtin().unwrap();
    let report = busy();
    let counted: u64 = report.summary.controls.values().sum();
    assert_eq!(counted, catalogue.controls().count() as u64);
    assert_eq!(report.summary.controls.len(), 8);
    assert_eq!(report.readings.len(), catalogue.probes.len());
}

#[test]
fn a_report_is_of_the_frameworks_that_are_asked_for() {
    let world = world(1, []);
    let asked = |id: &str| Request { frameworks: vec![id.to_owned()], ..Request::default() };
    let report = world.ask(&asked("gdpr"));
    let ids: Vec<_> = report.frameworks.iter().map(|framework| framework.id.as_str()).collect();
    assert_eq!(ids, ["gdpr"]);
    assert_eq!(report.checks.len(), 7);

    let evidence =
        Evidence { facts: &world.facts, setup: &world.setup, log: &world.log, now: hour(1) };
    let refused = Report::assess(&asked("gdrp"), &evidence, Catalogue::builtin().unwrap());
    let Err(error @ AssessError::UnknownFramework { .. }) = refused else { panic!("{refused:?}") };
    assert!(
        error
            .to_string()
            .starts_with("the catalogue has no framework `gdrp`; it has `eu-ai-act`, ")
    );
}

#[test]
fn what_readings_and_statements_rest_on_is_cited() {
    let cited = busy().cited();
    assert!(cited.contains(&2), "the statement: {cited:?}");
    assert!(cited.contains(&4), "the drill: {cited:?}");
}
