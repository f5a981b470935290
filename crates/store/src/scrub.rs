//! Scrubbing: every record is read and hashed again while the store is in use, and compared with the tiles and the
//! newest checkpoint. A start from a snapshot does not read old records, so what was done to them is found here.
//!
//! What contradicts the checkpoint closes the ledger: nothing more is built on a history that is not the one signed.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use syndic_ledger::{Hash, Head, Line, TILE_LEVELS, TILE_WIDTH, TileEdge, tile_hashes};
use thiserror::Error;

use crate::Store;
use crate::directory::Layout;
use crate::positions::Positions;
use crate::publish::Checkpoints;
use crate::raw;
use crate::read::ReadError;
use crate::sequencer::Shared;
use crate::tiles::TileFiles;

/// How many records are read until it is asked whether the store closes.
const AT_ONCE: u64 = 1024;
/// How often everything is read again.
const EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// How often it is begun anew where records are dropped meanwhile.
const AGAIN: usize = 3;

/// What was read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scrubbed {
    /// The first record.
    pub first: u64,
    /// The index after the last of them: how many records the checkpoint covers.
    pub through: u64,
    /// The first record above which a tile is not what the records make. The records are those that were signed.
    pub tiles_differ: Option<u64>,
}

/// Why not everything is as it was written.
#[derive(Debug, Error)]
pub enum ScrubError {
    /// The segments are not what was signed.
    #[error(
        "the segments contradict the checkpoint, from record {0} on: restore them from a backup"
    )]
    Contradicted(u64),
    /// A record cannot be read for now, or the tiles cannot.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Reads everything again, from time to time.
#[derive(Debug, Clone)]
pub(crate) struct Scrubber {
    pub(crate) layout: Layout,
    pub(crate) shared: Arc<Shared>,
    pub(crate) positions: Arc<Positions>,
    pub(crate) checkpoints: Arc<Checkpoints>,
}

impl Scrubber {
    /// Scrubs once a day until the store closes; at once where `at_once`.
    pub(crate) fn keep_scrubbed(&self, at_once: bool) {
        let mut now = at_once;
        loop {
            if !now {
                self.shared.durable.wait(u64::MAX, EVERY);
            }
            now = false;
            if self.shared.durable.has_ended() {
                return;
            }
            if let Err(ScrubError::Read(error)) = self.scrub() {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the segments cannot be read again; it is tried tomorrow");
            }
        }
    }

    /// Scrubs once, says what was found, and closes the ledger where it contradicts the checkpoint. Nothing is found
    /// where the store closes meanwhile.
    fn scrub(&self) -> Result<Option<Scrubbed>, ScrubError> {
        let mut again = AGAIN;
        let found = loop {
            match self.pass() {
                Err(ScrubError::Read(ReadError::Pruned(_))) if again > 0 => again -= 1,
                found => break found,
            }
        };
        match &found {
            Err(ScrubError::Contradicted(index)) => {
                tracing::error!(
                    index,
                    "the ledger is closed: its segments contradict the checkpoint from this record on; restore them \
                     from a backup"
                );
                self.shared.contradicted.fetch_min(*index, Ordering::AcqRel);
                self.shared.close();
            }
            Ok(Some(Scrubbed { through, tiles_differ, .. })) => {
                self.shared.scrubbed.store(*through, Ordering::Release);
                if let Some(index) = tiles_differ {
                    tracing::error!(
                        index,
                        "the tiles are damaged above this record, and the records are not: stop, remove `tiles` (not \
                         where records were dropped: restore it from a backup), and start again"
                    );
                }
            }
            Ok(None) | Err(ScrubError::Read(_)) => {}
        }
        found
    }

    fn pass(&self) -> Result<Option<Scrubbed>, ScrubError> {
        let head = self.checkpoints.newest.read().head;
        let first = self.positions.first();
        let unread = |error| ScrubError::Read(ReadError::Tiles(Arc::new(error)));
        let tiles = TileFiles::open(&self.layout).map_err(unread)?;
        let mut comparison = Comparison::begin(&tiles, first, head).map_err(unread)?;
        while comparison.next < head.size {
            if self.shared.durable.has_ended() {
                return Ok(None);
            }
            let from = comparison.next;
            let to = from.saturating_add(AT_ONCE).min(head.size);
            let mut torn = None;
            let read = raw::lines(&self.positions, from, to, |line| {
                if !is_whole(line) {
                    torn.get_or_insert(comparison.next);
                }
                comparison.take(line.hash());
            });
            read.map_err(|error| judge(error, &self.positions))?;
            if let Some(index) = torn {
                return Err(ScrubError::Contradicted(index));
            }
        }
        let tiles_differ = comparison.differs;
        if !comparison.is_of(head) {
            let last = head.size.saturating_sub(1);
            return Err(ScrubError::Contradicted(tiles_differ.unwrap_or(last)));
        }
        Ok(Some(Scrubbed { first, through: head.size, tiles_differ }))
    }
}

/// Tells whether what is sealed beside a leaf has its shape, which the tree says nothing of.
fn is_whole(line: &Line<'_>) -> bool {
    line.sealed().is_ok()
}

/// Tells a record that is another from one that cannot be had for now.
fn judge(error: ReadError, positions: &Positions) -> ScrubError {
    let at = match &error {
        ReadError::Line(index, _) | ReadError::Changed(index) | ReadError::Beyond(index) => *index,
        // What does not unpack, and a file that somebody took away; not what the disk refuses.
        ReadError::Io(index, source)
            if source.raw_os_error().is_none() || source.kind() == io::ErrorKind::NotFound =>
        {
            *index
        }
        ReadError::Io(..)
        | ReadError::Pruned(_)
        | ReadError::Behind(_)
        | ReadError::Keys(_)
        | ReadError::Unsigned(_)
        | ReadError::Tiles(_)
        | ReadError::Index(_) => return ScrubError::Read(error),
    };
    if at < positions.first() {
        return ScrubError::Read(ReadError::Pruned(at));
    }
    ScrubError::Contradicted(at)
}

/// What the records make, hash for hash beside the tiles.
struct Comparison<'a> {
    tiles: &'a TileFiles,
    end: u64,
    edge: TileEdge,
    next: u64,
    levels: [Level; TILE_LEVELS],
    differs: Option<u64>,
}

/// How far one level has come, and the tile it is in.
#[derive(Debug, Default)]
struct Level {
    next: u64,
    tile: Option<Vec<Hash>>,
}

impl<'a> Comparison<'a> {
    fn begin(tiles: &'a TileFiles, first: u64, head: Head) -> io::Result<Self> {
        let level = |level| Level { next: tile_hashes(first, level), tile: None };
        Ok(Self {
            tiles,
            end: head.size,
            edge: tiles.edge_at(first)?,
            next: first,
            levels: std::array::from_fn(level),
            differs: None,
        })
    }

    fn take(&mut self, leaf: Hash) {
        let Self { tiles, end, edge, levels, differs, .. } = self;
        edge.append(leaf, |height, hash| {
            let Some(level) = levels.get_mut(height) else { return };
            let n = level.next;
            level.next += 1;
            if !level.has(tiles, *end, height, n, hash) {
                differs.get_or_insert(n << (8 * height));
            }
        });
        self.next += 1;
    }

    fn is_of(&self, head: Head) -> bool {
        self.edge.tree(self.next).head() == head
    }
}

impl Level {
    /// Tells whether hash `n` of a level is this one on disk.
    fn has(&mut self, tiles: &TileFiles, end: u64, height: usize, n: u64, hash: &Hash) -> bool {
        let within = n % TILE_WIDTH;
        if within == 0 || self.tile.is_none() {
            let first = n - within;
            let count = (tile_hashes(end, height) - first).min(TILE_WIDTH);
            self.tile = Some(tiles.read(height, first, count).unwrap_or_default());
        }
        let known = usize::try_from(within).ok();
        let known = known.and_then(|within| self.tile.as_ref()?.get(within));
        known == Some(hash)
    }
}

impl Store {
    /// Reads every record that the newest checkpoint covers and compares it with the tiles and the checkpoint, in this
    /// thread; where they are contradicted, the ledger closes. It happens by itself, once a day, in a store that was
    /// opened with [`Self::resume`]. Blocks on the disk.
    ///
    /// # Errors
    /// When the segments contradict the checkpoint, or cannot be read.
    pub fn scrub(&self) -> Result<Option<Scrubbed>, ScrubError> {
        self.scrubber().scrub()
    }

    pub(crate) fn scrubber(&self) -> Scrubber {
        Scrubber {
            layout: self.shelf.layout.clone(),
            shared: self.shared.clone(),
            positions: self.positions.clone(),
            checkpoints: self.checkpoints.clone(),
        }
    }
}
