//! Following the ledger: the index covers what is durable, never more, and never holds the writer up.

use std::time::Duration;

use crate::index::{Index, IndexError};
use crate::lines::Lines;
use crate::positions::Positions;
use crate::progress::Progress;

/// How many records one transaction covers at most.
const BATCH: u64 = 4096;

/// A transaction costs the same for one record and for many: the index waits for so many records, or so long, unless
/// somebody asks for what it does not cover yet.
const WORTHWHILE: u64 = 512;
const PATIENCE: Duration = Duration::from_millis(10);

/// Follows until `durable` ends. An index that cannot be written stays where it is; the ledger goes on.
pub(crate) fn follow(
    mut index: Index,
    durable: &Progress,
    positions: &Positions,
    indexed: &Progress,
) {
    if let Err(error) = try_follow(&mut index, durable, positions, indexed) {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "the index stops here until a restart"
        );
    }
    indexed.end();
}

fn try_follow(
    index: &mut Index,
    durable: &Progress,
    positions: &Positions,
    indexed: &Progress,
) -> Result<(), IndexError> {
    let mut tail = Tail { positions, lines: None };
    loop {
        durable.wait(index.through() + 1);
        durable.wait_at_most(index.through() + WORTHWHILE, PATIENCE);
        if durable.has_ended() {
            return Ok(());
        }
        let count = (durable.value() - index.through()).min(BATCH);
        index.cover(count, |index| tail.line(index))?;
        indexed.publish(index.through());
    }
}

/// Lines in order, from one segment into the next.
struct Tail<'a> {
    positions: &'a Positions,
    lines: Option<Lines>,
}

impl Tail<'_> {
    /// Returns the line of record `index`, which is durable and follows the one before.
    fn line(&mut self, index: u64) -> Result<Vec<u8>, IndexError> {
        if let Some(lines) = &mut self.lines
            && let Some(line) = lines.next()?
        {
            return Ok(line.to_vec());
        }
        let mut lines = self.positions.lines_from(index)?.ok_or(IndexError::Lost(index))?;
        let line = lines.next()?.ok_or(IndexError::Lost(index))?.to_vec();
        self.lines = Some(lines);
        Ok(line)
    }
}
