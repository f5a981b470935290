//! The index: an SQLite view of the ledger. Delete it and it is made again.

use std::fs;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Transaction, params};
use syndic_ledger::{Leaf, Line, LineError, Record, Tree};
use thiserror::Error;

use crate::approval;
use crate::directory::{Layout, private};

/// Changes with the tables below; another version is thrown away.
const VERSION: i64 = 2;

const SCHEMA: &str = "
    CREATE TABLE covered (only INTEGER PRIMARY KEY CHECK (only = 0), through INTEGER NOT NULL, root BLOB NOT NULL);
    CREATE TABLE events (
        decision INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        agent TEXT NOT NULL,
        action TEXT NOT NULL,
        allowed INTEGER NOT NULL,
        at INTEGER NOT NULL,
        session TEXT,
        asked_by TEXT NOT NULL,
        outcome INTEGER,
        late INTEGER,
        missing INTEGER
    );
    CREATE TABLE approvals (
        opened INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        event TEXT NOT NULL,
        agent TEXT NOT NULL,
        action TEXT NOT NULL,
        asked_by TEXT NOT NULL,
        status TEXT NOT NULL,
        at INTEGER NOT NULL,
        ended INTEGER
    );
    CREATE TABLE approval_trail (
        approval TEXT NOT NULL,
        record INTEGER NOT NULL,
        PRIMARY KEY (approval, record)
    ) WITHOUT ROWID;
    CREATE INDEX approvals_by_id ON approvals (id);
    CREATE INDEX approvals_by_kind ON approvals (agent, action, opened);
    CREATE INDEX events_by_id ON events (id);
    CREATE INDEX events_by_agent ON events (agent, decision);
    CREATE INDEX events_by_action ON events (action, decision);
";

/// Why the index cannot be made. Nothing is lost by deleting it.
#[derive(Debug, Error)]
pub enum IndexError {
    /// The file system refused.
    #[error("cannot make the index")]
    Io(#[from] std::io::Error),
    /// SQLite refused.
    #[error("cannot write the index")]
    Sqlite(#[from] rusqlite::Error),
    /// A record that is durable is no record.
    #[error("cannot index a damaged record")]
    Line(#[from] LineError),
    /// A record that is durable is not where it was written.
    #[error("record {0} is not where it was written")]
    Lost(u64),
}

/// The index, as its only writer sees it.
#[derive(Debug)]
pub(crate) struct Index {
    layout: Layout,
    database: Connection,
    /// How many records are covered, and the root over them.
    covered: (u64, Vec<u8>),
    tree: Tree,
}

impl Index {
    /// Opens the index, or makes it anew where there is none that can be used.
    pub(crate) fn open(layout: &Layout) -> Result<Self, IndexError> {
        let path = layout.index();
        let (database, covered) = match existing(&path) {
            Ok(Some(existing)) => existing,
            Ok(None) | Err(_) => (make(&path)?, (0, Vec::new())),
        };
        Ok(Self { layout: layout.clone(), database, covered, tree: Tree::default() })
    }

    /// Opens the index to read it.
    pub(crate) fn reader(layout: &Layout) -> Result<Connection, IndexError> {
        Ok(Connection::open_with_flags(layout.index(), OpenFlags::SQLITE_OPEN_READ_ONLY)?)
    }

    /// Returns how many records are covered.
    pub(crate) const fn through(&self) -> u64 {
        self.covered.0
    }

    /// Continues after `tree`, the ledger when it had the size that is covered. If it is not the ledger that was
    /// covered, the index begins anew.
    pub(crate) fn continue_from(&mut self, tree: Option<Tree>) -> Result<(), IndexError> {
        match tree {
            Some(tree) if tree.size() == 0 || tree.root().as_slice() == self.covered.1 => {
                self.tree = tree;
            }
            _ => {
                tracing::warn!("the index is of another ledger and is made again");
                self.covered = (0, Vec::new());
                self.database = make(&self.layout.index())?;
            }
        }
        Ok(())
    }

    /// Covers `count` more records, taking their lines from `next`.
    pub(crate) fn cover(
        &mut self,
        count: u64,
        mut next: impl FnMut(u64) -> Result<Vec<u8>, IndexError>,
    ) -> Result<(), IndexError> {
        let transaction = self.database.transaction()?;
        let mut tree = self.tree.clone();
        for index in tree.size()..tree.size() + count {
            let line = next(index)?;
            let line = Line::parse(&line)?;
            apply(&transaction, &line.decode()?)?;
            tree.append_leaf_hash(line.hash());
        }
        transaction
            .prepare_cached("INSERT OR REPLACE INTO covered VALUES (0, ?1, ?2)")?
            .execute(params![tree.size().cast_signed(), tree.root()])?;
        transaction.commit()?;
        self.covered.0 = tree.size();
        self.tree = tree;
        Ok(())
    }
}

type Existing = (Connection, (u64, Vec<u8>));

/// Opens an index of this version; `None` if there is none.
fn existing(path: &Path) -> rusqlite::Result<Option<Existing>> {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let version: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version != VERSION {
        return Ok(None);
    }
    set_up(&database)?;
    let covered = database.query_row("SELECT through, root FROM covered", [], |row| {
        Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?))
    });
    Ok(Some((database, covered.optional()?.unwrap_or_default())))
}

/// Makes an empty index in place of whatever is there.
fn make(path: &Path) -> Result<Connection, IndexError> {
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        match fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            Ok(()) | Err(_) => {}
        }
    }
    private().create(true).append(true).open(path)?;
    let database = Connection::open(path)?;
    set_up(&database)?;
    database.execute_batch(SCHEMA)?;
    database.pragma_update(None, "user_version", VERSION)?;
    Ok(database)
}

/// A view needs no sync: what a crash leaves of it is compared with the ledger when it is opened.
fn set_up(database: &Connection) -> rusqlite::Result<()> {
    database.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON;",
    )
}

fn apply(transaction: &Transaction<'_>, leaf: &Leaf) -> rusqlite::Result<()> {
    let index = leaf.i.cast_signed();
    let set =
        |sql, id: &str| transaction.prepare_cached(sql)?.execute(params![index, id]).map(drop);
    match &leaf.record {
        Record::Decision(decision) => {
            approval::decided(transaction, leaf, decision)?;
            transaction
            .prepare_cached(
                "INSERT INTO events (decision, id, agent, action, allowed, at, session, asked_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                index,
                decision.id,
                decision.agent,
                decision.action,
                decision.allowed,
                leaf.at.as_microsecond(),
                decision.session,
                decision.asked_by,
            ])
            .map(drop)
        }
        Record::Outcome(outcome) if outcome.late => {
            set("UPDATE events SET late = ?1 WHERE id = ?2", &outcome.id)
        }
        Record::Outcome(outcome) => {
            set("UPDATE events SET outcome = ?1 WHERE id = ?2", &outcome.id)
        }
        Record::OutcomeMissing(missing) => {
            set("UPDATE events SET missing = ?1 WHERE id = ?2", &missing.id)
        }
        Record::ApprovalVoted(voted) => {
            approval::ended(transaction, index, &voted.id, voted.ended.as_deref())
        }
        Record::ApprovalEnded(ended) => {
            approval::ended(transaction, index, &ended.id, Some(&ended.status))
        }
        Record::ApprovalNotified(notified) => approval::note(transaction, index, &notified.id),
        Record::ApprovalViewed(viewed) => approval::note(transaction, index, &viewed.id),
        Record::Started(_)
        | Record::PolicyLoaded(_)
        | Record::PolicyProposed(_)
        | Record::AgentPromoted(_)
        | Record::SessionOpened(_)
        | Record::AgentSuspended(_)
        | Record::AgentResumed(_)
        | Record::KeyCreated(_)
        | Record::KeyRevoked(_)
        | Record::BreakGlassAsked(_)
        | Record::BreakGlassOpened(_)
        | Record::BreakGlassReviewed(_)
        | Record::ToolsOffered(_)
        | Record::LogKeyRotated(_)
        | Record::UserRedacted(_)
        | Record::RetentionHoldAdded(_)
        | Record::RetentionHoldReleased(_)
        | Record::SegmentsPruned(_)
        | Record::LogContinued(_) => Ok(()),
    }
}
