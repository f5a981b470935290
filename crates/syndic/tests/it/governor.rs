//! Asking, reporting, stopping.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;
use syndic::{
    Governor, KeyRequest, Outcome, ReportError, Request, Role, SubmitError, Switch, SwitchError,
};

use crate::governed::{Governed, events, refund, told};

#[test]
fn a_governor_may_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Governor>();
}

#[tokio::test]
async fn an_action_is_decided_recorded_counted_and_reported() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let asked = refund(45).user("user-7").model("m-1").metadata("ticket", "T-9");
    let decided = governor.submit(asked).await.unwrap();
    assert_eq!(told(&decided), "allow");
    assert!(decided.allowed && decided.record.is_some() && decided.permit.is_some());
    let claims = syndic::verify_permit(
        &decided.permit.as_ref().unwrap().token,
        &governor.key_set().to_string(),
        governed.now(),
    );
    assert_eq!(claims.unwrap().jti, decided.action_id.to_string());
    let outcome = Outcome::ok().result("done").took(Duration::from_millis(12)).tokens(3, 4);
    let reported = governor.report(&decided, outcome).await.unwrap();
    assert!(reported.record > decided.record.unwrap() && !reported.late);
    let event = governor.event(decided.action_id).await.unwrap().unwrap();
    assert_eq!(event.metadata["enforcement_grade"], "advisory");
    assert_eq!((&event.metadata["ticket"], event.model.as_str()), (&json!("T-9"), "m-1"));
    assert_eq!((event.tool_result, event.duration_ms), (Some(json!("done")), Some(12)));
    let counted = r#"ai_agent_actions_total{agent_name="customer-support",action="issue_refund",allowed="true"} 1"#;
    assert!(governor.metrics_text().contains(counted), "{}", governor.metrics_text());
    let health = governor.health();
    assert_eq!((health.ledger_open, health.open_actions), (true, 0));
}

#[tokio::test]
async fn arguments_come_as_members_as_values_or_as_text() {
    #[derive(serde::Serialize)]
    struct Refund {
        order_id: &'static str,
        amount: f64,
    }
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let asked = || Request::new("customer-support", "issue_refund");
    let args = r#"{"order_id": "A-1", "amount": 150.5}"#;
    for request in [
        asked().arg("order_id", "A-1").arg("amount", 150.5),
        asked().args(&Refund { order_id: "A-1", amount: 150.5 }),
        asked().args(&json!({"order_id": "A-1", "amount": 150.5})),
        asked().json(args),
    ] {
        let decided = governor.dry_run(request).await.unwrap();
        let held = "hold; approval-threshold: 150.5 USD needs approval, as all over 100 USD does";
        assert_eq!(told(&decided), held);
    }
    let twice = asked().json(r#"{"order_id": "A-1", "amount": 1, "amount": 1}"#);
    let decided = governor.submit(twice).await.unwrap();
    assert_eq!(told(&decided), "deny; schema: duplicate key at `/amount`");
}

#[tokio::test]
async fn a_request_without_meaning_is_an_error_and_leaves_no_record() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let before = governor.health().records;
    for (request, expected) in [
        (Request::new("a b", "issue_refund"), "`agent`: "),
        (refund(1).json("[]"), "`args` is not a JSON object"),
        (refund(1).json("{"), "`args` cannot be written as JSON: "),
        (refund(1).tool(""), "`tool`: "),
        (refund(1).user(""), "`user_id` must have 1 to 256 bytes"),
        (
            refund(1).metadata("owner", "me"),
            "`metadata.owner` is set by syndic and cannot be given",
        ),
    ] {
        let error = governor.submit(request).await.unwrap_err();
        assert!(matches!(error, SubmitError::Invalid(_)), "{error}");
        assert!(error.to_string().starts_with(expected), "{error}");
    }
    assert_eq!(governor.health().records, before);
}

#[tokio::test]
async fn a_dry_run_leaves_no_trace() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let before = governor.health().records;
    let decided = governor.dry_run(refund(45)).await.unwrap();
    assert_eq!((told(&decided).as_str(), decided.record, decided.permit), ("allow", None, None));
    assert_eq!(governor.health().records, before);
    assert!(!governor.metrics_text().contains("ai_agent_actions_total{"));
}

#[tokio::test]
async fn an_outcome_is_taken_once_and_only_for_what_was_allowed() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let held = governor.submit(refund(150)).await.unwrap();
    let error = governor.report(&held, Outcome::ok()).await.unwrap_err();
    assert!(matches!(error, ReportError::NoPermit), "{error}");
    let decided = governor.submit(refund(45)).await.unwrap();
    governor.close().await;
    let governor = governed.open().await;
    let digest = &decided.permit.as_ref().unwrap().args_digest;
    let failed = || Outcome::failed("the order is unknown");
    governor.report_action(decided.action_id, digest, failed()).await.unwrap();
    let error = governor.report(&decided, Outcome::ok()).await.unwrap_err();
    assert_eq!(error.to_string(), "an outcome of this action is already recorded");
    let event = governor.event(decided.action_id).await.unwrap().unwrap();
    assert_eq!(event.tool_result, Some(json!({"error": "the order is unknown"})));
}

#[tokio::test]
async fn a_session_belongs_to_its_agent() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let session = governor.open_session(&"customer-support".parse().unwrap()).await.unwrap();
    let decided = governor.submit(refund(45).session(&session)).await.unwrap();
    assert!(decided.allowed);
    let other = Request::new("knowledge-base", "search_knowledge_base").arg("query", "q");
    let error = governor.submit(other.session(&session)).await.unwrap_err();
    assert!(error.to_string().starts_with("the session belongs to another key"), "{error}");
}

#[tokio::test]
async fn the_stop_button_holds_through_a_restart() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let support = || Switch::Agent("customer-support".parse().unwrap());
    let error = governor.suspend(Switch::Agent("x".parse().unwrap()), "why").await.unwrap_err();
    assert!(matches!(error, SwitchError::UnknownAgent(_)), "{error}");
    governor.suspend(support(), "answers are wrong").await.unwrap();
    governor.close().await;
    let governor = governed.open().await;
    assert_eq!(governor.health().suspended, ["customer-support"]);
    let decided = governor.submit(refund(45)).await.unwrap();
    assert!(told(&decided).starts_with("deny; agent-suspended: "), "{}", told(&decided));
    governor.resume(support(), "mended").await.unwrap();
    assert!(governor.submit(refund(45)).await.unwrap().allowed);
    assert!(governor.agents().iter().all(|agent| agent.suspended.is_none()));
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_is_recorded_and_counted() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    {
        let mut asked = Box::pin(governor.submit(refund(45)));
        let polled = std::future::poll_fn(|context| {
            std::task::Poll::Ready(asked.as_mut().poll(context).is_ready())
        });
        assert!(!polled.await, "it waits for the disk");
    }
    governor.close().await;
    assert_eq!(events(&governed.open().await).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_overdue_outcome_is_recorded_by_itself() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let decided = governor.submit(refund(45)).await.unwrap();
    governed.clock.step(SignedDuration::from_mins(16));
    let counted = "syndic_missing_outcomes_total{agent_name=\"customer-support\"} 1\n";
    while !governor.metrics_text().contains(counted) {
        tokio::time::advance(Duration::from_secs(1)).await;
        tokio::task::yield_now().await;
    }
    let event = governor.event(decided.action_id).await.unwrap().unwrap();
    assert_eq!(event.metadata["overdue"], true);
}

#[tokio::test]
async fn keys_are_made_and_withdrawn_for_a_server_to_come() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let request = KeyRequest {
        role: Role::Agent,
        agent: Some("customer-support".parse().unwrap()),
        person: None,
        grade: syndic::EnforcementGrade::Cooperative,
        days: 30,
    };
    let key = governor.create_key(request).await.unwrap();
    governor.revoke_key(&key.id).await.unwrap();
    let keys = governor.keys();
    assert_eq!((keys.len(), keys[0].status), (1, syndic::KeyStatus::Revoked));
}
