//! What people answer for, as files say it.

use std::fs;

use syndic_governance::{Checked, init, load, load_kept};
use syndic_model::{HighRisk, OperatorRole, StatementValue};

use crate::schemas;

const RECORD: &str = "roles: [deployer]
high_risk: annex_iii
placed_on: 2026-11-01
statements:
  intended_purpose:
    value: Answers questions about orders.
    by: Head of Service
    on: 2026-11-02
    expires: 2027-11-02
  risk_assessment_completed:
    value: true
    by: Risk Officer
    function: second line
    on: 2026-11-02
    expires: 2027-05-02
    document: 9F86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
  log_retention_days:
    value: 190
    by: Risk Officer
    on: 2026-11-02
    expires: 2026-11-02
  training_data_documented:
    value: not_applicable
    reason: the model is bought
    by: Risk Officer
    on: 2026-11-02
    expires: 2027-11-02
  eu-ai-act:art-4:
    value: false
    by: Risk Officer
    on: 2026-11-02
    expires: 2027-11-02
";

/// Loads the shipped directory with a compliance record of an agent.
fn with(agent: &str, text: &str) -> Checked {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path()).unwrap();
    fs::create_dir_all(dir.path().join("compliance")).unwrap();
    fs::write(dir.path().join(format!("compliance/{agent}.yaml")), text).unwrap();
    load(dir.path())
}

#[test]
fn a_record_says_who_answers_for_what_and_until_when() {
    let checked = with("customer-support", RECORD);
    assert!(checked.findings.is_empty(), "{:?}", checked.findings);
    let governance = checked.governance.unwrap();
    let record = &governance.compliance["customer-support"];
    assert_eq!(record.roles, [OperatorRole::Deployer]);
    assert_eq!(record.high_risk, Some(HighRisk::AnnexIii));
    assert_eq!(record.placed_on, Some(jiff::civil::date(2026, 11, 1)));
    let told = record.statements.iter().map(|(field, statement)| {
        let value = match &statement.value {
            StatementValue::Yes => "yes".to_owned(),
            StatementValue::No => "no".to_owned(),
            StatementValue::Text(text) => format!("`{text}`"),
            StatementValue::NotApplicable(why) => format!("does not apply: {why}"),
        };
        format!("{field}: {value}, {}, until {}", statement.by, statement.expires)
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r"
    eu-ai-act:art-4: no, Risk Officer, until 2027-11-02
    intended_purpose: `Answers questions about orders.`, Head of Service, until 2027-11-02
    log_retention_days: `190`, Risk Officer, until 2026-11-02
    risk_assessment_completed: yes, Risk Officer, until 2027-05-02
    training_data_documented: does not apply: the model is bought, Risk Officer, until 2027-11-02
    ");
    let assessed = &record.statements[&"risk_assessment_completed".parse().unwrap()];
    assert_eq!(assessed.function.as_deref(), Some("second line"));
    let hash = assessed.document.as_deref().unwrap();
    assert!(hash.starts_with("9f86d081"), "in lower case: {hash}");
}

#[test]
fn a_record_is_of_the_revision_and_read_from_the_files_that_were_kept_of_it() {
    let plain = with("customer-support", RECORD).governance.unwrap();
    let other = with("customer-support", &RECORD.replace("190", "191")).governance.unwrap();
    assert_ne!(plain.manifest, other.manifest);
    let kept = load_kept(&plain.dir, plain.texts.clone()).governance.unwrap();
    assert_eq!(kept.compliance, plain.compliance);
}

#[test]
fn what_is_wrong_with_a_record_is_told_where_it_stands() {
    let long = RECORD.replace("Answers questions about orders.", &"x".repeat(4097));
    for (agent, from, to, expected) in [
        (
            "custmer-support",
            "",
            "",
            "compliance/custmer-support.yaml:1:1: error[unknown-agent]: there is no agent `custmer-support` (did you mean `customer-support`?)",
        ),
        ("nobody", "", "", "(it is about the agent of `agents/nobody.yaml`)"),
        ("a b", "", "", "error[invalid-name]"),
        (
            "customer-support",
            "deployer",
            "deploier",
            ":1:9: error[unknown-word]: `deploier` is not an operator role; it is one of provider, deployer (did you mean `deployer`?)",
        ),
        ("customer-support", "annex_iii", "annex_ii", ":2:12: error[unknown-word]"),
        (
            "customer-support",
            "placed_on: 2026-11-01",
            "placed_on: soon",
            ":3:12: error[invalid-date]",
        ),
        (
            "customer-support",
            "intended_purpose",
            "intended_purpos",
            ":5:3: error[unknown-statement]",
        ),
        (
            "customer-support",
            "intended_purpose",
            "intended_purpos",
            "(did you mean `intended_purpose`?)",
        ),
        (
            "customer-support",
            "expires: 2026-11-02",
            "expires: 2026-11-01",
            ":21:14: error[expires-before]: it expires on 2026-11-01, before it is stated on 2026-11-02",
        ),
        ("customer-support", "9F86", "XF86", ":16:15: error[invalid-document]"),
        ("customer-support", "9F86", "9F8", ":16:15: error[invalid-document]"),
        (
            "customer-support",
            "    reason: the model is bought\n",
            "",
            ":23:12: error[missing-field]: `reason` is missing",
        ),
        (
            "customer-support",
            "    function: second line",
            "    reason: why not",
            ":13:13: warning[reason-unused]",
        ),
        (
            "customer-support",
            "    by: Head of Service\n",
            "",
            ":6:5: error[missing-field]: `by` is missing",
        ),
        (
            "customer-support",
            "    expires: 2027-05-02\n",
            "",
            "error[missing-field]: `expires` is missing",
        ),
        (
            "customer-support",
            "value: true",
            "value: ''",
            ":11:12: error[missing-field]: `value` says nothing",
        ),
        (
            "customer-support",
            "function",
            "fonction",
            ":13:5: error[unknown-field]: unknown field `fonction` (did you mean `function`?)",
        ),
        (
            "customer-support",
            RECORD,
            &*long,
            ":6:12: error[too-long]: `value` has more than 4096 bytes",
        ),
    ] {
        let checked = with(agent, &RECORD.replacen(from, to, 1));
        let told = checked.findings.iter().map(|finding| match &finding.hint {
            Some(hint) => format!("{finding} ({hint})"),
            None => finding.to_string(),
        });
        let told: Vec<String> = told.collect();
        assert!(told.iter().any(|told| told.contains(expected)), "{expected}: {told:#?}");
    }
}

#[test]
fn the_schema_takes_what_the_reader_takes() {
    let errors = |text: &str| schemas::errors("compliance.schema.json", text).len();
    assert_eq!(errors(RECORD), 0, "{:?}", schemas::errors("compliance.schema.json", RECORD));
    for (from, to) in [
        ("intended_purpose", "intended_purpos"),
        ("deployer", "deploier"),
        ("9F86", "XF86"),
        ("    by: Head of Service\n", ""),
    ] {
        assert_ne!(errors(&RECORD.replacen(from, to, 1)), 0, "{to}");
    }
}
