//! Requests for approval in the index.

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};
use syndic_ledger::{Decision, DecisionApproval, Leaf};
use syndic_model::{ActionName, AgentId, ApprovalStatus};

const COLUMNS: &str = "opened, id, event, agent, action, asked_by, status, at, ended";

/// Which requests to list, newest first.
#[derive(Debug, Clone, Default)]
pub struct ApprovalQuery {
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
    pub cursor: Option<u64>,
    /// At most so many.
    pub limit: usize,
}

/// Some requests, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalPage {
    /// The requests.
    pub rows: Vec<ApprovalRow>,
    /// Where the next page continues, if there is one.
    pub next: Option<u64>,
}

/// A request for approval and the indexes of its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalRow {
    /// The index of the decision that opened it.
    pub opened: u64,
    /// Its id.
    pub id: String,
    /// The id of the held action.
    pub event: String,
    /// Who asked.
    pub agent: String,
    /// What for.
    pub action: String,
    /// The key that asked.
    pub asked_by: String,
    /// What became of it: a word of [`ApprovalStatus`].
    pub status: String,
    /// When it was opened, to the microsecond.
    pub at: Timestamp,
    /// The index of the record that ended it.
    pub ended: Option<u64>,
}

pub(crate) fn decided(main: &Connection, leaf: &Leaf, decision: &Decision) -> rusqlite::Result<()> {
    let index = leaf.i.cast_signed();
    match &decision.approval {
        None => Ok(()),
        Some(DecisionApproval::Opened(opened)) => main
            .prepare_cached(
                "INSERT INTO approvals VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'pending', ?7, NULL)",
            )?
            .execute(params![
                index,
                opened.id,
                decision.id,
                decision.agent,
                decision.action,
                decision.asked_by,
                leaf.at.as_microsecond(),
            ])
            .map(drop),
        Some(DecisionApproval::Used(id)) => note(main, index, id),
        Some(DecisionApproval::Joined(_) | DecisionApproval::Refused(_)) => Ok(()),
    }
}

/// Notes a record about a request, and the status it ended it with.
pub(crate) fn ended(
    main: &Connection,
    index: i64,
    id: &str,
    status: Option<&str>,
) -> rusqlite::Result<()> {
    if let Some(status) = status {
        main.prepare_cached("UPDATE approvals SET status = ?1, ended = ?2 WHERE id = ?3")?
            .execute(params![status, index, id])?;
    }
    note(main, index, id)
}

pub(crate) fn note(main: &Connection, index: i64, id: &str) -> rusqlite::Result<()> {
    main.prepare_cached("INSERT OR IGNORE INTO approval_trail VALUES (?1, ?2)")?
        .execute(params![id, index])
        .map(drop)
}

/// Drops requests that were opened before `index` and have ended.
pub(crate) fn drop_before(main: &Connection, index: u64) -> rusqlite::Result<()> {
    let old = "SELECT id FROM approvals WHERE opened < ?1 AND ended IS NOT NULL";
    main.execute(
        &format!("DELETE FROM approval_trail WHERE approval IN ({old})"),
        [index.cast_signed()],
    )?;
    let sql = "DELETE FROM approvals WHERE opened < ?1 AND ended IS NOT NULL";
    main.execute(sql, [index.cast_signed()]).map(drop)
}

/// Finds a request by its id.
pub(crate) fn find(database: &Connection, id: &str) -> rusqlite::Result<Option<ApprovalRow>> {
    let sql = format!("SELECT {COLUMNS} FROM approvals WHERE id = ?1");
    database.prepare_cached(&sql)?.query_row([id], row).optional()
}

/// Returns the indexes of the records about a request, oldest first, at most `limit`.
pub(crate) fn trail(database: &Connection, id: &str, limit: usize) -> rusqlite::Result<Vec<u64>> {
    let sql = "SELECT record FROM approval_trail WHERE approval = ?1 ORDER BY record LIMIT ?2";
    let mut statement = database.prepare_cached(sql)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    statement
        .query_map(params![id, limit], |row| row.get::<_, i64>(0).map(i64::cast_unsigned))?
        .collect()
}

/// Lists requests, newest first. Only conditions that are asked for are in the statement.
pub(crate) fn approvals(
    database: &Connection,
    query: &ApprovalQuery,
) -> rusqlite::Result<ApprovalPage> {
    let text = |text: &str| Value::from(text.to_owned());
    let conditions: [(&str, Option<Value>); 6] = [
        ("agent = ?", query.agent.as_ref().map(|agent| text(agent.as_str()))),
        ("action = ?", query.action.as_ref().map(|action| text(action.as_str()))),
        ("asked_by = ?", query.asked_by.as_deref().map(text)),
        ("status = ?", query.status.map(|status| text(status.as_str()))),
        ("at >= ?", query.since.map(|since| since.as_microsecond().into())),
        ("opened < ?", query.cursor.map(|cursor| cursor.cast_signed().into())),
    ];
    let mut sql = format!("SELECT {COLUMNS} FROM approvals WHERE TRUE");
    let mut values = Vec::new();
    for (condition, value) in conditions {
        if let Some(value) = value {
            sql.push_str(" AND ");
            sql.push_str(condition);
            values.push(value);
        }
    }
    // One more than asked for says whether there is a next page.
    sql.push_str(" ORDER BY opened DESC LIMIT ?");
    values.push(Value::from(i64::try_from(query.limit).unwrap_or(i64::MAX).saturating_add(1)));
    let mut statement = database.prepare_cached(&sql)?;
    let mut rows: Vec<ApprovalRow> =
        statement.query_map(params_from_iter(values), row)?.collect::<Result<_, _>>()?;
    let has_next = rows.len() > query.limit;
    rows.truncate(query.limit);
    let next = rows.last().filter(|_| has_next).map(|last| last.opened);
    Ok(ApprovalPage { rows, next })
}

fn row(row: &Row<'_>) -> rusqlite::Result<ApprovalRow> {
    Ok(ApprovalRow {
        opened: row.get::<_, i64>(0)?.cast_unsigned(),
        id: row.get(1)?,
        event: row.get(2)?,
        agent: row.get(3)?,
        action: row.get(4)?,
        asked_by: row.get(5)?,
        status: row.get(6)?,
        at: Timestamp::from_microsecond(row.get(7)?).unwrap_or(Timestamp::UNIX_EPOCH),
        ended: row.get::<_, Option<i64>>(8)?.map(i64::cast_unsigned),
    })
}
