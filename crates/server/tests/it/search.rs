//! Finding events.

use std::sync::Arc;

use serde_json::json;
use syndic_api::Events;
use syndic_testkit::{TestClock, TestServer};

async fn told(server: &TestServer, query: &str) -> Events {
    let path = format!("/v1/audit/events?{query}");
    let answer = server.send("GET", &path, &server.admin, "").await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    serde_json::from_str(&answer.text).unwrap()
}

async fn refusal(server: &TestServer, query: &str) -> String {
    let path = format!("/v1/audit/events?{query}");
    let answer = server.send("GET", &path, &server.admin, "").await;
    assert_eq!(answer.status / 100, 4, "{query}: {}", answer.text);
    let problem: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    problem["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn events_are_found_by_what_they_are_and_by_their_words() {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    let server = TestServer::start(clock).await;
    let support = server.agent_key("customer-support").await;
    let advisor = server.agent_key("financial-advisor").await;
    for (key, action) in [
        (
            &support,
            json!({"agent": "customer-support", "action": "issue_refund", "user_id": "ada", "session_id": "s-1",
                "args": {"order_id": "A-1001", "amount": 45}}),
        ),
        (
            &support,
            json!({"agent": "customer-support", "action": "issue_refund", "tool": "refunds", "user_id": "bob",
                "args": {"order_id": "A-1002", "amount": 150}}),
        ),
        (
            &advisor,
            json!({"agent": "financial-advisor", "action": "execute_transaction",
                "args": {"amount": 5000, "recipient": "ACME"}}),
        ),
    ] {
        server.submit(key, action).await;
    }
    for (query, expected) in [
        ("", "execute_transaction issue_refund issue_refund"),
        ("agent=customer-support", "issue_refund issue_refund"),
        ("user=ada", "issue_refund"),
        ("user=nobody", ""),
        ("session=s-1", "issue_refund"),
        ("tool=refunds", "issue_refund"),
        ("risk=high", "execute_transaction"),
        ("policy=transaction-limit", "execute_transaction"),
        ("q=a-1001", "issue_refund"),
        ("q=a-1003", ""),
        ("q=acme&risk=high&since=2026-11-23T00:00:00Z", "execute_transaction"),
        ("q=order_id&user=bob&allowed=false", "issue_refund"),
        ("q=%22%29+OR+%28*", ""),
    ] {
        let events = told(&server, query).await;
        let actions: Vec<_> = events.events.iter().map(|event| event.action.as_str()).collect();
        assert_eq!(actions.join(" "), expected, "{query}");
        assert!(events.indexed_through >= 5, "{query}");
    }
    for (query, expected) in [
        ("q=", "`q`: there is no word to search for"),
        ("q=%22*%22", "`q`: there is no word to search for"),
        ("risk=huge", "`risk` is `low`, `medium`, `high` or `critical`"),
    ] {
        assert_eq!(refusal(&server, query).await, expected);
    }
}
