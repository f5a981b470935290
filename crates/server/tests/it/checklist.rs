//! What is looked at before an agent is deployed, over HTTP.

use std::fs;
use std::path::Path;
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

/// Has the checklist enforced from high risk on.
fn enforced(dir: &Path) {
    let path = dir.join("syndic.yaml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, format!("enforce_checklist: high\n{text}")).unwrap();
}

async fn search(server: &TestServer, agent: &str) -> Value {
    let key = server.agent_key(agent).await;
    let search = json!({"agent": agent, "action": "search_knowledge_base", "args": {"query": "x"}});
    server.submit(&key, search).await
}

/// Has somebody answer for it that nothing of the checklist applies.
async fn rule_out(server: &TestServer, agent: &str) {
    let path = format!("/v1/agents/{agent}/checklist");
    let list = server.send("GET", &path, &server.admin, "").await.json();
    for item in list["items"].as_array().unwrap() {
        let field = format!("checklist:{}", item["id"].as_str().unwrap());
        let said = json!({"field": field, "value": "not_applicable", "reason": "a trial",
            "name": "Ada", "function": "owner"});
        let path = format!("/v1/agents/{agent}/statements");
        let made = server.send("POST", &path, &server.admin, &said.to_string()).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
}

#[tokio::test]
async fn an_agent_of_high_risk_is_denied_until_its_checklist_passes() {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    let server = TestServer::start_with(clock, enforced).await;
    let denied = search(&server, "financial-advisor").await;
    assert_eq!(denied["effect"], json!("deny"), "{denied}");
    let told = denied.to_string();
    assert!(told.contains("\"checklist\""), "{told}");
    assert!(told.contains("see `syndic checklist --agent financial-advisor`"), "{told}");
    assert_eq!(search(&server, "knowledge-base").await["effect"], json!("allow"));

    rule_out(&server, "financial-advisor").await;
    let still = search(&server, "financial-advisor").await;
    assert_eq!(still["effect"], json!("deny"), "nothing is judged on the way: {still}");
    server.gate.check().await.unwrap();
    let allowed = search(&server, "financial-advisor").await;
    assert_eq!(allowed["effect"], json!("allow"), "{allowed}");
}

#[tokio::test]
async fn nobody_is_denied_where_no_checklist_is_enforced() {
    let server = office().await;
    assert_eq!(search(&server, "financial-advisor").await["effect"], json!("allow"));
}
