//! Asking people from a program.

use std::convert::Infallible;
use std::time::Duration;

use syndic::{
    ApprovalFilter, ApprovalId, ApprovalStatus, ExecuteError, Governor, Request, Vote, VoteError,
    VoteRefused,
};

use crate::governed::{Governed, events, refund};

const WAIT: Duration = Duration::from_secs(20);

/// Answers the request as soon as it is there.
async fn answer(governor: &Governor, vote: Vote, reason: Option<&str>) -> ApprovalId {
    let pending = || ApprovalFilter {
        status: Some(ApprovalStatus::Pending),
        limit: 1,
        ..ApprovalFilter::default()
    };
    loop {
        let page = governor.approvals(pending()).await.unwrap();
        if let Some(view) = page.approvals.first() {
            let person = "support-lead-1".parse().unwrap();
            governor.resolve(view.id, &person, vote, reason).await.unwrap();
            return view.id;
        }
        tokio::task::yield_now().await;
    }
}

async fn execute(
    governor: &Governor,
    request: Request,
    within: Duration,
) -> Result<String, String> {
    let ran = governor.execute_with_approval(request, within, |permit| async move {
        Ok::<_, Infallible>(format!(
            "refunded by a permit of {} parts",
            permit.token.split('.').count()
        ))
    });
    ran.await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn an_approved_action_runs_once_and_its_outcome_is_recorded() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let (ran, id) =
        tokio::join!(execute(&governor, refund(150), WAIT), answer(&governor, Vote::Approve, None));
    assert_eq!(ran.unwrap(), "refunded by a permit of 3 parts");
    let details = governor.approval(id).await.unwrap();
    let recorded = events(&governor).await;
    assert_eq!(details.view.used_by.unwrap().to_string(), recorded[0].event_id);
    assert!(recorded[0].tool_result.as_ref().unwrap().to_string().contains("refunded"));
    assert_eq!(governor.health().open_actions, 0);
}

#[tokio::test]
async fn an_action_that_people_did_not_approve_does_not_run_and_says_so() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let (rejected, _) = tokio::join!(
        execute(&governor, refund(150), WAIT),
        answer(&governor, Vote::Reject, Some("delivered"))
    );
    assert_eq!(rejected.unwrap_err(), "Action issue_refund was rejected");
    let waiting = execute(&governor, refund(160), Duration::ZERO).await;
    assert_eq!(waiting.unwrap_err(), "Action issue_refund was pending");
    let page = governor.approvals(ApprovalFilter { limit: 10, ..ApprovalFilter::default() }).await;
    let pending =
        page.unwrap().approvals.into_iter().find(|view| view.status == ApprovalStatus::Pending);
    let pending = pending.unwrap().id;
    let (cancelled, _) = tokio::join!(execute(&governor, refund(160), WAIT), async {
        governor.cancel(pending).await.unwrap()
    });
    assert_eq!(cancelled.unwrap_err(), "Action issue_refund was cancelled");
    let late =
        governor.resolve(pending, &"support-lead-1".parse().unwrap(), Vote::Approve, None).await;
    assert!(matches!(late, Err(VoteError::Refused(VoteRefused::Ended(ApprovalStatus::Cancelled)))));
}

#[tokio::test]
async fn what_policy_denies_is_no_matter_for_people_and_a_failing_tool_tells_its_error() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let code =
        Request::new("customer-support", "run_code").arg("language", "sh").arg("source", "true");
    let denied = execute(&governor, code, WAIT).await.unwrap_err();
    assert!(denied.starts_with("Action run_code was denied: tool-access: "), "{denied}");
    let failing = governor
        .execute_with_approval(refund(45), WAIT, |_| async { Err::<(), _>("the bank is closed") })
        .await;
    assert!(matches!(failing, Err(ExecuteError::Tool("the bank is closed"))));
    let recorded = events(&governor).await;
    assert!(recorded[0].tool_result.as_ref().unwrap().to_string().contains("the bank is closed"));
}
