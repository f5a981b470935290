//! The index: a view of the ledger in SQLite, a database for each month. Delete it and it is made again.
//!
//! Databases are committed months first. Each says how far it has come, so what an interrupted run committed in one of
//! them is not done again.

mod file;
mod month;
mod readers;

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, params};
use syndic_ledger::{Decision, Leaf, Line, LineError, Record, Tree};
use thiserror::Error;

use crate::approval;
use crate::directory::{Layout, make};
use crate::keys::Keys;
use crate::read::{self, ReadError, Stored};
use crate::tokens::{Tokens, is_erased};

use self::month::{Later, MonthFile};

pub(crate) use self::month::{Month, stored_id};
pub(crate) use self::readers::{Readers, Span, is_damage};

/// How many months are kept open to be written.
const OPEN: usize = 4;

/// How many events are taken out of a month at once.
const THINNED: usize = 2048;

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

    /// Takes the words and the users of events out of the index, by the positions of their decisions, and leaves
    /// nothing of them in its files. Their parts must still be readable. Where it cannot be told what to take out, or the
    /// files be changed, the index begins anew.
    pub(crate) fn forget(
        &mut self,
        decisions: &[u64],
        texts: &Texts,
        read: impl Fn(u64) -> Result<Stored, ReadError>,
    ) -> Result<(), IndexError> {
        match self.try_forget(decisions, texts, read) {
            Ok(true) => Ok(()),
            // Words that nobody can tell any more are in it.
            Ok(false) => self.begin_anew(),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "words cannot be taken out of the index, which is made again"
                );
                self.begin_anew()
            }
        }
    }

    fn try_forget(
        &mut self,
        decisions: &[u64],
        texts: &Texts,
        read: impl Fn(u64) -> Result<Stored, ReadError>,
    ) -> Result<bool, ReadError> {
        let mut complete = true;
        let mut changed = Vec::new();
        for index in decisions {
            let Some(span) =
                self.spans.iter().find(|span| (span.first..=span.last).contains(index))
            else {
                continue;
            };
            let month = span.month;
            let Stored { leaf, parts } = match read(*index) {
                Err(ReadError::Pruned(_)) => continue,
                stored => stored?,
            };
            let Record::Decision(decision) = &leaf.record else { continue };
            let before = (!is_erased(&parts)).then(|| texts.tokens.of_decision(decision, &parts));
            let after = texts.tokens.of_decision(decision, &read::erased(&leaf));
            complete &= self.month(month)?.forget(*index, before.as_deref(), &after)?;
            changed.push(month);
        }
        if !complete {
            return Ok(false);
        }
        let through = self.through();
        for (month, file) in &mut self.months {
            if changed.contains(month) {
                file.commit(through)?;
                file.scrub()?;
            }
        }
        Ok(true)
    }

    /// Takes some of the events of decisions before `index` out of the month that is dropped in part, with their words,
    /// and leaves nothing of them in its file. Tells whether more are left. Their parts must still be readable.
    ///
    /// # Errors
    /// When it cannot be told what to take out, or the file be changed; what was begun is taken back.
    pub(crate) fn thin(
        &mut self,
        index: u64,
        texts: &Texts,
        read: impl Fn(u64) -> Result<Stored, ReadError>,
    ) -> Result<bool, ReadError> {
        let partly = self.spans.iter().find(|span| (span.first + 1..=span.last).contains(&index));
        let Some(month) = partly.map(|span| span.month) else { return Ok(false) };
        let thinned = self.try_thin(month, index, texts, read);
        if thinned.is_err() {
            self.months.remove(&month);
        }
        thinned
    }

    fn try_thin(
        &mut self,
        month: Month,
        index: u64,
        texts: &Texts,
        read: impl Fn(u64) -> Result<Stored, ReadError>,
    ) -> Result<bool, ReadError> {
        let through = self.through();
        let file = self.month(month)?;
        let old = file.before(index, THINNED)?;
        for (decision, forgotten) in &old {
            let Stored { leaf, parts } = read(*decision)?;
            let Record::Decision(record) = &leaf.record else {
                return Err(ReadError::Changed(*decision));
            };
            let parts = if *forgotten { read::erased(&leaf) } else { parts };
            if is_erased(&parts) && !forgotten {
                return Err(ReadError::Changed(*decision));
            }
            file.remove(*decision, &texts.tokens.of_decision(record, &parts))?;
        }
        file.commit(through)?;
        if old.len() < THINNED {
            file.scrub()?;
        }
        Ok(old.len() == THINNED)
    }

    /// Drops the events and the ended requests of records before those that follow `first`: whole months by deleting
    /// their files. One that is dropped in part is to be [thinned](Self::thin) before. Where that was not done, or the
    /// files cannot be changed, the index begins anew.
    pub(crate) fn drop_before(&mut self, first: Tree) -> Result<(), IndexError> {
        let index = first.size();
        self.first = first;
        self.try_drop_before(index).or_else(|error| {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "old records cannot be dropped from the index, which is made again"
            );
            self.begin_anew()
        })
    }

    fn try_drop_before(&mut self, index: u64) -> Result<(), IndexError> {
        let (dropped, mut kept): (Vec<Span>, Vec<Span>) =
            self.spans.iter().partition(|span| span.last < index);
        self.main.execute_batch("BEGIN")?;
        if let Some(span) = kept.first_mut().filter(|span| span.first < index) {
            if !self.month(span.month)?.before(index, 1)?.is_empty() {
                return Err(IndexError::Lost(span.first));
            }
            span.first = index;
            let first = params![span.month.to_string(), index.cast_signed()];
            self.main.execute("UPDATE months SET first = ?2 WHERE month = ?1", first)?;
        }
        for span in &dropped {
            self.months.remove(&span.month);
            self.main.execute("DELETE FROM months WHERE month = ?1", [span.month.to_string()])?;
        }
        approval::drop_before(&self.main, index)?;
        self.main.execute_batch("COMMIT")?;
        self.spans = kept;
        self.readers.show(&self.spans);
        for span in &dropped {
            file::remove(&self.layout.index_file(&span.month.to_string()))?;
        }
        self.readers.let_go();
        Ok(())
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

    fn apply_all(
        &mut self,
        count: u64,
        texts: &Texts,
        mut next: impl FnMut(u64) -> Result<Vec<u8>, IndexError>,
    ) -> Result<(), IndexError> {
        let mut tree = self.tree.clone();
        for index in tree.size()..tree.size() + count {
            let line = next(index)?;
            let line = Line::parse(&line)?;
            self.apply(&line, &line.decode()?, texts)?;
            tree.append_leaf_hash(line.hash());
        }
        self.commit(tree)
    }

    fn apply(&mut self, line: &Line<'_>, leaf: &Leaf, texts: &Texts) -> Result<(), IndexError> {
        let index = leaf.i.cast_signed();
        match &leaf.record {
            Record::Decision(decision) => {
                approval::decided(&self.main, leaf, decision)?;
                self.add(line, leaf, decision, texts)?;
            }
            Record::Outcome(outcome) if outcome.late => {
                self.note(Later::Late, leaf.i, &outcome.id)?;
            }
            Record::Outcome(outcome) => self.note(Later::Outcome, leaf.i, &outcome.id)?,
            Record::OutcomeMissing(missing) => self.note(Later::Missing, leaf.i, &missing.id)?,
            Record::ApprovalVoted(voted) => {
                approval::ended(&self.main, index, &voted.id, voted.ended.as_deref())?;
            }
            Record::ApprovalEnded(ended) => {
                approval::ended(&self.main, index, &ended.id, Some(&ended.status))?;
            }
            Record::ApprovalNotified(notified) => {
                approval::note(&self.main, index, &notified.id)?;
            }
            Record::ApprovalViewed(viewed) => approval::note(&self.main, index, &viewed.id)?,
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
            | Record::LogContinued(_) => {}
        }
        Ok(())
    }

    fn add(
        &mut self,
        line: &Line<'_>,
        leaf: &Leaf,
        decision: &Decision,
        texts: &Texts,
    ) -> Result<(), IndexError> {
        let parts = read::open(line, leaf, &texts.keys).unwrap_or_else(|error| {
            tracing::warn!(
                record = leaf.i,
                error = &error as &dyn std::error::Error,
                "the words of a record cannot be read and are not found"
            );
            read::erased(leaf)
        });
        let tokens = texts.tokens.of_decision(decision, &parts);
        let month = self.month_of(leaf);
        if !self.spans.iter().any(|span| span.month == month) {
            let file = MonthFile::make(&self.layout, month, &self.made)?;
            self.months.insert(month, file);
        }
        self.month(month)?.add(leaf, decision, &tokens, is_erased(&parts))?;
        self.extend(month, leaf);
        Ok(())
    }

    /// Returns the month a decision belongs to: never one before the newest, so that months follow one another in the
    /// ledger too.
    fn month_of(&self, leaf: &Leaf) -> Month {
        let month = Month::of(leaf.at);
        self.spans.last().map_or(month, |newest| newest.month.max(month))
    }

    fn extend(&mut self, month: Month, leaf: &Leaf) {
        let at = leaf.at.as_microsecond();
        match self.spans.last_mut().filter(|span| span.month == month) {
            Some(span) => {
                span.ordered &= span.until <= at;
                span.since = span.since.min(at);
                span.until = span.until.max(at);
                span.last = leaf.i;
            }
            None => self.spans.push(Span {
                month,
                first: leaf.i,
                last: leaf.i,
                since: at,
                until: at,
                ordered: true,
            }),
        }
    }

    /// Notes a later record of an event, in whichever month that is.
    fn note(&mut self, later: Later, index: u64, id: &str) -> Result<(), IndexError> {
        for month in likely(&self.spans, id) {
            if self.month(month)?.note(later, index, id)? {
                break;
            }
        }
        Ok(())
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
