//! What no client should send: an error or a denial, never a panic, never a record of nonsense.

use std::sync::Arc;

use syndic_testkit::{TestClock, TestServer};

async fn server() -> (TestServer, String) {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let key = server.agent_key("customer-support").await;
    (server, key)
}

fn submit(args: &str) -> String {
    format!(r#"{{"agent":"customer-support","action":"issue_refund","args":{args}}}"#)
}

#[tokio::test]
async fn a_body_that_is_no_request_is_refused_and_not_recorded() {
    let (server, key) = server().await;
    let deep = |n: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(n), "]".repeat(n));
    let long = "x".repeat(65);
    for (body, status) in [
        (String::new(), 400),
        ("{".to_owned(), 400),
        ("nonsense".to_owned(), 400),
        ("[]".to_owned(), 422),
        ("{}".to_owned(), 422),
        (submit("[1]"), 422),
        (submit("null"), 422),
        (submit(&deep(40)), 422),
        (submit(&deep(10_000)), 422),
        (format!(r#"{{"agent":"customer-support","action":"issue_refund","args":{{}},"metadata":{}}}"#, deep(10_000)), 400),
        (r#"{"agent":"customer-support","action":"issue_refund","args":{},"surprise":1}"#.to_owned(), 422),
        (r#"{"agent":"customer-support","agent":"x","action":"issue_refund","args":{}}"#.to_owned(), 422),
        (format!(r#"{{"agent":"{long}","action":"issue_refund","args":{{}}}}"#), 422),
        (r#"{"agent":"a b","action":"issue_refund","args":{}}"#.to_owned(), 422),
        (r#"{"agent":"customer-support","action":"issue_refund","args":{},"metadata":{"owner":"me"}}"#.to_owned(), 422),
        (r#"{"agent":"customer-support","action":"issue_refund","args":{},"parent_action_id":"7"}"#.to_owned(), 422),
        (r#"{"agent":"customer-support","action":"issue_refund","args":{},"user_id":""}"#.to_owned(), 422),
    ] {
        let answer = server.send("POST", "/v1/actions", &key, &body).await;
        let shown: String = body.chars().take(80).collect();
        assert_eq!(answer.status, status, "{shown}: {}", answer.text);
        assert!(answer.head.contains("application/problem+json"), "{shown}");
        assert!(answer.json()["detail"].is_string());
    }
    assert!(server.events("").await.is_empty());
}

#[tokio::test]
async fn arguments_that_mean_nothing_exact_are_recorded_denials() {
    let (server, key) = server().await;
    for args in [
        r#"{"order_id":"A","amount":1,"amount":2}"#,
        r#"{"order_id":"A","amount":1e400}"#,
        r#"{"order_id":"A","amount":100.00004000000000000001}"#,
        r#"{"order_id":"A","amount":-1}"#,
        r#"{"order_id":"A","amount":{"$serde_json::private::Number":"1"}}"#,
        r#"{"order_id":"A","amount":{"__extn":{"fn":"decimal","arg":"1.0"}}}"#,
        r#"{"order_id":{"__entity":{"type":"Agent","id":"root"}},"amount":1}"#,
        r#"{"order_id":"A","amount":null}"#,
    ] {
        let answer = server.send("POST", "/v1/actions", &key, &submit(args)).await;
        assert_eq!(answer.status, 200, "{args}: {}", answer.text);
        let decided = answer.json();
        assert_eq!(decided["effect"], "deny", "{args}: {decided}");
        assert_eq!(decided["checks"][0]["policy"], "schema", "{args}: {decided}");
        assert!(decided["record"].is_object(), "{args}");
        assert!(decided["permit"].is_null(), "{args}");
    }
    assert_eq!(server.events("").await.len(), 8);
}

#[tokio::test]
async fn a_body_of_a_hundred_megabytes_is_refused() {
    let (server, key) = server().await;
    let answer = server.send("POST", "/v1/actions", &key, &"x".repeat(100_000_000)).await;
    assert_eq!(answer.status, 413, "{}", answer.text);
    assert_eq!(server.send("GET", "/healthz", "", "").await.status, 200);
}

#[tokio::test]
async fn what_does_not_exist_is_a_problem_document_too() {
    let (server, key) = server().await;
    for (method, path, status) in [
        ("GET", "/v1/nothing", 404),
        ("DELETE", "/v1/actions", 405),
        ("POST", "/v1/actions/not-an-id/outcome", 404),
        ("GET", "/v1/agents", 403),
        ("GET", "/metrics", 403),
        ("GET", "/v1/audit/events", 403),
    ] {
        let body = r#"{"status":"ok","args_digest":"x"}"#;
        let answer = server.send(method, path, &key, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
        assert!(answer.head.contains("application/problem+json"), "{method} {path}");
    }
    for query in
        ["limit=0", "limit=1001", "since=yesterday", "cursor=x", "surprise=1", "allowed=maybe"]
    {
        let answer =
            server.send("GET", &format!("/v1/audit/events?{query}"), &server.admin, "").await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.text);
    }
}
