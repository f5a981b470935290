//! Dropping old segments: whole ones, from the first on. Their hashes stay, and so do the leaves that still govern.
//!
//! First the leaves are carried and the tiles synced; then the record `SegmentsPruned` is written; then the files go. A
//! start finishes what a crash left after the record.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use syndic_ledger::{Leaf, Line, Record, Tree};
use thiserror::Error;

use crate::Store;
use crate::carried::Luggage;
use crate::directory::{remove, sync_parent};
use crate::index::Index;
use crate::keys::KeysError;
use crate::lines::Lines;
use crate::positions::Positions;
use crate::read::ReadError;
use crate::shelf::{Shelf, ShelfError, at};

/// How long dropping waits for a checkpoint that covers what is dropped.
const PATIENCE: Duration = Duration::from_secs(10);

/// What may be dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prunable {
    /// The first record.
    pub from: u64,
    /// The first record that is kept.
    pub to: u64,
    /// How many segments that is.
    pub segments: u64,
    /// How many bytes they have on disk.
    pub bytes: u64,
    /// Why the next segment is kept.
    pub kept_by: KeptBy,
}

/// Why a segment is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptBy {
    /// It is still written to.
    Open,
    /// A record is too young.
    Age(u64),
    /// A record is held back.
    Hold(u64),
    /// Somebody who follows the ledger has not come so far.
    Follower(u64),
}

/// Why nothing was dropped, or not all of it yet.
#[derive(Debug, Error)]
pub enum PruneError {
    /// A segment cannot be read or removed.
    #[error(transparent)]
    Segment(#[from] ShelfError),
    /// A record cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The record is another one.
    #[error("record {0} drops nothing")]
    Other(u64),
    /// The records are dropped, and their keys are still there.
    #[error(
        "the segments are dropped, and keys could not be destroyed; the next dropping tries again"
    )]
    Keys(#[from] Arc<KeysError>),
}

impl Shelf {
    /// Finds the whole segments, from the first on, of which every record is older than `before`, not `held`, and before
    /// `below`.
    fn prunable(
        &self,
        before: Timestamp,
        below: u64,
        held: &mut dyn FnMut(&Leaf) -> bool,
    ) -> Result<Prunable, ShelfError> {
        let from = self.positions.first();
        let mut found = Prunable { from, to: from, segments: 0, bytes: 0, kept_by: KeptBy::Open };
        for segment in self.sealed() {
            let end = segment.first + segment.records;
            if end > below {
                found.kept_by = KeptBy::Follower(below);
                break;
            }
            let mut kept_by = None;
            self.each(segment.first, &mut |_, leaf| {
                if leaf.at >= before {
                    kept_by = Some(KeptBy::Age(leaf.i));
                } else if held(leaf) {
                    kept_by = Some(KeptBy::Hold(leaf.i));
                }
                kept_by.is_none()
            })?;
            if let Some(kept_by) = kept_by {
                found.kept_by = kept_by;
                break;
            }
            found.to = end;
            found.segments += 1;
            found.bytes += segment.stored;
        }
        Ok(found)
    }

    /// Gives each line of a segment to `each` until it has enough.
    fn each(
        &self,
        first: u64,
        each: &mut dyn FnMut(&[u8], &Leaf) -> bool,
    ) -> Result<(), ShelfError> {
        let path = self.layout.segment(first);
        let refused = || at(path.clone());
        let (_, mut lines) = Lines::of_segment(&self.layout, first).map_err(refused())?;
        while let Some(line) = lines.next().map_err(refused())? {
            let leaf = Line::parse(line).and_then(|line| line.decode());
            let leaf = leaf.map_err(|error| refused()(std::io::Error::other(error)))?;
            if !each(line, &leaf) {
                break;
            }
        }
        Ok(())
    }

    /// Keeps what still governs of the segments before `to`.
    pub(crate) fn carry(&self, to: u64) -> Result<(), ShelfError> {
        let refused = || at(self.layout.carried());
        let mut luggage = Luggage::default();
        luggage.take_former(&self.layout, self.positions.first()).map_err(refused())?;
        for segment in self.sealed().iter().filter(|segment| segment.first < to) {
            self.each(segment.first, &mut |line, leaf| {
                luggage.take(line, leaf);
                true
            })?;
        }
        luggage.write(&self.layout, &self.positions).map_err(refused())
    }

    /// Removes the segments before `to`, the first one first: what is left has no gap whenever it ends.
    pub(crate) fn remove_before(&self, to: u64) -> Result<u64, ShelfError> {
        let dropped = self.positions.drop_before(to);
        for first in &dropped {
            let files = [
                self.layout.segment(*first),
                self.layout.compressed(*first),
                self.layout.sidecar(*first),
            ];
            for file in files {
                remove(&file).map_err(at(file.clone()))?;
            }
            let path = self.layout.segment(*first);
            sync_parent(&path).map_err(at(path.clone()))?;
        }
        Ok(dropped.len() as u64)
    }
}

impl Store {
    /// Returns the first record that was not dropped.
    #[must_use]
    pub fn first_index(&self) -> u64 {
        self.positions.first()
    }

    /// Finds what may be dropped: whole segments of which every record is older than `before` and not `held`. Blocks on
    /// the disk.
    ///
    /// # Errors
    /// When a segment cannot be read.
    pub fn prunable(
        &self,
        before: Timestamp,
        held: &mut dyn FnMut(&Leaf) -> bool,
    ) -> Result<Prunable, PruneError> {
        self.prunable_below(before, u64::MAX, held)
    }

    /// Does as [`Self::prunable`], and keeps what somebody needs from record `needed_from` on.
    ///
    /// # Errors
    /// As there.
    pub fn prunable_below(
        &self,
        before: Timestamp,
        needed_from: u64,
        held: &mut dyn FnMut(&Leaf) -> bool,
    ) -> Result<Prunable, PruneError> {
        let below = self.followed_through().min(needed_from);
        Ok(self.shelf.prunable(before, below, held)?)
    }

    /// Returns the files of the segments before `to`, compressed. Blocks on the disk.
    ///
    /// # Errors
    /// When one cannot be compressed.
    pub fn segment_files(&self, to: u64) -> Result<Vec<PathBuf>, PruneError> {
        self.shelf.compress_all()?;
        let sealed = self.shelf.sealed().into_iter().filter(|segment| segment.first < to);
        Ok(sealed.map(|segment| self.shelf.layout.compressed(segment.first)).collect())
    }

    /// Makes ready for dropping the segments before `to`: their hashes and what of them still governs are on disk and in
    /// a signed checkpoint. Blocks on the disk.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn carry(&self, to: u64) -> Result<(), PruneError> {
        let _turn = self.shelf.take();
        if let Some(last) = to.checked_sub(1) {
            self.checkpoint_over(last, PATIENCE)?;
        }
        let unsynced = |error| ReadError::Tiles(Arc::new(error));
        self.tiles.sync().map_err(unsynced)?;
        Ok(self.shelf.carry(to)?)
    }

    /// Drops the segments that the record `index`, a durable [`SegmentsPruned`](syndic_ledger::SegmentsPruned), says are
    /// dropped, after [`Self::carry`], and destroys the keys that no other record names. Returns how many those were. Blocks on the disk.
    ///
    /// # Errors
    /// When a file cannot be removed; the next start tries again.
    pub fn prune(&self, index: u64) -> Result<u64, PruneError> {
        let Record::SegmentsPruned(pruned) = self.read(index)?.leaf.record else {
            return Err(PruneError::Other(index));
        };
        let dropped = {
            let _turn = self.shelf.take();
            // Nobody finds what is not there any more.
            self.drop_from_index(pruned.to)?;
            self.shelf.remove_before(pruned.to)?
        };
        self.destroy_unnamed_keys()?;
        Ok(dropped)
    }

    /// Drops what the index has of records before `index`: whole months by deleting their files. Waits for a checkpoint
    /// that covers them.
    ///
    /// # Errors
    /// When the index cannot be changed.
    pub fn drop_from_index(&self, index: u64) -> Result<(), ReadError> {
        if let Some(last) = index.checked_sub(1) {
            self.checkpoint_over(last, PATIENCE)?;
        }
        let first = self.tiles.tree_at(index);
        let first = first.map_err(|error| ReadError::Tiles(Arc::new(error)))?;
        loop {
            // Whoever waits for the index gets a turn in between.
            let mut turn = self.index.lock();
            match turn.thin(index, &self.texts, |index| self.read(index)) {
                Ok(true) => {}
                Ok(false) => return self.drop_months(&mut turn, first),
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the words of old records cannot be taken out of the index"
                    );
                    return self.drop_months(&mut turn, first);
                }
            }
        }
    }

    fn drop_months(&self, index: &mut Index, first: Tree) -> Result<(), ReadError> {
        let dropped = index.drop_before(first);
        self.indexed.publish(index.through());
        Ok(dropped?)
    }

    /// Returns how far everybody has come who must have read a record before it may go.
    fn followed_through(&self) -> u64 {
        if self.is_followed() { self.indexed.value() } else { self.durable_index() }
    }
}

/// Finishes at a start what a crash left after the record.
pub(crate) fn finish(shelf: &Shelf, positions: &Positions, to: u64) -> Result<(), ShelfError> {
    if to <= positions.first() {
        return Ok(());
    }
    shelf.carry(to)?;
    let segments = shelf.remove_before(to)?;
    tracing::warn!(segments, to, "dropped the segments that dropping had left");
    Ok(())
}
