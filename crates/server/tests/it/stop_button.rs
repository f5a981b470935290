//! Suspending and resuming agents.

use std::sync::Arc;

use serde_json::json;
use syndic_testkit::{TestClock, TestServer};

#[tokio::test]
async fn a_suspended_agent_is_refused_at_its_next_decision_and_after_a_restart() {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    let mut server = TestServer::start(clock.clone()).await;
    let key = server.agent_key("knowledge-base").await;
    let search = json!({"agent": "knowledge-base", "action": "search_knowledge_base", "args": {"query": "x"}});
    for (switch, effect, code) in [
        ("knowledge-base/suspend", "deny", "suspended"),
        ("knowledge-base/resume", "allow", "allowed"),
        ("*/suspend", "deny", "suspended"),
        ("*/resume", "allow", "allowed"),
    ] {
        let path = format!("/v1/agents/{switch}");
        let answer = server.send("POST", &path, &server.admin, r#"{"reason":"drill"}"#).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        for _ in 0..2 {
            let decided = server.submit(&key, search.clone()).await;
            assert_eq!(
                (&decided["effect"], &decided["model_message"]["code"]),
                (&json!(effect), &json!(code)),
                "{switch}"
            );
            server = server.restart(clock.clone()).await;
        }
    }
}

#[tokio::test]
async fn one_agent_cannot_be_resumed_while_all_are_suspended() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let reason = r#"{"reason":"drill"}"#;
    assert_eq!(
        server.send("POST", "/v1/agents/*/suspend", &server.admin, reason).await.status,
        200
    );
    let one = server.send("POST", "/v1/agents/knowledge-base/resume", &server.admin, reason).await;
    assert_eq!(one.status, 409, "{}", one.text);
    assert_eq!(
        server.send("POST", "/v1/agents/nobody/suspend", &server.admin, reason).await.status,
        404
    );
}

#[tokio::test]
async fn a_stop_that_is_recorded_after_a_resume_holds() {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    let server = TestServer::start(clock.clone()).await;
    let reason = r#"{"reason":"drill"}"#;
    for _ in 0..20 {
        let switch = async |what: &str| {
            let path = format!("/v1/agents/knowledge-base/{what}");
            server.send("POST", &path, &server.admin, reason).await.json()["record"]["index"]
                .to_string()
        };
        let (suspended, resumed) = tokio::join!(switch("suspend"), switch("resume"));
        let last: (u64, u64) = (suspended.parse().unwrap(), resumed.parse().unwrap());
        let agent = server.send("GET", "/v1/agents/knowledge-base", &server.admin, "").await.json();
        assert_eq!(agent["suspended"], json!(last.0 > last.1), "records {last:?}");
    }
}
