//! Agents one by one.

use std::fs;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_testkit::{TestClock, TestServer};

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::at("2026-11-23T12:00:00Z"))
}

async fn get(server: &TestServer, path: &str) -> Value {
    let answer = server.send("GET", path, &server.admin, "").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

fn refund(amount: &str, session: &str) -> Value {
    let amount: Value = serde_json::from_str(amount).unwrap();
    json!({"agent": "customer-support", "action": "issue_refund", "session_id": session,
        "args": {"order_id": "A-1", "amount": amount}})
}

#[tokio::test]
async fn an_agent_is_shown_with_its_file_and_what_it_may_ask_for() {
    let server = TestServer::start(clock()).await;
    let agent = get(&server, "/v1/agents/customer-support").await;
    assert_eq!(
        (&agent["file"], &agent["state"]),
        (&json!("agents/customer-support.yaml"), &json!("new"))
    );
    let actions = agent["actions"].as_array().unwrap();
    assert!(actions.contains(&json!("issue_refund")), "{actions:?}");
    assert!(!actions.contains(&json!("execute_transaction")), "{actions:?}");
    let listed = get(&server, "/v1/agents").await;
    assert!(
        listed["agents"].as_array().unwrap().iter().all(|agent| agent.get("actions").is_none())
    );
}

#[tokio::test]
async fn the_policies_of_an_agent_are_those_that_can_stop_it() {
    let server = TestServer::start(clock()).await;
    let told = get(&server, "/v1/agents/customer-support/policies").await;
    let policies = told["policies"].as_array().unwrap();
    let from = |origin: &str| policies.iter().filter(|one| one["origin"] == origin).count();
    assert!(from("profile") > 0 && from("file") > 0, "{told:#}");
    let of_another =
        |one: &&Value| one["source"].as_str().unwrap().contains("Agent::\"financial-advisor\"");
    assert_eq!(policies.iter().find(of_another), None);
    let limit = policies.iter().find(|one| one["policy"] == "rate-limit").unwrap();
    assert_eq!(
        (&limit["file"], &limit["effect"], &limit["mode"]),
        (&json!("agents/customer-support.yaml"), &json!("forbid"), &json!("enforce"))
    );
    let own = policies.iter().find(|one| one["origin"] == "file").unwrap();
    assert!(
        own["line"].as_u64() > Some(0)
            && own["source"].as_str().is_some_and(|text| !text.is_empty())
    );
}

#[tokio::test]
async fn limits_tell_what_is_used_exactly_and_when_it_leaves() {
    let clock = clock();
    let limits = "limits: [{per: minute, calls: 60}, {actions: [issue_refund], per: day, amount: 5000 USD}, \
                  {per: session, calls: 5}]\n";
    let server = TestServer::start_with(clock.clone(), |dir| {
        let profile = dir.join("agents/customer-support.yaml");
        let text = fs::read_to_string(&profile).unwrap();
        let text = text.replace("limits:\n  - per: minute\n    calls: 60\n", limits);
        fs::write(profile, text.replace("amount_over: 100 USD", "amount_over: 100000 USD"))
            .unwrap();
    })
    .await;
    let path = "/v1/agents/customer-support/limits";
    let unused = get(&server, path).await;
    assert_eq!(
        unused["limits"][1],
        json!({"limit": "limit_2", "per": "day", "counts": ["issue_refund"], "unit": "USD", "window_s": 86_400,
            "used": "0", "over": false, "most": "5000", "apart": null, "whole": true, "eases_at": null,
            "resets_at": null})
    );
    let key = server.agent_key("customer-support").await;
    for (amount, session) in [("0.1", "a"), ("0.2", "a"), ("1.0", "b")] {
        assert_eq!(server.submit(&key, refund(amount, session)).await["effect"], "allow");
    }
    clock.step(SignedDuration::from_mins(30));
    let told = get(&server, path).await;
    let used = |number: usize| {
        let limit = &told["limits"][number];
        (
            limit["used"].clone(),
            limit["most"].clone(),
            limit["unit"].clone(),
            limit["apart"].clone(),
        )
    };
    assert_eq!(used(0), (json!("0"), json!("60"), json!("calls"), Value::Null));
    assert_eq!(used(1), (json!("1.3"), json!("5000"), json!("USD"), Value::Null));
    assert_eq!(used(2), (json!("2"), json!("5"), json!("calls"), json!(2)));
    let day = &told["limits"][1];
    assert_eq!(
        (&day["eases_at"], &day["resets_at"]),
        (&json!("2026-11-24T12:15:00Z"), &json!("2026-11-24T12:15:00Z"))
    );
    assert_eq!(told["limits"][2]["window_s"], Value::Null);
    clock.step(SignedDuration::from_hours(24));
    assert_eq!(get(&server, path).await["limits"][1]["used"], "0");
}

#[tokio::test]
async fn who_is_not_there_is_a_problem_that_says_who_may_have_been_meant() {
    let server = TestServer::start(clock()).await;
    let long = "x".repeat(10_000);
    let torn = server.send("GET", "/v1/agents/%ff/limits", &server.admin, "").await;
    assert_eq!((torn.status, &torn.json()["type"]), (400, &json!("urn:syndic:problem:bad-path")));
    for (id, told) in [
        (
            "customer-suport",
            "there is no agent `customer-suport`; did you mean `customer-support`?",
        ),
        ("%3Cscript%3E%E2%80%AE", "there is no agent `<script>\\u{202e}`"),
        ("..%2Fkeys", "there is no agent `../keys`"),
        ("*", "there is no agent `*`"),
        (long.as_str(), "there is no agent `xxxx"),
    ] {
        for rest in ["", "/policies", "/limits"] {
            let path = format!("/v1/agents/{id}{rest}");
            let answer = server.send("GET", &path, &server.admin, "").await;
            assert_eq!(answer.status, 404, "{}", answer.text);
            let problem = answer.json();
            assert_eq!(problem["type"], "urn:syndic:problem:unknown-agent", "{problem}");
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.starts_with(told) && detail.len() < 200, "{detail}");
        }
    }
}
