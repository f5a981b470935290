//! Asking people, and acting on what they say.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use syndic_gate::{
    ApprovalDetails, ApprovalError, ApprovalFilter, ApprovalPage, ApprovalView, CancelError,
    EventsError, VoteError, Voter,
};
use syndic_model::{
    ActionName, ActionRequest, ApprovalId, ApprovalState, ApprovalStatus, Decided, PersonId,
    SignedPermit, Vote, VoteMethod,
};
use thiserror::Error;

use crate::governor::caller;
use crate::{Governor, Outcome, ReportError, Request, SubmitError};

/// Says why an action did not run, or how it failed; `E` is the tool's own error.
#[derive(Debug, Error)]
pub enum ExecuteError<E: fmt::Display> {
    /// It was not decided.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The request for approval cannot be read.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// People did not approve, or not in time.
    #[error("Action {action} was {status}")]
    NotApproved {
        /// The action.
        action: ActionName,
        /// What became of the request; `pending` where it still waits.
        status: ApprovalStatus,
        /// The request.
        approval: ApprovalId,
    },
    /// Policy refuses it.
    #[error("Action {action} was denied: {}", .decided.reasons().join("; "))]
    Denied {
        /// The action.
        action: ActionName,
        /// The verdict.
        decided: Box<Decided>,
    },
    /// The tool failed, which is recorded.
    #[error("{0}")]
    Tool(E),
    /// The tool ran, and what became of it could not be recorded. Do not run it again.
    #[error("the action ran, and its outcome could not be recorded: {0}")]
    Unreported(ReportError),
}

impl Governor {
    /// Decides an action, waits up to `within` for people where they must approve, runs it where it may run, and
    /// records what became of it.
    ///
    /// # Errors
    /// When it was not approved, as `Action {action} was {status}`; when policy refuses it; and when the tool fails.
    pub async fn execute_with_approval<T, E, F>(
        &self,
        request: Request,
        within: Duration,
        run: impl FnOnce(SignedPermit) -> F,
    ) -> Result<T, ExecuteError<E>>
    where
        T: Serialize,
        E: fmt::Display,
        F: Future<Output = Result<T, E>>,
    {
        let request = ActionRequest::try_from(request).map_err(SubmitError::from)?;
        let action = request.action.clone();
        let ask = || async { Ok::<_, ExecuteError<E>>(self.decide(request.clone()).await?) };
        let decided = self.gate.ask_again(within, ask).await?;
        let Some(permit) = decided.permit.clone().filter(|_| decided.allowed) else {
            return Err(refusal(action, decided));
        };
        match run(permit).await {
            Ok(value) => {
                let outcome =
                    Outcome::ok().result(serde_json::to_value(&value).unwrap_or_default());
                self.report(&decided, outcome).await.map_err(ExecuteError::Unreported)?;
                Ok(value)
            }
            Err(error) => {
                // The tool's own error says more than that it could not be recorded.
                let _told = self.report(&decided, Outcome::failed(error.to_string())).await;
                Err(ExecuteError::Tool(error))
            }
        }
    }

    /// Waits until a request for approval has ended, up to `within`, and tells how it stands.
    ///
    /// # Errors
    /// When there is no such request, or the ledger cannot be read.
    pub async fn await_answer(
        &self,
        id: ApprovalId,
        within: Duration,
    ) -> Result<ApprovalState, ApprovalError> {
        self.gate.await_answer(id, within).await
    }

    /// Lists requests for approval, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn approvals(&self, filter: ApprovalFilter) -> Result<ApprovalPage, EventsError> {
        self.to_the_end(|gate| async move { gate.approvals(filter).await }).await
    }

    /// Tells one request with everything a person decides by.
    ///
    /// # Errors
    /// When there is none, or the ledger cannot be read.
    pub async fn approval(&self, id: ApprovalId) -> Result<ApprovalDetails, ApprovalError> {
        self.to_the_end(|gate| async move { gate.approval_details(id).await }).await
    }

    /// Takes the vote of a person whom this program has authenticated. Who may vote is judged as everywhere, by the
    /// files in force.
    ///
    /// # Errors
    /// When it is not this person's to give, the request has ended, or it cannot be recorded.
    pub async fn resolve(
        &self,
        id: ApprovalId,
        person: &PersonId,
        vote: Vote,
        reason: Option<&str>,
    ) -> Result<ApprovalView, VoteError> {
        let voter = Voter { person: person.clone(), method: VoteMethod::Embedded, key: None };
        let reason = reason.map(str::to_owned);
        self.to_the_end(|gate| async move { gate.vote(&voter, id, vote, reason.as_deref()).await })
            .await
    }

    /// Takes a request back that this program asked for.
    ///
    /// # Errors
    /// When it is not this program's, has ended, or cannot be recorded.
    pub async fn cancel(&self, id: ApprovalId) -> Result<ApprovalView, CancelError> {
        self.to_the_end(|gate| async move { gate.cancel(&caller(), id).await }).await
    }
}

fn refusal<E: fmt::Display>(action: ActionName, decided: Decided) -> ExecuteError<E> {
    match &decided.approval {
        Some(state) if state.status != ApprovalStatus::Approved => {
            ExecuteError::NotApproved { action, status: state.status, approval: state.id }
        }
        Some(_) | None => ExecuteError::Denied { action, decided: Box::new(decided) },
    }
}
