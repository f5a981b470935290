//! Reading the index: which months there are, and connections to ask them.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Mutex, RwLock};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::directory::Layout;
use crate::index::month::Month;

/// How many connections wait for the next question.
const IDLE: usize = 16;

/// The events of a month: a run of the ledger, since a month begins when the first event after the one before does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) month: Month,
    /// The first decision.
    pub(crate) first: u64,
    /// The last decision.
    pub(crate) last: u64,
    /// The earliest time, in microseconds.
    pub(crate) since: i64,
    /// The latest time, in microseconds.
    pub(crate) until: i64,
    /// No decision is earlier than the one before.
    pub(crate) ordered: bool,
}

/// What everybody but the writer sees of the index.
#[derive(Debug)]
pub(crate) struct Readers {
    layout: Layout,
    /// In order.
    spans: RwLock<Vec<Span>>,
    pool: Mutex<Pool>,
    damaged: AtomicBool,
}

/// Connections that wait.
#[derive(Debug, Default)]
struct Pool {
    idle: Vec<Idle>,
    /// Grows when files were deleted: a connection from before is not used again.
    generation: u64,
}

#[derive(Debug)]
struct Idle {
    file: PathBuf,
    database: Connection,
}

impl Readers {
    pub(crate) fn new(layout: Layout) -> Self {
        Self {
            layout,
            spans: RwLock::default(),
            pool: Mutex::default(),
            damaged: AtomicBool::new(false),
        }
    }

    pub(crate) fn spans(&self) -> Vec<Span> {
        self.spans.read().clone()
    }

    pub(crate) fn show(&self, spans: &[Span]) {
        spans.clone_into(&mut self.spans.write());
    }

    /// Lets go of every connection, after files were deleted.
    pub(crate) fn let_go(&self) {
        let mut pool = self.pool.lock();
        pool.generation += 1;
        pool.idle.clear();
    }

    /// Tells, once, whether somebody read what is no database any more.
    pub(crate) fn take_damaged(&self) -> bool {
        self.damaged.swap(false, Ordering::AcqRel)
    }

    /// Asks the database of what there is only one of.
    pub(crate) fn main<T>(
        &self,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        self.ask(self.layout.index_file("main"), ask)
    }

    /// Asks the database of a month; `None` where the month was dropped meanwhile.
    pub(crate) fn month<T>(
        &self,
        month: Month,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        match self.ask(self.layout.index_file(&month.to_string()), ask) {
            Ok(answer) => Ok(Some(answer)),
            Err(_) if self.spans.read().iter().all(|span| span.month != month) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn ask<T>(
        &self,
        file: PathBuf,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let (generation, database) = self.take(&file)?;
        let answer = ask(&database);
        let mut pool = self.pool.lock();
        if generation != pool.generation {
            return answer;
        }
        match &answer {
            Ok(_) => {
                pool.idle.truncate(IDLE - 1);
                pool.idle.insert(0, Idle { file, database });
            }
            Err(error) if is_damage(error) => self.damaged.store(true, Ordering::Release),
            Err(_) => {}
        }
        answer
    }

    fn take(&self, file: &Path) -> rusqlite::Result<(u64, Connection)> {
        let mut pool = self.pool.lock();
        let generation = pool.generation;
        if let Some(free) = pool.idle.iter().position(|idle| idle.file == file) {
            return Ok((generation, pool.idle.remove(free).database));
        }
        drop(pool);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Connection::open_with_flags(file, flags)?;
        database.set_prepared_statement_cache_capacity(32);
        Ok((generation, database))
    }
}

/// Tells whether a database is not what was written, which only making it again mends.
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}
