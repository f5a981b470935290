//! When agents were assessed.

use std::sync::Arc;

use syndic_testkit::{TestClock, TestServer};

#[tokio::test]
async fn agents_that_nobody_assessed_are_listed_as_such() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let told = server.send("GET", "/v1/assessments", &server.admin, "").await.json();
    let agents = told["agents"].as_array().unwrap();
    assert_eq!(agents.len(), 3);
    for agent in agents {
        assert!(agent["headline"].is_null() && agent["checklist"].is_null(), "{agent}");
        assert_eq!(agent["reports"].as_array().unwrap().len(), 0);
    }
    let one =
        server.send("GET", "/v1/agents/customer-support/assessments", &server.admin, "").await;
    assert_eq!(one.json()["risk_level"], "medium");
    let none = server.send("GET", "/v1/agents/nobody/assessments", &server.admin, "").await;
    assert_eq!(none.status, 404);
    let key = server.agent_key("customer-support").await;
    assert_eq!(server.send("GET", "/v1/assessments", &key, "").await.status, 403);
}
