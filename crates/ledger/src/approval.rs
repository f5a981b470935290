//! Records of the approval gate, version 1: who was asked for what, who said what, and what was lifted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a decision has to do with a request for approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionApproval {
    /// It was held, and people are asked.
    Opened(Box<ApprovalOpened>),
    /// It was held, and people are asked already: the id of the request.
    Joined(String),
    /// It was allowed by an approval, which is used up: the id of the request.
    Used(String),
    /// It was refused since people said no a moment ago: the id of the request.
    Refused(String),
}

impl DecisionApproval {
    /// Returns the id of the request.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Opened(opened) => &opened.id,
            Self::Joined(id) | Self::Used(id) | Self::Refused(id) => id,
        }
    }
}

/// A request for approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalOpened {
    /// Its id.
    pub id: String,
    /// Keyed hash over what is asked for, without the policies that hold it: the same request has the same.
    pub request: String,
    /// Keyed hash over `request` and `forbids`: what an approval is bound to.
    pub binding: String,
    /// What an approval lifts, and nothing else.
    pub forbids: Vec<Forbid>,
    /// Who is asked; each of them must agree.
    pub factors: Vec<Factor>,
    /// How many different people must approve altogether.
    pub people: u8,
    /// Names of those who answer for the agent and the agents behind it, without case; they never vote on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub barred: Vec<String>,
    /// Keyed pseudonym of the user it acts for, without case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The highest risk level of the agent and of the agents behind it.
    pub risk: String,
    /// When it ends unanswered.
    pub expires: Timestamp,
}

/// A policy that holds an action.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forbid {
    /// Its id.
    pub policy: String,
    /// SHA-256 (hex) of it as Cedar writes it: another text is another policy.
    pub hash: String,
}

/// One group that must agree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// The group.
    pub group: String,
    /// How many of it must approve.
    pub approvals: u8,
    /// How many of it must reject before that is final.
    pub rejections: u8,
}

/// See [`Record::ApprovalVoted`](crate::Record::ApprovalVoted). The reason is a sealed part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalVoted {
    /// The request.
    pub id: String,
    /// Who voted.
    pub person: String,
    /// `key`, `session`, `link`, `slack` or `embedded`.
    pub method: String,
    /// The key, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// `approve` or `reject`.
    pub vote: String,
    /// The groups the person could vote for at that moment.
    pub groups: Vec<String>,
    /// `approved` or `rejected`, where this vote ended the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
}

/// See [`Record::ApprovalEnded`](crate::Record::ApprovalEnded).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalEnded {
    /// The request.
    pub id: String,
    /// `timeout` or `cancelled`.
    pub status: String,
    /// The key that cancelled it; `clock` where time was over.
    pub by: String,
}

/// See [`Record::ApprovalNotified`](crate::Record::ApprovalNotified).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalNotified {
    /// The request, or the break-glass.
    pub id: String,
    /// What about: `requested`, `escalated`, `ended` or `break_glass`.
    pub about: String,
    /// `email`, `slack` or `webhook`.
    pub channel: String,
    /// The person or group; never an address.
    pub to: String,
    /// How many tries that took, or had been made when it was given up.
    pub attempts: u32,
    /// Whether the message was taken.
    pub ok: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// See [`Record::ApprovalViewed`](crate::Record::ApprovalViewed).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalViewed {
    /// The request.
    pub id: String,
    /// Who looked.
    pub person: String,
    /// As in [`ApprovalVoted::method`].
    pub method: String,
}

/// See [`Record::BreakGlassAsked`](crate::Record::BreakGlassAsked).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakGlassAsked {
    /// Its id.
    pub id: String,
    /// The agent.
    pub agent: String,
    /// Who asks.
    pub person: String,
    /// Their key.
    pub by: String,
    /// Why, in their words.
    pub reason: String,
    /// For how long, once it is opened.
    pub seconds: u64,
    /// When it ends unanswered.
    pub expires: Timestamp,
}

/// See [`Record::BreakGlassOpened`](crate::Record::BreakGlassOpened).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakGlassOpened {
    /// Which one.
    pub id: String,
    /// Who agreed.
    pub person: String,
    /// Their key.
    pub by: String,
    /// When it ends.
    pub until: Timestamp,
}

/// See [`Record::BreakGlassReviewed`](crate::Record::BreakGlassReviewed).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakGlassReviewed {
    /// Which one.
    pub id: String,
    /// Who signs.
    pub person: String,
    /// Their key.
    pub by: String,
    /// What they found.
    pub note: String,
}
