//! The index: a view of the ledger in SQLite, a database for each month. Delete it and it is made again.
//!
//! Databases are committed months first. Each says how far it has come, so what an interrupted run committed in one of
//! them is not done again.

mod apply;
mod drop;
mod file;
mod forget;
mod month;
mod readers;

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, params};
use syndic_ledger::{LineError, Tree};
use thiserror::Error;

use crate::directory::{Layout, make};
use crate::keys::Keys;
use crate::tokens::Tokens;

use self::month::MonthFile;

pub(crate) use self::month::{Month, stored_id};
pub(crate) use self::readers::{Readers, Span, is_damage};

/// How many months are kept open to be written.
const OPEN: usize = 4;

const SCHEMA: &str = "
    CREATE TABLE covered (
        only INTEGER PRIMARY KEY CHECK (only = 0),
        through INTEGER NOT NULL,
        root BLOB NOT NULL,
        made BLOB NOT NULL
    );
    INSERT INTO covered VALUES (0, 0, x'', randomblob(16));
    CREATE TABLE months (
        month TEXT PRIMARY KEY,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER NOT NULL,
        ordered INTEGER NOT NULL,
        through INTEGER NOT NULL
    ) WITHOUT ROWID;
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
    /// What was taken out is still in a journal, which somebody has read for many seconds.
    #[error("the index is being read all the time; try again")]
    Busy,
}

/// What the index reads of a record.
#[derive(Debug, Clone)]
pub(crate) struct Texts {
    pub(crate) keys: Arc<Keys>,
    pub(crate) tokens: Tokens,
}

/// The index, as its only writer sees it.
#[derive(Debug)]
pub(crate) struct Index {
    layout: Layout,
    main: Connection,
    /// Drawn when the index was made; its months have it too.
    made: Vec<u8>,
    /// Those that are open to be written.
    months: BTreeMap<Month, MonthFile>,
    spans: Vec<Span>,
    readers: Arc<Readers>,
    /// How many records are covered, and the root over them.
    covered: (u64, Vec<u8>),
    tree: Tree,
    /// The ledger up to its first record that was not dropped.
    first: Tree,
}

impl Index {
    /// Opens the index, or makes it anew where there is none that can be used.
    pub(crate) fn open(layout: &Layout) -> Result<Self, IndexError> {
        file::remove(&layout.former_index())?;
        make(&layout.index())?;
        let existing = Self::existing(layout).inspect_err(|error| {
            if layout.index_file("main").exists() {
                tracing::warn!(
                    error = error as &dyn std::error::Error,
                    "the index cannot be used and is made again"
                );
            }
        });
        match existing {
            Ok(Some(index)) => Ok(index),
            Ok(None) | Err(_) => Self::make(layout, Arc::new(Readers::new(layout.clone()))),
        }
    }

    /// Returns what asks the index.
    pub(crate) fn readers(&self) -> Arc<Readers> {
        self.readers.clone()
    }

    /// Returns how many records are covered.
    pub(crate) const fn through(&self) -> u64 {
        self.covered.0
    }

    /// Continues after `tree`, the ledger when it had the size that is covered. If it is not the ledger that was
    /// covered, or ends before `first`, the ledger up to its first record that was not dropped, the index begins anew.
    pub(crate) fn continue_from(
        &mut self,
        tree: Option<Tree>,
        first: Tree,
    ) -> Result<(), IndexError> {
        match tree {
            Some(tree)
                if tree.size() >= first.size()
                    && (tree.size() == 0 || tree.root().as_slice() == self.covered.1) =>
            {
                self.tree = tree;
                if first.size() > 0 { self.drop_before(first) } else { Ok(()) }
            }
            _ => {
                self.first = first;
                if self.covered.0 > 0 {
                    tracing::warn!("the index is of another ledger and is made again");
                }
                self.begin_anew()
            }
        }
    }

    /// Deletes everything and covers nothing.
    pub(crate) fn begin_anew(&mut self) -> Result<(), IndexError> {
        // A connection that closes late deletes a journal by its name: nobody has one when the files are made again.
        self.months.clear();
        self.main = Connection::open_in_memory()?;
        self.readers.show(&[]);
        let first = self.first.clone();
        *self = Self::make(&self.layout, self.readers.clone())?;
        self.covered = (first.size(), first.root().to_vec());
        (self.tree, self.first) = (first.clone(), first);
        self.readers.let_go();
        Ok(())
    }

    /// Covers `count` more records, taking their lines from `next`.
    pub(crate) fn cover(
        &mut self,
        count: u64,
        texts: &Texts,
        next: impl FnMut(u64) -> Result<Vec<u8>, IndexError>,
    ) -> Result<(), IndexError> {
        self.main.execute_batch("BEGIN")?;
        let spans = self.spans.clone();
        let covered = self.apply_all(count, texts, next);
        if covered.is_err() {
            self.spans = spans;
            // Closing takes back what was not committed.
            self.months.clear();
            self.main.execute_batch("ROLLBACK")?;
        }
        covered
    }

    /// Opens the index that is there; `None` where there is none, or one that only making it again mends.
    fn existing(layout: &Layout) -> Result<Option<Self>, IndexError> {
        let Some(main) = file::open(&layout.index_file("main"))? else { return Ok(None) };
        let covered = "SELECT through, root, made FROM covered";
        let covered: Option<(i64, Vec<u8>, Vec<u8>)> = main
            .query_row(covered, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((through, root, made)) = covered else { return Ok(None) };
        let spans = spans(&main)?;
        let mut months = BTreeMap::new();
        for (span, through) in &spans {
            let Some(file) = MonthFile::open(layout, span.month, &made)? else { return Ok(None) };
            // A loss of power takes the end of a file, of each its own.
            if file.through() < *through {
                return Ok(None);
            }
            months = BTreeMap::from([(span.month, file)]);
        }
        let spans: Vec<Span> = spans.into_iter().map(|(span, _)| span).collect();
        let readers = Readers::new(layout.clone());
        readers.show(&spans);
        Ok(Some(Self {
            layout: layout.clone(),
            main,
            made,
            months,
            spans,
            readers: Arc::new(readers),
            covered: (through.cast_unsigned(), root),
            tree: Tree::default(),
            first: Tree::default(),
        }))
    }

    /// Makes an empty index in place of whatever is there.
    fn make(layout: &Layout, readers: Arc<Readers>) -> Result<Self, IndexError> {
        fs::remove_dir_all(layout.index())?;
        make(&layout.index())?;
        let main = file::make(&layout.index_file("main"), SCHEMA)?;
        let made = main.query_row("SELECT made FROM covered", [], |row| row.get(0))?;
        Ok(Self {
            layout: layout.clone(),
            main,
            made,
            months: BTreeMap::new(),
            spans: Vec::new(),
            readers,
            covered: (0, Vec::new()),
            tree: Tree::default(),
            first: Tree::default(),
        })
    }

    fn month(&mut self, month: Month) -> rusqlite::Result<&mut MonthFile> {
        match self.months.entry(month) {
            std::collections::btree_map::Entry::Occupied(open) => Ok(open.into_mut()),
            std::collections::btree_map::Entry::Vacant(free) => {
                let file = MonthFile::open(&self.layout, month, &self.made)?;
                Ok(free.insert(file.ok_or(rusqlite::Error::QueryReturnedNoRows)?))
            }
        }
    }

    fn commit(&mut self, tree: Tree) -> Result<(), IndexError> {
        for (month, file) in self.months.iter_mut().filter(|(_, file)| file.is_changed()) {
            file.commit(tree.size())?;
            let Some(span) = self.spans.iter().find(|span| span.month == *month) else { continue };
            self.main
                .prepare_cached(
                    "INSERT OR REPLACE INTO months VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    month.to_string(),
                    span.first.cast_signed(),
                    span.last.cast_signed(),
                    span.since,
                    span.until,
                    span.ordered,
                    tree.size().cast_signed(),
                ])?;
        }
        self.main
            .prepare_cached("UPDATE covered SET through = ?1, root = ?2")?
            .execute(params![tree.size().cast_signed(), tree.root()])?;
        self.main.execute_batch("COMMIT")?;
        self.covered = (tree.size(), tree.root().to_vec());
        self.tree = tree;
        self.readers.show(&self.spans);
        while self.months.len() > OPEN {
            self.months.pop_first();
        }
        Ok(())
    }
}

/// Returns the months an id may be of, the likeliest first.
pub(crate) fn likely(spans: &[Span], id: &str) -> Vec<Month> {
    let month = Month::of_id(id);
    let mut months: Vec<Month> = spans.iter().rev().map(|span| span.month).collect();
    months.sort_by_key(|candidate| Some(*candidate) != month);
    months
}

fn spans(main: &Connection) -> rusqlite::Result<Vec<(Span, u64)>> {
    let sql =
        "SELECT month, first, last, since, until, ordered, through FROM months ORDER BY first";
    let mut statement = main.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        let month: String = row.get(0)?;
        let month = month.parse().map_err(|_| rusqlite::Error::InvalidQuery)?;
        let span = Span {
            month,
            first: row.get::<_, i64>(1)?.cast_unsigned(),
            last: row.get::<_, i64>(2)?.cast_unsigned(),
            since: row.get(3)?,
            until: row.get(4)?,
            ordered: row.get(5)?,
        };
        Ok((span, row.get::<_, i64>(6)?.cast_unsigned()))
    })?;
    rows.collect()
}
