//! What was decided on, and deciding again on it.

use std::sync::Arc;

use serde_json::{Value, json};
use syndic_api::{DecisionBody, Decisions, Event, Explanation};
use syndic_gate::Recorded;
use syndic_testkit::{TestClock, TestServer};

fn clock(at: &str) -> Arc<TestClock> {
    Arc::new(TestClock::at(at))
}

/// Actions of every kind of verdict, as their agent asks for them.
fn asked() -> Vec<(&'static str, Value)> {
    let support = "customer-support";
    let advisor = "financial-advisor";
    vec![
        (support, json!({"action": "issue_refund", "args": {"order_id": "A-1", "amount": 45}})),
        (support, json!({"action": "issue_refund", "args": {"order_id": "A-1", "amount": 150}})),
        (support, json!({"action": "issue_refund", "args": {"order_id": "A-1", "amount": -1}})),
        (support, json!({"action": "no_such_action", "args": {}})),
        (
            support,
            json!({"action": "send_external_message", "session_id": "s-1",
            "args": {"recipient": "a@example.org", "message": "card 4111 1111 1111 1111"}}),
        ),
        (
            support,
            json!({"action": "search_knowledge_base", "args": {"query": "x"},
            "on_behalf_of": "knowledge-base"}),
        ),
        (
            support,
            json!({"action": "update_ticket", "args": {"ticket_id": "T-1"},
            "on_behalf_of": "nobody"}),
        ),
        (
            support,
            json!({"action": "update_ticket", "args": {"ticket_id": "T-1"},
            "parent_action_id": "0192f0c4-7d1c-7c1e-9a53-5b1f3f6a2d10"}),
        ),
        (
            advisor,
            json!({"action": "execute_transaction", "args": {"amount": 5000, "recipient": "ACME"}}),
        ),
        (
            advisor,
            json!({"action": "execute_transaction", "args": {"amount": 500, "recipient": "ACME"}}),
        ),
    ]
}

async fn decisions(server: &TestServer, query: &str) -> Vec<DecisionBody> {
    let path = format!("/v1/audit/decisions?{query}");
    let answer = server.send("GET", &path, &server.admin, "").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    serde_json::from_str::<Decisions>(&answer.text).unwrap().decisions
}

fn recorded(decision: &DecisionBody) -> Recorded {
    let Event { agent_name, action, tool_name, .. } = &decision.event;
    let (args, context) = (decision.args.as_deref(), decision.context.as_deref());
    Recorded::read(agent_name, action, tool_name.as_deref(), args, context).unwrap()
}

#[tokio::test]
async fn deciding_again_by_the_same_files_gives_the_same_verdict_and_checks() {
    for at in ["2026-11-23T12:00:00Z", "2026-11-22T03:30:00Z"] {
        let clock = clock(at);
        let server = TestServer::start(clock.clone()).await;
        let mut keys = std::collections::BTreeMap::new();
        for agent in ["customer-support", "financial-advisor"] {
            keys.insert(agent, server.agent_key(agent).await);
        }
        for round in 0..2 {
            for (agent, mut action) in asked() {
                action["agent"] = json!(agent);
                server.submit(&keys[agent], action).await;
            }
            // The second time everybody is stopped.
            if round == 0 {
                let why = json!({"reason": "a test"}).to_string();
                let path = "/v1/agents/*/suspend";
                assert_eq!(server.send("POST", path, &server.admin, &why).await.status, 200);
            }
        }
        let decisions = decisions(&server, "").await;
        assert_eq!(decisions.len(), 2 * asked().len());
        for decision in &decisions {
            let again =
                recorded(decision).redecide(&server.gate.governance(), clock.as_ref()).unwrap();
            let event = &decision.event;
            assert_eq!(json!(again.effect.as_str()), event.metadata["effect"], "{event:?}");
            assert_eq!(again.allowed, event.allowed, "{event:?}");
            let checks: Vec<_> = again.checks.iter().map(syndic_api::PolicyCheck::from).collect();
            assert_eq!(checks, event.policy_checks, "{} {:?}", event.action, decision.args);
        }
    }
}

#[tokio::test]
async fn arguments_are_told_as_they_arrived() {
    let server = TestServer::start(clock("2026-11-23T12:00:00Z")).await;
    let key = server.agent_key("customer-support").await;
    let args = r#"{"order_id": "A-1", "amount": 1.50, "amount": 2.0}"#;
    let body = format!(r#"{{"agent":"customer-support","action":"issue_refund","args":{args}}}"#);
    let answer = server.send("POST", "/v1/actions", &key, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let told = decisions(&server, "limit=1").await;
    assert_eq!(told[0].args.as_ref().unwrap().get(), args);
}

#[tokio::test]
async fn only_readers_are_told_and_a_page_has_a_bound() {
    let server = TestServer::start(clock("2026-11-23T12:00:00Z")).await;
    let key = server.agent_key("customer-support").await;
    let path = "/v1/audit/events/0192f0c4-7d1c-7c1e-9a53-5b1f3f6a2d10/explanation";
    for (path, key, status) in [
        ("/v1/audit/decisions", key.as_str(), 403),
        (path, &key, 403),
        (path, &server.admin, 404),
        ("/v1/audit/events/x/explanation", &server.admin, 404),
        ("/v1/audit/decisions?limit=101", &server.admin, 400),
    ] {
        assert_eq!(server.send("GET", path, key, "").await.status, status, "{path}");
    }
}

/// Asks for an action at `at` and returns what would have let it pass, by policy.
async fn explained(
    at: &str,
    agent: &str,
    action: Value,
) -> (Vec<(String, String)>, Option<String>) {
    let server = TestServer::start(clock(at)).await;
    let key = server.agent_key(agent).await;
    let mut request = action;
    request["agent"] = json!(agent);
    let decided = server.submit(&key, request).await;
    let path = format!("/v1/audit/events/{}/explanation", decided["action_id"].as_str().unwrap());
    let answer = server.send("GET", &path, &server.admin, "").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let told: Explanation = serde_json::from_str(&answer.text).unwrap();
    let now = told.now.unwrap();
    assert_eq!(now.effect, decided["effect"].as_str().unwrap());
    let ways = now.obstacles.into_iter().map(|obstacle| {
        let approval = obstacle.approval.map(|group| format!("an approval by {group}"));
        let ways: Vec<_> =
            [obstacle.change, obstacle.advice, approval].into_iter().flatten().collect();
        (obstacle.check.policy, ways.join(", "))
    });
    (ways.collect(), now.together)
}

#[tokio::test]
async fn an_explanation_says_what_would_have_passed() {
    let noon = "2026-11-23T12:00:00Z";
    let support = "customer-support";
    let advisor = "financial-advisor";
    let transfer = |amount| json!({"action": "execute_transaction", "args": {"amount": amount, "recipient": "ACME"}});
    for (at, agent, action, expected, together) in [
        (
            noon,
            support,
            json!({"action": "issue_refund", "args": {"order_id": "A-1", "amount": 150}}),
            vec!["approval-threshold: an amount of at most 100, an approval by support-lead"],
            Some("allow"),
        ),
        (
            noon,
            support,
            json!({"action": "send_external_message",
                "args": {"recipient": "a@example.org", "message": "card 4111 1111 1111 1111"}}),
            vec!["no-pii-external: content without CREDIT_CARD"],
            Some("allow"),
        ),
        (
            noon,
            support,
            json!({"action": "no_such_action", "args": {}}),
            vec![
                "tool-access: add an entry `no_such_action` to actions/; `syndic actions import` drafts entries \
                  from an MCP server",
            ],
            None,
        ),
        (
            noon,
            "knowledge-base",
            json!({"action": "update_ticket", "args": {"ticket_id": "T-1"}}),
            vec![
                "tool-access: if the agent is to do this, add `update_ticket` to `actions:` in \
                 agents/knowledge-base.yaml",
                "capability: if the agent is to do this, declare `can_write_data: true` in \
                 agents/knowledge-base.yaml",
            ],
            None,
        ),
        (
            "2026-11-22T03:30:00Z",
            advisor,
            transfer(5000),
            vec![
                "business-hours-only: asking at Sunday 2026-11-22 09:00 UTC",
                "transaction-limit: an amount of at most 1000",
                "approval-threshold: an approval by finance-lead",
            ],
            Some("hold"),
        ),
    ] {
        let (mut ways, effect) = explained(at, agent, action.clone()).await;
        ways.sort();
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        expected.sort();
        let ways: Vec<_> =
            ways.into_iter().map(|(policy, way)| format!("{policy}: {way}")).collect();
        assert_eq!((ways, effect.as_deref()), (expected, together), "{action}");
    }
}

#[tokio::test]
async fn what_cannot_be_decided_again_is_counted_by_why() {
    let clock = clock("2026-11-23T12:00:00Z");
    let server = TestServer::start(clock.clone()).await;
    let key = server.agent_key("customer-support").await;
    let mut request = asked().swap_remove(0).1;
    request["agent"] = json!("customer-support");
    server.submit(&key, request).await;
    let known = decisions(&server, "").await.swap_remove(0);
    let erased = DecisionBody { args: None, ..known.clone() };
    let text = known.context.as_ref().unwrap().get().replacen("facts", "figures", 1);
    let strange =
        DecisionBody { context: Some(serde_json::from_str(&text).unwrap()), ..known.clone() };
    let mut replay = syndic_gate::Replay::default();
    for decision in [&known, &erased, &strange, &erased] {
        let Event { agent_name, action, .. } = &decision.event;
        let past = syndic_gate::Past {
            action_id: decision.event.event_id.clone(),
            at: decision.event.timestamp,
            agent: agent_name.clone(),
            action: action.clone(),
            registered: true,
            session: None,
            user: None,
            revision: decision.policy_revision.clone(),
            effect: syndic_model::Effect::Allow,
            allowed: true,
            tokens: 0,
            ended: None,
            in_the_way: std::collections::BTreeMap::new(),
        };
        let (args, context) = (decision.args.as_deref(), decision.context.as_deref());
        let recorded = Recorded::read(agent_name, action, None, args, context);
        replay.take(past, recorded, &server.gate.governance(), clock.as_ref());
    }
    assert_eq!((replay.decided, replay.changed), (1, 0));
    let undecided: Vec<_> = replay.undecided.into_iter().collect();
    assert_eq!(undecided.len(), 2, "{undecided:?}");
    assert_eq!(undecided[0], ("its arguments or context are erased".to_owned(), 2));
    assert!(undecided[1].0.contains("`figures`"), "{undecided:?}");
}
