//! Listing requests: what is pending from memory, what has ended from the ledger.

use jiff::Timestamp;
use syndic_model::{ActionName, AgentId, ApprovalId, ApprovalStatus};
use syndic_store::{ApprovalQuery, ReadError, Store};

use crate::Gate;
use crate::approval::index::{ApprovalError, find};
use crate::approval::{ApprovalView, Held};
use crate::events::EventsError;

/// The most requests of one page.
const MOST_LISTED: usize = 1000;

/// Which requests to list, newest first.
#[derive(Debug, Clone, Default)]
pub struct ApprovalFilter {
    /// Of this agent only.
    pub agent: Option<AgentId>,
    /// About this action only.
    pub action: Option<ActionName>,
    /// Asked for by this key only.
    pub asked_by: Option<String>,
    /// With this status only.
    pub status: Option<ApprovalStatus>,
    /// Opened at or after.
    pub since: Option<Timestamp>,
    /// Continues after a page: its [`ApprovalPage::next`].
    pub cursor: Option<ApprovalId>,
    /// At most so many, up to 1000.
    pub limit: usize,
}

/// Some requests, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalPage {
    /// The requests.
    pub approvals: Vec<ApprovalView>,
    /// Where the next page continues, if there is one.
    pub next: Option<ApprovalId>,
    /// How many are pending altogether.
    pub pending: usize,
}

impl ApprovalFilter {
    fn takes(&self, held: &Held) -> bool {
        let decision = &held.decision;
        self.agent.as_ref().is_none_or(|agent| agent.as_str() == decision.agent)
            && self.action.as_ref().is_none_or(|action| action.as_str() == decision.action)
            && self.asked_by.as_ref().is_none_or(|key| *key == decision.asked_by)
            && self.since.is_none_or(|since| held.approval.request().opened >= since)
    }
}

impl Gate {
    /// Lists requests for approval.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn approvals(&self, filter: ApprovalFilter) -> Result<ApprovalPage, EventsError> {
        let limit = filter.limit.clamp(1, MOST_LISTED);
        let pending = self.state().approvals.pending_count();
        let mut approvals = if filter.status == Some(ApprovalStatus::Pending) {
            self.pending(&filter, limit)
        } else {
            let filter = filter.clone();
            self.reading(move |store| recorded(store, &filter, limit)).await?
        };
        let more = approvals.len() > limit;
        approvals.truncate(limit);
        let next = approvals.last().filter(|_| more).map(|last| last.id);
        Ok(ApprovalPage { approvals, next, pending })
    }

    /// Tells one request.
    ///
    /// # Errors
    /// When there is none, or the ledger cannot be read.
    pub async fn approval(&self, id: ApprovalId) -> Result<ApprovalView, ApprovalError> {
        let known = self.state().approvals.get(id).and_then(ApprovalView::of);
        // After a restart, why people said no is on disk alone.
        let whole =
            |view: &ApprovalView| view.status != ApprovalStatus::Rejected || view.reason.is_some();
        match known.filter(whole) {
            Some(view) => Ok(view),
            None => self.recorded_approval(id).await,
        }
    }

    /// Tells one request as the ledger does.
    pub(crate) async fn recorded_approval(
        &self,
        id: ApprovalId,
    ) -> Result<ApprovalView, ApprovalError> {
        let found = self.reading(move |store| find(store, id)).await?;
        found.and_then(|found| ApprovalView::of(&found.held)).ok_or(ApprovalError::Unknown(id))
    }

    /// Lists what is pending, and one more than asked for, which says whether there is a next page.
    fn pending(&self, filter: &ApprovalFilter, limit: usize) -> Vec<ApprovalView> {
        let state = self.state();
        let taken = state.approvals.pending(filter.cursor).filter(|held| filter.takes(held));
        taken.filter_map(ApprovalView::of).take(limit.saturating_add(1)).collect()
    }

    /// Tells how many requests are pending, and since when the oldest is.
    #[must_use]
    pub fn pending_approvals(&self) -> (usize, Option<Timestamp>) {
        let state = self.state();
        (state.approvals.pending_count(), state.approvals.oldest_pending())
    }
}

fn recorded(
    store: &Store,
    filter: &ApprovalFilter,
    limit: usize,
) -> Result<Vec<ApprovalView>, ReadError> {
    let cursor = match filter.cursor {
        None => None,
        Some(id) => store.find_approval(&id.to_string(), 0)?.map(|(row, _)| row.opened),
    };
    let query = ApprovalQuery {
        agent: filter.agent.clone(),
        action: filter.action.clone(),
        asked_by: filter.asked_by.clone(),
        status: filter.status,
        since: filter.since,
        cursor,
        limit: limit.saturating_add(1),
    };
    let page = store.approvals(&query)?;
    let ids = page.rows.iter().filter_map(|row| row.id.parse().ok());
    let found: Result<Vec<_>, ReadError> = ids.map(|id| find(store, id)).collect();
    Ok(found?.into_iter().flatten().filter_map(|found| ApprovalView::of(&found.held)).collect())
}
