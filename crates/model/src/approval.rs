//! Words of the approval gate: what a person is asked, and what became of it.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::risk::words;
use crate::{Clock, EventId};

/// How long a hold waits for an answer where no group says otherwise.
pub const APPROVAL_WITHIN: SignedDuration = SignedDuration::from_secs(300);

/// How long an approval may be used after it was given.
pub const USABLE_FOR: SignedDuration = SignedDuration::from_secs(300);

/// The group that is whoever the agent acts for at the moment; no file defines it.
pub const ACTING_USER: &str = "acting-user";

/// The id of one request for approval: a version 7 UUID, like an action's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApprovalId(EventId);

impl ApprovalId {
    /// Draws a new id from `clock`.
    #[must_use]
    pub fn draw(clock: &dyn Clock) -> Self {
        Self(EventId::draw(clock))
    }
}

impl FromStr for ApprovalId {
    type Err = <EventId as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for ApprovalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The id of one break-glass: a version 7 UUID, like an action's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BreakGlassId(EventId);

impl BreakGlassId {
    /// Draws a new id from `clock`.
    #[must_use]
    pub fn draw(clock: &dyn Clock) -> Self {
        Self(EventId::draw(clock))
    }
}

impl FromStr for BreakGlassId {
    type Err = <EventId as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for BreakGlassId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

words! {
    /// How a break-glass stands.
    BreakGlassStatus, "break-glass status", "asked, open, timeout, review, reviewed":
    /// A second person may agree.
    Asked = "asked",
    /// Policies marked `@break_glass` do not stop the agent.
    Open = "open",
    /// Nobody agreed in time.
    Timeout = "timeout",
    /// Its time is over, and nobody has signed what was done.
    Review = "review",
    /// Somebody has.
    Reviewed = "reviewed",
}

impl BreakGlassStatus {
    /// Says in a sentence how it stands: it `is open`, it `has timed out`.
    #[must_use]
    pub const fn as_predicate(self) -> &'static str {
        match self {
            Self::Asked => "is asked for",
            Self::Open => "is open",
            Self::Timeout => "has timed out",
            Self::Review => "is over",
            Self::Reviewed => "is reviewed",
        }
    }
}

words! {
    /// What became of a request for approval (product R6). Only `pending` ever changes.
    ApprovalStatus, "approval status", "pending, approved, rejected, timeout, cancelled":
    /// Somebody may still answer.
    Pending = "pending",
    /// Everybody who had to agree did.
    Approved = "approved",
    /// Somebody said no.
    Rejected = "rejected",
    /// Nobody answered in time, which is a denial.
    Timeout = "timeout",
    /// The agent does not want it any more.
    Cancelled = "cancelled",
}

impl ApprovalStatus {
    /// Says in a sentence how a request stands: it `is approved`, it `has timed out`.
    #[must_use]
    pub const fn as_predicate(self) -> &'static str {
        match self {
            Self::Pending => "is pending",
            Self::Approved => "is approved",
            Self::Rejected => "is rejected",
            Self::Timeout => "has timed out",
            Self::Cancelled => "is cancelled",
        }
    }
}

words! {
    /// What a person answers.
    Vote, "vote", "approve, reject":
    /// The action may run.
    Approve = "approve",
    /// It may not.
    Reject = "reject",
}

words! {
    /// How a person was known when they voted.
    VoteMethod, "vote method", "key, session, link, slack, embedded":
    /// By an approver key.
    Key = "key",
    /// By a session of the pages, opened with an approver key.
    Session = "session",
    /// By the link in a message to them; enough for medium risk and below.
    Link = "link",
    /// By their account at Slack; enough for medium risk and below.
    Slack = "slack",
    /// By the program that embeds syndic.
    Embedded = "embedded",
}

/// A request for approval, as far as the agent that waits for it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalState {
    /// Its id.
    pub id: ApprovalId,
    /// What became of it.
    pub status: ApprovalStatus,
    /// When it ends, or when an approval may be used no longer.
    pub expires_at: Timestamp,
    /// Why it was rejected, in the words of who did.
    pub reason: Option<String>,
}
