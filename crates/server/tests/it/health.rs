//! How the daemon says that it is well, or is not.

use std::fs::{self, File};
use std::sync::Arc;

use serde_json::json;
use syndic_testkit::{TestClock, TestServer};

#[tokio::test]
async fn an_index_that_stopped_is_told_and_decisions_go_on() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let key = server.agent_key("customer-support").await;
    assert_eq!(server.send("GET", "/readyz", "", "").await.text, "ready\n");
    let segments = fs::read_dir(server.directory().join(".syndic/segments")).unwrap();
    for segment in segments {
        // What the index has not seen yet is not where it should be any more.
        File::options().write(true).open(segment.unwrap().path()).unwrap().set_len(0).unwrap();
    }
    let search = json!({"agent": "customer-support", "action": "search_knowledge_base", "args": {"query": "q"}});
    while server.gate.health().index_follows {
        assert_eq!(server.submit(&key, search.clone()).await["allowed"], true);
    }
    assert_eq!(server.submit(&key, search).await["allowed"], true);
    let ready = server.send("GET", "/readyz", "", "").await;
    assert_eq!(ready.status, 200);
    assert!(ready.text.starts_with("ready; the index stopped: "), "{}", ready.text);
    let status = server.send("GET", "/v1/status", &server.admin, "").await.json();
    assert_eq!((&status["index_follows"], &status["ledger_open"]), (&json!(false), &json!(true)));
}

#[tokio::test]
async fn who_may_read_is_told_of_every_part_and_what_mends_it() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let ready = server.send("GET", "/readyz", &server.admin, "").await;
    assert_eq!(ready.status, 200);
    let told = ready.json();
    assert_eq!(told["ready"], true);
    let parts: Vec<_> = told["components"].as_array().unwrap().iter().collect();
    let names: Vec<_> = parts.iter().map(|part| part["component"].as_str().unwrap()).collect();
    let wanted = [
        "ledger",
        "index",
        "checkpoint",
        "witnesses",
        "policy",
        "agents",
        "approvals",
        "break-glass",
        "relays",
        "sinks",
        "retention",
        "disk",
        "clock",
    ];
    assert_eq!(names, wanted);
    for part in parts.iter().filter(|part| part["component"] != "disk") {
        assert_eq!((&part["state"], part.get("remedy")), (&json!("ok"), None), "{part}");
    }
    let agent = server.agent_key("customer-support").await;
    assert_eq!(server.send("GET", "/readyz", &agent, "").await.text, "ready\n");

    let file = server.directory().join("policies/org/baseline.cedar");
    fs::write(&file, "forbid (principal").unwrap();
    server.send("POST", "/v1/policy/reload", &server.admin, "{}").await;
    let told = server.send("GET", "/readyz", &server.admin, "").await.json();
    let policy =
        told["components"].as_array().unwrap().iter().find(|one| one["component"] == "policy");
    let policy = policy.unwrap();
    assert_eq!(policy["state"], "degraded", "{policy}");
    assert!(policy["remedy"].as_str().unwrap().contains("`syndic check`"), "{policy}");
    let status = server.send("GET", "/v1/status", &server.admin, "").await.json();
    assert_eq!(status["components"], told["components"]);
}
