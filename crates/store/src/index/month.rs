//! The events of one month, in a database of their own: dropping the month is deleting the file.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params};
use syndic_ledger::{Acted, Leaf, Record};
use syndic_model::EventId;

use crate::directory::Layout;
use crate::index::IndexError;
use crate::index::file;

const SCHEMA: &str = "
    CREATE TABLE covered (only INTEGER PRIMARY KEY CHECK (only = 0), through INTEGER NOT NULL, made BLOB NOT NULL);
    CREATE TABLE events (
        decision INTEGER PRIMARY KEY,
        id BLOB NOT NULL,
        agent TEXT NOT NULL,
        action TEXT NOT NULL,
        allowed INTEGER NOT NULL,
        at INTEGER NOT NULL,
        session TEXT,
        asked_by TEXT NOT NULL,
        outcome INTEGER,
        late INTEGER,
        missing INTEGER,
        forgotten INTEGER NOT NULL
    );
    CREATE INDEX events_by_id ON events (id);
    CREATE VIRTUAL TABLE text USING fts5 (tokens, content = '', columnsize = 0, detail = none, tokenize = 'ascii');
    INSERT INTO text (text, rank) VALUES ('secure-delete', 1);
";

/// A month of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month {
    year: i16,
    month: i8,
}

impl Month {
    pub(crate) fn of(at: Timestamp) -> Self {
        let date = at.to_zoned(TimeZone::UTC).date();
        Self { year: date.year(), month: date.month() }
    }

    /// Returns the month in which an id was drawn: a version 7 UUID begins with milliseconds.
    pub(crate) fn of_id(id: &str) -> Option<Self> {
        let id: EventId = id.parse().ok()?;
        let (millis, _) = id.as_bytes().split_first_chunk::<6>()?;
        let millis = millis.iter().fold(0, |millis, byte| millis << 8 | i64::from(*byte));
        Timestamp::from_millisecond(millis).ok().map(Self::of)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (year, month) = text.rsplit_once('-').unwrap_or((text, ""));
        Ok(Self { year: year.parse()?, month: month.parse()? })
    }
}

/// The database of a month, as its only writer sees it.
#[derive(Debug)]
pub(crate) struct MonthFile {
    database: Connection,
    /// Records before this one are covered; the ledger may say so again.
    through: u64,
    in_transaction: bool,
}

/// Which column of an event names a record.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Later {
    Outcome,
    Late,
    Missing,
}

impl Later {
    /// Returns the column that names what became of an action.
    pub(crate) const fn of(record: &Record) -> Self {
        if let Record::Outcome(outcome) = record {
            if outcome.late { Self::Late } else { Self::Outcome }
        } else {
            Self::Missing
        }
    }
}

impl MonthFile {
    pub(crate) fn make(layout: &Layout, month: Month, made: &[u8]) -> Result<Self, IndexError> {
        let database = file::make(&layout.index_file(&month.to_string()), SCHEMA)?;
        database.execute("INSERT INTO covered VALUES (0, 0, ?1)", [made])?;
        Ok(Self { database, through: 0, in_transaction: false })
    }

    /// Opens the database of a month that was made with the index that `made` names; `None` if it is of another.
    pub(crate) fn open(
        layout: &Layout,
        month: Month,
        made: &[u8],
    ) -> rusqlite::Result<Option<Self>> {
        let Some(database) = file::open(&layout.index_file(&month.to_string()))? else {
            return Ok(None);
        };
        let (through, by): (i64, Vec<u8>) =
            database.query_row("SELECT through, made FROM covered", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let through = through.cast_unsigned();
        Ok((by == made).then_some(Self { database, through, in_transaction: false }))
    }

    pub(crate) const fn through(&self) -> u64 {
        self.through
    }

    pub(crate) const fn is_changed(&self) -> bool {
        self.in_transaction
    }

    /// Adds an event, unless an interrupted run already did.
    pub(crate) fn add(
        &mut self,
        leaf: &Leaf,
        event: &Acted<'_>,
        tokens: &str,
        forgotten: bool,
    ) -> rusqlite::Result<()> {
        if leaf.i < self.through {
            return Ok(());
        }
        self.begin()?;
        let index = leaf.i.cast_signed();
        self.database
            .prepare_cached(
                "INSERT INTO events (decision, id, agent, action, allowed, at, session, asked_by, forgotten)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                index,
                stored_id(event.id),
                event.agent,
                event.action,
                event.allowed,
                leaf.at.as_microsecond(),
                event.session,
                event.asked_by,
                forgotten,
            ])?;
        self.database
            .prepare_cached("INSERT INTO text (rowid, tokens) VALUES (?1, ?2)")?
            .execute(params![index, tokens])?;
        Ok(())
    }

    /// Notes a later record of an event; tells whether the event is of this month.
    pub(crate) fn note(&mut self, later: Later, index: u64, id: &str) -> rusqlite::Result<bool> {
        let sql = match later {
            Later::Outcome => "UPDATE events SET outcome = ?1 WHERE id = ?2",
            Later::Late => "UPDATE events SET late = ?1 WHERE id = ?2",
            Later::Missing => "UPDATE events SET missing = ?1 WHERE id = ?2",
        };
        self.begin()?;
        let changed = self
            .database
            .prepare_cached(sql)?
            .execute(params![index.cast_signed(), stored_id(id)])?;
        Ok(changed > 0)
    }

    /// Takes the words and the user of an event out. Tells whether that is done; it is not where they cannot be told
    /// any more, which is what `before` without words says.
    pub(crate) fn forget(
        &mut self,
        index: u64,
        before: Option<&str>,
        after: &str,
    ) -> rusqlite::Result<bool> {
        self.begin()?;
        let index = index.cast_signed();
        let forgotten: Option<bool> = self
            .database
            .prepare_cached("SELECT forgotten FROM events WHERE decision = ?1")?
            .query_row([index], |row| row.get(0))
            .optional()?;
        let Some(before) = before.filter(|_| forgotten == Some(false)) else {
            return Ok(forgotten != Some(false));
        };
        self.database
            .prepare_cached("INSERT INTO text (text, rowid, tokens) VALUES ('delete', ?1, ?2)")?
            .execute(params![index, before])?;
        self.database
            .prepare_cached("INSERT INTO text (rowid, tokens) VALUES (?1, ?2)")?
            .execute(params![index, after])?;
        self.database
            .prepare_cached("UPDATE events SET forgotten = 1 WHERE decision = ?1")?
            .execute([index])?;
        Ok(true)
    }

    /// Returns the first decisions before `index`, at most `most`, and which of them were forgotten.
    pub(crate) fn before(&self, index: u64, most: usize) -> rusqlite::Result<Vec<(u64, bool)>> {
        let sql =
            "SELECT decision, forgotten FROM events WHERE decision < ?1 ORDER BY decision LIMIT ?2";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.database
            .prepare_cached(sql)?
            .query_map(params![index.cast_signed(), most], |row| {
                Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?))
            })?
            .collect()
    }

    /// Takes an event out, with its `tokens`.
    pub(crate) fn remove(&mut self, decision: u64, tokens: &str) -> rusqlite::Result<()> {
        self.begin()?;
        let decision = decision.cast_signed();
        self.database
            .prepare_cached("INSERT INTO text (text, rowid, tokens) VALUES ('delete', ?1, ?2)")?
            .execute(params![decision, tokens])?;
        self.database
            .prepare_cached("DELETE FROM events WHERE decision = ?1")?
            .execute([decision])
            .map(drop)
    }

    /// Makes sure that nothing of what was taken out is left in the journal.
    pub(crate) fn scrub(&self) -> Result<(), IndexError> {
        file::scrub(&self.database)
    }

    /// Keeps what was changed, and says that records before `through` are covered.
    pub(crate) fn commit(&mut self, through: u64) -> rusqlite::Result<()> {
        if self.in_transaction {
            let through = through.max(self.through);
            self.database
                .prepare_cached("UPDATE covered SET through = ?1")?
                .execute([through.cast_signed()])?;
            self.database.execute_batch("COMMIT")?;
            self.in_transaction = false;
            self.through = through;
        }
        Ok(())
    }

    fn begin(&mut self) -> rusqlite::Result<()> {
        if !self.in_transaction {
            self.database.execute_batch("BEGIN")?;
            self.in_transaction = true;
        }
        Ok(())
    }
}

/// An id as it is kept: sixteen bytes where that is all of it.
pub(crate) fn stored_id(id: &str) -> Value {
    match id.parse::<EventId>() {
        Ok(parsed) if parsed.to_string() == id => Value::Blob(parsed.as_bytes().to_vec()),
        Ok(_) | Err(_) => Value::Text(id.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::Month;

    #[test]
    fn a_month_is_told_by_a_time_and_by_an_id() {
        for (at, expected) in [
            ("2026-11-30T23:59:59.999999Z", "2026-11"),
            ("2026-12-01T00:00:00Z", "2026-12"),
            ("-000400-01-01T00:00:00Z", "-400-01"),
        ] {
            let month = Month::of(at.parse().unwrap());
            assert_eq!(month.to_string(), expected);
            assert_eq!(expected.parse(), Ok(month));
        }
        let of_id = |id| Month::of_id(id).map(|month| month.to_string());
        assert_eq!(of_id("019ab2a0-1234-7abc-8def-0123456789ab").as_deref(), Some("2025-11"));
        assert_eq!(of_id("a"), None);
    }
}
