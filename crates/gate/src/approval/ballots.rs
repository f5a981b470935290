//! What one person may vote on, asked of many requests at once.

use std::sync::Arc;

use syndic_approval::Refused;
use syndic_governance::Governance;
use syndic_model::{ApprovalId, ApprovalStatus, Vote};

use crate::Gate;
use crate::approval::Voter;

/// One person before the files in force, with their names worked out once.
#[derive(Debug)]
pub struct Ballots<'a> {
    gate: &'a Gate,
    governance: Arc<Governance>,
    known: syndic_approval::Voter,
}

impl Gate {
    /// Asks by the files in force now what one person may vote on.
    #[must_use]
    pub fn ballots(&self, voter: &Voter) -> Ballots<'_> {
        let governance = self.governance();
        let known = self.names(&governance, voter);
        Ballots { gate: self, governance, known }
    }

    /// Tells whether an approval of this person's would be taken now, with a reason if it needs one.
    ///
    /// # Errors
    /// As [`Ballots::may_vote`].
    pub fn may_vote(&self, voter: &Voter, id: ApprovalId) -> Result<(), Refused> {
        self.ballots(voter).may_vote(id)
    }
}

impl Ballots<'_> {
    /// Tells whether an approval of this person's would be taken now, with a reason if it needs one.
    ///
    /// # Errors
    /// Says why not. A request that is out of mind has ended, or never was: it counts as ended then.
    pub fn may_vote(&self, id: ApprovalId) -> Result<(), Refused> {
        let state = self.gate.state();
        let Some(held) = state.approvals.get(id) else {
            return Err(Refused::Ended(ApprovalStatus::Timeout));
        };
        let (now, approvers) = (self.gate.now(), &self.governance.approvers);
        held.approval.vote(&self.known, Vote::Approve, true, approvers, now).map(drop)
    }
}
