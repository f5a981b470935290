//! Waiting for people: woken the moment their answer is on disk.

use std::time::Duration;

use syndic_model::{ApprovalId, ApprovalState, ApprovalStatus};

use crate::Gate;
use crate::approval::ApprovalError;

impl Gate {
    /// Waits until a request has ended, or `within` is over, and tells how it stands.
    ///
    /// # Errors
    /// When there is no such request, or the ledger cannot be read.
    pub async fn await_answer(
        &self,
        id: ApprovalId,
        within: Duration,
    ) -> Result<ApprovalState, ApprovalError> {
        let told = self.state().approvals.get(id).map(|held| held.listen());
        if let Some(mut told) = told {
            let ended = told
                .wait_for(|status| status.is_some_and(|status| status != ApprovalStatus::Pending));
            // What ends the wait does not matter: the answer is read where it stands.
            let _ended_or_late = tokio::time::timeout(within, ended).await.map(drop);
        }
        self.approval_state(id).await
    }

    /// Tells how a request stands.
    ///
    /// # Errors
    /// As [`Self::await_answer`].
    pub async fn approval_state(&self, id: ApprovalId) -> Result<ApprovalState, ApprovalError> {
        let known = self.state().approvals.get(id).and_then(|held| held.state());
        let told = |state: &ApprovalState| {
            state.status != ApprovalStatus::Rejected || state.reason.is_some()
        };
        match known.filter(told) {
            Some(state) => Ok(state),
            None => Ok(self.approval(id).await?.state()),
        }
    }

    /// Adds why people said no, where that is on disk alone.
    pub(crate) async fn with_reason(
        &self,
        state: Option<ApprovalState>,
    ) -> Result<Option<ApprovalState>, ApprovalError> {
        match state {
            Some(state) if state.status == ApprovalStatus::Rejected && state.reason.is_none() => {
                self.approval_state(state.id).await.map(Some)
            }
            known => Ok(known),
        }
    }
}
