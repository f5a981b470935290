//! `/v1/approvals`: what people are asked, and what they said.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use syndic_model::{ApprovalState, ApprovalStatus};
use utoipa::ToSchema;

use crate::Event;

/// How soon to ask again about a request that is pending.
const ASK_AGAIN_AFTER_S: u32 = 5;

/// The approval an action waits for, or that allowed it: what its agent needs to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApprovalHint {
    /// The approval's id.
    pub id: String,
    /// `pending`, `approved`, `rejected`, `timeout` or `cancelled`.
    pub status: String,
    /// The page for the person who decides. It opens nothing by itself.
    pub url: String,
    /// When it ends; of an approved one, until when it may be used (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// In how many seconds to ask again; null when that changes nothing.
    pub retry_after_s: Option<u32>,
    /// What to do now.
    pub message: String,
    /// Why it was rejected, in the words of who did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl ApprovalHint {
    /// Tells how a request stands; `base` is where syndic is reached, without a slash at its end, and `used` says that
    /// the action it is told with was allowed by it.
    #[must_use]
    pub fn new(state: &ApprovalState, base: &str, used: bool) -> Self {
        let ApprovalState { id, status, expires_at, reason } = state;
        Self {
            id: id.to_string(),
            status: status.to_string(),
            url: format!("{base}/approvals/{id}"),
            expires_at: *expires_at,
            retry_after_s: match status {
                ApprovalStatus::Pending => Some(ASK_AGAIN_AFTER_S),
                ApprovalStatus::Approved if !used => Some(0),
                ApprovalStatus::Approved
                | ApprovalStatus::Rejected
                | ApprovalStatus::Timeout
                | ApprovalStatus::Cancelled => None,
            },
            message: message(*status, used).to_owned(),
            reason: reason.clone(),
        }
    }
}

const fn message(status: ApprovalStatus, used: bool) -> &'static str {
    match (status, used) {
        (_, true) => "People approved this action; the approval is used up.",
        (ApprovalStatus::Pending, false) => {
            "People are asked. Once they approve, send the identical request again; `?wait=30s` waits for them. \
             A request with other arguments is another question."
        }
        (ApprovalStatus::Approved, false) => {
            "Approved. Send the identical request again before it expires; it runs once."
        }
        (ApprovalStatus::Rejected, false) => "Rejected. The action does not run; do not ask again.",
        (ApprovalStatus::Timeout, false) => {
            "Nobody answered in time, so the action does not run. The same request asks people again."
        }
        (ApprovalStatus::Cancelled, false) => {
            "Cancelled by the agent. The same request asks people again."
        }
    }
}

/// A page of requests for approval, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Approvals {
    /// The requests, without details.
    pub approvals: Vec<ApprovalBody>,
    /// Ask again with this for older ones; null at the end.
    pub next_cursor: Option<String>,
    /// How many are pending altogether; null for an agent.
    pub pending: Option<u64>,
}

/// A request for approval.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ApprovalBody {
    /// Its id.
    pub id: String,
    /// `pending`, `approved`, `rejected`, `timeout` or `cancelled`.
    pub status: String,
    /// The page for the person who decides.
    pub url: String,
    /// When it ends; of an approved one, until when it may be used (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// In how many seconds to ask again; null when that changes nothing.
    pub retry_after_s: Option<u32>,
    /// What the agent should do now.
    pub message: String,
    /// Why it was rejected, in the words of who did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The held action.
    pub action_id: String,
    /// Who wants to act.
    pub agent: String,
    /// Who answers for the agent.
    pub owner: Option<String>,
    /// What it wants to do.
    pub action: String,
    /// Through which tool.
    pub tool: Option<String>,
    /// The session, claimed.
    pub session_id: Option<String>,
    /// The agents it acts for, nearest first.
    pub on_behalf_of: Vec<String>,
    /// The highest risk level behind it.
    pub risk_level: String,
    /// How unavoidable the gate is on this path.
    pub enforcement_grade: String,
    /// The policies that hold it.
    pub policies: BTreeSet<String>,
    /// How much money, as in `150 USD`.
    pub amount: Option<String>,
    /// How many people are affected.
    pub affected_people: Option<u64>,
    /// How many recipients it has.
    pub recipients: u64,
    /// When it was opened (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// The action that used it up.
    pub used_by: Option<String>,
    /// Whether only an approver key votes on it, and no link in a message.
    pub needs_key: bool,
    /// Who must agree, and how far that is; empty for an agent.
    pub groups: Vec<GroupProgress>,
    /// How many different people must approve altogether.
    pub people: u8,
    /// Who voted; empty for an agent.
    pub votes: Vec<VoteBody>,
    /// What a person needs to decide; null in lists and for an agent.
    pub details: Option<ApprovalDetailsBody>,
}

/// A group that must agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupProgress {
    /// Its name.
    pub group: String,
    /// How many of it approved.
    pub approved: u8,
    /// How many must.
    pub needed: u8,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VoteBody {
    /// Who.
    pub person: String,
    /// `approve` or `reject`.
    pub vote: String,
    /// How they were known: `key`, `session`, `link`, `slack` or `embedded`.
    pub method: Option<String>,
    /// Why; null where they did not say, it was erased, or this is a list.
    pub reason: Option<String>,
    /// When (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// What a person needs to decide.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ApprovalDetailsBody {
    /// The held action, with every policy's reason.
    pub event: Event,
    /// The arguments exactly as they arrived; null when they are erased.
    #[schema(value_type = Option<Object>)]
    pub args: Option<Box<RawValue>>,
    /// What the session did before, newest first.
    pub before: Vec<EarlierAction>,
    /// Earlier requests of the agent for the same action, newest first.
    pub alike: Vec<EarlierApproval>,
    /// Everything recorded about the request, oldest first.
    pub trail: Vec<TrailEntry>,
}

/// Something a session did before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EarlierAction {
    /// The action's id.
    pub action_id: String,
    /// When (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What.
    pub action: String,
    /// `allow`, `deny` or `hold`.
    pub effect: String,
    /// Whether it might run.
    pub allowed: bool,
    /// How much money.
    pub amount: Option<String>,
}

/// An earlier request like this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EarlierApproval {
    /// Its id.
    pub id: String,
    /// What became of it.
    pub status: String,
    /// When it was opened (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// How much money.
    pub amount: Option<String>,
    /// Who voted.
    pub by: Vec<String>,
}

/// Something recorded about a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrailEntry {
    /// Its position in the ledger.
    pub record: u64,
    /// When (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What.
    pub what: String,
}

/// `POST /v1/approvals/{id}/votes`: what a person says.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CastVote {
    /// `approve` or `reject`.
    #[schema(example = "approve")]
    pub vote: String,
    /// Why; needed to reject, and to approve from high risk up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use syndic_model::{ApprovalState, ApprovalStatus};

    use super::ApprovalHint;

    #[test]
    fn a24_an_agent_is_told_what_to_do_and_when() {
        for (status, used, retry_after_s, told) in [
            (ApprovalStatus::Pending, false, Some(5), "identical request"),
            (ApprovalStatus::Approved, false, Some(0), "runs once"),
            (ApprovalStatus::Approved, true, None, "used up"),
            (ApprovalStatus::Rejected, false, None, "do not ask again"),
            (ApprovalStatus::Timeout, false, None, "Nobody answered"),
            (ApprovalStatus::Cancelled, false, None, "Cancelled"),
        ] {
            let state = ApprovalState {
                id: "01a20846-fe00-7de1-ae00-630afa7e07e1".parse().unwrap(),
                status,
                expires_at: "2026-11-23T12:05:00Z".parse().unwrap(),
                reason: None,
            };
            let hint = ApprovalHint::new(&state, "https://syndic.example.org", used);
            assert_eq!(hint.retry_after_s, retry_after_s, "{status}");
            assert!(hint.message.contains(told), "{status}: {}", hint.message);
            assert!(hint.url.ends_with("/approvals/01a20846-fe00-7de1-ae00-630afa7e07e1"));
        }
    }
}
