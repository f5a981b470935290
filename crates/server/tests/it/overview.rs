//! All agents at a glance.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_testkit::{TestClock, TestServer};

/// Reads the overview once everything recorded is counted.
pub(crate) async fn overview(server: &TestServer) -> Value {
    loop {
        let records = server.gate.health().records;
        let answer = server.send("GET", "/v1/overview", &server.admin, "").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let overview = answer.json();
        if overview["counted_through"].as_u64() >= Some(records) {
            return overview;
        }
        tokio::task::yield_now().await;
    }
}

fn of<'a>(overview: &'a Value, agent: &str) -> &'a Value {
    let mut agents = overview["agents"].as_array().unwrap().iter();
    agents.find(|one| one["agent"] == agent).unwrap()
}

fn refund(amount: u32) -> Value {
    json!({"agent": "customer-support", "action": "issue_refund", "args": {"order_id": "A-1", "amount": amount}})
}

fn findings(overview: &Value) -> Vec<String> {
    let findings = overview["governance"]["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["id"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn what_an_agent_did_is_counted_by_the_hour_and_is_the_same_after_a_restart() {
    let clock = Arc::new(TestClock::at("2026-11-23T12:59:00Z"));
    let mut server = TestServer::start(clock.clone()).await;
    let key = server.agent_key("customer-support").await;
    let exact = json!({"role": "agent", "agent": "customer-support", "grade": "exclusive"});
    let exclusive = server.key(exact).await;
    let unheard_of = json!({"agent": "customer-support", "action": "format_disk", "args": {}});
    for (key, action) in [(&exclusive, refund(45)), (&key, refund(150)), (&key, unheard_of)] {
        server.submit(key, action).await;
    }
    clock.step(SignedDuration::from_mins(2));
    server.submit(&exclusive, refund(46)).await;
    let nobody = json!({"agent": "nobody", "action": "issue_refund", "args": {}});
    assert_ne!(
        server.send("POST", "/v1/actions", &key, &nobody.to_string()).await.status,
        200,
        "a key acts as its own agent"
    );
    for _ in 0..2 {
        let told = overview(&server).await;
        let agent = of(&told, "customer-support");
        let hours = agent["hours"].as_array().unwrap();
        assert_eq!(hours.len(), 24);
        assert_eq!(
            hours[22],
            json!({"at": "2026-11-23T12:00:00Z", "actions": 3, "denied": 1, "held": 1})
        );
        assert_eq!(
            hours[23],
            json!({"at": "2026-11-23T13:00:00Z", "actions": 1, "denied": 0, "held": 0})
        );
        let learning = json!({"score": 0, "signal": "learning",
            "told": "still learning what is usual: 0 of 7 days, 4 of 50 actions"});
        for (field, value) in [
            ("actions_24h", json!(4)),
            ("denied_24h", json!(1)),
            ("held_24h", json!(1)),
            ("approvals_pending", json!(1)),
            ("state", json!("active")),
            ("suspended_reason", Value::Null),
            ("enforcement_grade", json!("cooperative")),
            ("last_seen", json!("2026-11-23T13:01:00Z")),
            ("anomaly", learning.clone()),
            ("checklist", Value::Null),
        ] {
            assert_eq!(agent[field], value, "{field}");
        }
        assert_eq!(agent["top_violation"], json!({"policy": "approval-threshold", "count": 1}));
        let sums =
            json!({"actions": 4, "denied": 1, "held": 1, "approvals_pending": 1, "suspended": 0});
        assert_eq!(told["totals"], sums);
        let other = of(&told, "knowledge-base");
        assert_eq!((&other["state"], &other["last_seen"]), (&json!("new"), &Value::Null));
        assert_eq!(other["enforcement_grade"], Value::Null);
        server = server.restart(clock.clone()).await;
    }
    clock.step(SignedDuration::from_hours(25));
    let told = overview(&server).await;
    let agent = of(&told, "customer-support");
    assert_eq!((&agent["state"], &agent["actions_24h"]), (&json!("silent"), &json!(0)));
    assert_eq!(agent["enforcement_grade"], "exclusive");
}

#[tokio::test]
async fn who_is_suspended_is_told_with_the_reason_and_all_of_them_is_a_finding() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let told = overview(&server).await;
    assert_eq!(told["governance"], json!({"state": "healthy", "findings": []}));
    let switch = async |path: &str| {
        let answer = server.send("POST", path, &server.admin, r#"{"reason":"<i>drill</i>"}"#).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    };
    switch("/v1/agents/knowledge-base/suspend").await;
    let told = overview(&server).await;
    let agent = of(&told, "knowledge-base");
    assert_eq!(
        (&agent["state"], &agent["suspended_reason"]),
        (&json!("suspended"), &json!("<i>drill</i>"))
    );
    assert_eq!(
        (&told["totals"]["suspended"], told["governance"]["state"].as_str()),
        (&json!(1), Some("healthy"))
    );
    switch("/v1/agents/*/suspend").await;
    let told = overview(&server).await;
    assert_eq!(findings(&told), ["all-suspended"]);
    let all = told["agents"].as_array().unwrap().len();
    assert_eq!(told["totals"]["suspended"], json!(all));
}

#[tokio::test]
async fn a_request_that_waits_for_long_is_a_finding_until_it_ends() {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    let mut server = TestServer::start(clock.clone()).await;
    let key = server.agent_key("customer-support").await;
    let held = server.submit(&key, refund(150)).await;
    let id = held["approval"]["id"].as_str().unwrap().to_owned();
    assert!(findings(&overview(&server).await).is_empty());
    let path = format!("/v1/approvals/{id}");
    let waits = server.send("GET", &path, &server.admin, "").await.json();
    let time = |field: &str| waits[field].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let half = time("expires_at").duration_since(time("opened_at")) / 2;
    clock.step(half);
    for _ in 0..2 {
        let told = overview(&server).await;
        assert_eq!(findings(&told), ["approvals-old"]);
        assert_eq!(told["governance"]["state"], "degraded");
        server = server.restart(clock.clone()).await;
    }
    assert_eq!(server.send("DELETE", &path, &key, "").await.status, 200);
    let told = overview(&server).await;
    assert!(findings(&told).is_empty());
    assert_eq!(of(&told, "customer-support")["approvals_pending"], 0);
}

#[tokio::test]
async fn only_who_may_read_everything_sees_it() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let agent = server.agent_key("customer-support").await;
    let auditor = server.key(json!({"role": "auditor"})).await;
    for path in [
        "/v1/overview",
        "/v1/agents/customer-support",
        "/v1/agents/customer-support/policies",
        "/v1/agents/customer-support/limits",
    ] {
        for (key, status) in [("", 401), (&agent, 403), (&auditor, 200)] {
            assert_eq!(server.send("GET", path, key, "").await.status, status, "{path}");
        }
    }
}

#[tokio::test]
async fn a_long_answer_is_sent_compressed_to_who_takes_that() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let key = format!("Bearer {}", server.admin);
    let asked = [("authorization", key.as_str()), ("accept-encoding", "gzip")];
    let small = server.browse("GET", "/v1/overview", &asked, "").await;
    assert!(small.head.contains("content-encoding: gzip\r\n"), "{}", small.head);
    let plain = server.browse("GET", "/v1/overview", &asked[..1], "").await;
    assert!(!plain.head.contains("content-encoding"), "{}", plain.head);
}
