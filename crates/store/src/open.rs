//! Opening: the order in which a data directory is taken, recovered and handed to its threads.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use hmac::{Hmac, KeyInit as _};
use parking_lot::Mutex;
use syndic_ledger::{Leaf, Ledger, Record, Tree};
use syndic_model::Clock;
use thiserror::Error;
use tokio::sync::Semaphore;

use crate::Store;
use crate::bell::Bell;
use crate::checkpoint::{Stored, StoredCheckpointError};
use crate::cipher::Random;
use crate::directory::{DirectoryError, Layout};
use crate::erase::EraseError;
use crate::follow::Follower;
use crate::index::{Index, IndexError, Texts};
use crate::keys::{Keys, KeysError, secret};
use crate::log_key::{LogKeyError, LogKeys};
use crate::master::MasterKey;
use crate::positions::{Positions, Segment};
use crate::priority::{UPKEEP, VIEW, yielding};
use crate::progress::Progress;
use crate::prune::finish;
use crate::publish::{Checkpoints, Growth, Publisher};
use crate::raw;
use crate::read::ReadError;
use crate::recover::{Recovered, recover};
use crate::scan::ScanError;
use crate::seal::Sealer;
use crate::segment::{Disk, RealDisk};
use crate::sequencer::{ActiveSegment, Batch, Sequencer, Shared, run};
use crate::shelf::{Shelf, ShelfError};
use crate::store::Threads;
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
        let layout = Layout::new(directory);
        let lock = layout.take()?;
        let mut random = Random::new(clock.clone());
        // A log that has records was signed for from the first of them on.
        let may_make =
            !layout.checkpoint().exists() && (layout.head().exists() || !layout.has_segments()?);
        let log_keys = LogKeys::open(&layout, options.origin.as_deref(), may_make, &mut random)?;
        let stored = Stored::read(&layout, &log_keys.verifiers(), clock.now())?;
        let heads: Vec<_> = stored.heads().collect();
        let mut index = Index::open(&layout)?;
        let mut redactions = Vec::new();
        let mut replay = |index: u64, leaf: &Leaf| {
            if let Record::UserRedacted(_) = &leaf.record {
                redactions.push(index);
            }
            replay(index, leaf);
        };
        let Recovered { tree, mut segments, first_free_key, earlier, carried, kept } =
            recover(&layout, &heads, index.through(), &mut replay)?;

        let is_new = tree.size() == 0;
        let master = options.master_key.find(&layout, is_new, &mut random)?;
        let pseudonyms = secret(&layout.secret("pseudonyms"), is_new, &mut random)?;
        let pseudonyms = Hmac::new_from_slice(&pseudonyms.0).map_err(io::Error::other)?;
        let keys = Arc::new(Keys::open(&layout, master, first_free_key, &mut random)?);

        let segment = continue_segment(&*disk, &layout, &mut segments)?;
        let ledger = Ledger::resume(tree.clone(), options.durability == Durability::Buffered);
        let positions = Arc::new(Positions::new(layout.clone(), segments, carried));
        let tiles = catch_up(
            TileWriter::open(&layout, tree.size(), positions.first())?,
            &tree,
            &positions,
        )?;
        let tile_files = TileFiles::open(&layout)?;
        let shelf = Arc::new(Shelf::new(layout.clone(), positions.clone()));
        if kept > positions.first() {
            tile_files.sync()?;
            finish(&shelf, &positions, kept)?;
        }
        index.continue_from(earlier, tile_files.tree_at(positions.first())?)?;

        let (queue, messages) = mpsc::channel();
        let shared = Arc::new(Shared {
            slots: Arc::new(Semaphore::new(options.queue.min(Semaphore::MAX_PERMITS))),
            queue,
            bell: Bell::default(),
            is_open: AtomicBool::new(true),
            durable: Progress::new(ledger.size()),
            growth: Growth::default(),
            syncs: AtomicU64::new(0),
            batches: AtomicU64::new(0),
        });
        let indexed = Arc::new(Progress::new(index.through()));
        let checkpoints = Arc::new(Checkpoints::new(layout.clone(), stored, log_keys));
        let publisher = Publisher {
            shared: shared.clone(),
            checkpoints: checkpoints.clone(),
            tiles,
            tree,
            clock: clock.clone(),
        };
        publisher.begin()?;
        let readers = index.readers();
        let index = Arc::new(Mutex::new(index));
        let texts = Texts { keys: keys.clone(), tokens: Tokens::new(&pseudonyms) };
        let sequencer = Arc::new(Mutex::new(Sequencer {
            shared: shared.clone(),
            queue: Some(messages),
            layout,
            disk,
            durability: options.durability,
            segment_bytes: options.segment_bytes.max(1),
            ledger,
            sealer: Sealer::new(keys.clone(), clock.clone()),
            positions: positions.clone(),
            segment,
            batch: Batch::default(),
            unsettled: None,
        }));
        let keep_compressed = |shelf: Arc<Shelf>| {
            start("syndic-segments", yielding(UPKEEP, move || shelf.keep_compressed()))
        };
        let threads = Threads {
            shelf: options.compress.then(|| keep_compressed(shelf.clone())).transpose()?,
            refill: start("syndic-keys", {
                let keys = keys.clone();
                let clock = clock.clone();
                move || keys.refill(clock)
            })?,
            follower: start(
                "syndic-index",
                yielding(VIEW, {
                    let (shared, positions, indexed) =
                        (shared.clone(), positions.clone(), indexed.clone());
                    let (index, readers, texts) = (index.clone(), readers.clone(), texts.clone());
                    move || {
                        let follower = Follower {
                            index: &index,
                            readers: &readers,
                            texts: &texts,
                            durable: &shared.durable,
                            positions: &positions,
                            indexed: &indexed,
                        };
                        follower.follow();
                    }
                }),
            )?,
            publisher: start("syndic-checkpoint", move || publisher.run())?,
            sequencer: start("syndic-ledger", {
                let (sequencer, shared) = (sequencer.clone(), shared.clone());
                move || run(&sequencer, &shared)
            })?,
        };
        shared.bell.is_heard_by(threads.sequencer.thread());
        let store = Self {
            shared,
            sequencer,
            positions,
            shelf,
            checkpoints,
            tiles: tile_files,
            keys,
            index,
            readers,
            texts,
            indexed,
            pseudonyms,
            clock,
            queue: options.queue,
            threads: Some(threads),
            _lock: lock,
        };
        store.finish_erasing(&redactions)?;
        Ok(store)
    }
}

fn start(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).spawn(run)
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
