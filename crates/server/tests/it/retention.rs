//! What is held back, and what is dropped when its time has come.

use std::sync::Arc;

use serde_json::json;
use syndic_testkit::{TestClock, TestServer};

async fn office() -> (TestServer, Arc<TestClock>) {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    (TestServer::start_with(clock.clone(), |_| {}).await, clock)
}

#[tokio::test]
async fn a_hold_is_kept_over_a_restart_until_it_is_released() {
    let (server, clock) = office().await;
    let admin = server.admin.clone();
    let hold =
        json!({"user": "ada@example.com", "since": "2026-01-01T00:00:00Z", "reason": "a claim"});
    let added = server.send("POST", "/v1/audit/holds", &admin, &hold.to_string()).await;
    assert_eq!(added.status, 201, "{}", added.text);
    let added = added.json();
    assert_eq!(added["user_ref"].as_str().unwrap().len(), 32);
    assert!(!added.to_string().contains("ada@"), "{added}");

    let server = server.restart(clock).await;
    let holds = server.send("GET", "/v1/audit/holds", &admin, "").await.json();
    assert_eq!(holds, json!({"holds": [added]}));
    let release = format!("/v1/audit/holds/{}/release", added["id"].as_str().unwrap());
    let released = server.send("POST", &release, &admin, r#"{"reason":"settled"}"#).await;
    assert_eq!((released.status, released.json()), (200, added));
    let again = server.send("POST", &release, &admin, r#"{"reason":"settled"}"#).await;
    assert_eq!(
        (again.status, &again.json()["type"]),
        (404, &json!("urn:syndic:problem:unknown-hold"))
    );
    let holds = server.send("GET", "/v1/audit/holds", &admin, "").await.json();
    assert_eq!(holds, json!({"holds": []}));
}

#[tokio::test]
async fn only_an_administrator_holds_and_an_auditor_reads() {
    let (server, _) = office().await;
    let auditor = server.key(json!({"role": "auditor"})).await;
    let approver = server.key(json!({"role": "approver", "approver": "support-lead-1"})).await;
    let hold = r#"{"reason":"a claim"}"#;
    for key in [&auditor, &approver] {
        assert_eq!(server.send("POST", "/v1/audit/holds", key, hold).await.status, 403);
        let release = "/v1/audit/holds/x/release";
        assert_eq!(server.send("POST", release, key, hold).await.status, 403);
    }
    assert_eq!(server.send("GET", "/v1/audit/holds", &auditor, "").await.status, 200);
    assert_eq!(server.send("GET", "/v1/audit/holds", &approver, "").await.status, 403);
}

#[tokio::test]
async fn a_hold_that_says_too_little_or_nothing_possible_is_refused() {
    let (server, _) = office().await;
    let admin = server.admin.clone();
    for (hold, code) in [
        (json!({"reason": " "}), "reason-needed"),
        (json!({"reason": "r".repeat(501)}), "reason-needed"),
        (json!({"reason": "r", "agent": ""}), "bad-request"),
        (
            json!({"reason": "r", "since": "2026-02-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}),
            "bad-request",
        ),
        (json!({"reason": "r", "users": ["ada"]}), "bad-request"),
    ] {
        let refused = server.send("POST", "/v1/audit/holds", &admin, &hold.to_string()).await;
        let code = format!("urn:syndic:problem:{code}");
        assert_eq!((refused.status / 100, &refused.json()["type"]), (4, &json!(code)), "{hold}");
    }
}

#[tokio::test]
async fn an_administrator_compacts_and_an_auditor_sees_how_it_stands() {
    let (server, _) = office().await;
    let auditor = server.key(json!({"role": "auditor"})).await;
    let path = "/v1/audit/compactions";
    assert_eq!(server.send("POST", path, &auditor, "").await.status, 403);
    let before = server.send("GET", path, &auditor, "").await.json();
    assert_eq!(before["state"], json!("none"));
    let admin = server.admin.clone();
    let done = server.send("POST", path, &admin, "").await;
    let none = json!({
        "state": "done", "segments": 1, "of": 1, "rewritten": 0, "records": 0, "bytes": 0, "error": null
    });
    assert_eq!((done.status, done.json()), (200, none.clone()));
    assert_eq!(server.send("GET", path, &auditor, "").await.json(), none);
}
