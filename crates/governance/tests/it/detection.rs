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
        ("detectors/a.yaml", &*unmatched, "", "detectors/a.yaml:2:8: error[invalid-detector]"),
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
