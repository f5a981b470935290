//! Asking again, once people have answered.

use std::time::Duration;

use syndic_model::{ApprovalId, ApprovalStatus, Decided, Effect, Retry};
use tokio::time::Instant;

use crate::Gate;
use crate::approval::ApprovalError;

impl Gate {
    /// Asks, and where people must approve, waits for them up to `within` and asks again: the answer is then the one
    /// that the same request would get. Of a request that ended without an answer, it says so.
    ///
    /// # Errors
    /// Those of `ask`, and when the request for approval cannot be read.
    pub async fn ask_again<E, F>(
        &self,
        within: Duration,
        mut ask: impl FnMut() -> F,
    ) -> Result<Decided, E>
    where
        E: From<ApprovalError>,
        F: Future<Output = Result<Decided, E>>,
    {
        let until = Instant::now() + within;
        loop {
            let decided = ask().await?;
            let left = until.saturating_duration_since(Instant::now());
            let Some(id) = pending(&decided).filter(|_| !left.is_zero()) else {
                return Ok(decided);
            };
            let state = self.await_answer(id, left).await?;
            match state.status {
                ApprovalStatus::Approved | ApprovalStatus::Rejected => {}
                ApprovalStatus::Pending => return Ok(decided),
                // The same request would ask people again, which is for the agent to decide.
                ApprovalStatus::Timeout | ApprovalStatus::Cancelled => {
                    let mut decided = decided;
                    let how = match state.status {
                        ApprovalStatus::Cancelled => "was cancelled",
                        ApprovalStatus::Timeout
                        | ApprovalStatus::Pending
                        | ApprovalStatus::Approved
                        | ApprovalStatus::Rejected => "was not answered in time",
                    };
                    decided.message.text = format!("The request for approval {how}.");
                    decided.message.retry = Retry::After;
                    decided.approval = Some(state);
                    return Ok(decided);
                }
            }
        }
    }
}

/// Returns the request that a hold waits for.
fn pending(decided: &Decided) -> Option<ApprovalId> {
    let state = decided.approval.as_ref()?;
    let waits = decided.effect == Effect::Hold && !decided.allowed;
    (waits && state.status == ApprovalStatus::Pending).then_some(state.id)
}
