//! Calls of tools.

use serde_json::json;

use crate::rig::{Rig, call};

#[tokio::test]
async fn an_allowed_call_reaches_the_server_byte_for_byte_and_its_answer_the_client() {
    let (mut rig, server) = Rig::shipped().await;
    let line = r#"{"params": {"arguments":{"order_id":"A-1","amount":4.50}, "name":"issue_refund"},"method":"tools/call","jsonrpc":"2.0","id":"c-1"}"#;
    rig.client.say(line).await;
    assert_eq!(rig.server.hear().await, line);
    let answer =
        r#"{"result":{"content":[{"type":"text","text":"done"}]},"jsonrpc":"2.0","id":"c-1"}"#;
    rig.server.say(answer).await;
    assert_eq!(rig.client.hear().await, answer);

    rig.server.leave().await;
    rig.carrying.await.unwrap();
    let events = server.events("action=issue_refund").await;
    assert_eq!(events[0]["allowed"], true);
    assert_eq!(events[0]["tool_result"]["content"][0]["text"], "done");
}

#[tokio::test]
async fn a_denied_call_is_a_result_that_the_model_sees() {
    let (mut rig, _server) = Rig::shipped().await;
    rig.client.say(&call(1, "launch_rocket", &json!({}))).await;
    let answer = rig.client.hear_json().await;
    assert_eq!(answer["id"], 1);
    assert_eq!(answer["result"]["isError"], true);
    assert_eq!(answer["result"]["_meta"]["dev.syndic/decision"]["effect"], "deny");
    assert!(answer["result"]["content"][0]["text"].is_string());
    assert!(answer["result"].get("resultType").is_none());

    rig.client.say(r#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#).await;
    assert_eq!(rig.server.hear_json().await["id"], 2, "the denied call never came");
}
