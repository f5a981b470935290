use serde_json::Value;

use crate::syndic::Place;

fn names() -> Vec<String> {
    let answer = Place::empty().run(&["pack", "list", "--json"]).stdout;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let packs = answer["packs"].as_array().unwrap().iter();
    packs.map(|pack| pack["name"].as_str().unwrap().to_owned()).collect()
}

/// Checks that the directory has no findings and passes its tests.
fn passes(place: &Place, what: &str) {
    let check = place.run(&["check"]);
    assert!(check.stdout.ends_with("; no findings\n"), "{what}: {}", check.stdout);
    let test = place.run(&["test"]);
    assert_eq!(test.code, Some(0), "{what}: {}{}", test.stdout, test.stderr);
}

#[test]
fn a_fresh_directory_passes_with_each_pack_and_with_all() {
    let all = Place::governed();
    for name in names() {
        let one = Place::governed();
        for place in [&one, &all] {
            let added = place.run(&["pack", "add", &name]);
            assert_eq!((added.code, added.stderr.as_str()), (Some(0), ""), "{}", added.stdout);
        }
        passes(&one, &name);
    }
    passes(&all, "all of them");
}

#[test]
fn a_pack_overwrites_nothing_and_says_so() {
    let place = Place::governed();
    assert_eq!(place.run(&["pack", "add", "baseline"]).code, Some(0));
    place.append("policies/org/advisory-path.cedar", "// mine\n");
    insta::assert_snapshot!(place.run(&["pack", "add", "baseline"]).stdout, @r"
    unchanged  policies/org/baseline.cedar
    unchanged  policies/org/no-pii-external.cedar
    kept       policies/org/advisory-path.cedar
    unchanged  policies/tests/pack-baseline.yaml

    What is kept differs from the pack; syndic pack show baseline --json has its text

    Next:
      syndic test --dir .
    ");
    let text = place.dir().join("policies/org/advisory-path.cedar");
    assert!(std::fs::read_to_string(text).unwrap().ends_with("// mine\n"));
}

#[test]
fn a_pack_says_which_capabilities_nothing_has() {
    let place = Place::governed();
    std::fs::remove_file(place.dir().join("actions/code.yaml")).unwrap();
    let answer = place.run(&["pack", "add", "owasp-agentic", "--json"]).stdout;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["missing_capabilities"], serde_json::json!(["execute_code"]));
}

#[test]
fn every_pack_says_what_it_does_not_do() {
    let place = Place::empty();
    for name in names() {
        let page = place.run(&["pack", "show", &name]).stdout;
        assert!(page.contains("## What it does not do"), "{page}");
        assert!(page.contains("## Files"), "{page}");
    }
    let unknown = place.run(&["pack", "show", "nope"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("the packs are baseline,"), "{}", unknown.stderr);
}

#[test]
fn a_pack_says_which_actions_leave_its_labels() {
    let place = Place::governed();
    insta::assert_snapshot!(place.run(&["pack", "add", "information-flow"]).stdout, @r"
    unchanged  approvers/support.yaml
    unchanged  approvers/finance.yaml
    added      policies/org/information-flow.cedar
    added      policies/tests/pack-information-flow.yaml

    The pack decides by labels; give them to every action that should leave them:
      sensitive_data, left by run_code
      untrusted_content, left by run_code

    Next:
      syndic test --dir .
    ");
    std::fs::remove_file(place.dir().join("actions/code.yaml")).unwrap();
    let answer = place.run(&["pack", "add", "information-flow", "--json"]).stdout;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let expected = serde_json::json!({"sensitive_data": [], "untrusted_content": []});
    assert_eq!(answer["labels"], expected);
}

#[test]
fn a_pack_brings_whom_it_asks_and_leaves_those_who_are_there() {
    let place = Place::governed();
    let moved = place.dir().join("approvers/people.yaml");
    std::fs::rename(place.dir().join("approvers/support.yaml"), moved).unwrap();
    let added = place.run(&["pack", "add", "information-flow"]).stdout;
    assert!(added.contains("kept       approvers/support.yaml"), "{added}");
    passes(&place, "with its group in another file");
    std::fs::remove_file(place.dir().join("approvers/people.yaml")).unwrap();
    let added = place.run(&["pack", "add", "information-flow"]).stdout;
    assert!(added.contains("added      approvers/support.yaml"), "{added}");
    passes(&place, "with the group of the pack");
}
