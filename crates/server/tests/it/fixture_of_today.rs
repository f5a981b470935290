//! Makes a fixture with the program as it is: `SYNDIC_FIXTURE=DIR cargo nextest run -p syndic-server --run-ignored only
//! make_a_fixture`. Once a format is released, what it made is never made again.

use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_gate::Voter;
use syndic_model::VoteMethod;
use syndic_testkit::{Answer, MailServer, TestClock, TestServer};

use crate::fixture::{all_events, copy_into};

const FREEZE: &str = r#"
@id("refund-freeze") @description("d") @severity("high") @reason("refunds are frozen") @break_glass
forbid (principal, action == Action::"issue_refund", resource)
when { context.facts.amount.greaterThan(decimal("1000.0")) };
"#;

/// A directory under which every kind of record comes about.
fn govern(directory: &Path, mails: u16) {
    std::fs::write(directory.join("policies/org/freeze.cedar"), FREEZE).unwrap();
    let notify = format!(
        "\nnotify:\n  smtp: {{ host: 127.0.0.1, port: {mails}, tls: none, from: syndic@example.org }}\n"
    );
    let public = "server:\n  public_url: https://syndic.example.org\n";
    for (path, from, to) in [
        ("syndic.yaml", "environment: dev", "environment: prod"),
        ("syndic.yaml", "server:\n", public),
        ("agents/knowledge-base.yaml", "mode: enforce", "mode: observe"),
        (
            "actions/support.yaml",
            "capabilities: [read]",
            "capabilities: [read]\n    output: { redact: [pii] }",
        ),
    ] {
        change(directory, path, from, to);
    }
    let settings = std::fs::read_to_string(directory.join("syndic.yaml")).unwrap();
    std::fs::write(directory.join("syndic.yaml"), settings + &notify).unwrap();
    let approvers = "people:\n  support-lead-1:\n    name: support lead\n    channels:\n      \
        - email: lead@example.org\ngroups:\n  support-lead:\n    people: [support-lead-1]\n";
    std::fs::write(directory.join("approvers/support.yaml"), approvers).unwrap();
}

fn change(directory: &Path, path: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(directory.join(path)).unwrap();
    assert!(text.contains(from), "{path} has no `{from}`");
    std::fs::write(directory.join(path), text.replacen(from, to, 1)).unwrap();
}

/// Everybody and everything that the records come from.
struct Day {
    server: TestServer,
    clock: Arc<TestClock>,
    mails: MailServer,
    agent: String,
    second: String,
    people: [String; 3],
}

impl Day {
    async fn begin() -> Self {
        let clock = Arc::new(TestClock::at("2026-08-03T09:00:00Z"));
        let mails = MailServer::start().await;
        let port = mails.address.port();
        let server = TestServer::start_with(clock.clone(), |dir| govern(dir, port)).await;
        let second = server.key(json!({"role": "admin"})).await;
        let agent = server.agent_key("customer-support").await;
        let key = |person| server.key(json!({"role": "approver", "approver": person}));
        let people =
            [key("support-lead-1").await, key("finance-lead-1").await, key("finance-lead-2").await];
        Self { server, clock, mails, agent, second, people }
    }

    async fn send(&self, method: &str, path: &str, key: &str, body: Value) -> Answer {
        self.clock.step(SignedDuration::from_secs(3));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.server.send(method, path, key, &body).await;
        assert!(answer.status < 300, "{method} {path}: {}", answer.text);
        answer
    }

    async fn act(&self, action: &str, args: Value) -> Value {
        self.clock.step(SignedDuration::from_secs(3));
        let request = json!({"agent": "customer-support", "agent_version": "1.4", "action": action, "args": args,
            "session_id": "session-1", "user_id": "user-7", "model": "m-1", "metadata": {"ticket": "T-1"}});
        self.server.submit(&self.agent, request).await
    }

    async fn refund(&self, amount: u32) -> Value {
        self.act("issue_refund", json!({"order_id": format!("A-{amount}"), "amount": amount})).await
    }

    async fn report(&self, decided: &Value, mut outcome: Value) {
        outcome["args_digest"] = decided["permit"]["args_digest"].clone();
        let path = format!("/v1/actions/{}/outcome", decided["action_id"].as_str().unwrap());
        self.send("POST", &path, &self.agent, outcome).await;
    }

    async fn held(&self, amount: u32) -> String {
        let decided = self.refund(amount).await;
        assert_eq!(decided["effect"], "hold", "{decided}");
        decided["approval"]["id"].as_str().unwrap().to_owned()
    }

    async fn vote(&self, id: &str, vote: &str, reason: &str) {
        let body = json!({"vote": vote, "reason": reason});
        self.send("POST", &format!("/v1/approvals/{id}/votes"), &self.people[0], body).await;
    }

    async fn actions(&self) {
        for n in 0..6 {
            let found =
                self.act("search_knowledge_base", json!({"query": format!("question {n}")})).await;
            self.report(&found, json!({"status": "ok", "result": {"found": n}, "duration_ms": 12}))
                .await;
        }
        let refunded = self.refund(45).await;
        self.report(&refunded, json!({"status": "error", "error": "the shop does not answer"}))
            .await;
        self.refund(50).await;
        self.act("format_disk", json!({})).await;
        self.clock.step(SignedDuration::from_mins(16));
        self.server.gate.expire().await.unwrap();
    }

    async fn approvals(&mut self) {
        let approved = self.held(150).await;
        self.mails.next().await;
        let person = "support-lead-1".parse().unwrap();
        let voter = Voter { person, method: VoteMethod::Link, key: None };
        self.server.gate.viewed(&voter, approved.parse().unwrap()).await.unwrap();
        self.vote(&approved, "approve", "the parcel was lost").await;
        let refunded = self.refund(150).await;
        assert_eq!(refunded["effect"], "allow", "{refunded}");
        self.report(&refunded, json!({"status": "ok", "result": {"refunded": true}})).await;
        let rejected = self.held(160).await;
        self.vote(&rejected, "reject", "the parcel arrived").await;
        let cancelled = self.held(170).await;
        self.send("DELETE", &format!("/v1/approvals/{cancelled}"), &self.agent, Value::Null).await;
        self.held(180).await;
        self.clock.step(SignedDuration::from_mins(20));
        self.server.gate.expire().await.unwrap();
    }

    async fn break_glass(&self) {
        assert_eq!(self.refund(1500).await["effect"], "deny");
        let wish =
            json!({"agent": "customer-support", "reason": "the shop burns", "length_s": 900});
        let asked = self.send("POST", "/v1/break-glass", &self.people[0], wish).await.json();
        let path = format!("/v1/break-glass/{}", asked["id"].as_str().unwrap());
        self.send("POST", &format!("{path}/open"), &self.people[1], Value::Null).await;
        self.refund(1500).await;
        self.clock.step(SignedDuration::from_mins(20));
        self.server.gate.expire().await.unwrap();
        let note = json!({"note": "as it had to be"});
        self.send("POST", &format!("{path}/review"), &self.people[2], note).await;
    }

    async fn office(&self) {
        let session = json!({"agent": "customer-support"});
        self.send("POST", "/v1/sessions", &self.agent, session).await;
        let tools = json!({"server": "desk", "tools": [{"name": "issue_refund", "description": "Refunds",
            "inputSchema": {"type": "object"}}]});
        self.send("POST", "/v1/agents/customer-support/tools", &self.agent, tools).await;
        for step in ["suspend", "resume"] {
            let path = format!("/v1/agents/customer-support/{step}");
            self.send("POST", &path, &self.server.admin, json!({"reason": "a drill"})).await;
        }
        let unused = json!({"role": "auditor"});
        let unused = self.send("POST", "/v1/keys", &self.server.admin, unused).await.json();
        let path = format!("/v1/keys/{}", unused["id"].as_str().unwrap());
        self.send("DELETE", &path, &self.server.admin, Value::Null).await;
        let signed = json!({"signed_by": "support lead", "since": "2026-08-03T00:00:00Z", "actions": 0, "denied": 0,
            "held": 0});
        let path = "/v1/agents/knowledge-base/promote";
        self.send("POST", path, &self.server.admin, signed).await;
    }

    /// What is erased, held back, signed with another key, and filtered.
    async fn custody(&self) {
        let admin = &self.server.admin;
        let found = self.act("search_knowledge_base", json!({"query": "who asked"})).await;
        self.report(&found, json!({"status": "ok", "result": {"mail": "jane.doe@example.com"}}))
            .await;
        self.clock.step(SignedDuration::from_secs(3));
        let other = json!({"agent": "customer-support", "action": "search_knowledge_base",
            "user_id": "user-8", "args": {"query": "forget me"}});
        let other = self.server.submit(&self.agent, other).await;
        self.report(&other, json!({"status": "ok"})).await;
        let redaction =
            json!({"user": "user-8", "reason": "they asked", "override_retention": true});
        self.send("POST", "/v1/audit/redactions", admin, redaction).await;
        let hold = json!({"user": "user-7", "reason": "a dispute"});
        let hold = self.send("POST", "/v1/audit/holds", admin, hold).await.json();
        let path = format!("/v1/audit/holds/{}/release", hold["id"].as_str().unwrap());
        self.send("POST", &path, admin, json!({"reason": "it is settled"})).await;
        self.send("POST", "/v1/log/rotations", admin, Value::Null).await;
    }

    async fn loosen(&self) {
        let profile = "agents/customer-support.yaml";
        change(self.server.directory(), profile, "mode: enforce", "mode: observe");
        let reload = async |key: &str, body: Value| {
            self.server.send("POST", "/v1/policy/reload", key, &body.to_string()).await
        };
        let held = reload(&self.server.admin, json!({})).await.json();
        let accepted = json!({"accept_loosening": held["held"]["revision"]});
        assert_eq!(reload(&self.second, accepted).await.status, 200, "{held}");
    }
}

#[tokio::test]
#[ignore = "makes files that are kept"]
async fn make_a_fixture() {
    let to = std::env::var_os("SYNDIC_FIXTURE").unwrap();
    let to = Path::new(&to);
    let mut day = Day::begin().await;
    day.actions().await;
    day.approvals().await;
    day.break_glass().await;
    day.office().await;
    day.custody().await;
    day.loosen().await;
    let events = serde_json::to_string_pretty(&all_events(&day.server).await).unwrap();
    let admin = day.server.admin.clone();
    let directory = day.server.stop().await;
    copy_into(directory.path(), &to.join("governance"));
    std::fs::rename(to.join("governance/.syndic"), to.join("data")).unwrap();
    std::fs::remove_file(to.join("data/lock")).unwrap();
    std::fs::write(to.join("events.json"), events + "\n").unwrap();
    std::fs::write(to.join("admin.key"), admin + "\n").unwrap();
}
