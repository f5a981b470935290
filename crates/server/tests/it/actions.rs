//! Decisions over HTTP.

use std::sync::Arc;

use serde_json::{Value, json};
use syndic_testkit::{TestClock, TestServer};

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::at("2026-11-23T12:00:00Z"))
}

fn refund(amount: u32) -> Value {
    json!({"agent": "customer-support", "action": "issue_refund", "args": {"order_id": "A-1", "amount": amount}})
}

#[tokio::test]
async fn an_allowed_action_is_recorded_and_has_a_permit() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    let decided = server.submit(&key, refund(45)).await;
    assert_eq!(decided["effect"], "allow", "{decided}");
    assert_eq!(decided["allowed"], true);
    assert!(decided["record"]["index"].is_u64() || decided["record"]["index"].is_number());
    assert!(decided["permit"]["token"].as_str().unwrap().split('.').count() == 3);
    assert_eq!(decided["risk_level"], "medium");
    let events = server.events("").await;
    assert_eq!(events[0]["event_id"], decided["action_id"]);
    assert_eq!(events[0].as_object().unwrap().len(), 17);
    assert_eq!(events[0]["tool_result"], Value::Null);
    assert_eq!(events[0]["session_id"], "unknown");
    assert_eq!(events[0]["tool_args"], json!({"order_id": "A-1", "amount": 45}));
}

#[tokio::test]
async fn a_held_action_has_no_permit_and_says_who_is_asked_for() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    let decided = server.submit(&key, refund(150)).await;
    assert_eq!(
        (&decided["effect"], &decided["allowed"]),
        (&json!("hold"), &json!(false)),
        "{decided}"
    );
    assert_eq!(
        (&decided["permit"], &decided["approval"]["status"]),
        (&Value::Null, &json!("pending"))
    );
    assert_eq!(decided["model_message"]["retry"], "approval");
    let text = decided["model_message"]["text"].as_str().unwrap();
    assert!(!text.contains("100"), "a threshold teaches splitting: {text}");
    assert_eq!(server.events("allowed=false").await.len(), 1);
}

#[tokio::test]
async fn a_refusal_names_every_reason_and_both_figures() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("financial-advisor").await;
    let action = json!({"agent": "financial-advisor", "action": "execute_transaction",
        "args": {"amount": 5000, "recipient": "ACME"}});
    let decided = server.submit(&key, action).await;
    assert_eq!(decided["effect"], "deny", "{decided}");
    let reasons: Vec<_> =
        decided["reasons"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let limit = reasons.iter().find(|reason| reason.starts_with("transaction-limit: ")).unwrap();
    assert!(limit.contains("5000") && limit.contains("1000"), "{limit}");
    let metrics = server.send("GET", "/metrics", &server.admin, "").await.text;
    let violation = r#"ai_agent_policy_violations_total{agent_name="financial-advisor",policy_name="transaction-limit""#;
    assert!(metrics.contains(violation), "{metrics}");
    let action = r#"ai_agent_actions_total{agent_name="financial-advisor",action="execute_transaction",allowed="false"} 1"#;
    assert!(metrics.contains(action), "{metrics}");
}

#[tokio::test]
async fn a_shadow_policy_is_recorded_and_counted_apart_and_stops_nothing() {
    let shadow = r#"@id("refund-cap") @description("d") @severity("high") @reason("over the cap")
@mode("shadow")
forbid (principal, action == Action::"issue_refund", resource)
when { context.facts.amount.greaterThan(decimal("50.00")) };"#;
    let server = TestServer::start_with(clock(), |dir| {
        std::fs::write(dir.join("policies/org/cap.cedar"), shadow).unwrap();
    })
    .await;
    let key = server.agent_key("customer-support").await;
    let dry = json!({"agent": "customer-support", "action": "issue_refund", "dry_run": true,
        "args": {"order_id": "A-1", "amount": 60}});
    server.submit(&key, dry).await;
    let decided = server.submit(&key, refund(60)).await;
    assert_eq!((&decided["effect"], &decided["allowed"]), (&json!("allow"), &json!(true)));
    assert_eq!(decided["reasons"], json!([]));
    let told = json!({"policy": "refund-cap", "result": "blocked", "severity": "high",
        "reason": "over the cap", "shadow": true});
    let checks = |body: &Value, field: &str| {
        let checks = body[field].as_array().unwrap().iter();
        checks.filter(|check| check["policy"] == "refund-cap").cloned().collect::<Vec<_>>()
    };
    assert_eq!(checks(&decided, "checks"), std::slice::from_ref(&told));
    assert_eq!(server.submit(&key, refund(45)).await["allowed"], true);
    let event = &server.events("").await[1];
    assert_eq!(checks(event, "policy_checks"), [told]);
    assert_eq!(event["metadata"].get("violation_reason"), None, "{event}");
    let metrics = server.send("GET", "/metrics", &server.admin, "").await.text;
    let counted = r#"syndic_shadow_violations_total{agent_name="customer-support",policy_name="refund-cap",severity="high"} 1"#;
    assert!(metrics.contains(counted), "{metrics}");
    let mut enforced =
        metrics.lines().filter(|line| line.starts_with("ai_agent_policy_violations_total{"));
    assert!(enforced.all(|line| line.ends_with(" 0")), "{metrics}");
}

#[tokio::test]
async fn personal_data_does_not_leave_in_a_message() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    let message = |text: &str| {
        json!({"agent": "customer-support", "action": "send_external_message",
            "args": {"recipient": "customer@example.com", "message": text}})
    };
    let clean = server.submit(&key, message("Your order is on its way.")).await;
    assert_eq!(clean["effect"], "allow", "{clean}");
    let leak = server.submit(&key, message("Your card 4111 1111 1111 1111 was charged.")).await;
    assert_eq!(leak["effect"], "deny", "{leak}");
    assert!(leak["reasons"][0].as_str().unwrap().starts_with("no-pii-external: "), "{leak}");
    assert!(!leak.to_string().contains("4111"), "an answer never repeats content");
}

#[tokio::test]
async fn unknown_agents_and_actions_and_wrong_arguments_are_recorded_denials() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    for (action, args, policy) in [
        ("launch_rocket", json!({}), "tool-access"),
        ("run_code", json!({"language": "sh", "source": "rm -rf /"}), "tool-access"),
        ("issue_refund", json!({"order_id": "A-1"}), "schema"),
        ("issue_refund", json!({"order_id": "A-1", "amount": "45"}), "schema"),
        ("issue_refund", json!({"order_id": "A-1", "amount": 1, "secret": "s3cr3t"}), "schema"),
    ] {
        let decided = server
            .submit(&key, json!({"agent": "customer-support", "action": action, "args": args}))
            .await;
        assert_eq!(decided["effect"], "deny", "{decided}");
        assert!(
            decided["reasons"].to_string().contains(&format!("\"{policy}: ")),
            "{policy}: {decided}"
        );
        assert!(!decided.to_string().contains("s3cr3t"), "an answer never repeats content");
        assert!(decided["record"].is_object());
    }
    assert_eq!(server.events("").await.len(), 5);
}

#[tokio::test]
async fn a_dry_run_leaves_no_trace() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    let mut request = refund(45);
    request["dry_run"] = json!(true);
    let decided = server.submit(&key, request).await;
    assert_eq!(
        (&decided["effect"], &decided["record"], &decided["permit"]),
        (&json!("allow"), &Value::Null, &Value::Null)
    );
    assert!(server.events("").await.is_empty());
}

#[tokio::test]
async fn a_repeat_answers_the_original_without_a_second_permit() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    let mut request = refund(45);
    request["idempotency_key"] = json!("order-A-1");
    let first = server.submit(&key, request.clone()).await;
    let second = server.submit(&key, request.clone()).await;
    assert_eq!(second["action_id"], first["action_id"]);
    assert_eq!((&second["replayed"], &second["permit"]), (&json!(true), &Value::Null));
    assert_eq!(second["checks"], first["checks"]);
    assert_eq!(second["model_message"], first["model_message"]);
    assert_eq!(server.events("").await.len(), 1);
    request["args"]["amount"] = json!(46);
    let other = server.send("POST", "/v1/actions", &key, &request.to_string()).await;
    assert_eq!(other.status, 422, "{}", other.text);
    let server = server.restart(clock()).await;
    request["args"]["amount"] = json!(45);
    let third = server.submit(&key, request).await;
    assert_eq!(third["action_id"], first["action_id"]);
}

#[tokio::test]
async fn an_agent_acts_only_as_itself_and_only_in_its_own_sessions() {
    let server = TestServer::start(clock()).await;
    let support = server.agent_key("customer-support").await;
    let knowledge = server.agent_key("knowledge-base").await;
    let other = server.send("POST", "/v1/actions", &knowledge, &refund(1).to_string()).await;
    assert_eq!(other.status, 403, "{}", other.text);
    let session =
        server.send("POST", "/v1/sessions", &support, r#"{"agent":"customer-support"}"#).await;
    assert_eq!(session.status, 201, "{}", session.text);
    let session = session.json()["session_id"].clone();
    let search = |agent: &str| json!({"agent": agent, "action": "search_knowledge_base", "args": {"query": "returns"}, "session_id": session});
    server.submit(&support, search("customer-support")).await;
    let foreign =
        server.send("POST", "/v1/actions", &knowledge, &search("knowledge-base").to_string()).await;
    assert_eq!(
        (foreign.status, foreign.json()["type"].clone()),
        (403, json!("urn:syndic:problem:foreign-session"))
    );
}

#[tokio::test]
async fn delegation_allows_only_what_everybody_in_the_chain_may_do() {
    let server = TestServer::start(clock()).await;
    let support = server.agent_key("customer-support").await;
    let mut request = refund(45);
    request["on_behalf_of"] = json!("knowledge-base");
    let denied = server.submit(&support, request.clone()).await;
    assert_eq!(denied["effect"], "deny", "knowledge-base may not refund: {denied}");
    request["on_behalf_of"] = json!("nobody");
    assert!(server.submit(&support, request).await["reasons"].to_string().contains("delegation: "));
    let knowledge = server.agent_key("knowledge-base").await;
    let search = json!({"agent": "knowledge-base", "action": "search_knowledge_base", "args": {"query": "x"}});
    let parent = server.submit(&knowledge, search).await["action_id"].clone();
    let mut child = refund(45);
    child["parent_action_id"] = parent;
    assert_eq!(server.submit(&support, child.clone()).await["effect"], "deny");
    child["parent_action_id"] = json!("0198c0de-0000-7000-8000-000000000000");
    assert!(server.submit(&support, child).await["reasons"].to_string().contains("delegation: "));
}

#[tokio::test]
async fn in_observe_mode_everything_is_decided_and_nothing_is_stopped_but_what_must_be() {
    let server = TestServer::start_with(clock(), |dir| {
        let path = dir.join("agents/customer-support.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("mode: enforce", "mode: observe")).unwrap();
    })
    .await;
    let key = server.agent_key("customer-support").await;
    let held = server.submit(&key, refund(150)).await;
    assert_eq!(
        (&held["effect"], &held["allowed"], &held["mode"]),
        (&json!("hold"), &json!(true), &json!("observe"))
    );
    assert!(held["permit"].is_object());
    let code = json!({"agent": "customer-support", "action": "run_code", "args": {"language": "sh", "source": "ls"}});
    assert_eq!(server.submit(&key, code).await["allowed"], true);
    let inexact = r#"{"agent":"customer-support","action":"issue_refund","args":{"order_id":"A","amount":1e400}}"#;
    let inexact = server.send("POST", "/v1/actions", &key, inexact).await.json();
    assert_eq!(
        (&inexact["effect"], &inexact["allowed"]),
        (&json!("deny"), &json!(false)),
        "{inexact}"
    );
    server
        .send("POST", "/v1/agents/customer-support/suspend", &server.admin, r#"{"reason":"drill"}"#)
        .await;
    assert_eq!(server.submit(&key, refund(1)).await["allowed"], false);
}

#[tokio::test]
async fn parallel_repeats_are_one_action() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    let mut request = refund(45);
    request["idempotency_key"] = json!("order-A-1");
    let mut answers = Vec::new();
    for _ in 0..4 {
        let (a, b, c, d) = tokio::join!(
            server.submit(&key, request.clone()),
            server.submit(&key, request.clone()),
            server.submit(&key, request.clone()),
            server.submit(&key, request.clone())
        );
        answers.extend([a, b, c, d]);
    }
    let permits = answers.iter().filter(|answer| answer["permit"].is_object()).count();
    assert_eq!(permits, 1, "one of {} has the permit", answers.len());
    assert!(answers.iter().all(|answer| answer["action_id"] == answers[0]["action_id"]));
    assert_eq!(server.events("").await.len(), 1);
}

#[tokio::test]
async fn a_client_that_goes_away_is_counted_all_the_same() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    let body = refund(150).to_string();
    for _ in 0..20 {
        server.send_and_leave("/v1/actions", &key, &body).await;
    }
    let last = server.submit(&key, refund(151)).await["record"]["index"].to_string();
    let recorded = loop {
        let recorded = server.events("").await.len();
        let metrics = server.send("GET", "/metrics", &server.admin, "").await.text;
        let counted = format!(r#"action="issue_refund",allowed="false"}} {recorded}"#);
        if metrics.contains(&counted) {
            break recorded;
        }
    };
    assert!(recorded >= 1, "record {last} at least");
}

#[tokio::test]
async fn an_agent_goes_on_with_what_was_delegated_to_it() {
    let server = TestServer::start(clock()).await;
    let support = server.agent_key("customer-support").await;
    let search = json!({"agent": "customer-support", "action": "search_knowledge_base", "args": {"query": "x"},
        "on_behalf_of": "knowledge-base"});
    let first = server.submit(&support, search.clone()).await;
    assert_eq!(first["effect"], "allow", "{first}");
    let mut second = search;
    second["parent_action_id"] = first["action_id"].clone();
    let second = server.submit(&support, second).await;
    assert_eq!(second["effect"], "allow", "{second}");
}

#[tokio::test]
async fn a_tool_that_is_not_declared_is_refused() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    let mut request = refund(45);
    request["tool"] = json!("issue_refund");
    assert_eq!(server.submit(&key, request.clone()).await["effect"], "allow");
    request["tool"] = json!("evil");
    let refused = server.submit(&key, request).await;
    assert!(refused["reasons"].to_string().contains("tool-access: "), "{refused}");
}
