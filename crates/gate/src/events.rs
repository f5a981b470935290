//! The audit trail: one event per action, put together from its records.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use syndic_ledger::{Decision, Leaf, Outcome, PartName, Record};
use syndic_model::{
    ActionName, AgentId, AuditEvent, CheckResult, EventId, PolicyId, Reason, RiskLevel, SessionId,
    ToolName,
};
use syndic_store::{EventRow, Part, Query, ReadError, Search, Store, Stored};
use thiserror::Error;

use crate::Gate;
use crate::repeat::checks;

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
    let Record::Decision(decision) = &stored.leaf.record else { return Ok(None) };
    let end = row.outcome.or(row.late).map(|index| store.read(index)).transpose()?;
    let ended = end.as_ref().and_then(|end| outcome(&end.leaf));
    let checks = checks(decision, part(stored, PartName::Checks).as_ref());
    let reasons: Vec<String> = checks
        .iter()
        .filter(|check| check.result != CheckResult::Passed && !check.shadow)
        .map(|check| Reason(check).to_string())
        .collect();
    let status = approval_status(store, decision)?;
    let redacted = is_redacted(stored) || end.as_ref().is_some_and(is_redacted);
    Ok(Some(AuditEvent {
        event_id: decision.id.clone(),
        timestamp: stored.leaf.at,
        agent_name: decision.agent.clone(),
        agent_version: decision.agent_version.clone(),
        session_id: decision.session.clone().unwrap_or_else(|| "unknown".to_owned()),
        user_id: part(stored, PartName::User),
        action: decision.action.clone(),
        tool_name: decision.tool.clone(),
        tool_args: part(stored, PartName::Args),
        tool_result: end.as_ref().and_then(result),
        policy_checks: checks,
        allowed: decision.allowed,
        duration_ms: ended.and_then(|outcome| outcome.duration_ms),
        model: ended
            .and_then(|outcome| outcome.model.clone())
            .or_else(|| decision.model.clone())
            .unwrap_or_else(|| "unknown".to_owned()),
        input_tokens: ended.and_then(|outcome| outcome.input_tokens),
        output_tokens: ended.and_then(|outcome| outcome.output_tokens),
        metadata: {
            let mut metadata = metadata(decision, stored, &reasons, row, status.as_deref());
            if redacted {
                metadata.insert("redacted".to_owned(), json!(true));
            }
            metadata
        },
    }))
}

/// Tells what became of the request for approval that a decision opened, joined or used.
fn approval_status(store: &Store, decision: &Decision) -> Result<Option<String>, ReadError> {
    let Some(approval) = &decision.approval else { return Ok(None) };
    Ok(store.find_approval(approval.id(), 0)?.map(|(row, _)| row.status))
}

const fn outcome(leaf: &Leaf) -> Option<&Outcome> {
    if let Record::Outcome(outcome) = &leaf.record { Some(outcome) } else { None }
}

fn result(end: &Stored) -> Option<Value> {
    part(end, PartName::Result)
        .or_else(|| part(end, PartName::Error).map(|error| json!({ "error": error })))
}

/// Returns a part's value, unless it is erased or was never there.
pub(crate) fn part(stored: &Stored, name: PartName) -> Option<Value> {
    stored.parts.get(&name).and_then(|part| serde_json::from_str(part.text()?).ok())
}

/// Tells whether a part of a record was erased.
fn is_redacted(stored: &Stored) -> bool {
    stored.parts.values().any(|part| *part == Part::Erased)
}

/// The caller's metadata with syndic's own keys, which a caller cannot set.
fn metadata(
    decision: &Decision,
    stored: &Stored,
    reasons: &[String],
    row: &EventRow,
    approval_status: Option<&str>,
) -> Map<String, Value> {
    let mut metadata = match part(stored, PartName::Metadata) {
        Some(Value::Object(metadata)) => metadata,
        _ => Map::new(),
    };
    let mut set = |key: &str, value: Value| metadata.insert(key.to_owned(), value);
    set("owner", json!(decision.owner));
    set("mode", json!(decision.mode));
    set("effect", json!(decision.effect));
    set("enforcement_grade", json!(decision.grade));
    if !reasons.is_empty() {
        set("violation_reason", json!(reasons.join("; ")));
    }
    if let Some(approval) = &decision.approval {
        set("approval_id", json!(approval.id()));
        set("approval_status", json!(approval_status));
    }
    if let Some(server) = &decision.server {
        set("tool_server", json!(server));
    }
    if let Some(pin) = &decision.tool_pin {
        set("tool_pin", json!(pin));
    }
    if row.missing.is_some() {
        set("overdue", json!(true));
    }
    metadata
}
