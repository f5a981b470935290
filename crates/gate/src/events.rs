//! The audit trail: one event per action.

use std::sync::Arc;

use jiff::Timestamp;
use syndic_ledger::{Decision, Record};
use syndic_model::{
    ActionName, AgentId, AuditEvent, EventId, PolicyId, RiskLevel, SessionId, ToolName,
};
use syndic_store::{Ended, EventRow, Query, ReadError, Search, Store, Stored, audit_event};
use thiserror::Error;

use crate::Gate;

/// Which events to list.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Of this agent.
    pub agent: Option<AgentId>,
    /// Of this action.
    pub action: Option<ActionName>,
    /// That were allowed, or were not.
    pub allowed: Option<bool>,
    /// Through this tool.
    pub tool: Option<ToolName>,
    /// That this policy stood in the way of, or would have if it were enforced.
    pub policy: Option<PolicyId>,
    /// Of this session.
    pub session: Option<SessionId>,
    /// For this user, in clear; what is compared is the keyed pseudonym.
    pub user: Option<String>,
    /// Of agents that had this risk level.
    pub risk: Option<RiskLevel>,
    /// With these words in their arguments, or in the reasons of what stood in the way.
    pub q: Option<Search>,
    /// From this time on.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Beyond this record, in the order asked for.
    pub cursor: Option<u64>,
    /// Oldest first, not newest.
    pub oldest_first: bool,
    /// At most this many, 1 to 1000.
    pub limit: usize,
}

/// A page of events.
#[derive(Debug, Clone)]
pub struct EventPage {
    /// In the order that was asked for.
    pub events: Vec<AuditEvent>,
    /// Where more follow.
    pub next: Option<u64>,
    /// How many records this answer has seen.
    pub indexed_through: u64,
}

/// Says why events cannot be told.
#[derive(Debug, Error)]
pub enum EventsError {
    /// The index has not come so far.
    #[error("the index is catching up with the ledger; try again in a second")]
    Behind,
    /// No checkpoint covers what was asked for yet.
    #[error("the newest records are not signed yet; try again in a second")]
    Unsigned,
    /// The ledger could not be read.
    #[error("the ledger cannot be read: {0}")]
    Unreadable(String),
}

impl From<ReadError> for EventsError {
    fn from(error: ReadError) -> Self {
        if let ReadError::Behind(_) = error {
            Self::Behind
        } else if let ReadError::Unsigned(_) = error {
            Self::Unsigned
        } else {
            Self::Unreadable(error.to_string())
        }
    }
}

impl EventFilter {
    pub(crate) fn query(self, store: &Store) -> Query {
        Query {
            agent: self.agent,
            action: self.action,
            allowed: self.allowed,
            tool: self.tool,
            policy: self.policy,
            session: self.session,
            user: self.user.map(|user| store.pseudonym("user", &user)),
            risk: self.risk,
            q: self.q,
            since: self.since,
            until: self.until,
            cursor: self.cursor,
            oldest_first: self.oldest_first,
            limit: self.limit.clamp(1, 1000),
        }
    }
}

impl Gate {
    /// Lists events; open actions are among them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn events(&self, filter: EventFilter) -> Result<EventPage, EventsError> {
        self.reading(move |store| {
            let page = store.events(&filter.query(store))?;
            let events: Result<Vec<_>, ReadError> =
                page.rows.iter().map(|row| event(store, row)).collect();
            Ok(EventPage {
                events: events?.into_iter().flatten().collect(),
                next: page.next,
                indexed_through: page.indexed_through,
            })
        })
        .await
    }

    /// Tells one event; `None` when there is no such action.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn event(&self, id: EventId) -> Result<Option<AuditEvent>, EventsError> {
        self.reading(move |store| match store.find(&id.to_string())? {
            Some(row) => event(store, &row),
            None => Ok(None),
        })
        .await
    }

    pub(crate) async fn find(&self, event: EventId) -> Result<Option<EventRow>, EventsError> {
        self.reading(move |store| store.find(&event.to_string())).await
    }

    pub(crate) async fn read(&self, index: u64) -> Result<Stored, EventsError> {
        self.reading(move |store| store.read(index)).await
    }

    /// Reads on a thread that may block.
    pub(crate) async fn reading<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Store) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, EventsError> {
        let store = Arc::clone(&self.store);
        let read = tokio::task::spawn_blocking(move || read(&store)).await;
        read.map_err(|error| EventsError::Unreadable(error.to_string()))?.map_err(EventsError::from)
    }
}

fn event(store: &Store, row: &EventRow) -> Result<Option<AuditEvent>, ReadError> {
    event_of(store, row, &store.read(row.decision)?)
}

/// Puts the event of a decision together that is already read.
pub(crate) fn event_of(
    store: &Store,
    row: &EventRow,
    stored: &Stored,
) -> Result<Option<AuditEvent>, ReadError> {
    if let Record::Audited(_) = &stored.leaf.record {
        return Ok(audit_event(stored, &Ended::default()));
    }
    let Record::Decision(decision) = &stored.leaf.record else { return Ok(None) };
    let end = row.outcome.or(row.late).map(|index| store.read(index)).transpose()?;
    let status = approval_status(store, decision)?;
    let ended = Ended {
        outcome: end.as_ref(),
        is_overdue: row.missing.is_some(),
        approval_status: status.as_deref(),
    };
    Ok(audit_event(stored, &ended))
}

/// Tells what became of the request for approval that a decision opened, joined or used.
fn approval_status(store: &Store, decision: &Decision) -> Result<Option<String>, ReadError> {
    let Some(approval) = &decision.approval else { return Ok(None) };
    Ok(store.find_approval(approval.id(), 0)?.map(|(row, _)| row.status))
}
