use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use syndic_gate::{ApprovalFilter, Voter};
use syndic_model::{Vote, VoteMethod};
use syndic_testkit::{
    Answer, MailServer, Received, Receiver, TestClock, TestServer, slack_signature,
};

/// The variable that the test runner sets for every test of this crate, and what stands in it.
const VARIABLE: &str = "CARGO_PKG_NAME";
const SECRET: &str = env!("CARGO_PKG_NAME");
const NOW: &str = "2026-11-23T12:00:00Z";
const NOW_SECONDS: &str = "1795435200";

fn notifying(directory: &Path, notify: &str, channel: &str) {
    let path = directory.join("syndic.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let public = "server:\n  public_url: https://syndic.example.org\n";
    let text = text.replacen("server:\n", public, 1);
    std::fs::write(&path, format!("{text}\nnotify:\n{notify}")).unwrap();
    let approvers = format!(
        "people:\n  support-lead-1:\n    name: support lead\n    channels:\n      - {channel}\n\
         groups:\n  support-lead:\n    people: [support-lead-1]\n"
    );
    std::fs::write(directory.join("approvers/support.yaml"), approvers).unwrap();
}

async fn with_mail(mails: &MailServer) -> TestServer {
    let notify = format!(
        "  smtp: {{ host: 127.0.0.1, port: {}, tls: none, from: syndic@example.org }}\n",
        mails.address.port()
    );
    let change = move |directory: &Path| notifying(directory, &notify, "email: lead@example.org");
    TestServer::start_with(Arc::new(TestClock::at(NOW)), change).await
}

async fn with_slack(slack: &Receiver) -> TestServer {
    let notify = format!(
        "  slack: {{ token_env: {VARIABLE}, signing_secret_env: {VARIABLE}, api_url: \"http://{}\" }}\n",
        slack.address
    );
    let change = move |directory: &Path| notifying(directory, &notify, "slack: U024BE7LH");
    TestServer::start_with(Arc::new(TestClock::at(NOW)), change).await
}

/// Asks for a refund that is held, and returns the id of the request for approval.
async fn held(server: &TestServer) -> String {
    let key = server.agent_key("customer-support").await;
    let refund = json!({
        "agent": "customer-support", "action": "issue_refund", "session_id": "s",
        "args": {"order_id": "A-1", "amount": 150},
    });
    let decided = server.submit(&key, refund).await;
    assert_eq!(decided["effect"], "hold", "{decided}");
    let pending = ApprovalFilter { limit: 1, ..ApprovalFilter::default() };
    server.gate.approvals(pending).await.unwrap().approvals[0].id.to_string()
}

#[tokio::test]
async fn who_may_approve_is_mailed_and_told_how_it_ended() {
    let mut mails = MailServer::start().await;
    let server = with_mail(&mails).await;
    let id = held(&server).await;
    let mail = mails.next().await;
    assert_eq!(mail.to, ["lead@example.org"]);
    let mail = mail.text.replace("=\r\n", "");
    assert!(
        mail.contains("Subject: Approval Required: customer-support wants to issue_refund"),
        "{mail}"
    );
    let token = server.gate.link_token(id.parse().unwrap(), &"support-lead-1".parse().unwrap());
    assert!(mail.replace("=3D", "=").contains(&format!("/approve/{id}?token={token}")), "{mail}");
    let voter =
        Voter { person: "support-lead-1".parse().unwrap(), method: VoteMethod::Link, key: None };
    server.gate.vote(&voter, id.parse().unwrap(), Vote::Approve, None).await.unwrap();
    assert!(mails.next().await.text.contains("It was approved by support lead."));
    let metrics = server.send("GET", "/metrics", &server.admin, "").await.text;
    let none = "syndic_notification_failures_total{channel=\"email\"} 0\n";
    assert!(metrics.contains(none), "{metrics}");
}

#[tokio::test]
async fn a_mail_server_that_is_down_changes_no_decision_and_is_counted() {
    let mails = MailServer::start().await;
    let server = with_mail(&mails).await;
    drop(mails);
    held(&server).await;
    let none = "syndic_notification_failures_total{channel=\"email\"} 0\n";
    while server.send("GET", "/metrics", &server.admin, "").await.text.contains(none) {}
}

/// Presses a button of a message, or sends the form.
async fn interact(server: &TestServer, payload: &Value) -> Answer {
    let payload: String = payload
        .to_string()
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    let body = format!("payload={payload}");
    let signature = slack_signature(SECRET, NOW_SECONDS, &body);
    post(server, NOW_SECONDS, &signature, &body).await
}

async fn post(server: &TestServer, timestamp: &str, signature: &str, body: &str) -> Answer {
    let head = format!(
        "POST /slack/interactions HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         x-slack-request-timestamp: {timestamp}\r\nx-slack-signature: {signature}\r\n"
    );
    server.send_head(&head, body).await
}

fn button(user: &str, action: &str, id: &str) -> Value {
    json!({
        "type": "block_actions", "user": {"id": user}, "channel": {"id": "D0SLACK"}, "trigger_id": "1.2",
        "actions": [{"action_id": action, "value": id}],
    })
}

fn form(user: &str, id: &str, reason: &str) -> Value {
    json!({
        "type": "view_submission", "user": {"id": user},
        "view": {
            "callback_id": "syndic_reason", "private_metadata": id,
            "state": {"values": {"reason": {"reason": {"value": reason}}}},
        },
    })
}

async fn status(server: &TestServer, id: &str) -> String {
    server.gate.approval(id.parse().unwrap()).await.unwrap().status.to_string()
}

/// Returns the id of a request that Slack has been told of, and the message.
async fn told(server: &TestServer, slack: &mut Receiver) -> (String, Received) {
    (held(server).await, slack.next().await)
}

#[tokio::test]
async fn the_button_of_the_approver_approves_and_the_message_loses_its_buttons() {
    let mut slack = Receiver::start([]).await;
    let server = with_slack(&slack).await;
    let (id, message) = told(&server, &mut slack).await;
    assert_eq!(
        (message.path.as_str(), &message.json()["channel"]),
        ("/chat.postMessage", &json!("U024BE7LH"))
    );
    assert_eq!(interact(&server, &button("U024BE7LH", "syndic_approve", &id)).await.status, 200);
    assert_eq!(status(&server, &id).await, "approved");
    assert_eq!(slack.next().await.path, "/chat.update");
}

#[tokio::test]
async fn rejecting_asks_for_the_reason_first() {
    let mut slack = Receiver::start([]).await;
    let server = with_slack(&slack).await;
    let (id, _) = told(&server, &mut slack).await;
    assert_eq!(interact(&server, &button("U024BE7LH", "syndic_reject", &id)).await.status, 200);
    let form_asked = slack.next().await;
    assert_eq!(form_asked.path, "/views.open");
    assert_eq!(form_asked.json()["view"]["private_metadata"], json!(id));
    assert_eq!(status(&server, &id).await, "pending");
    let without = interact(&server, &form("U024BE7LH", &id, "  ")).await;
    assert_eq!(without.json()["response_action"], "errors", "{}", without.text);
    assert_eq!(status(&server, &id).await, "pending");
    assert_eq!(interact(&server, &form("U024BE7LH", &id, "not this customer")).await.text, "");
    assert_eq!(status(&server, &id).await, "rejected");
}

#[tokio::test]
async fn another_user_of_slack_changes_nothing_and_is_told_why() {
    let mut slack = Receiver::start([]).await;
    let server = with_slack(&slack).await;
    let (id, _) = told(&server, &mut slack).await;
    assert_eq!(interact(&server, &button("U0000EVIL", "syndic_approve", &id)).await.status, 200);
    let whisper = slack.next().await;
    assert_eq!(whisper.path, "/chat.postEphemeral");
    assert_eq!(whisper.json()["user"], "U0000EVIL");
    assert_eq!(status(&server, &id).await, "pending");
}

#[tokio::test]
async fn what_slack_did_not_sign_is_refused() {
    let mut slack = Receiver::start([]).await;
    let server = with_slack(&slack).await;
    let (id, _) = told(&server, &mut slack).await;
    let body = format!(
        "payload=%7B%22type%22%3A%22block_actions%22%2C%22user%22%3A%7B%22id%22%3A%22U024BE7LH%22%7D%2C%22actions%22\
         %3A%5B%7B%22action_id%22%3A%22syndic_approve%22%2C%22value%22%3A%22{id}%22%7D%5D%7D"
    );
    let signed = slack_signature(SECRET, NOW_SECONDS, &body);
    let stale = (NOW_SECONDS.parse::<u64>().unwrap() - 301).to_string();
    for (timestamp, signature, body, expected) in [
        (NOW_SECONDS, "", body.as_str(), 401),
        (NOW_SECONDS, &slack_signature("another", NOW_SECONDS, &body), &body, 401),
        (NOW_SECONDS, &signed, &format!("{body} "), 401),
        (&stale, &slack_signature(SECRET, &stale, &body), &body, 401),
        (NOW_SECONDS, &slack_signature(SECRET, NOW_SECONDS, "payload=1"), "payload=1", 400),
    ] {
        assert_eq!(post(&server, timestamp, signature, body).await.status, expected);
    }
    assert_eq!(status(&server, &id).await, "pending");
}

#[tokio::test]
async fn without_slack_there_is_no_such_route() {
    let server = TestServer::start(Arc::new(TestClock::at(NOW))).await;
    assert_eq!(interact(&server, &json!({})).await.status, 404);
}
