//! Opening: the order in which a data directory is taken, recovered and handed to its threads.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::mpsc::{self, Receiver};

use hmac::{Hmac, KeyInit as _};
use parking_lot::Mutex;
use sha2::Sha256;
use syndic_ledger::{Leaf, Ledger, Tree};
use syndic_model::Clock;
use thiserror::Error;
use tokio::sync::Semaphore;

use crate::Store;
use crate::bell::Bell;
use crate::checkpoint::{Stored, StoredCheckpointError};
use crate::cipher::Random;
use crate::directory::{DirectoryError, Layout};
use crate::erase::EraseError;
use crate::index::{Index, IndexError, Texts};
use crate::keys::{Keys, KeysError, secret};
use crate::log_key::{LogKeyError, LogKeys};
use crate::master::MasterKey;
use crate::positions::{Positions, Segment};
use crate::progress::Progress;
use crate::prune::finish;
use crate::publish::{Checkpoints, Growth, Publisher};
use crate::raw;
use crate::read::ReadError;
use crate::recover::{Recovered, recover};
use crate::scan::ScanError;
use crate::seal::Sealer;
use crate::segment::{Disk, RealDisk};
use crate::sequencer::{ActiveSegment, Batch, Message, Sequencer, Shared};
use crate::shelf::{Shelf, ShelfError};
use crate::threads::Threads;
use crate::tiles::{TileFiles, TileWriter};
use crate::tokens::Tokens;

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
        let mut taken = Taken::take(directory, &options, &clock)?;
        let recovered = taken.recover(replay)?;
        let redactions = recovered.redactions.clone();
        let store = Self::begin(disk, taken, recovered, options, clock)?;
        store.finish_erasing(&redactions)?;
        Ok(store)
    }

    /// Starts the writer and everybody who follows it over what was recovered.
    fn begin(
        disk: Box<dyn Disk>,
        taken: Taken,
        recovered: Recovered,
        options: Options,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let Taken { lock, layout, mut random, log_keys, stored, index } = taken;
        let tree = recovered.tree.clone();
        let secrets = Secrets::open(&layout, options.master_key, &recovered, &mut random)?;
        let shelved = Shelved::of(&*disk, &layout, recovered, index)?;
        let Shelved { segment, positions, shelf, tile_writer, tiles, index } = shelved;

        let (shared, messages) = share(options.queue, tree.size());
        let indexed = Arc::new(Progress::new(index.through()));
        let checkpoints = Arc::new(Checkpoints::new(layout.clone(), stored, log_keys));
        let publisher = Publisher {
            shared: shared.clone(),
            checkpoints: checkpoints.clone(),
            tiles: tile_writer,
            tree: tree.clone(),
            clock: clock.clone(),
        };
        publisher.begin()?;
        let sequencer = Arc::new(Mutex::new(Sequencer {
            shared: shared.clone(),
            queue: Some(messages),
            layout,
            disk,
            durability: options.durability,
            segment_bytes: options.segment_bytes.max(1),
            ledger: Ledger::resume(tree, options.durability == Durability::Buffered),
            sealer: Sealer::new(secrets.keys.clone(), clock.clone()),
            positions: positions.clone(),
            segment,
            batch: Batch::default(),
            unsettled: None,
        }));
        let mut store = Self {
            shared,
            sequencer,
            positions,
            shelf,
            checkpoints,
            tiles,
            texts: Texts { keys: secrets.keys.clone(), tokens: Tokens::new(&secrets.pseudonyms) },
            keys: secrets.keys,
            readers: index.readers(),
            index: Arc::new(Mutex::new(index)),
            indexed,
            pseudonyms: secrets.pseudonyms,
            clock,
            queue: options.queue,
            threads: None,
            _lock: lock,
        };
        store.threads = Some(Threads::start(&store, publisher, options.compress)?);
        Ok(store)
    }
}

/// A data directory that is this process's, before its records were read.
struct Taken {
    lock: File,
    layout: Layout,
    random: Random,
    log_keys: LogKeys,
    stored: Stored,
    index: Index,
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

    fn recover(&mut self, replay: &mut dyn FnMut(u64, &Leaf)) -> Result<Recovered, ScanError> {
        let heads: Vec<_> = self.stored.heads().collect();
        recover(&self.layout, &heads, self.index.through(), replay)
    }
}

/// What parts are sealed and names hidden with.
struct Secrets {
    keys: Arc<Keys>,
    pseudonyms: Hmac<Sha256>,
}

impl Secrets {
    fn open(
        layout: &Layout,
        master_key: MasterKey,
        recovered: &Recovered,
        random: &mut Random,
    ) -> Result<Self, OpenError> {
        let is_new = recovered.tree.size() == 0;
        let master = master_key.find(layout, is_new, random)?;
        let pseudonyms = secret(&layout.secret("pseudonyms"), is_new, random)?;
        let pseudonyms = Hmac::new_from_slice(&pseudonyms.0).map_err(io::Error::other)?;
        let keys = Arc::new(Keys::open(layout, master, recovered.first_free_key, random)?);
        Ok(Self { keys, pseudonyms })
    }
}

/// The segments and what is derived of them, brought up to what was recovered.
struct Shelved {
    segment: ActiveSegment,
    positions: Arc<Positions>,
    shelf: Arc<Shelf>,
    tile_writer: TileWriter,
    tiles: TileFiles,
    index: Index,
}

impl Shelved {
    fn of(
        disk: &dyn Disk,
        layout: &Layout,
        recovered: Recovered,
        mut index: Index,
    ) -> Result<Self, OpenError> {
        let Recovered { tree, mut segments, earlier, carried, kept, .. } = recovered;
        let segment = continue_segment(disk, layout, &mut segments)?;
        let positions = Arc::new(Positions::new(layout.clone(), segments, carried));
        let tile_writer =
            catch_up(TileWriter::open(layout, tree.size(), positions.first())?, &tree, &positions)?;
        let tiles = TileFiles::open(layout)?;
        let shelf = Arc::new(Shelf::new(layout.clone(), positions.clone()));
        if kept > positions.first() {
            tiles.sync()?;
            finish(&shelf, &positions, kept)?;
        }
        index.continue_from(earlier, tiles.tree_at(positions.first())?)?;
        Ok(Self { segment, positions, shelf, tile_writer, tiles, index })
    }
}

fn share(queue: usize, durable: u64) -> (Arc<Shared>, Receiver<Message>) {
    let slots = Arc::new(Semaphore::new(queue.min(Semaphore::MAX_PERMITS)));
    let (queue, messages) = mpsc::channel();
    let shared = Shared {
        slots,
        queue,
        bell: Bell::default(),
        is_open: AtomicBool::new(true),
        durable: Progress::new(durable),
        growth: Growth::default(),
        syncs: AtomicU64::new(0),
        batches: AtomicU64::new(0),
    };
    (Arc::new(shared), messages)
}

/// Opens the last segment to append to it, or the first. What recovery read may never have been synced, and is from
/// now on called durable.
fn continue_segment(
    disk: &dyn Disk,
    layout: &Layout,
    segments: &mut Vec<Segment>,
) -> io::Result<ActiveSegment> {
    if segments.is_empty() {
        segments.push(Segment::new(0));
    }
    let (first, bytes) = segments.last().map_or((0, 0), |last| (last.first, last.bytes));
    let mut file = disk.append_to(&layout.segment(first))?;
    file.sync_data()?;
    Ok(ActiveSegment { file, first, bytes })
}

/// Brings the tiles up to the ledger. Where they are of another one they are made again from its first record.
fn catch_up(
    mut tiles: TileWriter,
    tree: &Tree,
    positions: &Positions,
) -> Result<TileWriter, OpenError> {
    extend(&mut tiles, tree.size(), positions)?;
    if tiles.tree() != *tree {
        tracing::warn!("the tiles are of another ledger and are made again");
        tiles.cut(positions.first())?;
        extend(&mut tiles, tree.size(), positions)?;
    }
    Ok(tiles)
}

fn extend(tiles: &mut TileWriter, size: u64, positions: &Positions) -> Result<(), OpenError> {
    raw::lines(positions, tiles.size(), size, |line| tiles.append(line.hash()))?;
    Ok(tiles.write()?)
}
