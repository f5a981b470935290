//! Asking the index.

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter};
use syndic_model::{ActionName, AgentId};

const COLUMNS: &str =
    "decision, id, agent, action, allowed, at, session, asked_by, outcome, late, missing";

/// Which actions to list.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Of this agent only.
    pub agent: Option<AgentId>,
    /// Of this catalogue entry only.
    pub action: Option<ActionName>,
    /// Allowed ones only, or others only.
    pub allowed: Option<bool>,
    /// Decided at or after.
    pub since: Option<Timestamp>,
    /// Decided before.
    pub until: Option<Timestamp>,
    /// Continues after a page of the same order: its [`Page::next`].
    pub cursor: Option<u64>,
    /// Oldest first, not newest.
    pub oldest_first: bool,
    /// At most so many.
    pub limit: usize,
}

/// Some actions, in the order that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The actions.
    pub rows: Vec<EventRow>,
    /// Where the next page continues, if there is one.
    pub next: Option<u64>,
    /// How many records the index covered.
    pub indexed_through: u64,
}

/// An action and the indexes of its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// The index of its decision.
    pub decision: u64,
    /// The action's id.
    pub id: String,
    /// Who asked.
    pub agent: String,
    /// What for.
    pub action: String,
    /// Whether it may run.
    pub allowed: bool,
    /// When it was decided, to the microsecond.
    pub at: Timestamp,
    /// The session, claimed.
    pub session: Option<String>,
    /// The key that asked.
    pub asked_by: String,
    /// The index of its outcome.
    pub outcome: Option<u64>,
    /// The index of an outcome that came too late.
    pub late: Option<u64>,
    /// The index of the record that no outcome came.
    pub missing: Option<u64>,
}

impl EventRow {
    /// Tells whether nothing more is expected of the action.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        !self.allowed || self.outcome.is_some() || self.late.is_some()
    }

    /// Tells whether its outcome was recorded as missing and has not come since.
    #[must_use]
    pub const fn is_overdue(&self) -> bool {
        self.missing.is_some() && self.late.is_none()
    }
}

/// Finds an action by its id.
pub(crate) fn find(database: &Connection, id: &str) -> rusqlite::Result<Option<EventRow>> {
    let sql = format!("SELECT {COLUMNS} FROM events WHERE id = ?1");
    database.prepare_cached(&sql)?.query_row([id], row).optional()
}

/// Lists actions. Only conditions that are asked for are in the statement, so that SQLite can choose an index.
pub(crate) fn events(
    database: &Connection,
    query: &Query,
    indexed_through: u64,
) -> rusqlite::Result<Page> {
    let (beyond, order) =
        if query.oldest_first { ("decision > ?", "ASC") } else { ("decision < ?", "DESC") };
    let conditions: [(&str, Option<Value>); 6] = [
        ("agent = ?", query.agent.as_ref().map(|agent| agent.as_str().to_owned().into())),
        ("action = ?", query.action.as_ref().map(|action| action.as_str().to_owned().into())),
        ("allowed = ?", query.allowed.map(Value::from)),
        ("at >= ?", query.since.map(|since| since.as_microsecond().into())),
        ("at < ?", query.until.map(|until| until.as_microsecond().into())),
        (beyond, query.cursor.map(|cursor| cursor.cast_signed().into())),
    ];
    let mut sql = format!("SELECT {COLUMNS} FROM events WHERE TRUE");
    let mut values = Vec::new();
    for (condition, value) in conditions {
        if let Some(value) = value {
            sql.push_str(" AND ");
            sql.push_str(condition);
            values.push(value);
        }
    }
    // One more than asked for says whether there is a next page.
    sql.push_str(&format!(" ORDER BY decision {order} LIMIT ?"));
    values.push(Value::from(i64::try_from(query.limit).unwrap_or(i64::MAX).saturating_add(1)));
    let mut statement = database.prepare_cached(&sql)?;
    let mut rows: Vec<EventRow> =
        statement.query_map(params_from_iter(values), row)?.collect::<Result<_, _>>()?;
    let has_next = rows.len() > query.limit;
    rows.truncate(query.limit);
    let next = rows.last().filter(|_| has_next).map(|last| last.decision);
    Ok(Page { rows, next, indexed_through })
}

fn row(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    let index = |column| row.get(column).map(|index: Option<i64>| index.map(i64::cast_unsigned));
    Ok(EventRow {
        decision: row.get::<_, i64>(0)?.cast_unsigned(),
        id: row.get(1)?,
        agent: row.get(2)?,
        action: row.get(3)?,
        allowed: row.get(4)?,
        at: Timestamp::from_microsecond(row.get(5)?).unwrap_or(Timestamp::UNIX_EPOCH),
        session: row.get(6)?,
        asked_by: row.get(7)?,
        outcome: index(8)?,
        late: index(9)?,
        missing: index(10)?,
    })
}
