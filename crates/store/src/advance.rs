//! Bringing the snapshot forward: the last one is read back, and the records after it are read from disk and replayed.
//! What decisions are made by is not looked at, so a snapshot is what a replay makes, and no decision waits for it.

use std::sync::Arc;
use std::time::Duration;

use syndic_ledger::{Hash, Leaf, Line, Tree};

use crate::carried;
use crate::directory::Layout;
use crate::positions::Positions;
use crate::publish::Checkpoints;
use crate::raw;
use crate::read::ReadError;
use crate::recover::Gathered;
use crate::sequencer::Shared;
use crate::snapshot::{Mark, Snapshot, SnapshotError};
use crate::tiles::TileFiles;
use crate::{Projection, Store};

/// How many records are read until it is asked whether the store closes.
const AT_ONCE: u64 = 1024;
/// How soon it is noticed that records were dropped.
const LOOK: Duration = Duration::from_secs(10);
/// How long somebody who asks waits for the newest records to be signed.
const PATIENCE: Duration = Duration::from_secs(5);

/// Writes snapshots as the ledger grows.
#[derive(Debug, Clone)]
pub(crate) struct Keeper {
    pub(crate) layout: Layout,
    pub(crate) shared: Arc<Shared>,
    pub(crate) positions: Arc<Positions>,
    pub(crate) checkpoints: Arc<Checkpoints>,
}

/// The snapshot that a start took up.
#[derive(Debug)]
pub(crate) struct TakenUp {
    pub(crate) mark: Mark,
    pub(crate) digest: Hash,
}

/// A projection on its way.
struct Behind<P> {
    first: u64,
    tree: Tree,
    gathered: Gathered,
    projection: P,
}

impl Keeper {
    /// Compares the snapshot that a start took up with what the records make, from the first one on, and closes the
    /// ledger where it is another: then decisions stand on what is in no record. Where the records are not the ones that
    /// were signed it closes too, and says nothing of the snapshot: scrubbing finds the first of them.
    pub(crate) fn check<P: Projection>(&self, taken_up: &TakenUp) {
        match self.compare::<P>(taken_up) {
            Ok(()) | Err(SnapshotError::Dropped | SnapshotError::Read(ReadError::Pruned(_))) => {}
            Err(SnapshotError::Other) => self.shared.close(),
            Err(SnapshotError::Untrue) => {
                Snapshot::discard(&self.layout, &SnapshotError::Untrue);
                tracing::error!(
                    records = taken_up.mark.through,
                    "the ledger is closed: the snapshot that this process started from is not what its records make; \
                     find out who wrote it, and start again without it"
                );
                self.shared.close();
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the snapshot cannot be compared with the records");
            }
        }
    }

    fn compare<P: Projection>(&self, taken_up: &TakenUp) -> Result<(), SnapshotError> {
        let tiles = TileFiles::open(&self.layout).map_err(|error| self.unread(error))?;
        let mut behind = self.anew::<P>(&tiles)?;
        let TakenUp { mark, digest } = taken_up;
        if behind.first != mark.first {
            return Err(SnapshotError::Dropped);
        }
        while behind.tree.size() < mark.through {
            if self.shared.durable.has_ended() {
                return Ok(());
            }
            behind.follow(&self.positions, mark.through)?;
        }
        if !mark.is_of(&behind.tree) {
            return Err(SnapshotError::Other);
        }
        match behind.snapshot().digest() == *digest {
            true => Ok(()),
            false => Err(SnapshotError::Untrue),
        }
    }

    /// Writes one whenever there are `every` records more than `covered`, until the store closes; and one when records
    /// were dropped, since then it is of others.
    pub(crate) fn keep<P: Projection>(&self, every: u64, mut covered: u64) {
        let mut first = self.positions.first();
        loop {
            let (signed, due) = (&self.checkpoints.through, covered.saturating_add(every.max(1)));
            signed.wait(due, LOOK);
            if signed.has_ended() {
                return;
            }
            let was_dropped = covered > 0 && self.positions.first() != first;
            if signed.value() < due && !was_dropped {
                continue;
            }
            first = self.positions.first();
            match self.advance::<P>() {
                Ok(Some(through)) => covered = through,
                Ok(None) => return,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, "there is no new snapshot; starts take longer");
                    covered = signed.value();
                }
            }
        }
    }

    /// Writes one up to the newest checkpoint, and returns how many records that covers; nothing where the store
    /// closes meanwhile.
    pub(crate) fn advance<P: Projection>(&self) -> Result<Option<u64>, SnapshotError> {
        let head = self.checkpoints.newest.read().head;
        let tiles = TileFiles::open(&self.layout).map_err(|error| self.unread(error))?;
        let mut behind = self.last::<P>(&tiles, head.size)?;
        while behind.tree.size() < head.size {
            if self.shared.durable.has_ended() {
                return Ok(None);
            }
            behind.follow(&self.positions, head.size)?;
        }
        if behind.tree.head() != head {
            return Err(SnapshotError::Other);
        }
        if behind.first != self.positions.first() {
            return Err(SnapshotError::Dropped);
        }
        tiles.sync().map_err(|error| self.unread(error))?;
        behind.snapshot().write(&self.layout)?;
        Ok(Some(head.size))
    }

    /// Takes up the last snapshot, or begins with the first record.
    fn last<P: Projection>(
        &self,
        tiles: &TileFiles,
        most: u64,
    ) -> Result<Behind<P>, SnapshotError> {
        let first = self.positions.first();
        let tree_at = |size| tiles.tree_at(size).map_err(|error| self.unread(error));
        let last = Snapshot::read(&self.layout, P::VERSION).unwrap_or_else(|error| {
            Snapshot::discard(&self.layout, &error);
            None
        });
        let fits = |mark: &Mark| mark.first == first && mark.through <= most;
        if let Some(Snapshot { mark, content }) = last.filter(|last| fits(&last.mark))
            && let Some(projection) = P::resume(&content)
        {
            let tree = tree_at(mark.through)?;
            if mark.is_of(&tree) {
                return Ok(Behind { first, tree, gathered: mark.gathered, projection });
            }
        }
        self.anew(tiles)
    }

    /// Begins with the first record.
    fn anew<P: Projection>(&self, tiles: &TileFiles) -> Result<Behind<P>, SnapshotError> {
        let first = self.positions.first();
        let (mut gathered, mut projection) = (Gathered::default(), P::default());
        let tree = tiles.tree_at(first).map_err(|error| self.unread(error))?;
        carried::read(&self.layout, &tree, &mut |leaf| {
            gathered.take(leaf);
            if carried::governs(&leaf.record) {
                projection.replay(leaf);
            }
        })?;
        Ok(Behind { first, tree, gathered, projection })
    }

    fn unread(&self, error: std::io::Error) -> SnapshotError {
        SnapshotError::Io(self.layout.tiles(), error)
    }
}

impl<P: Projection> Behind<P> {
    fn snapshot(self) -> Snapshot {
        let Self { first, tree, gathered, projection } = self;
        Snapshot { mark: Mark::new(P::VERSION, first, &tree, gathered), content: projection.keep() }
    }

    /// Reads on, some records.
    fn follow(&mut self, positions: &Positions, end: u64) -> Result<(), ReadError> {
        let from = self.tree.size();
        let to = from.saturating_add(AT_ONCE).min(end);
        let mut failed = None;
        raw::lines(positions, from, to, |line| match decode(line, self.tree.size()) {
            Ok(leaf) if failed.is_none() => {
                self.tree.append_leaf_hash(line.hash());
                self.gathered.take(&leaf);
                self.projection.replay(&leaf);
            }
            Ok(_) => {}
            Err(error) => drop(failed.get_or_insert(error)),
        })?;
        failed.map_or(Ok(()), Err)
    }
}

fn decode(line: &Line<'_>, index: u64) -> Result<Leaf, ReadError> {
    line.decode().map_err(|error| ReadError::Line(index, Arc::new(error)))
}

impl Store {
    /// Brings the snapshot of `P` up to a checkpoint over all records that are there, in this thread; returns how many
    /// it covers. It happens by itself in a store that was opened with [`Self::resume`]. Blocks on the disk.
    ///
    /// # Errors
    /// When a record cannot be read or is not signed, or the snapshot not be written.
    pub fn snapshot<P: Projection>(&self) -> Result<u64, SnapshotError> {
        if let Some(last) = self.durable_index().checked_sub(1) {
            self.checkpoint_over(last, PATIENCE)?;
        }
        Ok(self.keeper().advance::<P>()?.unwrap_or_default())
    }

    pub(crate) fn keeper(&self) -> Keeper {
        Keeper {
            layout: self.shelf.layout.clone(),
            shared: self.shared.clone(),
            positions: self.positions.clone(),
            checkpoints: self.checkpoints.clone(),
        }
    }
}
