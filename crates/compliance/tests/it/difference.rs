use serde_json::{Value, json};
use syndic_compliance::{MAX_DIFFERENCES, differences};

use crate::world::{decision, stated, world};

fn report() -> Value {
    let records =
        [(0, decision("1", &json!({}))), (0, stated("intended_purpose", "to help", &json!({})))];
    serde_json::to_value(world(1, records).report()).unwrap()
}

fn lines(claimed: &Value, recomputed: &Value) -> Vec<String> {
    let shown = |value: &Option<Value>| value.as_ref().map_or("-".to_owned(), Value::to_string);
    let found = differences(claimed, recomputed);
    let line = |one: &syndic_compliance::Difference| {
        format!("{}: {} / {}", one.path, shown(&one.claimed), shown(&one.recomputed))
    };
    found.first.iter().map(line).collect()
}

#[test]
fn the_same_report_has_no_differences() {
    let mut signed = report();
    signed["signature"] = json!("— a note");
    signed["proofs"] = json!([{"index": 0, "leaf": "00", "path": []}]);
    assert_eq!(differences(&signed, &report()).count, 0);
}

#[test]
fn each_value_that_was_changed_is_named_by_its_probe_or_control() {
    let right = report();
    let mut claimed = right.clone();
    let element = |list: &mut Value, key: &str, name: &str| -> usize {
        list.as_array().unwrap().iter().position(|one| one[key] == name).unwrap()
    };
    let at = element(&mut claimed["readings"], "probe", "LOG-01");
    claimed["readings"][at]["value"]["age_days"]["count"] = json!(200);
    let at = element(&mut claimed["frameworks"], "id", "eu-ai-act");
    let controls = &mut claimed["frameworks"][at]["controls"];
    let place = element(controls, "id", "eu-ai-act:art-4");
    controls[place]["status"] = json!("satisfied_attested");
    claimed["checks"]["accuracy"]["status"] = json!("satisfied_measured");
    claimed["statements"] = json!([]);
    let at = element(&mut claimed["gaps"], "id", "accuracy");
    claimed["gaps"].as_array_mut().unwrap().remove(at);
    let paths: Vec<_> = lines(&claimed, &right)
        .iter()
        .map(|line| line.split(": ").next().unwrap().to_owned())
        .collect();
    insta::assert_snapshot!(paths.join("\n"), @"
    readings/LOG-01/value/age_days/count
    statements/intended_purpose
    checks/accuracy/status
    frameworks/eu-ai-act/controls/eu-ai-act:art-4/status
    gaps/accuracy
    ");
}

#[test]
fn elements_in_another_order_are_a_difference() {
    let lists = |order: [&str; 2]| json!({"readings": order.map(|probe| json!({"probe": probe}))});
    insta::assert_snapshot!(lines(&lists(["A", "B"]), &lists(["B", "A"])).join("\n"), @r#"
    readings/0: "A" / "B"
    readings/1: "B" / "A"
    "#);
    insta::assert_snapshot!(lines(&json!({"roles": ["a"]}), &json!({"roles": ["b", "c"]})).join("\n"), @r#"
    roles/0: "a" / "b"
    roles/1: - / "c"
    "#);
}

#[test]
fn only_the_first_differences_are_kept_but_all_are_counted() {
    let list = |word: &str| json!({"about": vec![word; 250]});
    let found = differences(&list("a"), &list("b"));
    assert_eq!((found.count, found.first.len()), (250, MAX_DIFFERENCES));
}
