//! What a record is about.

use crate::{Audited, Decision, Record};

/// What a record is about. A kind of record that is about an action or a request for approval is named here once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern<'a> {
    /// An action: this is its decision.
    Decided(&'a Decision),
    /// An action that ran and was audited: this is its one record.
    Audited(&'a Audited),
    /// An action, by its id: this is what became of it.
    Action(&'a str),
    /// A request for approval, by its id.
    Approval(&'a str),
    /// Neither.
    Other,
}

impl Record {
    /// Tells what the record is about.
    #[must_use]
    pub fn concern(&self) -> Concern<'_> {
        match self {
            Self::Decision(decision) => Concern::Decided(decision),
            Self::Audited(audited) => Concern::Audited(audited),
            Self::Outcome(outcome) => Concern::Action(&outcome.id),
            Self::OutcomeMissing(missing) => Concern::Action(&missing.id),
            Self::ApprovalVoted(voted) => Concern::Approval(&voted.id),
            Self::ApprovalEnded(ended) => Concern::Approval(&ended.id),
            Self::ApprovalNotified(notified) => Concern::Approval(&notified.id),
            Self::ApprovalViewed(viewed) => Concern::Approval(&viewed.id),
            Self::Started(_)
            | Self::PolicyLoaded(_)
            | Self::PolicyProposed(_)
            | Self::AgentPromoted(_)
            | Self::SessionOpened(_)
            | Self::AgentSuspended(_)
            | Self::AgentResumed(_)
            | Self::KeyCreated(_)
            | Self::KeyRevoked(_)
            | Self::BreakGlassAsked(_)
            | Self::BreakGlassOpened(_)
            | Self::BreakGlassReviewed(_)
            | Self::ToolsOffered(_)
            | Self::Anomaly(_)
            | Self::LogKeyRotated(_)
            | Self::UserRedacted(_)
            | Self::RetentionHoldAdded(_)
            | Self::RetentionHoldReleased(_)
            | Self::SegmentsPruned(_)
            | Self::LogContinued(_)
            | Self::SinkRejected(_)
            | Self::StatementMade(_)
            | Self::StatementWithdrawn(_)
            | Self::DrillRan(_)
            | Self::CallsCounted(_)
            | Self::ReportMade(_)
            | Self::ChecklistJudged(_)
            | Self::IncidentOpened(_)
            | Self::IncidentUpdated(_)
            | Self::IncidentClosed(_) => Concern::Other,
        }
    }

    /// Returns the user whom the record names by keyed pseudonym.
    #[must_use]
    pub fn user_ref(&self) -> Option<&str> {
        if let Some(acted) = self.acted() {
            acted.user_ref
        } else if let Self::UserRedacted(redacted) = self {
            Some(&redacted.user_ref)
        } else if let Self::RetentionHoldAdded(hold) = self {
            hold.user_ref.as_deref()
        } else {
            None
        }
    }
}
