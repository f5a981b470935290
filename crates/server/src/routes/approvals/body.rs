//! Requests for approval as they go over the wire.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue};
use serde_json::value::RawValue;
use syndic_api::{
    ApprovalBody, ApprovalDetailsBody, ApprovalHint, EarlierAction, EarlierApproval, Event,
    GroupProgress, TrailEntry, VoteBody,
};
use syndic_gate::{ApprovalDetails, ApprovalView, Earlier, Noted, Said};
use syndic_model::Decided;

use crate::routes::approvals::Sight;

/// Tells the agent about the approval that its action waits for, or was allowed by.
pub(crate) fn hint(decided: &Decided, base: &str) -> Option<ApprovalHint> {
    let state = decided.approval.as_ref()?;
    Some(ApprovalHint::new(state, base, decided.allowed))
}

/// Returns the header that says when to ask again.
pub(crate) fn retry_after(seconds: Option<u32>) -> HeaderMap {
    seconds.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds))).into_iter().collect()
}

/// Describes a request without its details.
pub(super) fn summary(view: &ApprovalView, base: &str, sight: Sight) -> ApprovalBody {
    let ApprovalHint { id, status, url, expires_at, retry_after_s, message, reason } =
        ApprovalHint::new(&view.state(), base, view.used_by.is_some());
    let whole = sight == Sight::Whole;
    let groups = view.progress.iter().filter(|_| whole).map(|progress| GroupProgress {
        group: progress.group.to_string(),
        approved: progress.approved,
        needed: progress.needed,
    });
    let votes = view.votes.iter().filter(|_| whole).map(|ballot| VoteBody {
        person: ballot.person.to_string(),
        vote: ballot.vote.to_string(),
        method: Some(ballot.method.to_string()),
        reason: None,
        at: ballot.at,
    });
    ApprovalBody {
        id,
        status,
        url,
        expires_at,
        retry_after_s,
        message,
        reason,
        action_id: view.action_id.to_string(),
        agent: view.agent.clone(),
        owner: view.owner.clone(),
        action: view.action.clone(),
        tool: view.tool.clone(),
        session_id: view.session.clone(),
        on_behalf_of: view.chain.clone(),
        risk_level: view.risk.to_string(),
        enforcement_grade: view.grade.clone(),
        policies: view.policies.clone(),
        amount: view.amount.clone(),
        affected_people: view.affected_people,
        recipients: u64::try_from(view.recipients).unwrap_or(u64::MAX),
        opened_at: view.opened,
        ended_at: view.ended,
        used_by: view.used_by.map(|event| event.to_string()),
        needs_key: view.needs_key(),
        groups: groups.collect(),
        people: view.people,
        votes: votes.collect(),
        details: None,
    }
}

/// Describes a request with all that a person decides by.
pub(super) fn details(details: ApprovalDetails, base: &str) -> ApprovalBody {
    let ApprovalDetails { view, event, args, before, alike, said, trail } = details;
    let mut body = summary(&view, base, Sight::Whole);
    for vote in &mut body.votes {
        vote.reason = reason(&said, vote);
    }
    body.details = Some(ApprovalDetailsBody {
        event: Event::from(event),
        args: args.and_then(|text| RawValue::from_string(text).ok()),
        before: before.into_iter().map(earlier).collect(),
        alike: alike.iter().map(like).collect(),
        trail: trail
            .into_iter()
            .map(|Noted { record, at, what }| TrailEntry { record, at, what })
            .collect(),
    });
    body
}

/// Finds why somebody voted so; a person may have changed their mind, so the time counts too.
fn reason(said: &[Said], vote: &VoteBody) -> Option<String> {
    let same = said.iter().find(|said| said.person.as_str() == vote.person && said.at == vote.at);
    same.and_then(|said| said.reason.clone())
}

fn earlier(earlier: Earlier) -> EarlierAction {
    let Earlier { id, at, action, effect, allowed, amount } = earlier;
    EarlierAction { action_id: id.to_string(), at, action, effect, allowed, amount }
}

fn like(view: &ApprovalView) -> EarlierApproval {
    EarlierApproval {
        id: view.id.to_string(),
        status: view.status.to_string(),
        opened_at: view.opened,
        amount: view.amount.clone(),
        by: view.votes.iter().map(|ballot| ballot.person.to_string()).collect(),
    }
}
