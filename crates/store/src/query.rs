//! Asking the index.

use jiff::Timestamp;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};
use syndic_model::{ActionName, AgentId, EventId, PolicyId, RiskLevel, SessionId, ToolName};

use crate::index::{Readers, Span, likely, stored_id};
use crate::tokens::Tokens;
use crate::words::Search;

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
    /// Through this tool only.
    pub tool: Option<ToolName>,
    /// Only those that this policy stood in the way of, or would have if it were enforced.
    pub policy: Option<PolicyId>,
    /// Of this session only.
    pub session: Option<SessionId>,
    /// For this user only: the keyed pseudonym.
    pub user: Option<String>,
    /// Of agents that had this risk level only.
    pub risk: Option<RiskLevel>,
    /// With these words in their arguments or reasons only.
    pub q: Option<Search>,
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
pub(crate) fn find(readers: &Readers, id: &str) -> rusqlite::Result<Option<EventRow>> {
    let sql = format!("SELECT {COLUMNS} FROM events WHERE id = ?1");
    for month in likely(&readers.spans(), id) {
        let found = readers.month(month, |database| {
            database.prepare_cached(&sql)?.query_row([stored_id(id)], row).optional()
        })?;
        if let Some(found) = found.flatten() {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Lists actions, a month after the other. The words of a phrase need not stand one after another.
pub(crate) fn events(
    readers: &Readers,
    tokens: &Tokens,
    query: &Query,
    indexed_through: u64,
) -> rusqlite::Result<Page> {
    let tokens = tokens.of_query(query);
    let mut spans = readers.spans();
    if !query.oldest_first {
        spans.reverse();
    }
    // One more than asked for says whether there is a next page.
    let wanted = query.limit.saturating_add(1);
    let mut rows = Vec::new();
    for span in spans {
        if rows.len() < wanted && may_have(&span, query) {
            let more = readers.month(span.month, |database| {
                of_month(database, &span, tokens.as_deref(), query, wanted - rows.len())
            })?;
            rows.extend(more.into_iter().flatten());
        }
    }
    let has_next = rows.len() > query.limit;
    rows.truncate(query.limit);
    let next = rows.last().filter(|_| has_next).map(|last: &EventRow| last.decision);
    Ok(Page { rows, next, indexed_through })
}

fn may_have(span: &Span, query: &Query) -> bool {
    let is_late = query.since.is_none_or(|since| span.until >= since.as_microsecond());
    let is_early = query.until.is_none_or(|until| span.since < until.as_microsecond());
    let is_beyond = match query.cursor {
        None => true,
        Some(cursor) if query.oldest_first => span.last > cursor,
        Some(cursor) => span.first < cursor,
    };
    is_late && is_early && is_beyond
}

fn of_month(
    database: &Connection,
    span: &Span,
    tokens: Option<&str>,
    query: &Query,
    limit: usize,
) -> rusqlite::Result<Vec<EventRow>> {
    let (first, end) = bounds(database, span, query)?;
    let mut values = vec![Value::from(first.cast_signed()), Value::from(end.cast_signed())];
    let mut sql = match tokens {
        // The text is walked, by its row, which is the decision: what it finds is in order already.
        Some(tokens) => {
            values.push(Value::from(tokens.to_owned()));
            format!(
                "SELECT {COLUMNS} FROM text CROSS JOIN events ON decision = text.rowid
                 WHERE text.rowid >= ?1 AND text.rowid < ?2 AND text MATCH ?3"
            )
        }
        None => format!("SELECT {COLUMNS} FROM events WHERE decision >= ?1 AND decision < ?2"),
    };
    if !span.ordered {
        for (condition, time) in [("at >= ?", query.since), ("at < ?", query.until)] {
            if let Some(time) = time {
                sql.push_str(" AND ");
                sql.push_str(condition);
                values.push(Value::from(time.as_microsecond()));
            }
        }
    }
    let order = if query.oldest_first { "ASC" } else { "DESC" };
    let by = if tokens.is_some() { "text.rowid" } else { "decision" };
    sql.push_str(&format!(" ORDER BY {by} {order} LIMIT ?"));
    values.push(Value::from(i64::try_from(limit).unwrap_or(i64::MAX)));
    database.prepare_cached(&sql)?.query_map(params_from_iter(values), row)?.collect()
}

/// Returns the first decision that is asked for, and the one after the last. Times are only looked up where they grow
/// with the decisions.
fn bounds(database: &Connection, span: &Span, query: &Query) -> rusqlite::Result<(u64, u64)> {
    let (mut first, mut end) = (span.first, span.last + 1);
    if span.ordered {
        if let Some(since) = query.since.filter(|since| since.as_microsecond() > span.since) {
            first = first_at(database, span, since)?;
        }
        if let Some(until) = query.until.filter(|until| until.as_microsecond() <= span.until) {
            end = first_at(database, span, until)?;
        }
    }
    match query.cursor {
        Some(cursor) if query.oldest_first => first = first.max(cursor.saturating_add(1)),
        Some(cursor) => end = end.min(cursor),
        None => {}
    }
    Ok((first, end))
}

/// Returns the first decision at or after `time`, by halving.
fn first_at(database: &Connection, span: &Span, time: Timestamp) -> rusqlite::Result<u64> {
    let sql = "SELECT decision, at FROM events WHERE decision >= ?1 ORDER BY decision LIMIT 1";
    let mut statement = database.prepare_cached(sql)?;
    let (mut low, mut high) = (span.first, span.last + 1);
    while low < high {
        let middle = low.midpoint(high);
        let next = statement
            .query_row(params![middle.cast_signed()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match next.map(|(decision, at): (i64, i64)| (decision.cast_unsigned(), at)) {
            Some((decision, at)) if at < time.as_microsecond() => low = decision + 1,
            Some(_) | None => high = middle,
        }
    }
    Ok(low)
}

fn row(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    let index = |column| row.get(column).map(|index: Option<i64>| index.map(i64::cast_unsigned));
    Ok(EventRow {
        decision: row.get::<_, i64>(0)?.cast_unsigned(),
        id: id(row.get_ref(1)?)?,
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

fn id(value: ValueRef<'_>) -> rusqlite::Result<String> {
    match value.as_bytes()?.try_into() {
        Ok(bytes) if matches!(value, ValueRef::Blob(_)) => {
            Ok(EventId::from_bytes(bytes).to_string())
        }
        _ => Ok(value.as_str()?.to_owned()),
    }
}
