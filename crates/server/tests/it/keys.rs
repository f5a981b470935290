//! Who may talk to syndic.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::json;
use syndic_testkit::{TestClock, TestServer};

const SEARCH: &str =
    r#"{"agent":"knowledge-base","action":"search_knowledge_base","args":{"query":"x"}}"#;

#[tokio::test]
async fn a_wrong_expired_or_revoked_key_opens_nothing() {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    let server = TestServer::start(clock.clone()).await;
    let key = server.key(json!({"role": "agent", "agent": "knowledge-base", "days": 1})).await;
    let problem = async |key: &str| {
        let answer = server.send("POST", "/v1/actions", key, SEARCH).await;
        (
            answer.status,
            answer.json()["type"].as_str().unwrap_or_default().replace("urn:syndic:problem:", ""),
        )
    };
    assert_eq!(problem(&key).await.0, 200);
    assert_eq!(problem("").await, (401, "no-key".into()));
    assert_eq!(problem("syndic_000000000000_00").await, (401, "unknown-key".into()));
    assert_eq!(problem(&format!("{key}0")).await, (401, "unknown-key".into()));
    let other = server.key(json!({"role": "agent", "agent": "knowledge-base"})).await;
    let id = other.split('_').nth(1).unwrap();
    let revoked = server.send("DELETE", &format!("/v1/keys/{id}"), &server.admin, "").await;
    assert_eq!(revoked.status, 204, "{}", revoked.text);
    assert_eq!(problem(&other).await, (401, "revoked-key".into()));
    clock.step(SignedDuration::from_hours(25));
    assert_eq!(problem(&key).await, (401, "expired-key".into()));
}

#[tokio::test]
async fn keys_survive_a_restart_and_their_secrets_are_nowhere() {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    let server = TestServer::start(clock.clone()).await;
    let key = server.agent_key("knowledge-base").await;
    let listed = server.send("GET", "/v1/keys", &server.admin, "").await.text;
    assert!(!listed.contains(key.rsplit('_').next().unwrap()));
    let server = server.restart(clock).await;
    assert_eq!(server.send("POST", "/v1/actions", &key, SEARCH).await.status, 200);
    assert!(server.gate.bootstrap_key().await.unwrap().is_none(), "the first key is made once");
}

#[tokio::test]
async fn a_role_does_what_it_is_for_and_nothing_else() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let auditor = server.key(json!({"role": "auditor"})).await;
    for (method, path, body, by_auditor, by_admin) in [
        ("GET", "/v1/agents", "", 200, 200),
        ("GET", "/v1/agents/knowledge-base", "", 200, 200),
        ("GET", "/v1/agents/nobody", "", 404, 404),
        ("GET", "/v1/status", "", 200, 200),
        ("GET", "/metrics", "", 200, 200),
        ("POST", "/v1/actions", SEARCH, 403, 403),
        ("POST", "/v1/sessions", r#"{"agent":"knowledge-base"}"#, 403, 403),
        ("POST", "/v1/keys", r#"{"role":"auditor"}"#, 403, 201),
        ("POST", "/v1/keys", r#"{"role":"agent"}"#, 403, 422),
        ("POST", "/v1/keys", r#"{"role":"agent","agent":"nobody"}"#, 403, 422),
        ("POST", "/v1/keys", r#"{"role":"approver","approver":"support-lead-1"}"#, 403, 201),
        ("POST", "/v1/keys", r#"{"role":"approver","approver":"nobody"}"#, 403, 422),
        ("POST", "/v1/keys", r#"{"role":"approver"}"#, 403, 422),
        ("POST", "/v1/keys", r#"{"role":"auditor","approver":"support-lead-1"}"#, 403, 422),
        ("POST", "/v1/keys", r#"{"role":"auditor","days":366}"#, 403, 422),
        ("POST", "/v1/agents/knowledge-base/suspend", r#"{"reason":"drill"}"#, 403, 200),
        ("POST", "/v1/agents/knowledge-base/resume", r#"{"reason":""}"#, 403, 422),
    ] {
        for (key, status) in [(&auditor, by_auditor), (&server.admin, by_admin)] {
            let answer = server.send(method, path, key, body).await;
            assert_eq!(answer.status, status, "{method} {path} {body}: {}", answer.text);
        }
    }
    let only = server.admin.split('_').nth(1).unwrap();
    let last = server.send("DELETE", &format!("/v1/keys/{only}"), &server.admin, "").await;
    assert_eq!(last.status, 409, "{}", last.text);
}

#[tokio::test]
async fn an_administrator_rotates_the_log_s_key_and_that_is_on_record() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let auditor = server.key(json!({"role": "auditor"})).await;
    assert_eq!(server.send("POST", "/v1/log/rotations", &auditor, "").await.status, 403);
    let before = server.gate.store().log_keys();
    let rotated = server.send("POST", "/v1/log/rotations", &server.admin, "").await.json();
    let keys: Vec<_> = server.gate.store().log_keys().iter().map(ToString::to_string).collect();
    assert_eq!(keys, [rotated["to"].as_str().unwrap(), rotated["from"].as_str().unwrap()]);
    assert_eq!(keys[1], before[0].to_string());
    let index = rotated["record"]["index"].as_u64().unwrap();
    let leaf = server.gate.store().leaf_bytes(index).unwrap();
    assert!(String::from_utf8(leaf).unwrap().contains("\"log_key_rotated\""));
}
