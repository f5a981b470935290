//! What is looked at before an agent is deployed, from the command line.

use serde_json::{Value, json};

use crate::syndic::Place;

#[test]
fn what_is_open_is_shown_with_what_closes_it_and_stops_a_deployment() {
    let place = Place::governed();
    let serving = place.serve();
    let about = ["checklist", "--agent", "customer-support"];
    let with =
        |more: &[&str]| place.run(&[&about[..], more, &["--key-file", "../admin.key"]].concat());
    let shown = with(&[]);
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    let drill = "      syndic drill override --agent customer-support";
    assert!(shown.stdout.lines().any(|line| line == drill), "{}", shown.stdout);
    let last = shown.stdout.lines().last().unwrap();
    assert!(last.starts_with("customer-support may not be deployed at "), "{last}");

    for command in shown.stdout.lines().filter_map(|line| line.strip_prefix("      syndic ")) {
        let helped: Vec<_> = command.split_whitespace().chain(["--help"]).collect();
        assert_eq!(place.run(&helped).code, Some(0), "{command}");
    }

    let judged = with(&["--gate"]);
    assert_eq!(judged.code, Some(1), "{}", judged.stderr);
    assert!(judged.stdout.lines().last().unwrap().starts_with("recorded as "), "{}", judged.stdout);
    assert_eq!(serving.terminate(), Some(0));
}

#[test]
fn a_checklist_is_judged_where_nobody_serves() {
    let place = Place::governed();
    let about = ["checklist", "--agent", "customer-support"];
    let shown = place.run(&about);
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    assert!(shown.stdout.contains("may not be deployed"), "{}", shown.stdout);
    let judged = place.run(&[&about[..], &["--gate", "--json"]].concat());
    assert_eq!(judged.code, Some(1), "{}", judged.stderr);
    let judged: Value = serde_json::from_str(&judged.stdout).unwrap();
    assert_eq!(judged["checklist"]["passed"], json!(false));
    let unknown = place.run(&["checklist", "--agent", "nobody"]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.stderr.contains("`syndic agents` lists them"), "{}", unknown.stderr);
}

#[test]
fn an_item_that_somebody_answers_for_names_them() {
    let place = Place::governed();
    let serving = place.serve();
    let about = ["attest", "--agent", "customer-support", "--field", "checklist:rate-limiting"];
    let said = ["--not-applicable", "it is asked by one person", "--name", "support lead"];
    place.admin(&[&about[..], &said, &["--function", "owner"]].concat());
    let list = place.admin(&["checklist", "--agent", "customer-support"]);
    let items = list["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["id"] == json!("rate-limiting")).unwrap();
    assert_eq!(item["state"], json!("not_applicable"), "{item}");
    assert!(item["by"].as_str().unwrap().contains("support lead"), "{item}");
    let arguments = ["checklist", "--agent", "customer-support", "--key-file", "../admin.key"];
    let shown = place.run(&arguments).stdout;
    assert!(shown.contains("not applicable by support lead"), "{shown}");
    assert_eq!(serving.terminate(), Some(0));
}
