//! What people answer for about an agent.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_testkit::{TestClock, TestServer};

const PATH: &str = "/v1/agents/customer-support/statements";
const AGENT: &str = "agents/customer-support.yaml";

async fn office() -> (TestServer, Arc<TestClock>) {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    (TestServer::start(clock.clone()).await, clock)
}

fn stated(more: &Value) -> String {
    let mut stated = json!({
        "field": "failure_modes_documented", "value": "true", "name": "support lead", "function": "risk owner",
    });
    let fields = stated.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    stated.to_string()
}

async fn listed(server: &TestServer) -> Value {
    let answer = server.send("GET", PATH, &server.admin, "").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["statements"].clone()
}

#[tokio::test]
async fn the_newest_statement_about_a_field_holds_over_a_restart_until_it_is_withdrawn() {
    let (server, clock) = office().await;
    let admin = server.admin.clone();
    let first = server.send("POST", PATH, &admin, &stated(&json!({"value": "false"}))).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let made = server.send("POST", PATH, &admin, &stated(&json!({}))).await.json();
    assert_eq!(
        (&made["value"], &made["expires"], &made["stale"]),
        (&json!("true"), &json!("2027-11-23T12:00:00Z"), &json!([]))
    );
    let server = server.restart(clock).await;
    assert_eq!(listed(&server).await, json!([made]));

    let withdraw = format!("{PATH}/withdraw");
    let body = r#"{"field": "failure_modes_documented", "reason": "one was missed"}"#;
    let withdrawn = server.send("POST", &withdraw, &admin, body).await;
    assert_eq!((withdrawn.status, withdrawn.json()), (200, made));
    assert_eq!(listed(&server).await, json!([]));
    let again = server.send("POST", &withdraw, &admin, body).await;
    assert_eq!(
        (again.status, &again.json()["type"]),
        (404, &json!("urn:syndic:problem:nothing-stated"))
    );
}

#[tokio::test]
async fn a_statement_is_stale_once_it_expired_or_what_it_speaks_of_changed() {
    let (server, clock) = office().await;
    let short = stated(&json!({"expires": "2026-11-24T00:00:00Z"}));
    assert_eq!(server.send("POST", PATH, &server.admin, &short).await.status, 201);
    clock.step(SignedDuration::from_hours(12));
    assert_eq!(listed(&server).await[0]["stale"], json!(["expired"]));

    assert_eq!(server.send("POST", PATH, &server.admin, &stated(&json!({}))).await.status, 201);
    assert_eq!(listed(&server).await[0]["stale"], json!([]));
    let file = server.directory().join(AGENT);
    let text = std::fs::read_to_string(&file).unwrap();
    let purpose = text.lines().find(|line| line.starts_with("purpose:")).unwrap();
    std::fs::write(&file, text.replace(purpose, "purpose: Answers letters.")).unwrap();
    let reloaded = server.send("POST", "/v1/policy/reload", &server.admin, "{}").await;
    assert_eq!(reloaded.status, 200, "{}", reloaded.text);
    assert_eq!(listed(&server).await[0]["stale"], json!(["purpose"]));
}

#[tokio::test]
async fn anybody_but_an_agent_states() {
    let (server, _) = office().await;
    let agent = server.agent_key("customer-support").await;
    assert_eq!(server.send("POST", PATH, &agent, &stated(&json!({}))).await.status, 403);
    assert_eq!(server.send("GET", PATH, &agent, "").await.status, 403);
    let auditor = server.key(json!({"role": "auditor"})).await;
    let approver = server.key(json!({"role": "approver", "approver": "support-lead-1"})).await;
    for key in [&auditor, &approver] {
        assert_eq!(server.send("POST", PATH, key, &stated(&json!({}))).await.status, 201);
        assert_eq!(server.send("GET", PATH, key, "").await.status, 200);
    }
}

#[tokio::test]
async fn a_statement_that_says_too_little_or_nothing_possible_is_refused() {
    let (server, _) = office().await;
    for (more, code) in [
        (json!({"field": "mood"}), "unknown-field"),
        (json!({"field": "log_retention_days", "value": "400"}), "measured-field"),
        (json!({"field": "audit_logs_enabled"}), "measured-field"),
        (json!({"value": " "}), "bad-request"),
        (json!({"value": "v".repeat(4097)}), "bad-request"),
        (json!({"value": "not_applicable"}), "reason-needed"),
        (json!({"name": ""}), "bad-request"),
        (json!({"function": "f\n"}), "bad-request"),
        (json!({"expires": "2026-11-23T12:00:00Z"}), "bad-request"),
        (json!({"expires": "2029-12-01T00:00:00Z"}), "bad-request"),
        (json!({"document": "abc"}), "bad-request"),
        (json!({"role": "lead"}), "bad-request"),
    ] {
        let refused = server.send("POST", PATH, &server.admin, &stated(&more)).await;
        let code = format!("urn:syndic:problem:{code}");
        assert_eq!((refused.status / 100, &refused.json()["type"]), (4, &json!(code)), "{more}");
    }
    let nobody = "/v1/agents/nobody/statements";
    assert_eq!(server.send("POST", nobody, &server.admin, &stated(&json!({}))).await.status, 404);
}
