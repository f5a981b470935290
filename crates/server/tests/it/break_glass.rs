//! Break-glass: who may open it, what it lifts, and what it leaves behind (A27).

use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_testkit::{Answer, TestClock, TestServer};

/// One policy that a break-glass lifts and one that it does not; both hold or block refunds.
const POLICIES: &str = r#"
@id("refund-freeze") @description("d") @severity("high") @reason("refunds are frozen") @break_glass
forbid (principal, action == Action::"issue_refund", resource)
when { context.facts.amount.greaterThan(decimal("50.0")) };

@id("ticket-freeze") @description("d") @severity("high") @reason("tickets are frozen")
forbid (principal, action == Action::"update_ticket", resource);

@id("message-check") @description("d") @severity("low") @reason("messages are read first")
@approval("support-lead") @break_glass
forbid (principal, action == Action::"send_external_message", resource);
"#;

/// A server and the keys of those who decide.
struct Office {
    server: TestServer,
    clock: Arc<TestClock>,
    agent: String,
    people: [String; 3],
}

impl Office {
    async fn open() -> Self {
        let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
        let freeze = |dir: &Path| {
            std::fs::write(dir.join("policies/org/freeze.cedar"), POLICIES).unwrap();
        };
        let server = TestServer::start_with(clock.clone(), freeze).await;
        let agent = server.agent_key("customer-support").await;
        let key = |person| server.key(json!({"role": "approver", "approver": person}));
        let people =
            [key("support-lead-1").await, key("finance-lead-1").await, key("finance-lead-2").await];
        Self { server, clock, agent, people }
    }

    async fn restart(self) -> Self {
        let server = self.server.restart(self.clock.clone()).await;
        Self { server, ..self }
    }

    fn later(&self, seconds: i64) {
        self.clock.step(SignedDuration::from_secs(seconds));
    }

    async fn ask(&self, key: &str, agent: &str) -> Answer {
        let wish = json!({"agent": agent, "reason": "the shop burns", "length_s": 900});
        self.server.send("POST", "/v1/break-glass", key, &wish.to_string()).await
    }

    async fn step(&self, key: &str, id: &str, step: &str) -> Answer {
        let body = if step == "review" { r#"{"note":"as it had to be"}"# } else { "" };
        self.server.send("POST", &format!("/v1/break-glass/{id}/{step}"), key, body).await
    }

    /// Has two people open one, and returns its id.
    async fn break_glass(&self) -> String {
        let asked = self.ask(&self.people[0], "customer-support").await;
        assert_eq!(asked.status, 201, "{}", asked.text);
        let id = asked.json()["id"].as_str().unwrap().to_owned();
        let opened = self.step(&self.people[1], &id, "open").await;
        assert_eq!((opened.status, &opened.json()["status"]), (200, &json!("open")));
        id
    }

    async fn act(&self, action: &str, args: Value) -> Value {
        let request = json!({"agent": "customer-support", "action": action, "args": args});
        self.server.submit(&self.agent, request).await
    }

    async fn refund(&self, amount: u32) -> Value {
        self.act("issue_refund", json!({"order_id": "A-1", "amount": amount})).await
    }

    async fn listed(&self) -> Value {
        let list = self.server.send("GET", "/v1/break-glass", &self.people[2], "").await;
        list.json()["break_glass"][0].clone()
    }

    fn ledger(&self) -> String {
        let segments = self.server.directory().join(".syndic/segments");
        let files = std::fs::read_dir(segments).unwrap();
        files
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap_or_default())
            .collect()
    }
}

fn problem(answer: &Answer) -> String {
    let kind = answer.json()["type"].as_str().unwrap_or_default().to_owned();
    kind.trim_start_matches("urn:syndic:problem:").to_owned()
}

fn told(decided: &Value) -> (&str, bool) {
    (decided["effect"].as_str().unwrap(), decided["allowed"].as_bool().unwrap())
}

#[tokio::test]
async fn a27_two_people_open_it_and_only_marked_policies_are_lifted() {
    let office = Office::open().await;
    let ticket = json!({"ticket_id": "T-1"});
    let message = json!({"recipient": "ann@example.com", "message": "good morning"});
    assert_eq!(told(&office.refund(60).await), ("deny", false));
    let asked = office.ask(&office.people[0], "customer-support").await;
    let id = asked.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(told(&office.refund(60).await), ("deny", false), "one person is not enough");
    let own = office.step(&office.people[0], &id, "open").await;
    assert_eq!((own.status, problem(&own).as_str()), (403, "own-request"));
    assert_eq!(office.step(&office.people[1], &id, "open").await.status, 200);

    let lifted = office.refund(60).await;
    assert_eq!(told(&lifted), ("allow", true));
    assert!(lifted["permit"].is_object());
    let checks = lifted["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["policy"] == "refund-freeze").unwrap();
    assert_eq!(check["result"], "passed");
    assert_eq!(check["reason"], format!("lifted by break-glass {id}: refunds are frozen"));
    let recipient = office.act("send_external_message", message).await;
    assert_eq!(told(&recipient), ("allow", true), "{recipient}");
    assert_eq!(told(&office.act("update_ticket", ticket).await), ("deny", false));
    assert_eq!(told(&office.refund(150).await), ("hold", false), "the threshold is not marked");
    let other = office.server.agent_key("financial-advisor").await;
    let message = json!({"agent": "financial-advisor", "action": "send_external_message",
        "args": {"recipient": "ann@example.com", "message": "good morning"}});
    assert_eq!(told(&office.server.submit(&other, message).await), ("hold", false));
    assert_eq!(office.listed().await["lifted"], 3);
}

#[tokio::test]
async fn every_lifted_decision_is_recorded_and_counted() {
    let office = Office::open().await;
    let id = office.break_glass().await;
    let decided = office.refund(60).await;
    assert!(decided["record"]["index"].is_u64());
    let named = format!("\"break_glass\":[\"{id}\"]");
    assert_eq!(office.ledger().matches(&named).count(), 1);
    for record in ["break_glass_asked", "break_glass_opened"] {
        assert_eq!(office.ledger().matches(record).count(), 1, "{record}");
    }
    let metrics = office.server.send("GET", "/metrics", &office.server.admin, "").await.text;
    for line in [
        "syndic_break_glass_open 1",
        "syndic_break_glass_reviews 0",
        "syndic_break_glass_lifted_total{agent_name=\"customer-support\"} 1",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
    let status = office.server.send("GET", "/v1/status", &office.server.admin, "").await.json();
    assert_eq!(status["break_glass_open"], json!(["customer-support"]));
}

#[tokio::test]
async fn a_suspended_agent_stays_suspended() {
    let office = Office::open().await;
    let stop = r#"{"reason":"drill"}"#;
    let path = "/v1/agents/customer-support/suspend";
    office.server.send("POST", path, &office.server.admin, stop).await;
    office.break_glass().await;
    let refused = office.refund(60).await;
    assert_eq!(told(&refused), ("deny", false));
    assert_eq!(refused["model_message"]["code"], "suspended");
}

#[tokio::test]
async fn it_survives_restarts_ends_by_time_and_waits_for_its_review() {
    let office = Office::open().await;
    let asked = office.ask(&office.people[0], "customer-support").await;
    let id = asked.json()["id"].as_str().unwrap().to_owned();
    let office = office.restart().await;
    assert_eq!(office.step(&office.people[1], &id, "open").await.status, 200);
    assert_eq!(told(&office.refund(60).await), ("allow", true));
    let early = office.step(&office.people[2], &id, "review").await;
    assert_eq!((early.status, problem(&early).as_str()), (409, "wrong-status"));
    let office = office.restart().await;
    office.later(899);
    assert_eq!(told(&office.refund(60).await), ("allow", true));
    office.later(1);
    assert_eq!(told(&office.refund(60).await), ("deny", false));
    let open_again = office.step(&office.people[2], &id, "open").await;
    assert_eq!(open_again.status, 409, "{}", open_again.text);
    let office = office.restart().await;
    office.later(30 * 24 * 3600);
    assert_eq!(office.listed().await["status"], "review");
    assert_eq!(office.listed().await["lifted"], 2);
    let status = office.server.send("GET", "/v1/status", &office.server.admin, "").await.json();
    assert_eq!(status["break_glass_reviews"], 1);
    for involved in [0, 1] {
        let own = office.step(&office.people[involved], &id, "review").await;
        assert_eq!((own.status, problem(&own).as_str()), (403, "involved"));
    }
    assert_eq!(office.step(&office.people[2], &id, "review").await.status, 200);
    let office = office.restart().await;
    let reviewed = office.listed().await;
    assert_eq!(
        (&reviewed["status"], &reviewed["reviewed_by"], &reviewed["note"]),
        (&json!("reviewed"), &json!("finance-lead-2"), &json!("as it had to be"))
    );
}

#[tokio::test]
async fn one_that_nobody_opens_in_time_is_over() {
    let office = Office::open().await;
    let asked = office.ask(&office.people[0], "customer-support").await;
    let id = asked.json()["id"].as_str().unwrap().to_owned();
    let second = office.ask(&office.people[1], "customer-support").await;
    assert_eq!((second.status, problem(&second).as_str()), (409, "break-glass-lives"));
    office.later(15 * 60);
    let late = office.step(&office.people[1], &id, "open").await;
    assert_eq!((late.status, problem(&late).as_str()), (409, "wrong-status"));
    assert_eq!(office.ask(&office.people[1], "customer-support").await.status, 201);
}

#[tokio::test]
async fn while_the_clock_cannot_be_trusted_nothing_is_lifted() {
    let office = Office::open().await;
    office.break_glass().await;
    assert_eq!(told(&office.refund(60).await), ("allow", true));
    office.later(-600);
    assert_eq!(told(&office.refund(60).await), ("deny", false));
    office.later(601);
    assert_eq!(told(&office.refund(60).await), ("allow", true));
}

#[tokio::test]
async fn only_approver_keys_ask_open_and_review() {
    let office = Office::open().await;
    let auditor = office.server.key(json!({"role": "auditor"})).await;
    let id = "0198c0de-0000-7000-8000-000000000001";
    for key in [&office.agent, &auditor, &office.server.admin] {
        assert_eq!(office.ask(key, "customer-support").await.status, 403);
        assert_eq!(office.step(key, id, "open").await.status, 403);
        assert_eq!(office.step(key, id, "review").await.status, 403);
    }
    let list = async |key| office.server.send("GET", "/v1/break-glass", key, "").await.status;
    assert_eq!([list(&office.agent).await, list(&auditor).await], [403, 200]);
    assert_eq!(office.ask(&office.people[0], "nobody").await.status, 404);
    for unknown in [id, "x"] {
        assert_eq!(office.step(&office.people[0], unknown, "open").await.status, 404);
    }
    for (body, status) in [
        (r#"{"agent":"customer-support","reason":" ","length_s":900}"#, 422),
        (r#"{"agent":"customer-support","reason":"r","length_s":14401}"#, 422),
        (r#"{"agent":"customer-support","reason":"r","length_s":18446744073709551615}"#, 422),
        (r#"{"agent":"customer-support","reason":"r","length_s":900,"person":"x"}"#, 422),
    ] {
        let answer = office.server.send("POST", "/v1/break-glass", &office.people[0], body).await;
        assert_eq!(answer.status, status, "{body} {}", answer.text);
    }
}

#[tokio::test]
async fn acting_for_another_agent_both_need_one() {
    let office = Office::open().await;
    office.break_glass().await;
    let request = json!({
        "agent": "customer-support", "action": "send_external_message",
        "on_behalf_of": "financial-advisor",
        "args": {"recipient": "ann@example.com", "message": "good morning"}});
    let held = office.server.submit(&office.agent, request.clone()).await;
    assert!(!told(&held).1, "{held}");
    assert!(office.ledger().matches("\"break_glass\":[").count() == 0);
    let asked = office.ask(&office.people[1], "financial-advisor").await;
    let id = asked.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(office.step(&office.people[0], &id, "open").await.status, 200);
    let both = office.server.submit(&office.agent, request).await;
    let lifted = both["checks"].as_array().unwrap();
    let check = lifted.iter().find(|check| check["policy"] == "message-check").unwrap();
    assert_eq!(check["result"], "passed", "{both}");
}
