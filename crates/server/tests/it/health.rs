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
