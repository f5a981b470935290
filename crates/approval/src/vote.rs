//! A vote: what is taken, and why one is not.

use std::collections::BTreeSet;

use jiff::Timestamp;
use syndic_model::{ApprovalStatus, GroupName, PersonId, RiskLevel, Vote, VoteMethod};
use thiserror::Error;

/// Who votes, as far as they are known at that moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voter {
    /// The person.
    pub person: PersonId,
    /// Every name of theirs, in the spelling of [`Request::barred`](crate::Request::barred) and
    /// [`Request::user`](crate::Request::user).
    pub names: BTreeSet<String>,
    /// How they were known.
    pub method: VoteMethod,
}

/// A vote that was taken. A later one of the same person takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    /// Who.
    pub person: PersonId,
    /// What they said.
    pub vote: Vote,
    /// How they were known.
    pub method: VoteMethod,
    /// The groups they could vote for when they did.
    pub groups: BTreeSet<GroupName>,
    /// When.
    pub at: Timestamp,
}

/// What a vote changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast {
    /// The vote.
    pub ballot: Ballot,
    /// The status it ended the request with, if it did.
    pub ended: Option<ApprovalStatus>,
}

/// Says why a vote was not taken. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refused {
    /// Terminal is terminal.
    #[error("the request {} already; no vote changes that", .0.as_predicate())]
    Ended(ApprovalStatus),
    /// They are in no group that is asked, or not any more.
    #[error("`{0}` is not asked: {1}")]
    NotAsked(PersonId, &'static str),
    /// They answer for the agent, or it acts for them.
    #[error("`{0}` may not vote on this: {1}")]
    SelfApproval(PersonId, &'static str),
    /// A link or a chat account is not enough.
    #[error(
        "at risk {} a link is not enough: sign in with an approver key, or vote with `syndic approvals`",
        .0.as_str()
    )]
    TooWeak(RiskLevel),
    /// The same vote again.
    #[error("`{0}` has voted so already; one person counts once")]
    Twice(PersonId),
    /// It needs a reason.
    #[error("{} needs a reason", match .0 { Vote::Approve => "approving at high risk", Vote::Reject => "rejecting" })]
    ReasonNeeded(Vote),
}
