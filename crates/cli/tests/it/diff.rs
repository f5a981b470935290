use serde_json::Value;

use crate::syndic::Place;

/// Compares the shipped directory with a changed one.
fn diff(change: impl FnOnce(&Place)) -> (Option<i32>, Value) {
    let (old, new) = (Place::governed(), Place::governed());
    change(&new);
    let (old, new) = (old.dir(), new.dir());
    let ended =
        Place::empty().run(&["diff", old.to_str().unwrap(), new.to_str().unwrap(), "--json"]);
    let answer = serde_json::from_str(&ended.stdout);
    (ended.code, answer.unwrap_or_else(|_| panic!("{}{}", ended.stdout, ended.stderr)))
}

/// Returns what differs, as `agent action change`.
fn different(answer: &Value) -> Vec<String> {
    let changes = answer["changes"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or("*").to_owned();
    changes
        .filter(|change| change["change"] != "equivalent")
        .map(|change| ["agent", "action", "change"].map(|name| text(&change[name])).join(" "))
        .collect()
}

const ADVISOR: &str = "agents/financial-advisor.yaml";
const SUPPORT: &str = "agents/customer-support.yaml";

#[test]
fn a_change_of_words_is_equivalent() {
    let (code, answer) = diff(|new| {
        new.rewrite(SUPPORT, "purpose: Answers", "purpose: Kindly answers");
        new.rewrite("policies/org/no-pii-external.cedar", "No personal data", "No private data");
    });
    assert_eq!((code, different(&answer)), (Some(0), vec![]));
    assert_eq!(answer["changes"].as_array().unwrap().len(), 21, "every agent and action");
}

#[test]
fn a_higher_threshold_is_looser_and_a_lower_limit_is_stricter() {
    let (code, answer) = diff(|new| {
        new.rewrite(SUPPORT, "amount_over: 100 USD", "amount_over: 150 USD");
        new.rewrite(ADVISOR, "1000.00 USD", "500 USD");
    });
    let expected =
        ["customer-support issue_refund looser", "financial-advisor execute_transaction stricter"];
    assert_eq!((code, different(&answer)), (Some(1), expected.map(str::to_owned).to_vec()));
    let changes = answer["changes"].as_array().unwrap();
    let looser = changes.iter().find(|change| change["change"] == "looser").unwrap();
    assert_eq!(looser["opened"]["decide"]["before"], "hold");
    assert_eq!(looser["opened"]["decide"]["after"], "allow");
    let stricter = changes.iter().find(|change| change["change"] == "stricter").unwrap();
    assert_eq!(stricter["closed"]["level"], "approved");
    assert_eq!(stricter["closed"]["decide"]["before"], "hold");
    assert_eq!(stricter["closed"]["decide"]["after"], "deny");
}

#[test]
fn more_here_and_less_there_is_incomparable() {
    let (_, answer) = diff(|new| {
        new.rewrite(SUPPORT, "amount_over: 100 USD", "amount_over: 150 USD");
        new.append(
            "policies/org/order.cedar",
            r#"@id("order") @description("d") @severity("low") @reason("no such order")
            forbid (principal, action == Action::"issue_refund", resource)
            when { context.input.order_id == "X-1" };"#,
        );
    });
    assert_eq!(different(&answer), ["customer-support issue_refund incomparable"]);
}

#[test]
fn a_policy_of_a_team_is_stricter_for_its_agents_only() {
    let (_, answer) = diff(|new| {
        new.append(
            "policies/teams/finance/quiet.cedar",
            r#"@id("quiet") @description("d") @severity("low") @reason("not now")
            forbid (principal, action == Action::"update_ticket", resource);"#,
        );
    });
    assert_eq!(different(&answer), ["financial-advisor update_ticket stricter"]);
}

#[test]
fn agents_actions_and_modes_that_change_are_told() {
    let (code, answer) = diff(|new| {
        new.rewrite(SUPPORT, "mode: enforce", "mode: observe");
        new.rewrite(
            "actions/code.yaml",
            "language: { type: string }",
            "language: { type: integer }",
        );
        std::fs::remove_file(new.dir().join("agents/knowledge-base.yaml")).unwrap();
    });
    assert_eq!(code, Some(1));
    assert_eq!(
        different(&answer),
        [
            "customer-support * looser",
            "customer-support run_code incomparable",
            "financial-advisor run_code incomparable",
            "knowledge-base * removed",
        ]
    );
}

#[test]
fn without_an_answer_it_counts_as_looser_and_without_a_solver_samples_are_compared() {
    let (old, new) = (Place::governed(), Place::governed());
    new.rewrite(ADVISOR, "1000.00 USD", "500 USD");
    let (old, new) = (old.dir(), new.dir());
    let arguments = ["diff", old.to_str().unwrap(), new.to_str().unwrap()];
    let place = Place::empty();
    let solver = place.silent_solver();
    let hasty = [&arguments[..], &["--timeout-ms", "20"]].concat();
    let late = place.run_with_variable(&hasty, ("CVC5", &solver));
    assert_eq!(late.code, Some(1));
    assert!(
        late.stdout.contains("looser  financial-advisor  execute_transaction"),
        "{}",
        late.stdout
    );
    let sampled = Place::empty().run_with_variable(&arguments, ("PATH", ""));
    assert_eq!(sampled.code, Some(1));
    assert!(sampled.stderr.contains("SAMPLES are compared"), "{}", sampled.stderr);
    assert!(sampled.stdout.contains("stricter  financial-advisor  execute_transaction"));
    let markdown = Place::empty().run(&[&arguments[..], &["--markdown"]].concat());
    assert!(markdown.stdout.contains("| **stricter** | financial-advisor | execute_transaction |"));
    assert_eq!(Place::empty().run(&["diff", "nowhere", "nowhere"]).code, Some(2));
}
