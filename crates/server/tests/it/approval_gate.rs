//! The approval gate itself: what a hold opens, what people's answers lift, and what they do not.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use syndic_gate::{ReloadBy, Report, Switch, Voter};
use syndic_model::{
    ActionRequest, ApprovalId, ApprovalStatus, Arguments, Caller, Decided, Effect,
    EnforcementGrade, Vote, VoteMethod,
};
use syndic_testkit::{TestClock, TestServer};

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::at("2026-11-23T12:00:00Z"))
}

fn agent(key: &str) -> Caller {
    Caller::Agent {
        key: key.to_owned(),
        agent: Some("customer-support".parse().unwrap()),
        grade: EnforcementGrade::Cooperative,
    }
}

fn lead(person: &str) -> Voter {
    Voter { person: person.parse().unwrap(), method: VoteMethod::Key, key: Some("k".to_owned()) }
}

fn refund(args: &str) -> ActionRequest {
    let args = Arguments::parse(&RawValue::from_string(args.to_owned()).unwrap()).unwrap();
    let request = |args| {
        ActionRequest::new(
            "customer-support".parse().unwrap(),
            "issue_refund".parse().unwrap(),
            args,
        )
    };
    request(args)
}

const LARGE: &str = r#"{"order_id":"A-1","amount":150}"#;

async fn submit(server: &TestServer, request: ActionRequest) -> Decided {
    server.gate.submit(&agent("a"), request).await.unwrap()
}

fn id(decided: &Decided) -> ApprovalId {
    decided.approval.as_ref().unwrap().id
}

async fn approve(server: &TestServer, id: ApprovalId) {
    let view = server.gate.vote(&lead("support-lead-1"), id, Vote::Approve, None).await.unwrap();
    assert_eq!(view.status, ApprovalStatus::Approved);
}

#[tokio::test]
async fn an_approval_lifts_the_hold_of_the_identical_request_once() {
    let server = TestServer::start(clock()).await;
    let held = submit(&server, refund(LARGE)).await;
    assert_eq!((held.effect, held.allowed), (Effect::Hold, false));
    assert_eq!(held.approval.as_ref().unwrap().status, ApprovalStatus::Pending);
    approve(&server, id(&held)).await;
    let same = submit(&server, refund(r#"{ "amount": 150.0, "order_id": "A-1" }"#)).await;
    assert_eq!((same.effect, same.allowed), (Effect::Allow, true), "{:?}", same.reasons());
    assert_eq!(id(&same), id(&held));
    assert_ne!(same.action_id, held.action_id, "an action of its own");
    assert!(same.permit.is_some() && same.reasons().is_empty());
    let lifted = same.checks.iter().find_map(|check| check.reason.as_deref());
    let lifted = lifted.unwrap();
    assert!(lifted.starts_with(&format!("lifted by approval {}: ", id(&held))), "{lifted}");
    let again = submit(&server, refund(LARGE)).await;
    assert_eq!(again.effect, Effect::Hold);
    assert_ne!(id(&again), id(&held), "used once");
    let event = server.gate.event(held.action_id).await.unwrap().unwrap();
    assert_eq!(event.metadata["approval_status"], "approved");
    assert_eq!(event.metadata["approval_id"], id(&held).to_string());
    assert!(!event.allowed);
}

#[tokio::test]
async fn another_request_is_not_lifted() {
    let server = TestServer::start(clock()).await;
    let held = submit(&server, refund(LARGE)).await;
    approve(&server, id(&held)).await;
    let session = |request: ActionRequest| ActionRequest {
        session_id: Some("s-9".parse().unwrap()),
        ..request
    };
    for (what, other) in [
        ("amount", refund(r#"{"order_id":"A-1","amount":151}"#)),
        ("order", refund(r#"{"order_id":"A-2","amount":150}"#)),
        ("user", ActionRequest { user_id: Some("u".to_owned()), ..refund(LARGE) }),
        ("session", session(refund(LARGE))),
    ] {
        let decided = submit(&server, other).await;
        assert_eq!(decided.effect, Effect::Hold, "{what}");
        assert_ne!(id(&decided), id(&held), "{what}");
    }
    let key = server.gate.submit(&agent("another key"), refund(LARGE)).await.unwrap();
    assert_ne!(id(&key), id(&held));
    assert!(submit(&server, refund(LARGE)).await.allowed, "the approval waits for its own request");
}

#[tokio::test]
async fn a6_what_is_declared_incidental_does_not_bind() {
    let server = TestServer::start_with(clock(), |dir| {
        let file = dir.join("actions/support.yaml");
        let text = std::fs::read_to_string(&file).unwrap();
        let amount = "        amount: { type: number }\n    facts:";
        assert_eq!(text.matches(amount).count(), 1);
        let with = "        amount: { type: number }\n        reason: { type: string }\n    \
                    incidental: [/reason]\n    facts:";
        std::fs::write(&file, text.replace(amount, with)).unwrap();
    })
    .await;
    let held = submit(&server, refund(r#"{"order_id":"A-1","amount":150,"reason":"late"}"#)).await;
    approve(&server, id(&held)).await;
    assert_eq!(
        submit(&server, refund(r#"{"order_id":"A-2","amount":150}"#)).await.effect,
        Effect::Hold
    );
    assert!(submit(&server, refund(LARGE)).await.allowed, "no reason at all");
}

#[tokio::test]
async fn a_tool_that_can_be_no_other_need_not_be_named() {
    let server = TestServer::start(clock()).await;
    let held = submit(&server, refund(LARGE)).await;
    let named = ActionRequest { tool: Some("issue_refund".parse().unwrap()), ..refund(LARGE) };
    assert_eq!(id(&submit(&server, named).await), id(&held));
}

#[tokio::test]
async fn a14_identical_retries_are_one_request_within_their_session() {
    let server = TestServer::start(clock()).await;
    let profile = server.directory().join("agents/customer-support.yaml");
    assert!(profile.exists());
    let first = submit(&server, refund(LARGE)).await;
    for _ in 0..40 {
        assert_eq!(id(&submit(&server, refund(LARGE)).await), id(&first));
    }
    assert_eq!(server.gate.pending_approvals().0, 1);
}

#[tokio::test]
async fn what_waits_for_people_is_told_with_its_age() {
    let clock = clock();
    let server = TestServer::start(clock.clone()).await;
    let told = async || {
        let status = server.send("GET", "/v1/status", &server.admin, "").await.json();
        let metrics = server.send("GET", "/metrics", &server.admin, "").await.text;
        let told = ["syndic_approvals_pending ", "syndic_approvals_oldest_age_seconds "];
        let of_support = "syndic_approvals_half_over{agent_name=\"customer-support\"}";
        let told = told.into_iter().chain([of_support]);
        let lines = told.filter_map(|name| metrics.lines().find(|line| line.starts_with(name)));
        let gauges: Vec<_> = lines.map(str::to_owned).collect();
        (status["approvals_pending"].clone(), status["oldest_approval"].clone(), gauges)
    };
    let gauges = |pending, age, half_over| {
        [
            format!("syndic_approvals_pending {pending}"),
            format!("syndic_approvals_oldest_age_seconds {age}"),
            format!("syndic_approvals_half_over{{agent_name=\"customer-support\"}} {half_over}"),
        ]
    };
    let (pending, oldest, metrics) = told().await;
    assert_eq!((pending, oldest), (json!(0), Value::Null));
    assert_eq!(metrics, gauges(0, 0, 0));

    let held = submit(&server, refund(LARGE)).await;
    clock.step(SignedDuration::from_secs(140));
    submit(&server, refund(r#"{"order_id":"A-1","amount":151}"#)).await;
    clock.step(SignedDuration::from_secs(20));
    let opened = server.gate.approval(id(&held)).await.unwrap().opened;
    let (pending, oldest, metrics) = told().await;
    assert_eq!((pending, oldest), (json!(2), json!(opened)));
    assert_eq!(metrics, gauges(2, 160, 1));
    approve(&server, id(&held)).await;
    let (pending, _, metrics) = told().await;
    assert_eq!(pending, json!(1));
    assert_eq!(metrics, gauges(1, 20, 0));
}

#[tokio::test]
async fn a8_what_else_stands_in_the_way_still_does() {
    let clock = clock();
    let server = TestServer::start_with(clock.clone(), |dir| {
        let profile = dir.join("agents/customer-support.yaml");
        let text = std::fs::read_to_string(&profile).unwrap();
        std::fs::write(&profile, text.replace("calls: 60", "calls: 2")).unwrap();
    })
    .await;
    let held = submit(&server, refund(LARGE)).await;
    approve(&server, id(&held)).await;
    assert!(submit(&server, refund(r#"{"order_id":"A-3","amount":1}"#)).await.allowed);
    let limited = submit(&server, refund(LARGE)).await;
    assert_eq!(limited.effect, Effect::Deny, "the limit of calls is not lifted");
    clock.step(SignedDuration::from_secs(61));
    assert!(submit(&server, refund(LARGE)).await.allowed, "and the approval was not used up by it");
}

#[tokio::test]
async fn a8_a_policy_that_changed_meanwhile_is_another_policy() {
    let server = TestServer::start(clock()).await;
    let held = submit(&server, refund(LARGE)).await;
    approve(&server, id(&held)).await;
    reload(&server, |dir| {
        let profile = dir.join("agents/customer-support.yaml");
        let text = std::fs::read_to_string(&profile).unwrap();
        std::fs::write(&profile, text.replace("100 USD", "90 USD")).unwrap();
    })
    .await;
    let retried = submit(&server, refund(LARGE)).await;
    assert_eq!(retried.effect, Effect::Hold);
    assert_ne!(id(&retried), id(&held));
}

async fn reload(server: &TestServer, change: impl FnOnce(&Path)) {
    change(server.directory());
    server.gate.reload(&ReloadBy::Admin("k".to_owned()), None).await.unwrap();
}

#[tokio::test]
async fn a13_requests_votes_and_uses_survive_restarts() {
    let clock = clock();
    let mut server = TestServer::start(clock.clone()).await;
    let held = submit(&server, refund(LARGE)).await;
    server = server.restart(clock.clone()).await;
    assert_eq!(id(&submit(&server, refund(LARGE)).await), id(&held), "still pending");
    approve(&server, id(&held)).await;
    server = server.restart(clock.clone()).await;
    let retried = submit(&server, refund(LARGE)).await;
    assert!(retried.allowed);
    server = server.restart(clock.clone()).await;
    assert_eq!(
        submit(&server, refund(LARGE)).await.effect,
        Effect::Hold,
        "used before the restart"
    );
    let view = server.gate.approval(id(&held)).await.unwrap();
    assert_eq!(view.used_by, Some(retried.action_id));
}

#[tokio::test]
async fn a11_nobody_answers_in_time_and_that_is_a_denial() {
    let clock = clock();
    let server = TestServer::start(clock.clone()).await;
    let held = submit(&server, refund(LARGE)).await;
    clock.step(SignedDuration::from_secs(301));
    let late = server.gate.vote(&lead("support-lead-1"), id(&held), Vote::Approve, None).await;
    assert!(late.unwrap_err().to_string().contains("the request has timed out already"));
    server.gate.expire().await.unwrap();
    let state = server.gate.approval_state(id(&held)).await.unwrap();
    assert_eq!(state.status, ApprovalStatus::Timeout);
    let anew = submit(&server, refund(LARGE)).await;
    assert_ne!(id(&anew), id(&held));
    let text = server.gate.metrics_text();
    let counted =
        r#"ai_agent_approval_requests_total{agent_name="customer-support",status="timeout"} 1"#;
    assert!(text.contains(counted), "{text}");
}

#[tokio::test]
async fn an_approval_that_is_not_used_for_300_seconds_is_worth_nothing() {
    let clock = clock();
    let server = TestServer::start(clock.clone()).await;
    let held = submit(&server, refund(LARGE)).await;
    approve(&server, id(&held)).await;
    clock.step(SignedDuration::from_secs(300));
    let late = submit(&server, refund(LARGE)).await;
    assert_eq!(late.effect, Effect::Hold);
    assert_ne!(id(&late), id(&held));
}

#[tokio::test]
async fn a_rejected_request_is_refused_and_people_are_not_asked_again_at_once() {
    let clock = clock();
    let server = TestServer::start(clock.clone()).await;
    let held = submit(&server, refund(LARGE)).await;
    let voter = lead("support-lead-1");
    let unreasoned = server.gate.vote(&voter, id(&held), Vote::Reject, Some(" \u{200b}.")).await;
    assert!(unreasoned.unwrap_err().to_string().contains("needs a reason"));
    server.gate.vote(&voter, id(&held), Vote::Reject, Some("not this order")).await.unwrap();
    let refused = submit(&server, refund(LARGE)).await;
    assert_eq!(refused.effect, Effect::Deny);
    let told = refused.approval.as_ref().unwrap();
    assert_eq!(told.status, ApprovalStatus::Rejected);
    assert_eq!(told.reason.as_deref(), Some("not this order"), "A20: the agent is told why");
    assert!(refused.reasons()[0].starts_with("approval: people rejected this request"));
    let server = server.restart(clock.clone()).await;
    let refused = submit(&server, refund(LARGE)).await;
    let reason = refused.approval.as_ref().unwrap().reason.as_deref();
    assert_eq!(reason, Some("not this order"), "after a restart too");
    assert_eq!(server.gate.approval(id(&held)).await.unwrap().reason.as_deref(), reason);
    clock.step(SignedDuration::from_mins(15));
    assert_eq!(submit(&server, refund(LARGE)).await.effect, Effect::Hold, "a while later they are");
    let details = server.gate.approval_details(id(&held)).await.unwrap();
    assert_eq!(details.said[0].reason.as_deref(), Some("not this order"));
    assert_eq!(details.args.as_deref(), Some(LARGE));
}

#[tokio::test]
async fn a_repeat_under_an_idempotency_key_runs_once_it_is_approved() {
    let server = TestServer::start(clock()).await;
    let request = || ActionRequest { idempotency_key: Some("once".to_owned()), ..refund(LARGE) };
    let held = submit(&server, request()).await;
    let repeat = submit(&server, request()).await;
    assert!(repeat.replayed && repeat.action_id == held.action_id);
    assert_eq!(id(&repeat), id(&held));
    approve(&server, id(&held)).await;
    let run = submit(&server, request()).await;
    assert!(run.allowed && !run.replayed);
    let repeat = submit(&server, request()).await;
    assert!(repeat.replayed && repeat.action_id == run.action_id && repeat.permit.is_none());
}

#[tokio::test]
async fn a15_the_agent_that_asked_takes_its_request_back_and_nobody_else() {
    let server = TestServer::start(clock()).await;
    let held = submit(&server, refund(LARGE)).await;
    assert!(server.gate.cancel(&agent("another"), id(&held)).await.is_err());
    assert!(server.gate.cancel(&Caller::Admin { key: "a".to_owned() }, id(&held)).await.is_err());
    let view = server.gate.cancel(&agent("a"), id(&held)).await.unwrap();
    assert_eq!(view.status, ApprovalStatus::Cancelled);
    let late = server.gate.vote(&lead("support-lead-1"), id(&held), Vote::Approve, None).await;
    assert!(late.is_err());
    assert!(server.gate.cancel(&agent("a"), id(&held)).await.is_err());
}

#[tokio::test]
async fn the_waiting_agent_is_woken_by_the_answer() {
    let server = TestServer::start(clock()).await;
    let held = submit(&server, refund(LARGE)).await;
    let (gate, id) = (Arc::clone(&server.gate), id(&held));
    let waiting = tokio::spawn(async move { gate.await_answer(id, Duration::from_secs(60)).await });
    approve(&server, id).await;
    assert_eq!(waiting.await.unwrap().unwrap().status, ApprovalStatus::Approved);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a16_of_fifty_parallel_voters_one_wins() {
    let people: Vec<String> = (0..50).map(|number| format!("lead-{number}")).collect();
    let listed = people.clone();
    let server = TestServer::start_with(clock(), move |dir| {
        let file: String = listed.iter().map(|id| format!("  {id}: {{name: {id}}}\n")).collect();
        let text = format!(
            "people:\n{file}groups:\n  support-lead:\n    people: [{}]\n",
            listed.join(", ")
        );
        std::fs::write(dir.join("approvers/support.yaml"), text).unwrap();
    })
    .await;
    let held = submit(&server, refund(LARGE)).await;
    let id = id(&held);
    let votes: Vec<_> = people
        .into_iter()
        .enumerate()
        .map(|(number, person)| {
            let gate = Arc::clone(&server.gate);
            let vote = if number % 2 == 0 { Vote::Approve } else { Vote::Reject };
            tokio::spawn(async move { gate.vote(&lead(&person), id, vote, Some("so")).await })
        })
        .collect();
    let mut winners = Vec::new();
    for vote in votes {
        if let Ok(view) = vote.await.unwrap() {
            winners.push(view);
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    let winner = winners[0].votes[0].vote;
    let expected = match winner {
        Vote::Approve => ApprovalStatus::Approved,
        Vote::Reject => ApprovalStatus::Rejected,
    };
    assert_eq!(server.gate.approval(id).await.unwrap().status, expected);
}

#[tokio::test]
async fn deciding_a_lifted_action_again_finds_it_lifted() {
    let server = TestServer::start(clock()).await;
    let held = submit(&server, refund(LARGE)).await;
    approve(&server, id(&held)).await;
    let run = submit(&server, refund(LARGE)).await;
    let recorded = server.gate.recorded_decision(run.action_id).await.unwrap().unwrap();
    let clock = TestClock::at("2026-11-24T12:00:00Z");
    let again = recorded.recorded().unwrap().redecide(&server.gate.governance(), &clock).unwrap();
    assert_eq!((again.effect, again.checks), (run.effect, run.checks));
}

#[tokio::test]
async fn the_outcome_of_a_lifted_action_is_reported_like_any_other() {
    let server = TestServer::start(clock()).await;
    let held = submit(&server, refund(LARGE)).await;
    approve(&server, id(&held)).await;
    let run = submit(&server, refund(LARGE)).await;
    let report = Report {
        ok: true,
        args_digest: run.permit.unwrap().args_digest,
        result: None,
        error: None,
        duration_ms: Some(3),
        input_tokens: None,
        output_tokens: None,
        model: None,
    };
    server.gate.report(&agent("a"), run.action_id, &report).await.unwrap();
}

fn rewrite(dir: &Path, file: &str, from: &str, to: &str) {
    let file = dir.join(file);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{from}: {text}");
    std::fs::write(&file, text.replace(from, to)).unwrap();
}

#[tokio::test]
async fn a3_whoever_answers_for_the_agent_does_not_approve_what_it_wants() {
    let server = TestServer::start_with(clock(), |dir| {
        let people = "people:\n  support-lead-1: {name: Head of Support}\n  other: {name: other}\n";
        let groups = "groups:\n  support-lead: {people: [support-lead-1, other]}\n";
        std::fs::write(dir.join("approvers/support.yaml"), format!("{people}{groups}")).unwrap();
        let profile = dir.join("agents/customer-support.yaml");
        let text = std::fs::read_to_string(&profile).unwrap();
        let person = text.lines().find(|line| line.contains("person:")).unwrap();
        let text = text.replace(person, "  person: head of support");
        std::fs::write(&profile, text).unwrap();
    })
    .await;
    let held = submit(&server, refund(LARGE)).await;
    let own = server.gate.vote(&lead("support-lead-1"), id(&held), Vote::Approve, None).await;
    assert!(own.unwrap_err().to_string().contains("they answer for the agent"));
    let other = server.gate.vote(&lead("other"), id(&held), Vote::Approve, None).await.unwrap();
    assert_eq!(other.status, ApprovalStatus::Approved);
}

#[tokio::test]
async fn the_acting_user_is_asked_where_policy_says_so_and_is_known() {
    let server = TestServer::start_with(clock(), |dir| {
        let profile = "agents/customer-support.yaml";
        rewrite(dir, profile, "approvers: support-lead", "approvers: acting-user");
        let file = "approvers/support.yaml";
        rewrite(
            dir,
            file,
            "    name: support lead on duty",
            "    name: on duty\n    identities: [U-17]",
        );
    })
    .await;
    let of = |user: &str| ActionRequest { user_id: Some(user.to_owned()), ..refund(LARGE) };
    for (user, reason) in [
        (None, "approval: nobody can approve it: it asks the acting user, and names none"),
        (
            Some("u-18"),
            "approval: nobody can approve it: the acting user is in no file of approvers/",
        ),
    ] {
        let denied = submit(&server, user.map_or_else(|| refund(LARGE), of)).await;
        assert_eq!(denied.effect, Effect::Deny);
        assert!(denied.reasons().contains(&reason.to_owned()), "{:?}", denied.reasons());
        assert_eq!(denied.approval, None);
    }
    let held = submit(&server, of("u-17")).await;
    assert_eq!(held.effect, Effect::Hold);
    let stranger = server.gate.vote(&lead("finance-lead-1"), id(&held), Vote::Approve, None).await;
    assert!(stranger.is_err());
    approve(&server, id(&held)).await;
    assert!(submit(&server, of("u-17")).await.allowed);
}

#[tokio::test]
async fn a1_an_approver_who_is_removed_while_it_is_pending_votes_no_longer() {
    let server = TestServer::start(clock()).await;
    let held = submit(&server, refund(LARGE)).await;
    reload(&server, |dir| {
        let text = "people:\n  other: {name: other}\ngroups:\n  support-lead: {people: [other]}\n";
        std::fs::write(dir.join("approvers/support.yaml"), text).unwrap();
    })
    .await;
    let gone = server.gate.vote(&lead("support-lead-1"), id(&held), Vote::Approve, None).await;
    assert!(gone.unwrap_err().to_string().contains("in no file of `approvers/`"));
    server.gate.vote(&lead("other"), id(&held), Vote::Approve, None).await.unwrap();
    assert!(submit(&server, refund(LARGE)).await.allowed);
}

#[tokio::test]
async fn a_clock_that_steps_back_gives_nobody_more_time() {
    let clock = clock();
    let server = TestServer::start(clock.clone()).await;
    let held = submit(&server, refund(LARGE)).await;
    clock.step(SignedDuration::from_secs(200));
    server.gate.expire().await.unwrap();
    clock.step(SignedDuration::from_hours(-2));
    let blind = server.gate.vote(&lead("support-lead-1"), id(&held), Vote::Approve, None).await;
    assert!(blind.unwrap_err().to_string().contains("clock stepped back"));
    clock.step(SignedDuration::from_hours(2));
    approve(&server, id(&held)).await;
    clock.step(SignedDuration::from_hours(-2));
    let unused = submit(&server, refund(LARGE)).await;
    assert_eq!(unused.effect, Effect::Deny, "nobody knows how old the approval is");
    clock.step(SignedDuration::from_hours(2) + SignedDuration::from_secs(299));
    assert!(submit(&server, refund(LARGE)).await.allowed);
}

#[tokio::test]
async fn critical_risk_needs_two_people_whatever_the_group_says() {
    let server = TestServer::start_with(clock(), |dir| {
        rewrite(dir, "agents/customer-support.yaml", "risk_level: medium", "risk_level: critical");
        let text =
            "people:\n  a: {name: a}\n  b: {name: b}\ngroups:\n  support-lead: {people: [a, b]}\n";
        std::fs::write(dir.join("approvers/support.yaml"), text).unwrap();
    })
    .await;
    let held = submit(&server, refund(LARGE)).await;
    let link = Voter { method: VoteMethod::Link, ..lead("a") };
    let weak = server.gate.vote(&link, id(&held), Vote::Approve, Some("so")).await;
    assert!(weak.unwrap_err().to_string().contains("a link is not enough"));
    let vote = |person: &'static str| {
        let gate = Arc::clone(&server.gate);
        let asked = id(&held);
        async move { gate.vote(&lead(person), asked, Vote::Approve, Some("so")).await }
    };
    assert_eq!(vote("a").await.unwrap().status, ApprovalStatus::Pending);
    assert!(vote("a").await.is_err());
    assert_eq!(vote("b").await.unwrap().status, ApprovalStatus::Approved);
}

#[tokio::test]
async fn a23_a_stopped_agent_runs_nothing_that_was_approved() {
    let server = TestServer::start(clock()).await;
    let held = submit(&server, refund(LARGE)).await;
    approve(&server, id(&held)).await;
    let agent = Switch::Agent("customer-support".parse().unwrap());
    server.gate.suspend(&agent, "answers are wrong", "k").await.unwrap();
    let stopped = submit(&server, refund(LARGE)).await;
    assert_eq!(stopped.effect, Effect::Deny);
    server.gate.resume(&agent, "mended", "k").await.unwrap();
    assert!(submit(&server, refund(LARGE)).await.allowed, "the approval was not used up by it");
}

#[tokio::test]
async fn a28_request_look_vote_and_use_are_on_record_under_one_id() {
    let server = TestServer::start(clock()).await;
    let held = submit(&server, refund(LARGE)).await;
    server.gate.viewed(&lead("support-lead-1"), id(&held)).await.unwrap();
    server.gate.viewed(&lead("support-lead-1"), id(&held)).await.unwrap();
    approve(&server, id(&held)).await;
    let run = submit(&server, refund(LARGE)).await;
    let details = server.gate.approval_details(id(&held)).await.unwrap();
    let trail: Vec<&str> = details.trail.iter().map(|noted| noted.what.as_str()).collect();
    assert_eq!(
        trail,
        [
            "support-lead-1 looked at it",
            "support-lead-1 voted approve by key",
            &format!("used by action {}", run.action_id),
        ]
    );
    assert_eq!(details.event.event_id, held.action_id.to_string());
}
