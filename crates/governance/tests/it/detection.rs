//! What is looked for, as files say it.

use std::fs;

use syndic_detect::Context;
use syndic_governance::{Checked, init, load};

/// Loads the shipped directory with a file in it, and `detection` in its settings.
fn with(file: &str, text: &str, detection: &str) -> Checked {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path()).unwrap();
    let path = dir.path().join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    let settings = dir.path().join("syndic.yaml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(settings, format!("{text}\n{detection}")).unwrap();
    load(dir.path())
}

fn found(checked: &Checked, text: &str) -> Vec<String> {
    let governance = checked.governance.as_ref().unwrap();
    let findings = governance.scanner.scan(text, &Context::default()).unwrap();
    findings.iter().map(|finding| finding.entity.to_string()).collect()
}

const DETECTOR: &str = "type: EMPLOYEE_NUMBER
regex: 'EMP-[0-9]{6}'
examples:
  match: [EMP-417034]
  no_match: [EMP-41]
";

#[test]
fn a_detector_finds_what_it_declares_and_policies_may_name_it() {
    let policy = "\n@id(\"own\") @description(\"d\") @severity(\"low\") @reason(\"{call.pii}\")\nforbid (principal, action, resource) when { context.call.pii.contains(\"EMPLOYEE_NUMBER\") };\n";
    let checked = with("detectors/employee.yaml", DETECTOR, "");
    assert!(checked.findings.is_empty(), "{:?}", checked.findings);
    assert_eq!(
        found(&checked, "ask EMP-417034 or a@example.org"),
        ["EMPLOYEE_NUMBER", "EMAIL_ADDRESS"]
    );
    let checked = with("policies/org/own.cedar", policy, "");
    let warned = checked.findings.iter().any(|finding| finding.code == "never-matches");
    assert!(warned, "without the detector it never matches: {:?}", checked.findings);
}

#[test]
fn settings_turn_kinds_on_and_off() {
    let text = "a@example.org https://example.org/x";
    let checked = with("README.md", "", "detection:\n  off: [EMAIL_ADDRESS]\n  on: [URL]\n");
    assert_eq!(found(&checked, text), ["URL"]);
}

#[test]
fn what_is_wrong_with_detection_is_told_where_it_stands() {
    let broken = "type: EMPLOYEE_NUMBER\nregex: 'EMP-[0-9'\n";
    let unmatched = DETECTOR.replace("EMP-417034", "EMP-4");
    let kind = DETECTOR.replace("EMPLOYEE_NUMBER", "employee number");
    let no_literal = "type: EMPLOYEE_NUMBER\nregex: '[0-9]{6}'\n";
    for (file, text, detection, expected) in [
        ("detectors/a.yaml", "regex: x\n", "", "detectors/a.yaml:1:1: error[missing-field]"),
        ("detectors/a.yaml", broken, "", "detectors/a.yaml:2:8: error[invalid-detector]"),
        ("detectors/a.yaml", &*unmatched, "", "detectors/a.yaml:4:11: error[invalid-detector]"),
        (
            "detectors/a.yaml",
            broken,
            "",
            "does not compile: unclosed character class, at character 5",
        ),
        (
            "detectors/own_number.yaml",
            DETECTOR,
            "",
            "detectors/own_number.yaml:1:1: error[invalid-detector]: pattern `own_number`",
        ),
        ("detectors/a.yaml", &*kind, "", "detectors/a.yaml:1:7: error[unknown-kind]"),
        ("detectors/a.yaml", no_literal, "", "detectors/a.yaml:2:8: error[invalid-detector]"),
        (
            "README.md",
            "",
            "detection:\n  off: [EMAIL_ADRESS]\n",
            "error[unknown-kind]: nothing finds `EMAIL_ADRESS`",
        ),
        ("README.md", "", "detection:\n  block_at: 1.5\n", "error[invalid-score]"),
        (
            "README.md",
            "",
            "detection:\n  redact_at: 0.9\n",
            "error[detection]: less is redacted than stopped",
        ),
        ("README.md", "", "detection:\n  region: Germany\n", "error[invalid-region]"),
        ("README.md", "", "detection:\n  region: XX\n", "error[invalid-region]"),
        (
            "README.md",
            "",
            "detection:\n  on: [URL]\n  off: [URL]\n",
            "error[detection]: `URL` is both on and off",
        ),
        (
            "README.md",
            "",
            "detection:\n  allow:\n    - types: [PIN]\n      to: []\n",
            "error[empty-list]: `to` is empty",
        ),
        (
            "README.md",
            "",
            "detection:\n  allow:\n    - types: [PIN]\n      to: [example.org]\n",
            "error[invalid-destination]: `example.org` is a domain without `@`",
        ),
        (
            "README.md",
            "",
            "detection:\n  allow:\n    - types: [PIN]\n      to: ['*']\n",
            "error[invalid-destination]",
        ),
        (
            "README.md",
            "",
            "detection:\n  allow:\n    - types: [PIN]\n",
            "error[missing-field]: `allow.to` is missing",
        ),
    ] {
        let findings: Vec<_> =
            with(file, text, detection).findings.iter().map(ToString::to_string).collect();
        assert!(
            findings.iter().any(|finding| finding.contains(expected)),
            "{expected}: {findings:?}"
        );
    }
}

#[test]
fn a_test_that_names_what_nothing_finds_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path()).unwrap();
    let text = "tests:
  - name: a key leaves
    given:
      agent: customer-support
      action: send_external_message
      args: { recipient: a@example.org, message: x }
      call: { pii: [US_SNN], secrets: [github-personal-tokens, private-key] }
    expect: { effect: deny }
";
    fs::write(dir.path().join("policies/tests/own.yaml"), text).unwrap();
    let governance = load(dir.path()).governance.unwrap();
    let cases = syndic_governance::read_cases(dir.path(), &governance);
    let told: Vec<_> = cases.findings.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("policies/tests/own.yaml:7:21: error[unknown-kind]"), "{told:?}");
    assert!(told[1].starts_with("policies/tests/own.yaml:7:40: error[unknown-secret]"), "{told:?}");
    let hints: Vec<_> = cases.findings.iter().filter_map(|one| one.hint.as_deref()).collect();
    assert_eq!(hints, ["did you mean `US_SSN`?", "did you mean `github-personal-token`?"]);
}
