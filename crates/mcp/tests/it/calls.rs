//! Calls of tools.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use syndic_mcp::{Settings, Standalone};
use syndic_model::EnforcementGrade;
use syndic_testkit::{TestClock, TestServer};

use crate::rig::{Rig, call, ended, pending, tool, vote};

#[tokio::test]
async fn an_allowed_call_reaches_the_server_byte_for_byte_and_its_answer_the_client() {
    let (mut rig, server) = Rig::listed().await;
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
    assert_eq!(events[0]["tool_name"], "issue_refund");
    assert_eq!(events[0]["tool_result"]["content"][0]["text"], "done");
}

#[tokio::test]
async fn the_server_is_asked_for_its_tools_where_the_client_never_did() {
    let (mut rig, _server) = Rig::shipped().await;
    rig.client.say(&call(1, "issue_refund", &json!({"order_id": "A-1", "amount": 4}))).await;
    rig.lists(&[tool("issue_refund")]).await;
    assert_eq!(rig.server.hear_json().await["id"], 1);
    rig.client.say(&call(2, "issue_refund", &json!({"order_id": "A-2", "amount": 4}))).await;
    assert_eq!(rig.server.hear_json().await["id"], 2, "once is enough");

    rig.server.say(r#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#).await;
    rig.client.hear().await;
    rig.client.say(&call(3, "issue_refund", &json!({"order_id": "A-3", "amount": 4}))).await;
    rig.lists(&[tool("issue_refund")]).await;
    assert_eq!(rig.server.hear_json().await["id"], 3);
}

#[tokio::test]
async fn a_denied_call_is_a_result_that_the_model_sees() {
    let (mut rig, server) = Rig::listed().await;
    for (id, name) in [(1, "launch_rocket"), (2, "run_code"), (3, "never_shown")] {
        rig.client.say(&call(id, name, &json!({"language": "sh", "source": ":"}))).await;
        let answer = rig.client.hear_json().await;
        assert_eq!(answer["id"], id);
        assert_eq!(answer["result"]["isError"], true, "{name}");
        assert_eq!(answer["result"]["_meta"]["dev.syndic/decision"]["effect"], "deny");
        assert!(answer["result"]["content"][0]["text"].is_string());
        assert!(answer["result"].get("resultType").is_none());
    }
    rig.client.say(r#"{"jsonrpc":"2.0","id":4,"method":"ping"}"#).await;
    assert_eq!(rig.server.hear_json().await["id"], 4, "a denied call never came");
    let events = server.events("allowed=false").await;
    let tools: Vec<_> = events.iter().map(|event| event["tool_name"].as_str().unwrap()).collect();
    assert_eq!(tools, ["never_shown", "run_code", "launch_rocket"]);
}

#[tokio::test]
async fn a_refusal_to_a_stateless_client_says_that_it_is_complete() {
    let (mut rig, _server) = Rig::listed().await;
    let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28"});
    let params = json!({"name": "launch_rocket", "arguments": {}, "_meta": meta});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    rig.client.say(&call.to_string()).await;
    assert_eq!(rig.client.hear_json().await["result"]["resultType"], "complete");
}

#[tokio::test]
async fn a_held_call_runs_once_people_approve() {
    let (mut rig, server) = Rig::listed().await;
    let refund = call(1, "issue_refund", &json!({"order_id": "A-1", "amount": 150}));
    rig.client.say(&refund).await;
    vote(&server, "approve").await;
    assert_eq!(rig.server.hear().await, refund);
    rig.server.say(r#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#).await;
    assert_eq!(rig.client.hear_json().await["id"], 1);
}

#[tokio::test]
async fn a_held_call_that_people_reject_does_not_run() {
    let (mut rig, server) = Rig::listed().await;
    rig.client.say(&call(1, "issue_refund", &json!({"order_id": "A-1", "amount": 150}))).await;
    vote(&server, "reject").await;
    let answer = rig.client.hear_json().await;
    assert_eq!(answer["result"]["isError"], true);
    assert_eq!(answer["result"]["_meta"]["dev.syndic/decision"]["effect"], "deny");
}

#[tokio::test]
async fn after_the_wait_the_client_is_told_to_ask_again_and_the_same_call_then_runs() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let mut rig = Rig::over(&server, |settings| settings.wait = Duration::ZERO).await;
    let refund = call(1, "issue_refund", &json!({"order_id": "A-1", "amount": 150}));
    rig.client.say(&refund).await;
    rig.lists(&[tool("issue_refund")]).await;
    let answer = rig.client.hear_json().await;
    assert_eq!(answer["result"]["_meta"]["dev.syndic/decision"]["effect"], "hold");
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("Retry the identical call"), "{text}");
    vote(&server, "approve").await;
    rig.client.say(&refund).await;
    assert_eq!(rig.server.hear().await, refund);
}

#[tokio::test]
async fn a_call_that_is_cancelled_while_people_are_asked_takes_the_question_back() {
    let (mut rig, server) = Rig::listed().await;
    rig.client.say(&call(1, "issue_refund", &json!({"order_id": "A-1", "amount": 150}))).await;
    pending(&server).await;
    let cancel = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
    rig.client.say(cancel).await;
    ended(&server, "cancelled").await;
    rig.client.say(r#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#).await;
    assert_eq!(rig.server.hear_json().await["id"], 2, "the server never heard of the call");
}

#[tokio::test]
async fn a_client_that_leaves_while_people_are_asked_takes_the_question_back() {
    let (mut rig, server) = Rig::listed().await;
    rig.client.say(&call(1, "issue_refund", &json!({"order_id": "A-1", "amount": 150}))).await;
    pending(&server).await;
    rig.client.leave().await;
    ended(&server, "cancelled").await;
    rig.server.hear_end().await;
}

#[tokio::test]
async fn what_a_client_asked_before_it_left_is_still_answered() {
    let (mut rig, _server) = Rig::listed().await;
    rig.client.say(&call(1, "issue_refund", &json!({"order_id": "A-1", "amount": 4}))).await;
    rig.client.leave().await;
    assert_eq!(rig.server.hear_json().await["id"], 1);
    rig.server.hear_end().await;
    rig.server.say(r#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#).await;
    assert_eq!(rig.client.hear_json().await["id"], 1);
    rig.server.leave().await;
    rig.client.hear_end().await;
}

#[tokio::test]
async fn a_gate_in_the_process_decides_and_answers_a_hold_as_a_denial() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let alone = Standalone::new(Arc::clone(&server.gate), EnforcementGrade::InPath);
    let mut rig = Rig::new(Settings::new("customer-support", "desk"), alone);
    rig.client.say(&call(1, "issue_refund", &json!({"order_id": "A-1", "amount": 4}))).await;
    rig.lists(&[tool("issue_refund")]).await;
    assert_eq!(rig.server.hear_json().await["id"], 1);
    rig.client.say(&call(2, "issue_refund", &json!({"order_id": "A-1", "amount": 150}))).await;
    let answer = rig.client.hear_json().await;
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("syndic serve"), "{text}");
    ended(&server, "cancelled").await;
}

#[tokio::test]
async fn nobody_to_decide_is_a_denial_that_says_what_to_do() {
    let nobody = syndic_client::Client::tcp("http://127.0.0.1:1", None).unwrap();
    let mut rig = Rig::new(Settings::new("customer-support", "desk"), nobody);
    rig.client.say(&call(1, "issue_refund", &json!({"order_id": "A-1", "amount": 4}))).await;
    rig.lists(&[tool("issue_refund")]).await;
    let answer = rig.client.hear_json().await;
    assert_eq!(answer["result"]["isError"], true);
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("syndic serve"), "{text}");
}

#[tokio::test]
async fn what_became_of_a_call_that_the_server_made_a_task_of_is_known_when_the_task_ends() {
    let (mut rig, server) = Rig::listed().await;
    rig.client.say(&call(1, "issue_refund", &json!({"order_id": "A-1", "amount": 4}))).await;
    rig.server.hear().await;
    let about = |id: u32, method: &str| {
        json!({"jsonrpc": "2.0", "id": id, "method": method, "params": {"taskId": "t-1"}})
            .to_string()
    };
    for (answer, next) in [
        (
            r#"{"jsonrpc":"2.0","id":1,"result":{"task":{"taskId":"t-1","status":"working"}}}"#,
            Some(about(2, "tasks/get")),
        ),
        (
            r#"{"jsonrpc":"2.0","id":2,"result":{"taskId":"t-1","status":"completed"}}"#,
            Some(about(3, "tasks/result")),
        ),
        (
            r#"{"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"at last"}]}}"#,
            None,
        ),
    ] {
        rig.server.say(answer).await;
        assert_eq!(rig.client.hear().await, answer);
        if let Some(next) = next {
            rig.client.say(&next).await;
            assert_eq!(rig.server.hear().await, next);
        }
    }
    rig.server.leave().await;
    rig.carrying.await.unwrap();
    let events = server.events("action=issue_refund").await;
    assert_eq!(events[0]["tool_result"]["content"][0]["text"], "at last");
}
