use serde_json::Value;

use crate::syndic::{Place, without_place};

#[test]
fn a_fresh_directory_has_no_findings() {
    let place = Place::governed();
    let ended = place.run(&["check"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert!(ended.stdout.starts_with("ok: 3 agents, 7 actions, "), "{}", ended.stdout);
    assert!(ended.stdout.ends_with("; no findings\n"), "{}", ended.stdout);
}

#[test]
fn mistakes_are_shown_where_they_are_and_exit_1() {
    let place = Place::governed();
    place.append("syndic.yaml", "\nsurprise: 1\n");
    place.append(
        "policies/org/typo.cedar",
        "@id(\"typo\")\nforbid (principal, action == Action::\"pay\", resource);\n",
    );
    let ended = place.run(&["check"]);
    assert_eq!(ended.code, Some(1));
    insta::assert_snapshot!(ended.stdout);
}

#[test]
fn mistakes_are_data_for_a_machine() {
    let place = Place::governed();
    place.append("syndic.yaml", "\nsurprise: 1\n");
    let ended = place.run(&["check", "--json"]);
    assert_eq!(ended.code, Some(1));
    let answer: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(answer["ok"], false);
    let finding = &answer["findings"][0];
    assert_eq!(
        (finding["level"].as_str(), finding["file"].as_str()),
        (Some("error"), Some("syndic.yaml"))
    );
    assert!(finding["line"].is_u64() && finding["column"].is_u64(), "{finding}");
}

#[test]
fn code_scanning_reads_findings_as_sarif() {
    let place = Place::governed();
    place.append("syndic.yaml", "\nsurprise: 1\n");
    let ended = place.run(&["check", "--sarif"]);
    assert_eq!(ended.code, Some(1));
    insta::assert_snapshot!(ended.stdout);
    assert_eq!(place.run(&["check", "--sarif", "--json"]).code, Some(2));
}

#[test]
fn a_mistake_in_a_test_is_a_finding() {
    let place = Place::governed();
    place.append("policies/tests/shape.yaml", "tests:\n  - name: x\n    givn: {}\n");
    let ended = place.run(&["check"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("policies/tests/shape.yaml:3:5"), "{}", ended.stdout);
    assert!(
        ended.stdout.ends_with("tests or invariants cannot be read: 1 error\n"),
        "{}",
        ended.stdout
    );
}

#[test]
fn a_mistake_in_an_invariant_is_a_finding() {
    let place = Place::governed();
    place.rewrite("policies/invariants/transaction-limit.cedar", "facts.amount", "facts.amout");
    let ended = place.run(&["check"]);
    assert_eq!(ended.code, Some(1));
    let at = "policies/invariants/transaction-limit.cedar:12:3";
    assert!(ended.stdout.contains(at), "{}", ended.stdout);
    assert!(ended.stdout.contains("did you mean `amount`?"), "{}", ended.stdout);
}

#[test]
fn a_statement_about_what_the_catalogue_does_not_have_is_a_finding_at_its_line() {
    let place = Place::governed();
    let fields = "{value: true, by: Legal, on: 2026-11-02, expires: 2027-11-02}";
    let ids = [
        "eu-ai-act:art-4",
        "eu-ai-act:art-999",
        "eu-ai-akt:art-4",
        "eu-ai-act:preamble",
        "soc-9:x",
        "checklist:owner-name",
        "checklist:foo",
    ];
    let stated: Vec<_> = ids.iter().map(|id| format!("  {id}: {fields}\n")).collect();
    place.append("compliance/customer-support.yaml", &format!("statements:\n{}", stated.concat()));
    let ended = place.run(&["check", "--json"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let answer: Value = serde_json::from_str(&ended.stdout).unwrap();
    let told = answer["findings"].as_array().unwrap().iter().map(|one| {
        let [level, code, message, hint] =
            ["level", "code", "message", "hint"].map(|field| one[field].as_str().unwrap());
        format!("{}:{} {level}[{code}] {message} ({hint})\n", one["line"], one["column"])
    });
    insta::assert_snapshot!(told.collect::<String>(), @r"
    3:3 warning[unknown-control] there is no control `eu-ai-act:art-999`, so a report counts the statement for nothing (did you mean `eu-ai-act:art-9-9`?)
    4:3 warning[unknown-control] there is no framework `eu-ai-akt`, so a report counts the statement for nothing (did you mean `eu-ai-act:art-4`?)
    5:3 warning[unknown-control] there is no control `eu-ai-act:preamble`, so a report counts the statement for nothing (`syndic comply catalogue eu-ai-act` lists them)
    6:3 warning[unknown-control] there is no framework `soc-9`, so a report counts the statement for nothing (`syndic comply catalogue` lists them)
    7:3 warning[unknown-control] the checklist has no item `owner-name`, so a report counts the statement for nothing (did you mean `checklist:owner-named`?)
    8:3 warning[unknown-control] the checklist has no item `foo`, so a report counts the statement for nothing (`syndic checklist --agent AGENT` lists them)
    ");
}

/// Policies that load, and that only the solver finds wanting.
const DOUBTFUL: &str = r#"
@id("below-zero")
@description("The host refuses negative amounts, which the text does not show.")
@severity("low")
@reason("negative")
forbid (principal, action == Action::"issue_refund", resource)
when { context.facts.amount.lessThan(decimal("0.0")) };

@id("too-many")
@description("Can be too large to count.")
@severity("low")
@reason("too many recipients")
forbid (principal, action == Action::"send_contract", resource)
when { context.facts.recipient_count * 2 > 5 };

@id("some")
@description("Counts in bounds.")
@severity("low")
@reason("some recipients")
forbid (principal, action == Action::"send_contract", resource)
when {
  context.facts.recipient_count >= 0 && context.facts.recipient_count < 100 &&
  context.facts.recipient_count * 2 > 50
};

@id("code")
@description("No profile lets anybody run code.")
@severity("low")
permit (principal, action == Action::"run_code", resource);

@id("lower")
@description("Together with the next, permits what the last one does.")
@severity("low")
permit (principal, action, resource)
when { context.call.suspended };

@id("upper")
@description("The rest.")
@severity("low")
permit (principal, action, resource)
unless { context.call.suspended };

@id("refunds")
@description("Permitted by the two before it.")
@severity("low")
permit (principal, action == Action::"issue_refund", resource);
"#;

fn codes(place: &Place, arguments: &[&str]) -> Vec<String> {
    let ended = place.run(&[&["check", "--json"], arguments].concat());
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let answer: Value = serde_json::from_str(&ended.stdout).unwrap();
    let told = answer["findings"].as_array().unwrap().iter().map(|finding| {
        let named = finding["message"].as_str().unwrap().split('`').nth(1).unwrap();
        format!(
            "{} {} {}",
            finding["level"].as_str().unwrap(),
            finding["code"].as_str().unwrap(),
            named
        )
    });
    told.collect()
}

#[test]
fn the_solver_tells_what_the_text_does_not_show() {
    let place = Place::governed();
    std::fs::remove_file(place.dir().join("policies/org/baseline.cedar")).unwrap();
    place.append("policies/org/doubtful.cedar", DOUBTFUL);
    assert_eq!(codes(&place, &[]), ["note can-error too-many", "note can-error some"]);
    assert_eq!(
        codes(&place, &["--deep"]),
        [
            "warning never-matches below-zero",
            "warning can-error too-many",
            "warning shadowed-permit code",
            "warning shadowed-permit lower",
            "warning shadowed-permit refunds",
        ]
    );
}

#[test]
fn without_a_solver_looking_deeper_says_so() {
    let place = Place::governed();
    let ended = place.run_with_variable(&["check", "--deep"], ("CVC5", "/no/such"));
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("the solver `/no/such` does not run"), "{}", ended.stderr);
}

#[test]
fn a_directory_that_is_none_says_how_to_make_one() {
    let place = Place::empty();
    let ended = place.run(&["check"]);
    assert_eq!(ended.code, Some(1));
    insta::assert_snapshot!(ended.stderr, @r"
    error: `.` is not a governance directory: it has no syndic.yaml
    hint: make one with `syndic init DIR`, or name one with --dir
    ");
}

#[test]
fn init_overwrites_nothing() {
    let place = Place::governed();
    let ended = place.run(&["init", place.dir().to_str().unwrap()]);
    assert_eq!(ended.code, Some(1));
    insta::assert_snapshot!(without_place(&ended.stderr, &place.dir()), @r"
    error: `PLACE/README.md` is already there
    hint: nothing was written; name a directory that holds none of it yet
    ");
}

#[test]
fn a_drafted_agent_passes_check_once() {
    let place = Place::governed();
    assert_eq!(place.run(&["agents", "new", "invoice-reader"]).code, Some(0));
    assert_eq!(place.run(&["check"]).code, Some(0));
    assert_eq!(place.run(&["agents", "new", "invoice-reader"]).code, Some(1));
}

#[test]
fn schemas_are_written_for_editors() {
    let place = Place::governed();
    assert_eq!(place.run(&["schema", "--out", "../schemas"]).code, Some(0));
    let text = std::fs::read_to_string(place.path("schemas/agent.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(place.run(&["schema"]).code, Some(0));
    assert_eq!(place.run(&["check"]).code, Some(0), "schemas in the directory are no findings");
}

#[test]
fn every_rule_in_force_can_be_read() {
    let place = Place::governed();
    let all = place.run(&["policy", "show"]).stdout;
    let support = place.run(&["policy", "show", "--agent", "customer-support"]).stdout;
    for policy in ["no-pii-external", "tool-access", "transaction-limit", "approval-threshold"] {
        assert!(all.contains(&format!("// {policy}, ")), "{policy}");
    }
    assert!(support.contains("customer-support") && !support.contains("financial-advisor"));
    assert!(place.run(&["policy", "show", "--schema"]).stdout.contains("entity Agent"));
    assert_eq!(place.run(&["policy", "show", "--agent", "nobody"]).code, Some(1));
}

#[test]
fn a_risky_agent_is_not_observed_for_ever() {
    let place = Place::governed();
    let file = "agents/financial-advisor.yaml";
    place.rewrite(file, "mode: enforce", "mode: observe");
    let ended = place.run(&["check"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stdout);
    assert!(ended.stdout.contains("error[observing-since]"), "{}", ended.stdout);
    place.rewrite(file, "mode: observe", "mode: observe\nobserving_since: 2020-01-31");
    let ended = place.run(&["check"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stdout);
    assert!(ended.stdout.contains("error[observed-too-long]"), "{}", ended.stdout);
    assert!(ended.stdout.contains(&format!("{file}:13")), "{}", ended.stdout);
}
