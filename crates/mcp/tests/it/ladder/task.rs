//! A task (2026-07-28) that waits for people and runs then.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use syndic_client::Client;
use syndic_mcp::Settings;
use syndic_testkit::{TestClock, TestServer};

use super::office::{Office, modern};
use crate::rig::{Rig, ended, pending, tool};

const TASKS: &str = "io.modelcontextprotocol/tasks";

fn about(id: &Value, capabilities: &Value) -> Value {
    let mut params = modern(capabilities);
    let meta = params["_meta"].take();
    json!({"taskId": id, "_meta": meta})
}

fn able() -> Value {
    json!({"extensions": {TASKS: {}}})
}

/// Asks for a refund, and returns the id of its task.
async fn held(office: &mut Office) -> Value {
    let answer = office.get(0, "tools/call", modern(&able())).await;
    let result = &answer["result"];
    assert_eq!(result["resultType"], "task", "{answer}");
    assert_eq!(result["status"], "working");
    assert!(result["statusMessage"].as_str().unwrap().contains("/approvals/"), "{answer}");
    assert_eq!(result["createdAt"], "2026-11-23T12:00:00Z");
    office.nothing_ran();
    result["taskId"].clone()
}

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::at("2026-11-23T12:00:00Z"))
}

/// Asks for a refund whose task nobody looks at.
async fn refund(rig: &mut Rig) {
    let params = modern(&able());
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    rig.client.say(&call.to_string()).await;
    rig.lists(&[tool("issue_refund")]).await;
    assert_eq!(rig.client.hear_json().await["result"]["resultType"], "task");
}

/// Looks at a task until it is over.
async fn over(office: &mut Office, id: &Value) -> Value {
    for _ in 0..2000 {
        let answer = office.get(1, "tasks/get", about(id, &able())).await;
        assert_eq!(answer["result"]["resultType"], "complete", "{answer}");
        if answer["result"]["status"] != "working" {
            return answer["result"].clone();
        }
        tokio::task::yield_now().await;
    }
    panic!("it does not end");
}

#[tokio::test]
async fn an_approved_task_runs_and_has_the_result() {
    let mut office = Office::open(Duration::ZERO).await;
    let task = held(&mut office).await;
    let id = office.asked().await;
    assert_eq!(office.vote(&id, "approve").await, 201);
    let done = over(&mut office, &task).await;
    assert_eq!(done["status"], "completed", "{done}");
    assert_eq!(done["result"]["content"][0]["text"], "refunded");
    let ran = office.ran().await;
    assert_eq!(ran["params"]["arguments"], json!({"order_id": "A-1", "amount": 150}));
    let can = &ran["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"];
    assert_eq!(*can, json!({}), "nobody is there to answer the server");
    office.nothing_ran();
    let events = office.server.events("action=issue_refund&allowed=true").await;
    assert_eq!(events.len(), 1, "{events:?}");
}

#[tokio::test]
async fn a_rejected_task_says_why_and_never_runs() {
    let mut office = Office::open(Duration::ZERO).await;
    let task = held(&mut office).await;
    let id = office.asked().await;
    assert_eq!(office.vote(&id, "reject").await, 201);
    let done = over(&mut office, &task).await;
    assert_eq!(done["status"], "completed");
    assert_eq!(done["result"]["isError"], true);
    assert!(done.to_string().contains("no such order"), "{done}");
    office.nothing_ran();
}

#[tokio::test]
async fn a_cancelled_task_takes_the_request_back_and_a_late_approval_does_not_run_it() {
    let mut office = Office::open(Duration::ZERO).await;
    let task = held(&mut office).await;
    let id = office.asked().await;
    let answer = office.get(1, "tasks/cancel", about(&task, &able())).await;
    assert_eq!(answer["result"], json!({"resultType": "complete"}));
    assert_eq!(office.end(&id).await, "cancelled");
    assert_eq!(office.vote(&id, "approve").await, 409);
    assert_eq!(over(&mut office, &task).await["status"], "cancelled");
    office.nothing_ran();
}

#[tokio::test]
async fn a_client_that_leaves_takes_the_requests_of_its_tasks_back() {
    let mut office = Office::open(Duration::ZERO).await;
    held(&mut office).await;
    let id = office.asked().await;
    office.client.leave().await;
    office.client.hear_end().await;
    assert_eq!(office.end(&id).await, "cancelled");
    office.nothing_ran();
}

#[tokio::test]
async fn a_client_that_leaves_takes_them_back_where_its_server_stays() {
    let server = TestServer::start(clock()).await;
    let mut rig = Rig::over(&server, |_| {}).await;
    refund(&mut rig).await;
    pending(&server).await;
    rig.client.leave().await;
    ended(&server, "cancelled").await;
    assert!(rig.server.hear_or_end().await.is_none(), "it has not run");
    assert!(!rig.carrying.is_finished());
}

#[tokio::test]
async fn what_is_taken_back_at_the_end_is_waited_for() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    let client = Client::tcp(&format!("http://{}", server.address), Some(key)).unwrap();
    let mut rig = Rig::apart(Settings::new("customer-support", "desk"), client);
    refund(&mut rig).await;
    pending(&server).await;
    rig.server.leave().await;
    rig.carrying.await.unwrap();
    let path = "/v1/approvals?status=cancelled";
    let cancelled = server.send("GET", path, &server.admin, "").await.json();
    assert_eq!(cancelled["approvals"].as_array().map(Vec::len), Some(1), "{cancelled}");
}

#[tokio::test]
async fn only_tasks_of_ours_are_answered_by_us() {
    let mut office = Office::open(Duration::ZERO).await;
    let task = held(&mut office).await;
    let unknown = json!("syndic-task-000000000000000000000000000000000000000000000000");
    let answer = office.get(1, "tasks/get", about(&unknown, &able())).await;
    assert_eq!(answer["error"]["code"], -32602);
    let answer = office.get(2, "tasks/get", about(&task, &json!({}))).await;
    assert_eq!(answer["error"]["code"], -32021);
    assert!(answer["error"]["data"]["requiredCapabilities"]["extensions"][TASKS].is_object());
    let answer = office.get(3, "tasks/update", about(&task, &able())).await;
    assert_eq!(answer["result"]["resultType"], "complete");
    office.nothing_ran();
    office.get(4, "tasks/get", about(&json!("the-servers-own"), &able())).await;
    assert_eq!(office.ran().await["params"]["taskId"], "the-servers-own");
}

#[tokio::test]
async fn what_a_server_says_of_itself_goes_on_as_it_is() {
    let mut office = Office::open(Duration::ZERO).await;
    let discover = |capabilities: &Value| json!({"_meta": modern(capabilities)["_meta"]});
    let answer = office.get(1, "server/discover", discover(&able())).await;
    assert_eq!(answer["result"]["capabilities"], json!({"tools": {}}));
    let answer = office.get(2, "server/discover", discover(&json!({}))).await;
    assert_eq!(answer["result"]["capabilities"], json!({"tools": {}}));
}
