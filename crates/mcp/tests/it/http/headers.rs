//! Headers that say otherwise than the body.

use serde_json::{Value, json};

use super::rig::{Rig, refund, seen, stateless};

const VERSION: (&str, &str) = ("mcp-protocol-version", "2026-07-28");
const METHOD: (&str, &str) = ("mcp-method", "tools/call");
const NAME: (&str, &str) = ("mcp-name", "issue_refund");

async fn say(rig: &Rig, body: String, headers: &[(&str, &str)]) -> (u16, Value) {
    let request =
        headers.iter().fold(rig.post(body), |request, (name, value)| request.header(*name, *value));
    seen(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_stateless_call_whose_headers_agree_goes_on_with_them() {
    let mut rig = Rig::plain().await;
    let body = stateless(1, "issue_refund", &json!({"order_id": "A-1", "amount": 5}));
    let session = ("mcp-session-id", "of-another-revision");
    let (status, said) = say(&rig, body.clone(), &[VERSION, METHOD, NAME, session]).await;
    assert_eq!(status, 200, "{said}");
    let received = rig.server.next().await;
    assert_eq!(received.text(), body);
    for (name, value) in [VERSION, METHOD, NAME] {
        assert_eq!(received.header(name), Some(value));
    }
    assert_eq!(received.header("mcp-session-id"), None, "this revision has no sessions");
    let encoded = ("mcp-name", "=?base64?aXNzdWVfcmVmdW5k?=");
    assert_eq!(say(&rig, body, &[VERSION, METHOD, encoded]).await.0, 200);
    assert_eq!(rig.server.next().await.header("mcp-name"), Some(encoded.1));
}

#[tokio::test]
async fn a_call_whose_headers_lie_is_refused_and_never_decided() {
    let mut rig = Rig::plain().await;
    let modern = stateless(9, "issue_refund", &json!({"order_id": "A-1", "amount": 5}));
    for (body, headers) in [
        (&modern, &[VERSION, METHOD, ("mcp-name", "read_file")][..]),
        (&modern, &[VERSION, ("mcp-method", "tools/list"), NAME]),
        (&modern, &[("mcp-protocol-version", "2025-11-25"), METHOD, NAME]),
        (&modern, &[VERSION, METHOD]),
        (&modern, &[METHOD, NAME]),
        (&modern, &[VERSION, METHOD, NAME, ("mcp-name", "issue_refund")]),
        (&modern, &[]),
        (&refund(9), &[("mcp-name", "read_file")]),
        (&refund(9), &[("mcp-method", "ping")]),
    ] {
        let (status, said) = say(&rig, body.clone(), headers).await;
        assert_eq!((status, &said["error"]["code"]), (400, &json!(-32020)), "{headers:?}: {said}");
        assert_eq!(said["id"], 9);
    }
    assert!(rig.server.heard_nothing());
    assert!(rig.daemon.events("action=issue_refund").await.is_empty());
}

#[tokio::test]
async fn an_argument_that_a_header_repeats_must_agree_though_the_client_never_listed_the_tools() {
    let mut rig = Rig::showing(json!([{"name": "issue_refund", "inputSchema": {
        "type": "object",
        "properties": {"order_id": {"type": "string", "x-mcp-header": "Order"}},
    }}]))
    .await;
    let body = stateless(2, "issue_refund", &json!({"order_id": "A-1", "amount": 5}));
    let lie = ("mcp-param-order", "B-2");
    let (status, said) = say(&rig, body.clone(), &[VERSION, METHOD, NAME, lie]).await;
    assert_eq!((status, &said["error"]["code"]), (400, &json!(-32020)), "{said}");
    assert_eq!(say(&rig, body.clone(), &[VERSION, METHOD, NAME]).await.0, 400);
    assert!(rig.server.heard_nothing());
    let truth = ("mcp-param-order", "A-1");
    assert_eq!(say(&rig, body, &[VERSION, METHOD, NAME, truth]).await.0, 200);
    assert_eq!(rig.server.next().await.header("mcp-param-order"), Some("A-1"));
}
