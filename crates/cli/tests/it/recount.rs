//! What `replay` says of limits and labels: counted anew, in ledger order.

use serde_json::{Value, json};

use crate::reading::{agent_key, ask};
use crate::syndic::Place;

const PROFILE: &str = "agents/customer-support.yaml";
const LIMITS: &str = "limits:\n  - per: minute\n    calls: 60\n";

fn act(action: &str, args: &Value) -> Value {
    json!({"agent": "customer-support", "action": action, "session_id": "s-1", "user_id": "u-1", "args": args})
}

/// Asks for `count` refunds of 90 USD, which nobody needs to approve.
fn refunds(place: &Place, count: usize) {
    let serving = place.serve();
    let key = agent_key(place, "customer-support");
    for n in 0..count {
        let args = json!({"order_id": format!("A-{n}"), "amount": 90});
        ask(&serving, &key, &act("issue_refund", &args));
    }
    assert_eq!(serving.terminate(), Some(0));
}

fn replay(place: &Place, since: &str) -> Value {
    let ended = place.run(&["replay", "--since", since, "--json", "--key-file", "../admin.key"]);
    assert_eq!(ended.stderr, "");
    serde_json::from_str(&ended.stdout).unwrap()
}

fn figures(told: &Value) -> [u64; 3] {
    ["decided", "changed", "same_by_other_policies"].map(|name| told[name].as_u64().unwrap())
}

#[test]
fn a_new_limit_refuses_what_would_have_been_beyond_it() {
    let place = Place::governed();
    refunds(&place, 13);
    place.rewrite(PROFILE, LIMITS, "limits: [{per: day, amount: 1000 USD}]\n");
    let told = replay(&place, "1d");
    // Eleven are 990 USD, and the others were allowed then.
    assert_eq!(figures(&told), [13, 2, 0], "{told:#}");
    let change = &told["changes"][0];
    assert_eq!(
        (&change["from"], &change["to"], &change["count"]),
        (&json!("allow"), &json!("deny"), &json!(2))
    );
    assert_eq!(
        change["examples"][0]["reasons_after"],
        json!([
            "spend-limit: with 90 USD the sum within a day is 1080 USD, over the limit of 1000 USD"
        ]),
    );
    // What came before the first that is decided again counts.
    let last = place.admin(&["audit", "list", "--limit", "1"]);
    let last = last["events"][0]["timestamp"]
        .as_str()
        .or_else(|| last[0]["timestamp"].as_str())
        .unwrap()
        .to_owned();
    assert_eq!(figures(&replay(&place, &last)), [1, 1, 0]);
}

#[test]
fn a_burst_that_was_refused_is_refused_again_whatever_the_number_of_its_limit() {
    let place = Place::governed();
    let own = "limits:\n  - {per: day, calls: 3}\n  - {per: session, amount: 5000 USD}\n  - {per: day, amount: 180 USD}\n";
    place.rewrite(PROFILE, LIMITS, own);
    refunds(&place, 5);
    assert_eq!(figures(&replay(&place, "1d")), [5, 0, 0]);
    // Other files that mean the same: counted anew.
    place.append(PROFILE, "# reviewed\n");
    assert_eq!(figures(&replay(&place, "1d")), [5, 0, 0]);
    let renumbered = "limits:\n  - {per: hour, calls: 1000}\n  - {per: day, amount: 180 USD}\n  - {per: day, calls: 3}\n  - {per: session, amount: 5000 USD}\n";
    place.rewrite(PROFILE, own, renumbered);
    assert_eq!(figures(&replay(&place, "1d")), [5, 0, 0]);
    place.rewrite(PROFILE, "calls: 3}", "calls: 4}");
    // The third was refused by the sum, and so is the fourth; the fifth by both.
    assert_eq!(figures(&replay(&place, "1d")), [5, 0, 1]);
}

#[test]
fn a_new_label_stays_on_the_sessions_of_recorded_actions() {
    let place = Place::governed();
    let serving = place.serve();
    let key = agent_key(&place, "customer-support");
    let refund = act("issue_refund", &json!({"order_id": "A-1", "amount": 9}));
    for action in [&refund, &act("search_knowledge_base", &json!({"query": "x"})), &refund] {
        ask(&serving, &key, action);
    }
    assert_eq!(serving.terminate(), Some(0));
    place.rewrite(
        "actions/support.yaml",
        "  search_knowledge_base:\n",
        "  search_knowledge_base:\n    labels: [untrusted_content]\n",
    );
    std::fs::write(
        place.dir().join("policies/org/tainted.cedar"),
        r#"@id("tainted")
@severity("high")
@description("Nothing is paid back in a session that met content from outside.")
@reason("the session met content from outside")
forbid (principal, action == Action::"issue_refund", resource)
when { context.call.session.labels.contains("untrusted_content") };
"#,
    )
    .unwrap();
    let told = replay(&place, "1d");
    assert_eq!(figures(&told), [3, 1, 0], "{told:#}");
    assert_eq!(told["policies"][0]["policy"], "tainted", "{told:#}");
}
