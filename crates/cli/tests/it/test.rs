use serde_json::Value;

use crate::syndic::{Place, Running};

/// A test that fails in everything it expects.
const FAILING: &str = "\
tests:
  - name: refunds are free
    given: { agent: customer-support, action: issue_refund, args: { order_id: A-1, amount: 150 } }
    expect: { effect: allow, policies: [], reasons: [no charge] }
";

/// A team's policy that the time of day decides.
const NIGHT: &str = "\
@id(\"no-night-refunds\")
@description(\"Refunds wait for the morning.\")
@severity(\"medium\")
@reason(\"refunds are paid from 06:00 on\")
forbid (principal, action == Action::\"issue_refund\", resource)
when { context.call.environment == \"prod\" && context.call.grade == \"in-path\" }
unless { context.call.now.toTime() >= duration(\"6h\") };
";

const BY_NIGHT: &str = "\
tests:
  - name: refunds wait for the morning
    given:
      agent: customer-support
      action: issue_refund
      args: { order_id: A-1, amount: 5 }
      session_id: s-1
      call: { environment: prod, grade: in-path }
    expect: { effect: deny, policies: [no-night-refunds] }
    rows:
      - given: { call: { now: \"2026-11-22T03:00:00Z\" } }
      - name: after six
        given: { call: { now: \"2026-11-22T06:00:00Z\" } }
        expect: { effect: allow, policies: [] }
      - name: before six, elsewhere
        given: { call: { now: \"2026-11-22T03:00:00Z\", environment: dev } }
        expect: { effect: allow, policies: [] }
";

#[test]
fn a_fresh_directory_passes_its_tests_and_reaches_every_policy() {
    let ended = Place::governed().run(&["test", "--coverage"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{}", ended.stdout);
    insta::assert_snapshot!(ended.stdout);
}

#[test]
fn a_failure_says_what_was_expected_and_why_it_was_not() {
    let place = Place::governed();
    place.append("policies/tests/wishes.yaml", FAILING);
    let ended = place.run(&["test", "wishes"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
    insta::assert_snapshot!(ended.stdout);
}

#[test]
fn mistakes_in_tests_are_shown_where_they_are() {
    let place = Place::governed();
    place.append(
        "policies/tests/wrong.yaml",
        "\
tests:
  - name: words
    given: { agent: a b, action: issue_refund, call: { pii: [EMAIL_ADRESS], now: noon } }
    expect: { effect: refuse, policies: [tool-acces] }
  - name: nothing given
    expect: {}
  - name: nothing given
    rows: []
  - name: arguments
    given: { agent: a, action: b, args: '{\"a\": ' }
    expect: { effect: deny }
",
    );
    place.append("policies/tests/shape.yaml", "tests:\n  - name: x\n    givn: {}\n");
    place.append("policies/tests/empty.yaml", "# nothing yet\n");
    let ended = place.run(&["test"]);
    assert_eq!(ended.code, Some(1));
    insta::assert_snapshot!(ended.stderr);
}

#[test]
fn a_name_chooses_tests_and_one_that_chooses_none_is_bad_usage() {
    let place = Place::governed();
    let chosen = place.run(&["test", "exactly the", "--json"]);
    let answer: Value = serde_json::from_str(&chosen.stdout).unwrap();
    assert_eq!((&answer["passed"], &answer["failed"]), (&2.into(), &0.into()));
    assert_eq!(answer["tests"][0]["file"], "policies/tests/refunds.yaml");
    assert_eq!(place.run(&["test", "no such test"]).code, Some(2));
    std::fs::remove_dir_all(place.dir().join("policies/tests")).unwrap();
    assert_eq!(place.run(&["test"]).code, Some(1), "nothing tested is nothing passed");
}

#[test]
fn tests_choose_the_time_and_the_place() {
    let place = Place::governed();
    place.append("policies/teams/support/night.cedar", NIGHT);
    place.append("policies/tests/night.yaml", BY_NIGHT);
    let ended = place.run(&["test", "night"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let uncovered = place.run(&["test", "transactions", "--coverage"]).stdout;
    assert!(uncovered.contains("no-night-refunds      never exercised"), "{uncovered}");
}

#[test]
fn a_ci_server_reads_the_results() {
    let place = Place::governed();
    place.append("policies/tests/wishes.yaml", FAILING);
    let ended = place.run(&["test", "wishes", "--junit", "../report.xml"]);
    assert_eq!(ended.code, Some(1));
    insta::assert_snapshot!(std::fs::read_to_string(place.path("report.xml")).unwrap());
}

#[test]
fn a_change_runs_the_tests_again() {
    let place = Place::governed();
    let mut watching = place.start(&["test", "refunds", "--watch"]);
    assert!(verdict(&mut watching).starts_with("ok: 5 of 5"));
    place.append("policies/tests/refunds-too.yaml", FAILING);
    assert!(verdict(&mut watching).starts_with("failed: 5 of 6"));
}

fn verdict(watching: &mut Running) -> String {
    loop {
        let line = watching.line();
        if line.contains("tests passed") {
            return line;
        }
    }
}

/// A policy of a team, so that the loader adds a condition of its own, with one of each way to join conditions.
const BRANCHED: &str = r#"@id("branched")
@description("d")
@severity("low")
@reason("branched")
forbid (principal, action == Action::"issue_refund", resource)
when {
  context.input.order_id != "A-1" &&
  (context.call.suspended || !context.facts.amount.lessThan(decimal("5.0")))
}
unless { if context.call.environment == "prod" then true else context.call.grade == "in-path" };
"#;

const BRANCHED_TESTS: &str = r#"
tests:
  - name: branches
    given: { agent: customer-support, action: issue_refund, args: { order_id: A-2, amount: 9 } }
    expect: { effect: deny, policies: [branched] }
    rows:
      - name: reached
      - name: too little
        given: { args: { amount: 1 } }
        expect: { effect: allow, policies: [] }
      - name: another order
        given: { args: { order_id: A-1 } }
        expect: { effect: allow, policies: [] }
"#;

#[test]
fn coverage_tells_which_branches_were_true_and_false() {
    let place = Place::governed();
    place.append("policies/teams/support/branched.cedar", BRANCHED);
    place.append("policies/tests/branched.yaml", BRANCHED_TESTS);
    let answer: Value =
        serde_json::from_str(&place.run(&["test", "branched", "--json"]).stdout).unwrap();
    assert_eq!(answer["ok"], true, "{answer:#}");
    let covered = answer["coverage"].as_array().unwrap().iter();
    let covered = covered.filter(|policy| policy["policy"] == "branched");
    let branches: Vec<String> = covered
        .flat_map(|policy| policy["branches"].as_array().unwrap())
        .map(|branch| {
            format!(
                "{}:{} {} true {} false {}",
                branch["line"], branch["column"], branch["text"], branch["true"], branch["false"]
            )
        })
        .collect();
    insta::assert_snapshot!(branches.join("\n"));
    let shown = place.run(&["test", "branched", "--coverage"]).stdout;
    let unseen = shown.split_once("branch  ").unwrap().1;
    insta::assert_snapshot!(unseen);
}
