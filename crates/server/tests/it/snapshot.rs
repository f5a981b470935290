//! A restart over a snapshot: what held still holds.

use std::sync::Arc;

use serde_json::{Value, json};
use syndic_testkit::{TestClock, TestServer};

fn refund(amount: u32) -> Value {
    json!({"agent": "customer-support", "action": "issue_refund", "args": {"order_id": "A-1", "amount": amount},
        "session_id": "s-1", "idempotency_key": format!("once-{amount}")})
}

async fn get(server: &TestServer, path: &str) -> Value {
    server.send("GET", path, &server.admin, "").await.json()
}

#[tokio::test]
async fn what_held_before_a_snapshot_holds_after_a_start_over_it() {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    let mut server = TestServer::start(clock.clone()).await;
    let key = server.agent_key("customer-support").await;
    let lead = server.key(json!({"role": "approver", "approver": "support-lead-1"})).await;
    let run = server.submit(&key, refund(45)).await;
    let held = server.submit(&key, refund(150)).await;
    assert_eq!((&run["allowed"], &held["effect"]), (&json!(true), &json!("hold")));
    let stop = "/v1/agents/knowledge-base/suspend";
    server.send("POST", stop, &server.admin, r#"{"reason":"drill"}"#).await;

    for after in [false, true] {
        server.gate.snapshot().unwrap();
        if after {
            // What comes after it is replayed on top.
            server.submit(&key, refund(46)).await;
        }
        server = server.restart(clock.clone()).await;
        let again = server.submit(&key, refund(45)).await;
        assert_eq!(again["action_id"], run["action_id"], "a repeat is recognised: {again}");
        let agent = get(&server, "/v1/agents/knowledge-base").await;
        assert_eq!(agent["suspended_reason"], "drill", "{agent}");
    }
    let approval = held["approval"]["id"].as_str().unwrap();
    let (path, vote) = (format!("/v1/approvals/{approval}/votes"), r#"{"vote":"approve"}"#);
    let voted = server.send("POST", &path, &lead, vote).await;
    assert_eq!(voted.status, 201, "{}", voted.text);
    let late = server.submit(&key, refund(46)).await;
    assert_eq!(late["allowed"], true, "{late}");
    let metrics = server.send("GET", "/metrics", &server.admin, "").await.text;
    assert!(metrics.contains("syndic_ledger_contradicted 0\n"), "{metrics}");
}
