//! What became of an allowed action.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_testkit::{TestClock, TestServer};

fn refund() -> Value {
    json!({"agent": "customer-support", "action": "issue_refund", "args": {"order_id": "A", "amount": 45},
        "user_id": "user-7"})
}

fn outcome(digest: &str) -> String {
    json!({"status": "ok", "args_digest": digest, "result": {"refunded": true}, "duration_ms": 12,
        "input_tokens": 5, "output_tokens": 7, "model": "m-1"})
    .to_string()
}

#[tokio::test]
async fn an_outcome_is_taken_once_from_the_key_that_submitted() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let key = server.agent_key("customer-support").await;
    let other = server.agent_key("customer-support").await;
    let decided = server.submit(&key, refund()).await;
    let digest = decided["permit"]["args_digest"].as_str().unwrap();
    let path = format!("/v1/actions/{}/outcome", decided["action_id"].as_str().unwrap());
    for (key, body, status) in [
        (&other, outcome(digest), 403),
        (&key, outcome("0000"), 422),
        (&key, outcome(digest), 200),
        (&key, outcome(digest), 409),
        (&other, outcome(digest), 403),
        (&server.admin, outcome(digest), 403),
    ] {
        let answer = server.send("POST", &path, key, &body).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    let unknown = "/v1/actions/0198c0de-0000-7000-8000-000000000000/outcome";
    assert_eq!(server.send("POST", unknown, &key, &outcome(digest)).await.status, 404);
    let event = &server.events("").await[0];
    assert_eq!(event["tool_result"], json!({"refunded": true}));
    assert_eq!(
        (&event["duration_ms"], &event["input_tokens"], &event["model"]),
        (&json!(12), &json!(5), &json!("m-1"))
    );
    assert_eq!(event["user_id"], "user-7");
}

#[tokio::test]
async fn one_event_is_told_by_its_id() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let key = server.agent_key("customer-support").await;
    let decided = server.submit(&key, refund()).await;
    let path = format!("/v1/audit/events/{}", decided["action_id"].as_str().unwrap());
    let event = server.send("GET", &path, &server.admin, "").await;
    assert_eq!(event.json(), server.events("").await[0]);
    assert_eq!(server.send("GET", &path, &key, "").await.status, 403, "agents read nothing");
    for id in ["0198c0de-0000-7000-8000-000000000000", "no-id"] {
        let path = format!("/v1/audit/events/{id}");
        assert_eq!(server.send("GET", &path, &server.admin, "").await.status, 404, "{id}");
    }
}

#[tokio::test]
async fn a_refused_action_has_no_outcome() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let key = server.agent_key("customer-support").await;
    let mut request = refund();
    request["args"]["amount"] = json!(150);
    let decided = server.submit(&key, request).await;
    let path = format!("/v1/actions/{}/outcome", decided["action_id"].as_str().unwrap());
    let answer = server.send("POST", &path, &key, &outcome("x")).await;
    assert_eq!(
        (answer.status, answer.json()["type"].clone()),
        (409, json!("urn:syndic:problem:not-allowed"))
    );
}

#[tokio::test]
async fn an_overdue_outcome_is_recorded_as_missing_and_a_late_one_is_still_taken() {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    let server = TestServer::start(clock.clone()).await;
    let key = server.agent_key("customer-support").await;
    let decided = server.submit(&key, refund()).await;
    clock.step(SignedDuration::from_secs(899));
    assert_eq!(server.gate.expire().await.unwrap(), 0);
    let server = server.restart(clock.clone()).await;
    clock.step(SignedDuration::from_secs(1));
    let expired = server.gate.expire().await.unwrap();
    assert!(expired <= 1, "the server's own tick may have been faster");
    let events = loop {
        let events = server.events("").await;
        if events[0]["metadata"]["overdue"] == json!(true) {
            break events;
        }
    };
    assert_eq!((&events[0]["tool_result"], events.len()), (&Value::Null, 1));
    let digest = decided["permit"]["args_digest"].as_str().unwrap();
    let path = format!("/v1/actions/{}/outcome", decided["action_id"].as_str().unwrap());
    let late = server.send("POST", &path, &key, &outcome(digest)).await;
    assert_eq!((late.status, late.json()["late"].clone()), (200, json!(true)), "{}", late.text);
    assert_eq!(server.send("POST", &path, &key, &outcome(digest)).await.status, 409);
}
