use serde_json::{Value, json};

use crate::serve::{agent_key, refund};
use crate::syndic::Place;

const SUPPORT: &str = "agents/customer-support.yaml";

/// A place where customer support was observed while it asked for three refunds.
fn observed() -> Place {
    let place = Place::governed();
    place.rewrite(SUPPORT, "mode: enforce", "mode: observe # for now");
    let serving = place.serve();
    let key = agent_key(&place);
    for amount in [45, 150, 250] {
        assert!(refund(&serving.url, &key, amount).allowed);
    }
    assert_eq!(serving.terminate(), Some(0));
    place
}

fn promote(place: &Place, more: &[&str]) -> (Option<i32>, Value) {
    let arguments = ["promote", "customer-support", "--json", "--key-file", "../admin.key"];
    let ended = place.run(&[&arguments, more].concat());
    (ended.code, serde_json::from_str(&ended.stdout).unwrap())
}

#[test]
fn nothing_is_switched_that_nobody_signed() {
    let place = observed();
    for more in [&[][..], &["--yes"], &["--signed-by", "support lead"]] {
        let (code, told) = promote(&place, more);
        assert_eq!(code, Some(1), "{told}");
        assert_eq!((&told["switched"], &told["actions"]), (&json!(false), &json!(3)), "{told}");
    }
    let text = std::fs::read_to_string(place.dir().join(SUPPORT)).unwrap();
    assert!(text.contains("mode: observe # for now"), "{text}");
}

#[test]
fn an_agent_is_promoted_over_its_recorded_traffic() {
    let place = observed();
    // With no daemon the data directory is opened; with one, its socket answers.
    let serving = place.serve();
    let (code, told) = promote(&place, &["--signed-by", "support lead", "--yes"]);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!((&told["would_deny"], &told["would_hold"]), (&json!(0), &json!(2)), "{told}");
    let stopped = &told["stopped"][0];
    assert_eq!(
        (&stopped["action"], &stopped["policy"]),
        (&json!("issue_refund"), &json!("approval-threshold"))
    );
    assert_eq!(stopped["examples"].as_array().unwrap().len(), 2);
    assert_eq!(told["enforced"], true);
    let text = std::fs::read_to_string(place.dir().join(SUPPORT)).unwrap();
    let signed = "mode: enforce # for now\npromoted: # by `syndic promote`\n  signed_by: \"support lead\"\n  on: ";
    assert!(text.contains(signed), "{text}");
    assert!(text.starts_with("# "), "comments stay: {text}");
    let refused = refund(&serving.url, &agent_key(&place), 150);
    assert_eq!((refused.effect.as_str(), refused.allowed), ("hold", false));
    assert_eq!(place.run(&["check"]).code, Some(0));
    let again = place.run(&["promote", "customer-support", "--key-file", "../admin.key"]);
    assert!(again.stderr.contains("in mode `enforce` already"), "{}", again.stderr);
    let segment = place.dir().join(".syndic/segments/0000000000000000.jsonl");
    let records = std::fs::read_to_string(segment).unwrap();
    assert!(
        records
            .contains(r#""agent_promoted":{"agent":"customer-support","signed_by":"support lead""#)
    );
}
