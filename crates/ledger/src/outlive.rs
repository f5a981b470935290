//! Which records govern beyond the time that records are kept.

use crate::{Decision, Leaf, Record};

/// The action by which people accept another definition of a tool, as the catalogue names it.
const CHANGE_TOOL: &str = "mcp.change_tool";

impl Record {
    /// Tells whether the record still says what holds today once its time has come: who has a key, what is suspended,
    /// in force, accepted, held back, erased or dropped, stated, drilled or reported. Its leaf is kept when its segment is dropped.
    #[must_use]
    pub fn outlives_retention(&self) -> bool {
        match self {
            Self::Decision(decision) => decision.outlives_retention(),
            Self::PolicyLoaded(_)
            | Self::PolicyProposed(_)
            | Self::AgentPromoted(_)
            | Self::AgentSuspended(_)
            | Self::AgentResumed(_)
            | Self::KeyCreated(_)
            | Self::KeyRevoked(_)
            | Self::BreakGlassAsked(_)
            | Self::BreakGlassOpened(_)
            | Self::BreakGlassReviewed(_)
            | Self::ToolsOffered(_)
            | Self::LogKeyRotated(_)
            | Self::UserRedacted(_)
            | Self::RetentionHoldAdded(_)
            | Self::RetentionHoldReleased(_)
            | Self::SegmentsPruned(_)
            | Self::LogContinued(_)
            | Self::StatementMade(_)
            | Self::StatementWithdrawn(_)
            | Self::DrillRan(_)
            | Self::ReportMade(_)
            | Self::IncidentOpened(_)
            | Self::IncidentUpdated(_)
            | Self::IncidentClosed(_) => true,
            Self::Started(_)
            | Self::Outcome(_)
            | Self::OutcomeMissing(_)
            | Self::Audited(_)
            | Self::SessionOpened(_)
            | Self::ApprovalVoted(_)
            | Self::ApprovalEnded(_)
            | Self::ApprovalNotified(_)
            | Self::ApprovalViewed(_)
            | Self::Anomaly(_)
            | Self::SinkRejected(_)
            | Self::CallsCounted(_)
            | Self::ChecklistJudged(_) => false,
        }
    }

    /// Returns the action whose end this is. It is kept beside a decision that is kept, or that would wait for it for
    /// ever.
    #[must_use]
    pub fn ends(&self) -> Option<&str> {
        if let Self::Outcome(outcome) = self {
            Some(&outcome.id)
        } else if let Self::OutcomeMissing(missing) = self {
            Some(&missing.id)
        } else {
            None
        }
    }
}

impl Decision {
    /// An accepted change of a tool stays accepted, and what was done under a break-glass counts until it is signed.
    fn outlives_retention(&self) -> bool {
        (self.allowed && self.action == CHANGE_TOOL) || !self.break_glass.is_empty()
    }
}

impl Leaf {
    /// Tells whether its sealed parts are kept too, when its segment is dropped: definitions of tools are shown for as
    /// long as they are offered.
    #[must_use]
    pub const fn parts_outlive_retention(&self) -> bool {
        matches!(self.record, Record::ToolsOffered(_))
    }
}
