//! A request ends unanswered: time is over, or the agent does not want it any more.

use syndic_ledger::{ApprovalEnded, Record};
use syndic_model::{ApprovalId, ApprovalStatus, Caller};
use syndic_store::{Pending, Slot};
use thiserror::Error;

use crate::Gate;
use crate::approval::ApprovalView;
use crate::approval::index::ApprovalError;
use crate::gate::{WriteFailed, committed};
use crate::record::plain;
use crate::state::State;

/// How many are recorded at once.
const BATCH: usize = 512;

/// Says why a request was not cancelled.
#[derive(Debug, Error)]
pub enum CancelError {
    /// There is no such request.
    #[error(transparent)]
    Lookup(#[from] ApprovalError),
    /// Another key asked.
    #[error("only the agent key that asked for approval cancels the request")]
    Foreign,
    /// It has ended.
    #[error("the request {} already", .0.as_predicate())]
    Ended(ApprovalStatus),
    /// It cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

impl Gate {
    /// Takes a request back, for the agent that asked.
    ///
    /// # Errors
    /// When it is not the caller's, or has ended, or cannot be recorded.
    pub async fn cancel(
        &self,
        caller: &Caller,
        id: ApprovalId,
    ) -> Result<ApprovalView, CancelError> {
        let view = self.approval(id).await?;
        if !matches!(caller, Caller::Agent { .. }) || !caller.owns(&view.asked_by) {
            return Err(CancelError::Foreign);
        }
        let slot = self.reserve()?;
        let ended = {
            let mut state = self.state();
            self.end(&mut state, id, ApprovalStatus::Cancelled, caller.key(), slot)
        };
        match ended {
            Ok(pending) => self.ended(pending, id, ApprovalStatus::Cancelled).await?,
            Err(_) => return Err(CancelError::Ended(self.approval(id).await?.status)),
        }
        Ok(self.approval(id).await?)
    }

    /// Ends what waits for people about the actions of a user: nobody could see what they decide on.
    pub(crate) async fn end_requests_of(&self, user_ref: &str) -> Result<(), WriteFailed> {
        let theirs = self.state().approvals.pending_of_user(user_ref);
        for id in theirs {
            let slot = self.reserve()?;
            let ended = {
                let mut state = self.state();
                self.end(&mut state, id, ApprovalStatus::Cancelled, "redaction", slot)
            };
            if let Ok(pending) = ended {
                self.ended(pending, id, ApprovalStatus::Cancelled).await?;
            }
        }
        Ok(())
    }

    /// Ends every request whose time is over. Returns how many.
    pub(crate) async fn expire_approvals(&self) -> Result<u64, WriteFailed> {
        let mut recorded = 0;
        loop {
            let mut batch = Vec::new();
            {
                let mut state = self.state();
                let now = self.now();
                state.approvals.forget(now);
                for id in state.approvals.expired(now, BATCH) {
                    let Ok(slot) = self.reserve() else { break };
                    let ended = self.end(&mut state, id, ApprovalStatus::Timeout, "clock", slot);
                    batch.extend(ended.ok().map(|pending| (id, pending)));
                }
            }
            if batch.is_empty() {
                return Ok(recorded);
            }
            for (id, pending) in batch {
                self.ended(pending, id, ApprovalStatus::Timeout).await?;
                recorded += 1;
            }
        }
    }

    /// Ends a request under the lock; gives the slot back where it has ended.
    fn end(
        &self,
        state: &mut State,
        id: ApprovalId,
        status: ApprovalStatus,
        by: &str,
        slot: Slot,
    ) -> Result<Pending, Slot> {
        let now = self.now();
        if !state.approvals.end(id, status, now) {
            return Err(slot);
        }
        let ended =
            ApprovalEnded { id: id.to_string(), status: status.to_string(), by: by.to_owned() };
        Ok(slot.enqueue(plain(Record::ApprovalEnded(ended), now)))
    }

    /// Lets an end be known once it is on disk.
    async fn ended(
        &self,
        pending: Pending,
        id: ApprovalId,
        status: ApprovalStatus,
    ) -> Result<(), WriteFailed> {
        let written = committed(pending).await;
        let mut state = self.state();
        let Some(held) = state.approvals.get_mut(id) else { return written.map(drop) };
        if written.is_ok() {
            held.show();
            self.metrics.approval(&held.decision.agent, status, held.waited());
        } else {
            held.take_back();
        }
        written.map(drop)
    }
}
