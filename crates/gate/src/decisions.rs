//! Decisions with all that is kept of them, for deciding again.

use serde_json::value::RawValue;
use syndic_ledger::{PartName, Record};
use syndic_model::{AuditEvent, EventId};
use syndic_store::{EventRow, ReadError, Store, Stored};

use crate::events::{EventsError, event_of};
use crate::recorded::{Recorded, Unreadable};
use crate::{EventFilter, Gate};

/// A decision, its event, and what it was decided on.
#[derive(Debug, Clone)]
pub struct RecordedDecision {
    /// The 17 fields.
    pub event: AuditEvent,
    /// Its position in the ledger.
    pub record: u64,
    /// The key that asked.
    pub asked_by: String,
    /// The governance directory it was decided on.
    pub revision: String,
    /// The arguments as they arrived; `None` when erased.
    pub args: Option<Box<RawValue>>,
    /// See [`crate::RecordedContext`]; `None` when erased.
    pub context: Option<Box<RawValue>>,
}

/// A page of decisions.
#[derive(Debug, Clone)]
pub struct DecisionPage {
    /// In the order that was asked for.
    pub decisions: Vec<RecordedDecision>,
    /// Where more follow.
    pub next: Option<u64>,
    /// How many records this answer has seen.
    pub indexed_through: u64,
}

impl RecordedDecision {
    /// Puts the action together again.
    ///
    /// # Errors
    /// When it is erased, or this program does not understand what was kept.
    pub fn recorded(&self) -> Result<Recorded, Unreadable> {
        let AuditEvent { agent_name, action, tool_name, metadata, .. } = &self.event;
        if metadata.contains_key("audited") {
            return Err(Unreadable::Audited);
        }
        let (args, context) = (self.args.as_deref(), self.context.as_deref());
        Recorded::read(agent_name, action, tool_name.as_deref(), args, context)
    }
}

impl Gate {
    /// Lists decisions as [`Gate::events`] lists events.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn decisions(&self, filter: EventFilter) -> Result<DecisionPage, EventsError> {
        self.reading(move |store| {
            let page = store.events(&filter.query(store))?;
            let decisions: Result<Vec<_>, ReadError> =
                page.rows.iter().map(|row| decision(store, row)).collect();
            Ok(DecisionPage {
                decisions: decisions?.into_iter().flatten().collect(),
                next: page.next,
                indexed_through: page.indexed_through,
            })
        })
        .await
    }

    /// Tells one decision; `None` when there is no such action.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn recorded_decision(
        &self,
        id: EventId,
    ) -> Result<Option<RecordedDecision>, EventsError> {
        self.reading(move |store| match store.find(&id.to_string())? {
            Some(row) => decision(store, &row),
            None => Ok(None),
        })
        .await
    }
}

fn decision(store: &Store, row: &EventRow) -> Result<Option<RecordedDecision>, ReadError> {
    let stored = store.read(row.decision)?;
    let Some(event) = event_of(store, row, &stored)? else { return Ok(None) };
    // What was audited was not decided, and is told all the same: it has no context to decide it on again.
    let (asked_by, revision) = if let Record::Decision(decision) = &stored.leaf.record {
        (decision.asked_by.clone(), decision.revision.clone())
    } else if let Record::Audited(audited) = &stored.leaf.record {
        (audited.asked_by.clone(), audited.revision.clone())
    } else {
        return Ok(None);
    };
    Ok(Some(RecordedDecision {
        event,
        record: row.decision,
        asked_by,
        revision,
        args: raw(&stored, PartName::Args),
        context: raw(&stored, PartName::Context),
    }))
}

/// Returns a part's text: a number keeps every digit, a key that is there twice is there twice.
fn raw(stored: &Stored, name: PartName) -> Option<Box<RawValue>> {
    let text = stored.parts.get(&name)?.text()?;
    RawValue::from_string(text.to_owned()).ok()
}
