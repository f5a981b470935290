//! Copies of the data directory, asked for over HTTP.

use std::sync::Arc;

use serde_json::{Value, json};
use syndic_testkit::{Answer, TestClock, TestServer};

async fn make(server: &TestServer, key: &str, path: &str) -> Answer {
    server.send("POST", "/v1/backups", key, &json!({ "path": path }).to_string()).await
}

async fn ended(server: &TestServer) -> Value {
    loop {
        let all = server.send("GET", "/v1/backups", &server.admin, "").await.json();
        if all["backups"][0]["status"] != "running" {
            return all["backups"][0].clone();
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_administrator_has_the_data_directory_copied_and_nobody_else() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join("copy").display().to_string();
    let auditor = server.key(json!({"role": "auditor"})).await;
    let agent = server.agent_key("customer-support").await;
    for key in [&auditor, &agent] {
        assert_eq!(make(&server, key, &to).await.status, 403);
        assert_eq!(server.send("GET", "/v1/backups", key, "").await.status, 403);
    }
    let inside = server.directory().join("copy").display().to_string();
    for (path, told) in [
        ("copy", "is not an absolute path"),
        (inside.as_str(), "is within the governance directory"),
    ] {
        let refused = make(&server, &server.admin, path).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        assert!(refused.text.contains(told), "{}", refused.text);
    }
    let begun = make(&server, &server.admin, &to).await;
    assert_eq!((begun.status, &begun.json()["status"]), (202, &json!("running")));
    let made = ended(&server).await;
    assert_eq!(
        (&made["status"], &made["made"]["secrets"]),
        (&json!("done"), &json!(true)),
        "{made}"
    );
    assert!(made["made"]["records"].as_u64().unwrap() >= 4, "{made}");
    assert_eq!(make(&server, &server.admin, &to).await.status, 202);
    let failed = ended(&server).await;
    assert_eq!(failed["status"], "failed");
    assert!(failed["error"].as_str().unwrap().contains("is not an empty directory"), "{failed}");
    let all = server.send("GET", "/v1/backups", &server.admin, "").await.json();
    assert_eq!(all["backups"].as_array().unwrap().len(), 2);
}
