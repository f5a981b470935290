//! The state as the ledger tells it, record by record.

use jiff::Timestamp;
use syndic_ledger::{Decision, Leaf, Record};

use super::{Open, Repeat, SWEPT_EVERY, State, awaited};

impl State {
    /// Applies one record of the ledger.
    pub(crate) fn replay(&mut self, leaf: &Leaf) {
        self.sweep(leaf.at);
        match &leaf.record {
            Record::Decision(decision) => self.replay_decision(leaf.at, decision),
            Record::Outcome(outcome) => {
                let event = outcome.id.parse().ok();
                self.spend(event, outcome, leaf.at);
                self.close(event);
            }
            Record::OutcomeMissing(missing) => self.close(missing.id.parse().ok()),
            Record::SessionOpened(opened) => {
                if let Ok(session) = opened.session.parse() {
                    self.enter(&session, &opened.opened_by, leaf.at);
                }
            }
            Record::AgentSuspended(switched) => self.suspend(&switched.agent, &switched.reason),
            Record::AgentResumed(switched) => self.resume(&switched.agent),
            Record::ApprovalVoted(_) | Record::ApprovalEnded(_) | Record::ApprovalViewed(_) => {
                self.replay_approval(leaf);
            }
            Record::BreakGlassAsked(asked) => self.replay_asked(asked, leaf.at),
            Record::BreakGlassOpened(opened) => self.replay_opened(opened, leaf.at),
            Record::BreakGlassReviewed(reviewed) => self.replay_reviewed(reviewed, leaf.at),
            Record::ToolsOffered(offered) => self.tools.note_offer(offered, leaf.i),
            Record::RetentionHoldAdded(added) => self.holds.add(added, leaf.at),
            Record::RetentionHoldReleased(released) => {
                // One that is not there was released before.
                drop(self.holds.release(&released.id));
            }
            Record::StatementMade(_)
            | Record::StatementWithdrawn(_)
            | Record::DrillRan(_)
            | Record::ReportMade(_)
            | Record::ChecklistJudged(_)
            | Record::IncidentOpened(_)
            | Record::IncidentUpdated(_)
            | Record::IncidentClosed(_) => self.assurance.see(leaf.i, leaf.at, &leaf.record),
            Record::Started(_)
            | Record::PolicyLoaded(_)
            | Record::PolicyProposed(_)
            | Record::AgentPromoted(_)
            | Record::Audited(_)
            | Record::KeyCreated(_)
            | Record::KeyRevoked(_)
            | Record::ApprovalNotified(_)
            | Record::Anomaly(_)
            | Record::LogKeyRotated(_)
            | Record::UserRedacted(_)
            | Record::SegmentsPruned(_)
            | Record::LogContinued(_)
            | Record::SinkRejected(_)
            | Record::CallsCounted(_) => {}
        }
    }

    /// Forgets on the way through the ledger what was forgotten while it was written: sessions of long ago must not
    /// take the places of those that are still counted.
    fn sweep(&mut self, at: Timestamp) {
        if at.duration_since(self.swept) >= SWEPT_EVERY {
            self.forget_sessions(at);
            self.counted.forget_recipients(at);
            self.approvals.forget(at);
            self.swept = at;
        }
    }

    fn replay_decision(&mut self, at: Timestamp, decision: &Decision) {
        let charged = self.count(decision, at);
        let Ok(event) = decision.id.parse() else { return };
        if let Some(Ok(session)) = decision.session.as_ref().map(|session| session.parse()) {
            self.enter(&session, &decision.asked_by, at);
        }
        if let Some(repeat) = &decision.idempotency {
            let asked_by = decision.asked_by.clone();
            self.remember(
                repeat.key.clone(),
                Repeat {
                    body: repeat.body.clone(),
                    event,
                    asked_by,
                    approval: decision.approval.as_ref().and_then(awaited),
                },
                at,
            );
        }
        self.note_approval(event, decision, at);
        self.tools.note_change(decision);
        if let Some(open) = Open::of(decision, charged, at).filter(|_| decision.allowed) {
            self.await_outcome(event, open, at);
        }
        self.forget(at);
    }
}
