//! Holds that people approve, over HTTP.

use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_testkit::{Answer, TestClock, TestServer};
use tokio::task::JoinSet;

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::at("2026-11-23T12:00:00Z"))
}

fn refund(amount: u32) -> Value {
    json!({"agent": "customer-support", "action": "issue_refund", "args": {"order_id": "A-1", "amount": amount}})
}

fn transaction(amount: u32) -> Value {
    json!({"agent": "financial-advisor", "action": "execute_transaction",
        "args": {"amount": amount, "recipient": "ACME"}})
}

/// A server with a key for the agent and one for the support lead.
struct Office {
    server: TestServer,
    agent: String,
    lead: String,
}

impl Office {
    async fn open(clock: Arc<TestClock>) -> Self {
        Self::with(clock, |_| {}).await
    }

    async fn with(clock: Arc<TestClock>, change: impl FnOnce(&Path)) -> Self {
        let server = TestServer::start_with(clock, change).await;
        let agent = server.agent_key("customer-support").await;
        let lead = approver(&server, "support-lead-1").await;
        Self { server, agent, lead }
    }

    async fn restart(self, clock: Arc<TestClock>) -> Self {
        Self { server: self.server.restart(clock).await, ..self }
    }

    /// Asks for a refund that is held, and returns the approval's id.
    async fn held(&self, request: Value) -> String {
        let decided = self.server.submit(&self.agent, request).await;
        assert_eq!(decided["effect"], "hold", "{decided}");
        id(&decided)
    }

    async fn vote(&self, id: &str, key: &str, vote: &str, reason: Option<&str>) -> Answer {
        let body = json!({"vote": vote, "reason": reason}).to_string();
        self.server.send("POST", &format!("/v1/approvals/{id}/votes"), key, &body).await
    }

    async fn approve(&self, id: &str) {
        let answer = self.vote(id, &self.lead, "approve", None).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        assert_eq!(answer.json()["status"], "approved");
    }

    async fn show(&self, id: &str, key: &str) -> Value {
        let answer = self.server.send("GET", &format!("/v1/approvals/{id}"), key, "").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    async fn pending(&self) -> Vec<Value> {
        let answer =
            self.server.send("GET", "/v1/approvals?status=pending", &self.server.admin, "").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["approvals"].as_array().unwrap().clone()
    }
}

async fn approver(server: &TestServer, person: &str) -> String {
    server.key(json!({"role": "approver", "approver": person})).await
}

fn id(decided: &Value) -> String {
    decided["approval"]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no approval: {decided}"))
        .to_owned()
}

fn code(answer: &Answer) -> String {
    let body = answer.json();
    let kind = body["type"].as_str().unwrap_or_default().to_owned();
    kind.rsplit(':').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a25_a_hold_is_approved_and_the_identical_request_runs_once() {
    let office = Office::open(clock()).await;
    let decided = office.server.submit(&office.agent, refund(150)).await;
    let approval = &decided["approval"];
    assert_eq!(approval["status"], "pending", "{decided}");
    assert_eq!(approval["retry_after_s"], json!(5));
    assert_eq!(approval["expires_at"], "2026-11-23T12:05:00Z");
    let id = id(&decided);
    assert!(approval["url"].as_str().unwrap().ends_with(&format!("/approvals/{id}")));
    office.approve(&id).await;
    assert_eq!(office.show(&id, &office.agent).await["status"], "approved");
    let ran = office.server.submit(&office.agent, refund(150)).await;
    assert_eq!((&ran["effect"], &ran["allowed"]), (&json!("allow"), &json!(true)), "{ran}");
    assert_eq!(ran["approval"]["id"], json!(id));
    assert!(ran["permit"]["token"].is_string());
    assert_ne!(ran["action_id"], decided["action_id"], "a retry is an action of its own");
    let shown = office.show(&id, &office.server.admin).await;
    assert_eq!(shown["used_by"], ran["action_id"], "{shown}");
    let again = office.server.submit(&office.agent, refund(150)).await;
    assert_eq!(again["effect"], "hold", "one approval is one action: {again}");
    assert_ne!(again["approval"]["id"], json!(id));
}

#[tokio::test]
async fn other_arguments_are_another_question() {
    let office = Office::open(clock()).await;
    let id = office.held(refund(150)).await;
    office.approve(&id).await;
    let mut other = refund(150);
    other["args"]["order_id"] = json!("A-2");
    for request in [refund(151), other] {
        let decided = office.server.submit(&office.agent, request).await;
        assert_eq!(decided["effect"], "hold", "{decided}");
        assert_ne!(decided["approval"]["id"], json!(id));
    }
    let key = office.server.agent_key("customer-support").await;
    let other_key = office.server.submit(&key, refund(150)).await;
    assert_eq!(other_key["effect"], "hold", "another key is somebody else: {other_key}");
    assert_eq!(office.server.submit(&office.agent, refund(150)).await["allowed"], json!(true));
}

#[tokio::test]
async fn what_is_rejected_does_not_run_and_the_agent_is_told_why_but_not_by_whom() {
    let office = Office::open(clock()).await;
    let id = office.held(refund(150)).await;
    let bare = office.vote(&id, &office.lead, "reject", None).await;
    assert_eq!((bare.status, code(&bare).as_str()), (422, "reason-needed"), "{}", bare.text);
    let told = office.vote(&id, &office.lead, "reject", Some("order was delivered")).await;
    assert_eq!((told.status, &told.json()["status"]), (201, &json!("rejected")), "{}", told.text);
    let decided = office.server.submit(&office.agent, refund(150)).await;
    assert_eq!(decided["effect"], "deny", "{decided}");
    let shown = office.show(&id, &office.agent).await;
    assert_eq!((&shown["status"], &shown["votes"]), (&json!("rejected"), &json!([])));
    assert_eq!(shown["reason"], "order was delivered");
    assert!(!shown.to_string().contains("support-lead-1"), "{shown}");
    assert_eq!(shown["details"], Value::Null);
    let whole = office.show(&id, &office.lead).await;
    assert_eq!(whole["votes"][0]["reason"], "order was delivered", "{whole}");
    assert_eq!(whole["details"]["args"], json!({"order_id": "A-1", "amount": 150}));
    let late = office.vote(&id, &office.lead, "approve", None).await;
    assert_eq!((late.status, code(&late).as_str()), (409, "approval-ended"), "{}", late.text);
}

#[tokio::test]
async fn nobody_answers_is_a_denial() {
    let clock = clock();
    let office = Office::open(Arc::clone(&clock)).await;
    let id = office.held(refund(150)).await;
    clock.step(SignedDuration::from_secs(301));
    let late = office.vote(&id, &office.lead, "approve", None).await;
    assert_eq!((late.status, code(&late).as_str()), (409, "approval-ended"), "{}", late.text);
    let again = office.server.submit(&office.agent, refund(150)).await;
    assert_eq!(again["effect"], "hold", "{again}");
    assert_ne!(again["approval"]["id"], json!(id), "the same request asks people again");
}

#[tokio::test]
async fn an_approval_is_used_in_time_or_not_at_all() {
    let clock = clock();
    let office = Office::open(Arc::clone(&clock)).await;
    let id = office.held(refund(150)).await;
    office.approve(&id).await;
    clock.step(SignedDuration::from_secs(301));
    let late = office.server.submit(&office.agent, refund(150)).await;
    assert_eq!(late["effect"], "hold", "{late}");
    assert_ne!(late["approval"]["id"], json!(id));
}

#[tokio::test]
async fn a26_a_waiting_request_answers_as_the_identical_one_would() {
    let office = Office::open(clock()).await;
    let text = refund(150).to_string();
    let waiting = office.server.send("POST", "/v1/actions?wait=30s", &office.agent, &text);
    let approving = async {
        let id = loop {
            match office.pending().await.first() {
                Some(approval) => break approval["id"].as_str().unwrap().to_owned(),
                None => tokio::task::yield_now().await,
            }
        };
        let path = format!("/v1/approvals/{id}?wait=30s");
        let (shown, ()) =
            tokio::join!(office.server.send("GET", &path, &office.agent, ""), office.approve(&id),);
        assert_eq!(shown.json()["status"], "approved", "{}", shown.text);
        id
    };
    let (answer, id) = tokio::join!(waiting, approving);
    let decided = answer.json();
    assert_eq!((answer.status, &decided["allowed"]), (200, &json!(true)), "{decided}");
    assert_eq!(decided["approval"]["id"], json!(id));
    assert_eq!(office.server.events("").await.len(), 2, "a hold, and the action that ran");
}

#[tokio::test]
async fn a_waiting_request_is_told_of_a_rejection_and_of_the_end_of_its_wait() {
    let office = Office::open(clock()).await;
    let text = refund(150).to_string();
    let over = office.server.send("POST", "/v1/actions?wait=1s", &office.agent, &text).await;
    let id = id(&over.json());
    assert_eq!(over.json()["approval"]["status"], "pending", "{}", over.text);
    assert!(over.head.contains("retry-after: 5"), "{}", over.head);
    let waiting = office.server.send("POST", "/v1/actions?wait=60s", &office.agent, &text);
    let rejecting = async {
        // The waiting one joins the request, which shows as a second action.
        while office.server.events("").await.len() < 2 {
            tokio::task::yield_now().await;
        }
        office.vote(&id, &office.lead, "reject", Some("no")).await
    };
    let (answer, voted) = tokio::join!(waiting, rejecting);
    assert_eq!(voted.status, 201);
    let decided = answer.json();
    assert_eq!((&decided["effect"], &decided["allowed"]), (&json!("deny"), &json!(false)));
    for wait in ["61s", "1m", "-1s", ""] {
        let path = format!("/v1/actions?wait={wait}");
        let answer = office.server.send("POST", &path, &office.agent, &text).await;
        assert_eq!((answer.status, code(&answer).as_str()), (400, "bad-query"), "{wait}");
    }
}

#[tokio::test]
async fn one_key_waits_at_most_64_times_at_once() {
    let office = Arc::new(Office::open(clock()).await);
    let id = office.held(refund(150)).await;
    let path = format!("/v1/approvals/{id}?wait=60s");
    let mut waiting = JoinSet::new();
    for _ in 0..65 {
        let (office, path) = (Arc::clone(&office), path.clone());
        waiting.spawn(async move { office.server.send("GET", &path, &office.agent, "").await });
    }
    let first = waiting.join_next().await.unwrap().unwrap();
    assert_eq!((first.status, &first.json()["status"]), (200, &json!("pending")));
    assert!(first.head.contains("retry-after: 5"), "{}", first.head);
    let text = refund(150).to_string();
    let asked = office.server.send("POST", "/v1/actions?wait=60s", &office.agent, &text).await;
    assert_eq!(asked.json()["approval"]["status"], "pending", "{}", asked.text);
    assert!(asked.head.contains("retry-after: 5"), "{}", asked.head);
    office.approve(&id).await;
    for answer in waiting.join_all().await {
        assert_eq!(answer.json()["status"], "approved", "{}", answer.text);
    }
}

#[tokio::test]
async fn what_nobody_answers_while_one_waits_is_told_as_such() {
    let clock = clock();
    let office = Office::open(clock.clone()).await;
    let text = refund(150).to_string();
    let waiting = office.server.send("POST", "/v1/actions?wait=60s", &office.agent, &text);
    let over = async {
        while office.pending().await.is_empty() {
            tokio::task::yield_now().await;
        }
        clock.step(SignedDuration::from_secs(301));
    };
    let (answer, ()) = tokio::join!(waiting, over);
    assert_eq!(answer.json()["approval"]["status"], "timeout", "{}", answer.text);
    assert!(
        answer.text.contains("The request for approval was not answered in time."),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn the_key_that_asked_takes_its_request_back_and_no_other() {
    let office = Office::open(clock()).await;
    let id = office.held(refund(150)).await;
    let path = format!("/v1/approvals/{id}");
    let other = office.server.agent_key("customer-support").await;
    assert_eq!(office.server.send("GET", &path, &other, "").await.status, 404);
    let foreign = office.server.send("DELETE", &path, &other, "").await;
    assert_eq!((foreign.status, code(&foreign).as_str()), (404, "unknown-approval"));
    for key in [&office.lead, &office.server.admin] {
        let answer = office.server.send("DELETE", &path, key, "").await;
        assert_eq!((answer.status, code(&answer).as_str()), (403, "foreign-approval"));
    }
    let waiting = format!("{path}?wait=30s");
    let (waited, cancelled) = tokio::join!(
        office.server.send("GET", &waiting, &office.agent, ""),
        office.server.send("DELETE", &path, &office.agent, ""),
    );
    assert_eq!((cancelled.status, &cancelled.json()["status"]), (200, &json!("cancelled")));
    assert_eq!(waited.json()["status"], "cancelled", "{}", waited.text);
    let late = office.vote(&id, &office.lead, "approve", None).await;
    assert_eq!((late.status, code(&late).as_str()), (409, "approval-ended"));
    let again = office.server.send("DELETE", &path, &office.agent, "").await;
    assert_eq!((again.status, code(&again).as_str()), (409, "approval-ended"));
    assert_eq!(office.server.submit(&office.agent, refund(150)).await["effect"], "hold");
}

#[tokio::test]
async fn a4_keys_that_are_no_person_s_never_vote() {
    let office = Office::open(clock()).await;
    let id = office.held(refund(150)).await;
    let auditor = office.server.key(json!({"role": "auditor"})).await;
    for (who, key, status) in [
        ("the agent", office.agent.as_str(), 403),
        ("an admin", office.server.admin.as_str(), 403),
        ("an auditor", auditor.as_str(), 403),
        ("nobody", "", 401),
    ] {
        let answer = office.vote(&id, key, "approve", None).await;
        assert_eq!(answer.status, status, "{who}: {}", answer.text);
    }
    let finance = approver(&office.server, "finance-lead-1").await;
    let stranger = office.vote(&id, &finance, "approve", None).await;
    assert_eq!(
        (stranger.status, code(&stranger).as_str()),
        (403, "not-asked"),
        "{}",
        stranger.text
    );
    let word = office.vote(&id, &office.lead, "maybe", None).await;
    assert_eq!((word.status, code(&word).as_str()), (422, "bad-request"));
    let unknown = "01a20846-fe00-7de1-ae00-630afa7e07e1";
    let unknown = office.vote(unknown, &office.lead, "approve", None).await;
    assert_eq!((unknown.status, code(&unknown).as_str()), (404, "unknown-approval"));
    assert_eq!(office.show(&id, &office.agent).await["status"], "pending");
}

#[tokio::test]
async fn reading_changes_nothing_however_often() {
    let office = Office::open(clock()).await;
    let id = office.held(refund(150)).await;
    let records = || async {
        office.server.send("GET", "/v1/status", &office.server.admin, "").await.json()["records"]
            .clone()
    };
    let before = records().await;
    for method in ["GET", "HEAD"] {
        for _ in 0..50 {
            let path = format!("/v1/approvals/{id}");
            assert_eq!(office.server.send(method, &path, &office.lead, "").await.status, 200);
        }
    }
    assert_eq!(office.show(&id, &office.agent).await["status"], "pending");
    assert_eq!(records().await, before);
}

#[tokio::test]
async fn a_restart_between_request_vote_and_use_loses_nothing() {
    let clock = clock();
    let office = Office::open(Arc::clone(&clock)).await;
    let id = office.held(refund(150)).await;
    let office = office.restart(Arc::clone(&clock)).await;
    assert_eq!(office.pending().await.len(), 1);
    assert_eq!(
        office.held(refund(150)).await,
        id,
        "the same request joins the one that is pending"
    );
    office.approve(&id).await;
    let office = office.restart(Arc::clone(&clock)).await;
    assert_eq!(office.show(&id, &office.agent).await["status"], "approved");
    let ran = office.server.submit(&office.agent, refund(150)).await;
    assert_eq!((&ran["allowed"], &ran["approval"]["id"]), (&json!(true), &json!(id)), "{ran}");
    let office = office.restart(clock).await;
    assert_eq!(office.server.submit(&office.agent, refund(150)).await["effect"], "hold");
    let shown = office.show(&id, &office.server.admin).await;
    assert_eq!(shown["used_by"], ran["action_id"], "{shown}");
}

#[tokio::test]
async fn fifty_votes_at_once_have_one_winner() {
    let office = Office::with(clock(), |dir| {
        let people: String = (0..50).map(|n| format!("  lead-{n}: {{ name: lead {n} }}\n")).collect();
        let names: Vec<_> = (0..50).map(|n| format!("lead-{n}")).collect();
        let group = format!(
            "people:\n  support-lead-1: {{ name: support lead on duty }}\n{people}\ngroups:\n  support-lead:\n    \
             people: [support-lead-1, {}]\n",
            names.join(", ")
        );
        std::fs::write(dir.join("approvers/support.yaml"), group).unwrap();
    })
    .await;
    let id = office.held(refund(150)).await;
    let mut keys = Vec::new();
    for n in 0..50 {
        keys.push(approver(&office.server, &format!("lead-{n}")).await);
    }
    let votes = keys.iter().enumerate().map(|(n, key)| {
        let vote = if n % 2 == 0 { "approve" } else { "reject" };
        office.vote(&id, key, vote, Some("because"))
    });
    let answers = futures_like_join(votes).await;
    let taken: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(taken.len(), 1, "one vote decides");
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!((answer.status, code(answer).as_str()), (409, "approval-ended"));
    }
    let status = taken[0].json()["status"].clone();
    assert_eq!(office.show(&id, &office.agent).await["status"], status, "and stays so");
}

/// Runs all of them at once, in this task.
async fn futures_like_join<F: Future<Output = Answer>>(
    futures: impl Iterator<Item = F>,
) -> Vec<Answer> {
    let mut running: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, answer) in running.iter_mut().filter(|(_, answer)| answer.is_none()) {
            if let std::task::Poll::Ready(ready) = future.as_mut().poll(context) {
                *answer = Some(ready);
            }
        }
        if running.iter().all(|(_, answer)| answer.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    running.into_iter().filter_map(|(_, answer)| answer).collect()
}

#[tokio::test]
async fn a_storm_of_identical_requests_is_one_request() {
    let office = Office::with(clock(), |dir| {
        let path = dir.join("agents/customer-support.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("calls: 60", "calls: 1000000")).unwrap();
    })
    .await;
    let text = refund(150).to_string();
    let storm = (0..100).map(|_| office.server.send("POST", "/v1/actions", &office.agent, &text));
    let mut answers = Vec::new();
    let storm: Vec<_> = storm.collect();
    answers.extend(futures_like_join(storm.into_iter()).await);
    let ids: std::collections::BTreeSet<_> =
        answers.iter().map(|answer| id(&answer.json())).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(office.pending().await.len(), 1);
    office.approve(ids.first().unwrap()).await;
    let storm: Vec<_> =
        (0..20).map(|_| office.server.send("POST", "/v1/actions", &office.agent, &text)).collect();
    let answers = futures_like_join(storm.into_iter()).await;
    let ran = answers.iter().filter(|answer| answer.json()["allowed"] == json!(true)).count();
    assert_eq!(ran, 1, "one approval is one action");
}

#[tokio::test]
async fn a_session_of_its_own_is_asked_for_by_itself() {
    let office = Office::open(clock()).await;
    let within = |session: &str| {
        let mut request = refund(150);
        request["session_id"] = json!(session);
        request
    };
    let first = office.held(within("s-1")).await;
    assert_eq!(office.held(within("s-1")).await, first);
    assert_ne!(office.held(within("s-2")).await, first);
    assert_ne!(office.held(refund(150)).await, first);
}

#[tokio::test]
async fn siblings_of_a_hold_are_neither_blocked_nor_released() {
    let office = Office::open(clock()).await;
    let id = office.held(refund(150)).await;
    assert_eq!(office.server.submit(&office.agent, refund(45)).await["allowed"], json!(true));
    let second = office.held(refund(160)).await;
    office.approve(&id).await;
    assert_eq!(office.server.submit(&office.agent, refund(45)).await["allowed"], json!(true));
    assert_eq!(office.server.submit(&office.agent, refund(160)).await["effect"], "hold");
    assert_eq!(office.show(&second, &office.agent).await["status"], "pending");
}

#[tokio::test]
async fn a_policy_that_comes_in_between_is_decided_by() {
    let office = Office::open(clock()).await;
    let id = office.held(refund(150)).await;
    office.approve(&id).await;
    let policy = r#"@id("no-refunds") @description("d") @severity("high") @reason("refunds are closed")
forbid (principal, action == Action::"issue_refund", resource);"#;
    std::fs::write(office.server.directory().join("policies/org/no-refunds.cedar"), policy)
        .unwrap();
    let reload = office.server.send("POST", "/v1/policy/reload", &office.server.admin, "{}").await;
    assert_eq!(reload.status, 200, "{}", reload.text);
    let decided = office.server.submit(&office.agent, refund(150)).await;
    assert_eq!(decided["effect"], "deny", "an approval lifts what it was given for: {decided}");
    assert!(decided["reasons"].to_string().contains("refunds are closed"), "{decided}");
}

#[tokio::test]
async fn an_approver_who_is_removed_while_it_is_pending_votes_and_reads_no_more() {
    let office = Office::open(clock()).await;
    let id = office.held(refund(150)).await;
    let people = "people:\n  support-lead-2: { name: other support lead }\ngroups:\n  support-lead:\n    \
                  people: [support-lead-2]\n";
    std::fs::write(office.server.directory().join("approvers/support.yaml"), people).unwrap();
    let reload = office.server.send("POST", "/v1/policy/reload", &office.server.admin, "{}").await;
    assert_eq!(reload.status, 200, "{}", reload.text);
    let gone = office.vote(&id, &office.lead, "approve", None).await;
    assert_eq!((gone.status, code(&gone).as_str()), (403, "not-asked"), "{}", gone.text);
    let read = office.server.send("GET", &format!("/v1/approvals/{id}"), &office.lead, "").await;
    assert_eq!((read.status, code(&read).as_str()), (403, "not-asked"), "{}", read.text);
    let listed = office.server.send("GET", "/v1/break-glass", &office.lead, "").await;
    assert_eq!((listed.status, code(&listed).as_str()), (403, "not-asked"), "{}", listed.text);
    let successor = approver(&office.server, "support-lead-2").await;
    assert_eq!(office.vote(&id, &successor, "approve", None).await.status, 201);
}

#[tokio::test]
async fn high_risk_is_approved_with_a_reason() {
    let office = Office::open(clock()).await;
    let advisor = office.server.agent_key("financial-advisor").await;
    let decided = office.server.submit(&advisor, transaction(500)).await;
    assert_eq!(decided["effect"], "hold", "{decided}");
    let id = id(&decided);
    let lead = approver(&office.server, "finance-lead-1").await;
    assert_eq!(office.show(&id, &lead).await["needs_key"], json!(true));
    let bare = office.vote(&id, &lead, "approve", None).await;
    assert_eq!((bare.status, code(&bare).as_str()), (422, "reason-needed"));
    let reasoned = office.vote(&id, &lead, "approve", Some("agreed with the client")).await;
    assert_eq!((reasoned.status, &reasoned.json()["status"]), (201, &json!("approved")));
    let ran = office.server.submit(&advisor, transaction(500)).await;
    assert_eq!(ran["allowed"], json!(true), "{ran}");
}

#[tokio::test]
async fn lists_are_pages_of_what_one_may_see() {
    let office = Office::open(clock()).await;
    let first = office.held(refund(150)).await;
    let second = office.held(refund(160)).await;
    office.approve(&first).await;
    let list = |query: &'static str, key: String| {
        let server = &office.server;
        async move { server.send("GET", &format!("/v1/approvals?{query}"), &key, "").await }
    };
    let other = office.server.agent_key("customer-support").await;
    for (query, key, expected) in [
        ("", &office.lead, vec![&second, &first]),
        ("status=pending", &office.agent, vec![&second]),
        ("status=approved", &office.server.admin, vec![&first]),
        ("agent=knowledge-base", &office.lead, vec![]),
        ("action=issue_refund&status=pending", &office.lead, vec![&second]),
        ("", &other, vec![]),
    ] {
        let answer = list(query, key.clone()).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text);
        let body = answer.json();
        let ids: Vec<_> = body["approvals"]
            .as_array()
            .unwrap()
            .iter()
            .map(|approval| approval["id"].clone())
            .collect();
        assert_eq!(json!(ids), json!(expected), "{query}: {body}");
    }
    let page = list("limit=1", office.lead.clone()).await.json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = format!("/v1/approvals?limit=1&cursor={cursor}");
    let next = office.server.send("GET", &next, &office.lead, "").await.json();
    assert_eq!(next["approvals"][0]["id"], json!(first), "{next}");
    for query in ["status=open", "limit=0", "limit=1001", "cursor=x", "colour=red"] {
        assert_eq!(list(query, office.lead.clone()).await.status, 400, "{query}");
    }
}
