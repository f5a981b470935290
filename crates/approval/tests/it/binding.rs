//! What an approval is bound to.

use serde_json::json;
use syndic_approval::{Bound, binding_text, request_text};

fn bound() -> Bound<'static> {
    Bound {
        environment: "prod",
        agent: "customer-support",
        key: "k1",
        chain: &[],
        user: None,
        session: Some("s-1"),
        action: "issue_refund",
        tool: None,
        server: None,
        tool_pin: None,
        args: "a0",
        facts: Some(json!({"amount": "150", "currency": "USD"})),
        profiles: &[],
    }
}

#[test]
fn a6_the_text_is_canonical_and_has_everything_but_time_and_use() {
    assert_eq!(
        request_text(&bound()),
        "{\"action\":\"issue_refund\",\"agent\":\"customer-support\",\"args\":\"a0\",\"chain\":[],\
         \"environment\":\"prod\",\"facts\":{\"amount\":\"150\",\"currency\":\"USD\"},\"key\":\"k1\",\
         \"profiles\":[],\"session\":\"s-1\"}"
    );
}

#[test]
fn a6_another_of_anything_is_another_request() {
    let chain = ["planner".to_owned()];
    let profiles = ["p".to_owned()];
    let others = [
        Bound { environment: "dev", ..bound() },
        Bound { agent: "knowledge-base", ..bound() },
        Bound { key: "k2", ..bound() },
        Bound { chain: &chain, ..bound() },
        Bound { user: Some("u"), ..bound() },
        Bound { user: Some(""), ..bound() },
        Bound { server: Some("mail"), ..bound() },
        Bound { tool_pin: Some("sha256:0"), ..bound() },
        Bound { session: None, ..bound() },
        Bound { session: Some("s-2"), ..bound() },
        Bound { action: "update_ticket", ..bound() },
        Bound { tool: Some("shop"), ..bound() },
        Bound { args: "a1", ..bound() },
        Bound { facts: None, ..bound() },
        Bound { facts: Some(json!({"amount": "151", "currency": "USD"})), ..bound() },
        Bound { profiles: &profiles, ..bound() },
    ];
    let texts: std::collections::BTreeSet<String> =
        others.iter().chain([&bound()]).map(request_text).collect();
    assert_eq!(texts.len(), others.len() + 1);
}

#[test]
fn a6_the_binding_names_each_policy_that_is_lifted_in_any_order() {
    let one = binding_text("r", [("a", "1"), ("b", "2")]);
    assert_eq!(one, binding_text("r", [("b", "2"), ("a", "1")]));
    for other in [
        binding_text("r", [("a", "1")]),
        binding_text("r", [("a", "1"), ("b", "3")]),
        binding_text("s", [("a", "1"), ("b", "2")]),
        binding_text("r", [("a", "2"), ("b", "1")]),
    ] {
        assert_ne!(one, other);
    }
}
