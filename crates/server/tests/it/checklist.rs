//! What is looked at before an agent is deployed, over HTTP.

use std::sync::Arc;

use serde_json::{Value, json};
use syndic_testkit::{TestClock, TestServer};

const PATH: &str = "/v1/agents/knowledge-base/checklist";

async fn office() -> TestServer {
    TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await
}

#[tokio::test]
async fn a_checklist_is_read_by_people_without_a_record_and_judged_with_one() {
    let server = office().await;
    let before = server.gate.store().durable_index();
    let approver = server.key(json!({"role": "approver", "approver": "support-lead-1"})).await;
    let list = server.send("GET", PATH, &approver, "").await;
    assert_eq!(list.status, 200, "{}", list.text);
    let shown = list.json();
    let items = shown["items"].as_array().unwrap();
    let open = items.iter().filter(|item| item["state"] == "open" && item["required"] == true);
    let named = shown["open_required"].as_array().map(Vec::len);
    assert_eq!((items.len(), named), (22, Some(open.count())));
    assert_eq!(server.send("POST", PATH, &approver, "").await.status, 403);
    let agent = server.agent_key("knowledge-base").await;
    assert_eq!(server.send("GET", PATH, &agent, "").await.status, 403);
    let judged = server.send("POST", PATH, &server.admin, "").await;
    assert_eq!(judged.status, 201, "{}", judged.text);
    let judged = judged.json();
    assert_eq!(judged["checklist"]["open_required"], list.json()["open_required"]);
    let record = judged["record"].as_u64().unwrap();
    assert!(record > before);
    let leaf = server.gate.store().read(record).unwrap().leaf;
    let noted = serde_json::to_value(&leaf.record).unwrap()["checklist_judged"].clone();
    assert_eq!((&noted["agent"], &noted["count"]["items"]), (&json!("knowledge-base"), &json!(22)));
}

#[tokio::test]
async fn a_drill_that_passes_closes_its_item() {
    let server = office().await;
    let state = async || {
        let list = server.send("GET", PATH, &server.admin, "").await.json();
        let items = list["items"].as_array().cloned().unwrap_or_default();
        let tested = items.into_iter().find(|item| item["id"] == json!("stop-button-tested"));
        tested.map(|item| item["state"].clone()).unwrap_or(Value::Null)
    };
    assert_eq!(state().await, json!("open"));
    let drill = json!({"drill": "override", "agent": "knowledge-base"}).to_string();
    let ran = server.send("POST", "/v1/drills", &server.admin, &drill).await;
    assert_eq!((ran.status, &ran.json()["passed"]), (201, &json!(true)), "{}", ran.text);
    assert_eq!(state().await, json!("done"));
}

#[tokio::test]
async fn a_checklist_of_nobody_is_not_found() {
    let server = office().await;
    let path = "/v1/agents/nobody/checklist";
    for method in ["GET", "POST"] {
        let refused = server.send(method, path, &server.admin, "").await;
        assert_eq!(refused.status, 404, "{}", refused.text);
    }
}
