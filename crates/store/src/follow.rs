//! Following the ledger: the index covers what is durable, never more, and never holds the writer up.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::index::{Index, IndexError, Readers, Texts, is_damage};
use crate::lines::Lines;
use crate::positions::Positions;
use crate::progress::Progress;

/// How many records one transaction covers at most.
const BATCH: u64 = 4096;

/// A transaction costs the same for one record and for many: the index waits for so many records, or so long, unless
/// somebody asks for what it does not cover yet.
const WORTHWHILE: u64 = 512;
const PATIENCE: Duration = Duration::from_millis(10);

/// How long it may take until a reader that met damage is heard.
const HEARING: Duration = Duration::from_secs(1);

/// How often the index is made again in one run: a disk that damages it each time is not mended by it.
const AGAIN: usize = 3;

/// How often it is told how far a long catching up has come.
const TELLING: Duration = Duration::from_secs(2);

/// What is followed, and what follows it.
pub(crate) struct Follower<'a> {
    pub(crate) index: &'a Mutex<Index>,
    pub(crate) readers: &'a Readers,
    pub(crate) texts: &'a Texts,
    pub(crate) durable: &'a Progress,
    pub(crate) positions: &'a Positions,
    pub(crate) indexed: &'a Progress,
}

impl Follower<'_> {
    /// Follows until the ledger ends. An index that cannot be written stays where it is; the ledger goes on.
    pub(crate) fn follow(&self) {
        let mut again = 0;
        while let Err(error) = self.try_follow() {
            let damaged = matches!(&error, IndexError::Sqlite(error) if is_damage(error));
            again += usize::from(damaged);
            let renewed = if damaged && again <= AGAIN {
                tracing::warn!("the index is damaged and is made again");
                self.renew()
            } else {
                Err(error)
            };
            if let Err(error) = renewed {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the index stops here until a restart"
                );
                break;
            }
        }
        self.indexed.end();
    }

    fn renew(&self) -> Result<(), IndexError> {
        let mut index = self.index.lock();
        index.begin_anew()?;
        // Who met it meanwhile met what is gone.
        self.readers.take_damaged();
        self.indexed.publish(index.through());
        Ok(())
    }

    fn try_follow(&self) -> Result<(), IndexError> {
        let Self { index, readers, texts, durable, positions, indexed } = *self;
        let mut tail = Tail { positions, lines: None, next: 0 };
        let mut telling = Telling::new();
        loop {
            let through = index.lock().through();
            durable.wait(through + 1, HEARING);
            if readers.take_damaged() {
                let damage = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
                return Err(rusqlite::Error::SqliteFailure(damage, None).into());
            }
            durable.wait_at_most(through + WORTHWHILE, PATIENCE);
            if durable.has_ended() {
                return Ok(());
            }
            let (mut index, end) = (index.lock(), durable.value());
            let count = end.saturating_sub(index.through()).min(BATCH);
            if count > 0 {
                index.cover(count, texts, |index| tail.line(index))?;
            }
            indexed.publish(index.through());
            telling.tell(index.through(), end);
        }
    }
}

/// Tells how far the index has come while it has far to go.
struct Telling {
    since: Instant,
    from: Option<u64>,
}

impl Telling {
    fn new() -> Self {
        Self { since: Instant::now(), from: None }
    }

    fn tell(&mut self, through: u64, end: u64) {
        if through >= end {
            self.from = None;
            return;
        }
        let from = *self.from.get_or_insert_with(|| {
            self.since = Instant::now();
            through
        });
        let elapsed = self.since.elapsed();
        if elapsed >= TELLING {
            let per_s = (through.saturating_sub(from) * 1000)
                .checked_div(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX));
            tracing::info!(
                indexed_through = through,
                records = end,
                per_s = per_s.unwrap_or(0),
                "the index is catching up with the ledger"
            );
            *self = Self { since: Instant::now(), from: Some(through) };
        }
    }
}

/// Lines in order, from one segment into the next.
struct Tail<'a> {
    positions: &'a Positions,
    lines: Option<Lines>,
    /// The record whose line is next in `lines`.
    next: u64,
}

impl Tail<'_> {
    /// Returns the line of record `index`, which is durable.
    fn line(&mut self, index: u64) -> Result<Vec<u8>, IndexError> {
        if let Some(lines) = &mut self.lines
            && self.next == index
            && let Some(line) = lines.next()?
        {
            self.next += 1;
            return Ok(line.to_vec());
        }
        let mut lines = self.positions.lines_from(index)?.ok_or(IndexError::Lost(index))?;
        let line = lines.next()?.ok_or(IndexError::Lost(index))?.to_vec();
        self.lines = Some(lines);
        self.next = index + 1;
        Ok(line)
    }
}
