//! Everything that is not a tool.

use serde_json::{Value, json};

use crate::rig::{Rig, call};

#[tokio::test]
async fn what_only_opens_and_lists_passes_unchanged() {
    let (mut rig, _server) = Rig::shipped().await;
    for line in [
        r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","id":2,"method":"server/discover"}"#,
        r#"{"jsonrpc":"2.0","id":3,"method":"resources/list"}"#,
        r#"{"jsonrpc":"2.0","id":4,"method":"tasks/get","params":{"taskId":"t"}}"#,
        r#"{"jsonrpc":"2.0","id":5,"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true}}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}"#,
    ] {
        rig.client.say(line).await;
        assert_eq!(rig.server.hear().await, line);
    }
}

#[tokio::test]
async fn a_method_that_nobody_allows_is_an_error_and_on_record() {
    let (mut rig, server) = Rig::shipped().await;
    for (method, action) in [
        ("resources/read", "mcp.resources.read"),
        ("vendor/do-it", "mcp.vendor.do-it"),
        ("tools/Call", "mcp.unusual.0680f73eb36a9bd7b3f9cbfb5e008919"),
    ] {
        let line =
            json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": {"uri": "file:///x"}});
        rig.client.say(&line.to_string()).await;
        let answer = rig.client.hear_json().await;
        assert_eq!(answer["error"]["code"], 4030, "{method}");
        assert_eq!(answer["error"]["data"]["effect"], "deny");
        let events = server.events(&format!("action={action}")).await;
        assert_eq!(events[0]["tool_args"]["uri"], "file:///x");
    }
    rig.client.say(r#"{"jsonrpc":"2.0","method":"notifications/vendor/doIt"}"#).await;
    rig.client.say(r#"{"jsonrpc":"2.0","id":9,"method":"ping"}"#).await;
    assert_eq!(rig.server.hear_json().await["id"], 9);
}

#[tokio::test]
async fn what_a_server_asks_of_the_client_is_decided_too() {
    let (mut rig, server) = Rig::shipped().await;
    rig.server.say(r#"{"jsonrpc":"2.0","id":0,"method":"ping"}"#).await;
    assert_eq!(rig.client.hear_json().await["id"], 0);
    rig.client.say(r#"{"jsonrpc":"2.0","id":0,"result":{}}"#).await;
    assert_eq!(rig.server.hear_json().await["id"], 0);

    let sampling = json!({"jsonrpc": "2.0", "id": 1, "method": "sampling/createMessage", "params": {"maxTokens": 5}});
    rig.server.say(&sampling.to_string()).await;
    assert_eq!(rig.server.hear_json().await["error"]["code"], 4030);
    let events = server.events("action=mcp.sampling.create_message").await;
    assert_eq!(events[0]["allowed"], false);
}

#[tokio::test]
async fn a_server_that_asks_back_is_asked_once_and_only_for_what_it_asked() {
    let (mut rig, server) = Rig::listed().await;
    let refund = |id: u32, more: Value| {
        let mut params =
            json!({"name": "issue_refund", "arguments": {"order_id": "A-1", "amount": 4}});
        for (key, value) in more.as_object().unwrap() {
            params[key] = value.clone();
        }
        json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}).to_string()
    };
    rig.client.say(&refund(1, json!({}))).await;
    rig.server.hear().await;
    rig.server.say(r#"{"jsonrpc":"2.0","id":1,"result":{"resultType":"input_required","requestState":"s1"}}"#).await;
    assert_eq!(rig.client.hear_json().await["result"]["requestState"], "s1");

    let again = refund(2, json!({"requestState": "s1"}));
    rig.client.say(&again).await;
    assert_eq!(rig.server.hear().await, again);
    rig.server
        .say(r#"{"jsonrpc":"2.0","id":2,"result":{"content":[],"resultType":"complete"}}"#)
        .await;
    rig.client.hear().await;
    assert_eq!(server.events("action=issue_refund").await.len(), 1, "one decision");

    rig.client.say(&again).await;
    assert_eq!(rig.server.hear().await, again);
    assert_eq!(server.events("action=issue_refund").await.len(), 2, "a state opens once");
}

#[tokio::test]
async fn a_question_that_the_agent_may_not_be_asked_ends_the_call() {
    let (mut rig, server) = Rig::listed().await;
    rig.client.say(&call(1, "issue_refund", &json!({"order_id": "A-1", "amount": 4}))).await;
    rig.server.hear().await;
    let question = json!({"method": "elicitation/create", "params": {"message": "your password?"}});
    let result = json!({"resultType": "input_required", "inputRequests": {"q": question}});
    rig.server.say(&json!({"jsonrpc": "2.0", "id": 1, "result": result}).to_string()).await;
    let answer = rig.client.hear_json().await;
    assert_eq!(answer["result"]["isError"], true);
    assert_eq!(server.events("action=mcp.elicitation.create").await.len(), 1);
}
