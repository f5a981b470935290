//! What the state takes note of: the same steps live and when the ledger is read again.

use jiff::Timestamp;
use syndic_ledger::{Decision, DecisionApproval, Leaf, Record};
use syndic_model::{ApprovalId, ApprovalState, EventId};

use crate::approval::Held;
use crate::approval::held::cast;
use crate::state::{Repeat, State};

impl State {
    /// Takes note of what a decision has to do with requests for approval.
    pub(crate) fn note_approval(&mut self, event: EventId, decision: &Decision, at: Timestamp) {
        match &decision.approval {
            Some(DecisionApproval::Opened(opened)) => {
                if let Some(held) = Held::read(decision, opened, at) {
                    self.approvals.open(held);
                }
            }
            Some(DecisionApproval::Used(id)) => {
                if let Ok(id) = id.parse() {
                    self.approvals.consume(id, event);
                }
            }
            Some(DecisionApproval::Joined(_) | DecisionApproval::Refused(_)) | None => {}
        }
    }

    /// Takes note of what happened to a request, as the ledger tells.
    pub(crate) fn replay_approval(&mut self, leaf: &Leaf) {
        match &leaf.record {
            Record::ApprovalVoted(voted) => {
                if let (Ok(id), Some(cast)) = (voted.id.parse(), cast(voted, leaf.at)) {
                    self.approvals.vote(id, cast);
                }
            }
            Record::ApprovalEnded(ended) => {
                if let (Ok(id), Ok(status)) = (ended.id.parse(), ended.status.parse()) {
                    self.approvals.end(id, status, leaf.at);
                }
            }
            Record::ApprovalViewed(viewed) => {
                let held = viewed.id.parse().ok().and_then(|id| self.approvals.get_mut(id));
                if let Some(held) = held {
                    held.viewers.insert(viewed.person.clone());
                }
            }
            Record::Started(_)
            | Record::PolicyLoaded(_)
            | Record::PolicyProposed(_)
            | Record::AgentPromoted(_)
            | Record::Decision(_)
            | Record::Outcome(_)
            | Record::OutcomeMissing(_)
            | Record::Audited(_)
            | Record::SessionOpened(_)
            | Record::AgentSuspended(_)
            | Record::AgentResumed(_)
            | Record::KeyCreated(_)
            | Record::KeyRevoked(_)
            | Record::ApprovalNotified(_)
            | Record::BreakGlassAsked(_)
            | Record::BreakGlassOpened(_)
            | Record::BreakGlassReviewed(_)
            | Record::ToolsOffered(_)
            | Record::Anomaly(_)
            | Record::LogKeyRotated(_)
            | Record::UserRedacted(_)
            | Record::RetentionHoldAdded(_)
            | Record::RetentionHoldReleased(_)
            | Record::SegmentsPruned(_)
            | Record::LogContinued(_)
            | Record::SinkRejected(_)
            | Record::StatementMade(_)
            | Record::StatementWithdrawn(_)
            | Record::DrillRan(_)
            | Record::CallsCounted(_)
            | Record::ReportMade(_)
            | Record::ChecklistJudged(_)
            | Record::IncidentOpened(_)
            | Record::IncidentUpdated(_)
            | Record::IncidentClosed(_) => {}
        }
    }

    /// Lets what a decision did be known once it is on disk, and takes it back where it is not. Returns the request as
    /// the agent may know it.
    pub(crate) fn settle_approval(
        &mut self,
        event: EventId,
        approval: &DecisionApproval,
        written: bool,
    ) -> Option<ApprovalState> {
        let (DecisionApproval::Joined(id)
        | DecisionApproval::Used(id)
        | DecisionApproval::Refused(id)) = approval
        else {
            let DecisionApproval::Opened(opened) = approval else { return None };
            let id = opened.id.parse().ok()?;
            if !written {
                self.approvals.take_back(id);
                return None;
            }
            let held = self.approvals.get_mut(id)?;
            held.show();
            return held.state();
        };
        let held = self.approvals.get_mut(id.parse().ok()?)?;
        if let DecisionApproval::Used(_) = approval {
            if written {
                held.show_step(|shown| shown.used_by(event));
            } else {
                held.take_back();
            }
        }
        held.state()
    }

    /// Tells whether a request that was held may run now.
    pub(crate) fn is_approved(&self, repeat: &Repeat, now: Timestamp) -> bool {
        let held = repeat.approval.and_then(|id| self.approvals.get(id));
        held.is_some_and(|held| held.approval.usable(now).is_ok())
    }
}

/// Returns the request that a held action waits for.
pub(crate) fn awaited(approval: &DecisionApproval) -> Option<ApprovalId> {
    match approval {
        DecisionApproval::Opened(opened) => opened.id.parse().ok(),
        DecisionApproval::Joined(id) => id.parse().ok(),
        DecisionApproval::Used(_) | DecisionApproval::Refused(_) => None,
    }
}
