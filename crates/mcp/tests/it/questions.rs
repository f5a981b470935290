//! Questions of the server beside calls: in its tasks, and wherever else they stand in an answer (2026-07-28).

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use syndic_testkit::{TestClock, TestServer};

use crate::rig::Rig;

fn request(id: u32, method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string()
}

fn response(id: u32, result: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string()
}

/// A task that waits for the answer to one question.
fn waiting(method: &str) -> Value {
    json!({
        "resultType": "complete",
        "taskId": "t",
        "status": "input_required",
        "inputRequests": {"a": {"method": method, "params": {"maxTokens": 5}}},
    })
}

/// Lets the agent be asked for its roots.
fn shows_roots(dir: &Path) {
    syndic_governance::pack("mcp").unwrap().add(dir).unwrap();
    let profile = dir.join("agents/customer-support.yaml");
    let text = std::fs::read_to_string(&profile).unwrap();
    let text = text.replace("actions:\n  - search", "actions:\n  - mcp.roots.list\n  - search");
    std::fs::write(profile, text).unwrap();
}

#[tokio::test]
async fn a_question_is_decided_in_whatever_answer_it_stands() {
    let (mut rig, server) = Rig::shipped().await;
    for (decided, method) in (1..).zip([
        "tasks/get",
        "tasks/update",
        "tasks/result",
        "resources/list",
        "tools/list",
        "server/discover",
        "ping",
    ]) {
        rig.client.say(&request(1, method, &json!({"taskId": "t"}))).await;
        rig.server.hear().await;
        rig.server.say(&response(1, &waiting("sampling/createMessage"))).await;
        let answer = rig.client.hear_json().await;
        assert_eq!(answer["error"]["code"], 4030, "{method}: {answer}");
        let events = server.events("action=mcp.sampling.create_message").await;
        assert_eq!(events.len(), decided, "{method}");
        assert_eq!(events[0]["tool_args"]["maxTokens"], 5);
    }
}

#[tokio::test]
async fn questions_that_cannot_be_read_are_refused() {
    let (mut rig, _server) = Rig::listed().await;
    for questions in [
        json!([{"method": "sampling/createMessage"}]),
        json!("sampling/createMessage"),
        json!({"a": "sampling/createMessage"}),
        json!({"a": {"params": {}}}),
    ] {
        let result = json!({"resultType": "input_required", "inputRequests": questions});
        rig.client.say(&request(1, "tasks/get", &json!({"taskId": "t"}))).await;
        rig.server.hear().await;
        rig.server.say(&response(1, &result)).await;
        assert_eq!(rig.client.hear_json().await["error"]["code"], 5030, "{questions}");

        let refund = json!({"name": "issue_refund", "arguments": {"order_id": "A-1", "amount": 4}});
        rig.client.say(&request(2, "tools/call", &refund)).await;
        rig.server.hear().await;
        rig.server.say(&response(2, &result)).await;
        assert_eq!(rig.client.hear_json().await["result"]["isError"], true, "{questions}");
    }
}

#[tokio::test]
async fn a_question_in_a_notification_waits_until_the_client_looks() {
    let (mut rig, _server) = Rig::shipped().await;
    let task = waiting("sampling/createMessage");
    for params in [task, json!({"taskId": "t", "status": "working"})] {
        let told = json!({"jsonrpc": "2.0", "method": "notifications/tasks", "params": params});
        rig.server.say(&told.to_string()).await;
    }
    assert_eq!(rig.client.hear_json().await["params"]["status"], "working");
}

#[tokio::test]
async fn a_question_of_a_task_is_decided_once_and_answered_only_where_it_was_asked() {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    let server = TestServer::start_with(clock, shows_roots).await;
    let mut rig = Rig::over(&server, |_| {}).await;
    let answers = |id: u32, task: &str| {
        let responses = json!({"a": {"roots": []}});
        request(id, "tasks/update", &json!({"taskId": task, "inputResponses": responses}))
    };
    rig.client.say(&answers(1, "t")).await;
    assert_eq!(rig.client.hear_json().await["error"]["code"], 4030, "nobody asked yet");

    for id in 2..4 {
        rig.client.say(&request(id, "tasks/get", &json!({"taskId": "t"}))).await;
        rig.server.hear().await;
        rig.server.say(&response(id, &waiting("roots/list"))).await;
        assert_eq!(rig.client.hear_json().await["result"], waiting("roots/list"));
    }
    assert_eq!(server.events("action=mcp.roots.list").await.len(), 1);

    rig.client.say(&answers(4, "another")).await;
    assert_eq!(rig.client.hear_json().await["error"]["code"], 4030);
    rig.client.say(&answers(5, "t")).await;
    assert_eq!(rig.server.hear().await, answers(5, "t"));
    rig.server.say(&response(5, &json!({"resultType": "complete"}))).await;
    assert_eq!(rig.client.hear_json().await["result"]["resultType"], "complete");
}
