//! Opening: the order in which a data directory is taken, recovered and handed to its threads.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use syndic_ledger::Leaf;
use syndic_model::Clock;
use thiserror::Error;

use crate::advance::TakenUp;
use crate::checkpoint::{Stored, StoredCheckpointError};
use crate::cipher::Random;
use crate::directory::{DirectoryError, Layout};
use crate::erase::EraseError;
use crate::index::{Index, IndexError};
use crate::keys::KeysError;
use crate::log_key::{LogKeyError, LogKeys};
use crate::master::MasterKey;
use crate::read::ReadError;
use crate::recover::{Gathered, Recovered, recover};
use crate::resume::resume;
use crate::scan::ScanError;
use crate::segment::{Disk, RealDisk};
use crate::shelf::ShelfError;
use crate::snapshot::{Mark, Snapshot, SnapshotError};
use crate::{Projection, Store};

/// When a record counts as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// When it survives a loss of power.
    #[default]
    Full,
    /// When it survives the end of the process; it is synced within a second.
    Buffered,
}

/// How a store is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// When a record counts as written.
    pub durability: Durability,
    /// How many records may be on their way at once.
    pub queue: usize,
    /// How large a segment grows before the next one begins.
    pub segment_bytes: u64,
    /// Where the key is that wraps those of parts.
    pub master_key: MasterKey,
    /// Whether segments are compressed in the background once they are sealed.
    pub compress: bool,
    /// The log's name in its checkpoints; one is made up for a new log where there is none.
    pub origin: Option<String>,
    /// After how many records the snapshot of [`Store::resume`] is brought forward.
    pub snapshot_every: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::Full,
            queue: 4096,
            segment_bytes: 64 << 20,
            master_key: MasterKey::default(),
            compress: true,
            origin: None,
            snapshot_every: 50_000,
        }
    }
}

/// Why a data directory cannot be opened. Nothing in it was changed, unless a torn tail was cut.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("another process holds the lock `{}`", .0.display())]
    Locked(PathBuf),
    /// The file system refused.
    #[error(transparent)]
    Directory(DirectoryError),
    /// The checkpoint cannot be used.
    #[error(transparent)]
    Checkpoint(#[from] StoredCheckpointError),
    /// The keys that sign checkpoints cannot be used.
    #[error(transparent)]
    LogKey(#[from] LogKeyError),
    /// A record could not be read again.
    #[error("cannot make the tiles")]
    Read(#[from] ReadError),
    /// The segments are not what was written.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// What was to be erased cannot be.
    #[error(transparent)]
    Erase(#[from] EraseError),
    /// The index cannot be made.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// What dropping had left cannot be finished.
    #[error("cannot finish dropping old segments")]
    Prune(#[from] ShelfError),
    /// Hashes had to be made again, and are not those that were signed.
    #[error(
        "the segments before record {0} are not those that the checkpoint was signed over; `syndic audit verify` names \
         the first record that is another"
    )]
    Changed(u64),
    /// The first write failed, or a thread could not be started.
    #[error("cannot write to the data directory")]
    Io(#[from] io::Error),
}

impl From<DirectoryError> for OpenError {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::Locked(path) => Self::Locked(path),
            DirectoryError::Format { .. } | DirectoryError::Io { .. } => Self::Directory(error),
        }
    }
}

impl Store {
    /// Takes the lock of `directory`, recovers, gives each record in order to `replay`, and starts the writer and
    /// the indexer.
    ///
    /// # Errors
    /// See [`OpenError`]: a directory that contradicts its checkpoint is refused.
    pub fn open(
        directory: &Path,
        options: Options,
        clock: Arc<dyn Clock>,
        replay: &mut dyn FnMut(u64, &Leaf),
    ) -> Result<Self, OpenError> {
        Self::open_on(Box::new(RealDisk), directory, options, clock, replay)
    }

    /// Does what [`Self::open`] does, with another disk under the segments.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_on(
        disk: Box<dyn Disk>,
        directory: &Path,
        options: Options,
        clock: Arc<dyn Clock>,
        replay: &mut dyn FnMut(u64, &Leaf),
    ) -> Result<Self, OpenError> {
        let taken = Taken::take(directory, &options, &clock)?;
        let recovered = taken.recover(&mut |leaf| replay(leaf.i, leaf))?;
        Self::begin(disk, taken, recovered, options, clock)
    }

    /// Does what [`Self::open`] does, and reads only what came after the snapshot where there is one that counts: then
    /// what decisions depend on is there without reading every record. The snapshot is brought forward in the
    /// background from then on, and what a start does not read is [scrubbed](Self::scrub).
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn resume<P: Projection>(
        directory: &Path,
        options: Options,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, P), OpenError> {
        let taken = Taken::take(directory, &options, &clock)?;
        let Resumed { recovered, projection, taken_up } = taken.resume::<P>()?;
        let (gathered, every) = (recovered.gathered.clone(), options.snapshot_every);
        let mut store = Self::begin(Box::new(RealDisk), taken, recovered, options, clock)?;
        let taken = taken_up.as_ref().map_or(0, |taken_up| taken_up.mark.through);
        let replayed = store.durable_index().saturating_sub(taken);
        let covered =
            if replayed < every { taken } else { store.cover(&projection, gathered, taken) };
        let (keeper, scrubber) = (store.keeper(), store.scrubber());
        if let Some(threads) = &mut store.threads {
            let at_once = taken_up.is_some();
            threads.keep_up("syndic-scrub", move || scrubber.keep_scrubbed(at_once))?;
            threads.keep_up("syndic-snapshot", move || {
                if let Some(taken_up) = &taken_up {
                    keeper.check::<P>(taken_up);
                }
                keeper.keep::<P>(every, covered);
            })?;
        }
        Ok((store, projection))
    }

    /// Writes a snapshot of what a long replay came to; returns how many records one covers that is there.
    fn cover<P: Projection>(&self, projection: &P, gathered: Gathered, taken: u64) -> u64 {
        let through = self.durable_index();
        let write = || {
            let refused = |error| SnapshotError::Io(self.shelf.layout.tiles(), error);
            self.tiles.sync().map_err(refused)?;
            let tree = self.tiles.tree_at(through).map_err(refused)?;
            let mark = Mark::new(P::VERSION, self.positions.first(), &tree, gathered);
            Snapshot { mark, content: projection.keep() }.write(&self.shelf.layout)
        };
        let error = match write() {
            Ok(()) => return through,
            Err(error) => error,
        };
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "there is no new snapshot; the next start takes as long");
        taken
    }
}

/// A data directory that is this process's, before its records were read.
pub(crate) struct Taken {
    pub(crate) lock: File,
    pub(crate) layout: Layout,
    pub(crate) random: Random,
    pub(crate) log_keys: LogKeys,
    pub(crate) stored: Stored,
    pub(crate) index: Index,
}

impl Taken {
    fn take(
        directory: &Path,
        options: &Options,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let layout = Layout::new(directory);
        let lock = layout.take()?;
        let mut random = Random::new(clock.clone());
        // A log that has records was signed for from the first of them on.
        let may_make =
            !layout.checkpoint().exists() && (layout.head().exists() || !layout.has_segments()?);
        let log_keys = LogKeys::open(&layout, options.origin.as_deref(), may_make, &mut random)?;
        let stored = Stored::read(&layout, &log_keys.verifiers(), clock.now())?;
        let index = Index::open(&layout)?;
        Ok(Self { lock, layout, random, log_keys, stored, index })
    }

    fn recover(&self, replay: &mut dyn FnMut(&Leaf)) -> Result<Recovered, ScanError> {
        let heads: Vec<_> = self.stored.heads().collect();
        recover(&self.layout, &heads, self.index.through(), replay)
    }

    /// Recovers over the snapshot, or without it where it does not count.
    fn resume<P: Projection>(&self) -> Result<Resumed<P>, ScanError> {
        match self.resume_from_snapshot() {
            Ok(Some(resumed)) => return Ok(resumed),
            Ok(None) => {}
            Err(error) => Snapshot::discard(&self.layout, &error),
        }
        let mut projection = P::default();
        let recovered = self.recover(&mut |leaf| projection.replay(leaf))?;
        Ok(Resumed { recovered, projection, taken_up: None })
    }

    fn resume_from_snapshot<P: Projection>(&self) -> Result<Option<Resumed<P>>, SnapshotError> {
        let Some(snapshot) = Snapshot::read(&self.layout, P::VERSION)? else { return Ok(None) };
        let mut projection = P::resume(&snapshot.content).ok_or(SnapshotError::Changed)?;
        let digest = snapshot.digest();
        let mark = snapshot.mark;
        let heads: Vec<_> = self.stored.heads().collect();
        let mut replay = |leaf: &Leaf| projection.replay(leaf);
        let recovered = resume(&self.layout, &heads, self.index.through(), &mark, &mut replay)?;
        Ok(Some(Resumed { recovered, projection, taken_up: Some(TakenUp { mark, digest }) }))
    }
}

/// What was recovered with what it makes.
struct Resumed<P> {
    recovered: Recovered,
    projection: P,
    /// The snapshot, where there was one that counts.
    taken_up: Option<TakenUp>,
}
