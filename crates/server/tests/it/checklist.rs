//! What is looked at before an agent is deployed, over HTTP.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use syndic_gate::ReloadBy;
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

const ADVISOR: &str = "financial-advisor";

/// Starts where the checklist is enforced from high risk on.
async fn enforcing(change: impl FnOnce(&Path)) -> TestServer {
    TestServer::start_with(Arc::new(TestClock::at("2026-11-23T12:00:00Z")), |dir| {
        begin_with(dir, "enforce_checklist: high");
        change(dir);
    })
    .await
}

/// Puts a line before the settings.
fn begin_with(dir: &Path, line: &str) {
    let path = dir.join("syndic.yaml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, format!("{line}\n{text}")).unwrap();
}

fn observe(dir: &Path, agent: &str) {
    let path = dir.join(format!("agents/{agent}.yaml"));
    let text = fs::read_to_string(&path).unwrap();
    let observe = "mode: observe\nobserving_since: 2026-11-22";
    fs::write(path, text.replace("mode: enforce", observe)).unwrap();
}

async fn search(server: &TestServer, agent: &str) -> Value {
    search_for(server, agent, &Value::Null).await
}

/// Asks for a search as one agent, for another one where it is named.
async fn search_for(server: &TestServer, agent: &str, behind: &Value) -> Value {
    let key = server.agent_key(agent).await;
    let search = json!({"agent": agent, "action": "search_knowledge_base", "args": {"query": "x"},
        "on_behalf_of": behind});
    server.submit(&key, search).await
}

/// Tells effect and permission, and what the check says if it stands in the way.
fn told(decided: &Value) -> (&str, bool, &str) {
    let mut checks = decided["checks"].as_array().unwrap().iter();
    let check = checks.find(|check| check["policy"] == "checklist" && check["result"] != "passed");
    let reason = check.and_then(|check| check["reason"].as_str()).unwrap_or_default();
    (decided["effect"].as_str().unwrap(), decided["allowed"].as_bool().unwrap(), reason)
}

/// Has somebody answer for it that nothing of the checklist applies.
async fn rule_out(server: &TestServer, agent: &str) {
    let path = format!("/v1/agents/{agent}/checklist");
    let list = server.send("GET", &path, &server.admin, "").await.json();
    for item in list["items"].as_array().unwrap() {
        let field = format!("checklist:{}", item["id"].as_str().unwrap());
        let said = json!({"field": field, "value": "not_applicable", "reason": "a trial",
            "name": "support lead", "function": "owner"});
        let path = format!("/v1/agents/{agent}/statements");
        let made = server.send("POST", &path, &server.admin, &said.to_string()).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
}

#[tokio::test]
async fn an_agent_of_high_risk_is_denied_until_its_checklist_passes() {
    let server = enforcing(|_| {}).await;
    let denied = search(&server, ADVISOR).await;
    let (effect, allowed, reason) = told(&denied);
    assert_eq!((effect, allowed), ("deny", false), "{denied}");
    assert!(reason.ends_with("; see `syndic checklist --agent financial-advisor`"), "{reason}");
    assert_eq!(search(&server, "knowledge-base").await["effect"], json!("allow"));

    rule_out(&server, ADVISOR).await;
    let still = search(&server, ADVISOR).await;
    assert_eq!(still["effect"], json!("deny"), "nothing is judged on the way: {still}");
    server.gate.check().await.unwrap();
    let allowed = search(&server, ADVISOR).await;
    assert_eq!(allowed["effect"], json!("allow"), "{allowed}");
}

#[tokio::test]
async fn an_agent_that_is_only_observed_is_let_through_and_what_would_stop_it_is_on_record() {
    let server = enforcing(|dir| observe(dir, ADVISOR)).await;
    let observed = search(&server, ADVISOR).await;
    let (effect, allowed, reason) = told(&observed);
    assert_eq!((effect, allowed, &observed["mode"]), ("deny", true, &json!("observe")));
    assert!(observed["permit"].is_object(), "{observed}");
    assert!(reason.contains("open on the checklist of agent `financial-advisor`"), "{observed}");

    let index = observed["record"]["index"].as_u64().unwrap();
    let leaf = server.gate.store().read(index).unwrap().leaf;
    let decision = serde_json::to_value(&leaf.record).unwrap()["decision"].clone();
    assert_eq!(
        (&decision["effect"], &decision["allowed"], &decision["mode"]),
        (&json!("deny"), &json!(true), &json!("observe"))
    );
    let violated = &decision["violations"][0];
    assert_eq!(
        (&violated["policy"], &violated["result"]),
        (&json!("checklist"), &json!("blocked")),
        "{decision}"
    );
    let event = server.events("").await.remove(0);
    let metadata = &event["metadata"];
    assert_eq!(
        (&metadata["mode"], &metadata["effect"], &event["allowed"]),
        (&json!("observe"), &json!("deny"), &json!(true)),
        "{event}"
    );

    let behind = search_for(&server, ADVISOR, &json!("knowledge-base")).await;
    assert!(!told(&behind).1, "it acts for one that is not only observed: {behind}");
}

#[tokio::test]
async fn the_checklist_of_every_agent_behind_an_action_has_to_pass() {
    let server = enforcing(|_| {}).await;
    let chains = [("knowledge-base", ADVISOR), (ADVISOR, "knowledge-base")];
    for (agent, behind) in chains {
        let denied = search_for(&server, agent, &json!(behind)).await;
        let (effect, allowed, reason) = told(&denied);
        assert_eq!((effect, allowed), ("deny", false), "{denied}");
        assert!(reason.contains("the checklist of agent `financial-advisor`"), "{denied}");
    }
    assert_eq!(search(&server, "knowledge-base").await["effect"], json!("allow"));

    rule_out(&server, ADVISOR).await;
    server.gate.check().await.unwrap();
    for (agent, behind) in chains {
        let allowed = search_for(&server, agent, &json!(behind)).await;
        assert_eq!(told(&allowed), ("allow", true, ""), "{allowed}");
    }
}

#[tokio::test]
async fn a_break_glass_does_not_lift_a_checklist() {
    let server = enforcing(|_| {}).await;
    let wish = json!({"agent": ADVISOR, "reason": "the shop burns", "length_s": 900}).to_string();
    let asks = server.key(json!({"role": "approver", "approver": "finance-lead-1"})).await;
    let opens = server.key(json!({"role": "approver", "approver": "finance-lead-2"})).await;
    let asked = server.send("POST", "/v1/break-glass", &asks, &wish).await;
    let open = format!("/v1/break-glass/{}/open", asked.json()["id"].as_str().unwrap());
    assert_eq!(server.send("POST", &open, &opens, "").await.status, 200);
    let denied = search(&server, ADVISOR).await;
    assert_eq!((denied["effect"].as_str(), told(&denied).1), (Some("deny"), false), "{denied}");
}

#[tokio::test]
async fn after_a_reload_nobody_is_let_through_who_was_not_judged_by_the_new_files() {
    let server = enforcing(|_| {}).await;
    let reload = async |line: &str| {
        begin_with(server.directory(), line);
        server.gate.reload(&ReloadBy::Watch, None).await.unwrap();
    };
    rule_out(&server, ADVISOR).await;
    reload("# Judged as soon as it is in force.").await;
    let allowed = search(&server, ADVISOR).await;
    assert_eq!(told(&allowed), ("allow", true, ""), "{allowed}");

    // Nobody can be judged while the ledger cannot be read.
    let segments = server.directory().join(".syndic/segments");
    let away = segments.with_extension("away");
    fs::rename(&segments, &away).unwrap();
    reload("# Not judged yet.").await;
    let denied = search(&server, ADVISOR).await;
    let reason = "the checklist of agent `financial-advisor` was not judged yet; \
                  see `syndic checklist --agent financial-advisor`";
    assert_eq!(told(&denied), ("deny", false, reason), "{denied}");
    server.gate.check().await.unwrap_err();
    assert_eq!(search(&server, "knowledge-base").await["effect"], json!("allow"));

    fs::rename(&away, &segments).unwrap();
    server.gate.check().await.unwrap();
    let allowed = search(&server, ADVISOR).await;
    assert_eq!(told(&allowed), ("allow", true, ""), "{allowed}");

    fs::rename(&segments, &away).unwrap();
    server.gate.check().await.unwrap_err();
    let allowed = search(&server, ADVISOR).await;
    assert_eq!(told(&allowed), ("allow", true, ""), "what was judged last holds on: {allowed}");
    fs::rename(&away, &segments).unwrap();
}

#[tokio::test]
async fn nobody_is_denied_where_no_checklist_is_enforced() {
    let server = office().await;
    assert_eq!(search(&server, ADVISOR).await["effect"], json!("allow"));
}
