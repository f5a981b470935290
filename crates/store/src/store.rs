//! The store of one data directory.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use std::{fmt, io};

use hmac::{Hmac, KeyInit as _, Mac as _};
use parking_lot::Mutex;
use rusqlite::Connection;
use sha2::Sha256;
use syndic_ledger::{Leaf, Ledger};
use syndic_model::Clock;
use thiserror::Error;
use tokio::sync::Semaphore;

use crate::cipher::Random;
use crate::directory::{DirectoryError, Layout};
use crate::follow::follow;
use crate::head::{self, HeadError};
use crate::index::{Index, IndexError};
use crate::keys::{Keys, KeysError, secret};
use crate::positions::{Positions, Segment};
use crate::progress::Progress;
use crate::query::{self, EventRow, Page, Query};
use crate::read::{self, Event, ReadError, Stored};
use crate::recover::{Recovered, recover};
use crate::scan::ScanError;
use crate::seal::Sealer;
use crate::segment::{Disk, RealDisk};
use crate::sequencer::{ActiveSegment, Batch, Message, Sequencer, Shared};
use crate::write::{ReserveError, Slot};

/// How long [`Store::find`] waits for the index.
const INDEX_PATIENCE: Duration = Duration::from_secs(2);

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
}

impl Default for Options {
    fn default() -> Self {
        Self { durability: Durability::Full, queue: 4096, segment_bytes: 64 << 20 }
    }
}

/// Why a data directory cannot be opened. Nothing in it was changed, unless a torn tail was cut.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("another process holds the lock `{}`", .0.display())]
    Locked(std::path::PathBuf),
    /// The file system refused.
    #[error(transparent)]
    Directory(DirectoryError),
    /// The stored head cannot be used.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// The segments are not what was written.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The index cannot be made.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The first write failed, or a thread could not be started.
    #[error("cannot write to the data directory")]
    Io(#[from] io::Error),
}

impl From<DirectoryError> for OpenError {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::Locked(path) => Self::Locked(path),
            DirectoryError::Io { .. } => Self::Directory(error),
        }
    }
}

/// Plain numbers about a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statistics {
    /// How many records are durable.
    pub records: u64,
    /// How many bytes the segments have.
    pub bytes: u64,
    /// How many syncs there were since the store was opened.
    pub syncs: u64,
    /// How many batches were written since the store was opened.
    pub batches: u64,
    /// How many records the index covers.
    pub indexed_through: u64,
    /// How many slots are taken.
    pub queued: usize,
    /// How many keys are ready.
    pub keys_ready: usize,
}

/// The only writer of a data directory, and its reader.
pub struct Store {
    shared: Arc<Shared>,
    positions: Arc<Positions>,
    keys: Arc<Keys>,
    index: Mutex<Connection>,
    indexed: Arc<Progress>,
    pseudonyms: Hmac<Sha256>,
    queue: usize,
    threads: Option<Threads>,
    /// Held until everything else has ended.
    _lock: File,
}

struct Threads {
    sequencer: JoinHandle<()>,
    follower: JoinHandle<()>,
    refill: JoinHandle<()>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("statistics", &self.statistics()).finish_non_exhaustive()
    }
}

impl Store {
    /// Takes the lock of `directory`, recovers, gives each record in order to `replay`, and starts the writer and
    /// the indexer.
    ///
    /// # Errors
    /// See [`OpenError`]: a directory that contradicts its stored head is refused.
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
    #[expect(clippy::needless_pass_by_value, reason = "options are given once")]
    pub fn open_on(
        disk: Box<dyn Disk>,
        directory: &Path,
        options: Options,
        clock: Arc<dyn Clock>,
        replay: &mut dyn FnMut(u64, &Leaf),
    ) -> Result<Self, OpenError> {
        let layout = Layout::new(directory);
        let lock = layout.take()?;
        let stored = head::read(&layout.head())?;
        let mut index = Index::open(&layout)?;
        let Recovered { tree, mut segments, first_free_key, earlier } =
            recover(&layout, stored, index.through(), replay)?;
        index.continue_from(earlier)?;

        let mut random = Random::new(clock.clone());
        let is_new = tree.size() == 0;
        let master = secret(&layout.secret("master"), is_new, &mut random)?;
        let pseudonyms = secret(&layout.secret("pseudonyms"), is_new, &mut random)?;
        let pseudonyms = Hmac::new_from_slice(&pseudonyms.0).map_err(io::Error::other)?;
        let keys = Arc::new(Keys::open(&layout, master, first_free_key)?);

        let segment = continue_segment(&*disk, &layout, &mut segments)?;
        let ledger = Ledger::resume(tree);
        head::write(&layout.head(), &ledger.head())?;

        let (queue, messages) = mpsc::channel();
        let shared = Arc::new(Shared {
            slots: Arc::new(Semaphore::new(options.queue.min(Semaphore::MAX_PERMITS))),
            queue,
            is_open: AtomicBool::new(true),
            durable: Progress::new(ledger.size()),
            syncs: AtomicU64::new(0),
            batches: AtomicU64::new(0),
        });
        let positions = Arc::new(Positions::new(layout.clone(), segments));
        let indexed = Arc::new(Progress::new(index.through()));
        let reader = Index::reader(&layout)?;
        let sequencer = Sequencer {
            shared: shared.clone(),
            queue: messages,
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
        };
        let threads = Threads {
            refill: start("syndic-keys", {
                let keys = keys.clone();
                move || keys.refill(clock)
            })?,
            follower: start("syndic-index", {
                let (shared, positions, indexed) =
                    (shared.clone(), positions.clone(), indexed.clone());
                move || follow(index, &shared.durable, &positions, &indexed)
            })?,
            sequencer: start("syndic-ledger", || sequencer.run())?,
        };
        Ok(Self {
            shared,
            positions,
            keys,
            index: Mutex::new(reader),
            indexed,
            pseudonyms,
            queue: options.queue,
            threads: Some(threads),
            _lock: lock,
        })
    }

    /// Takes a slot in the queue. Never blocks.
    ///
    /// # Errors
    /// When the queue is full, or the ledger is closed.
    pub fn reserve(&self) -> Result<Slot, ReserveError> {
        Slot::reserve(&self.shared)
    }

    /// Returns how many records are durable: the index after the last of them.
    #[must_use]
    pub fn durable_index(&self) -> u64 {
        self.shared.durable.value()
    }

    /// Tells whether the ledger can be written; not any more after one failed write or sync, until a restart.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.shared.is_open.load(Ordering::Acquire)
    }

    /// Returns a keyed pseudonym: equal for equal `kind` and `text`, and nothing can be learnt from it without the
    /// key. 128 bits of HMAC-SHA-256 in hex.
    #[must_use]
    pub fn pseudonym(&self, kind: &str, text: &str) -> String {
        let length = (kind.len() as u64).to_be_bytes();
        let mac =
            self.pseudonyms.clone().chain_update(length).chain_update(kind).chain_update(text);
        mac.finalize().into_bytes().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Returns plain numbers.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        Statistics {
            records: self.durable_index(),
            bytes: self.positions.bytes(),
            syncs: self.shared.syncs.load(Ordering::Relaxed),
            batches: self.shared.batches.load(Ordering::Relaxed),
            indexed_through: self.indexed.value(),
            queued: self.queue.saturating_sub(self.shared.slots.available_permits()),
            keys_ready: self.keys.ready(),
        }
    }

    /// Reads a record and opens its parts. Blocks on the disk, as all reading does.
    ///
    /// # Errors
    /// When it is not durable yet, or not what was written.
    pub fn read(&self, index: u64) -> Result<Stored, ReadError> {
        if index >= self.durable_index() {
            return Err(ReadError::Beyond(index));
        }
        read::read(&self.positions, &self.keys, index)
    }

    /// Lists actions, newest first. Waits for the index as [`Self::find`] does, then lists as far as it has come.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn events(&self, query: &Query) -> Result<Page, ReadError> {
        // A page says how far the index has come, so one that is behind is an answer too.
        let _caught_up = self.indexed.wait_at_most(self.durable_index(), INDEX_PATIENCE);
        let indexed_through = self.indexed.value();
        Ok(query::events(&self.index.lock(), query, indexed_through)?)
    }

    /// Finds an action by its id. Waits until the index covers every record that is durable now, two seconds at most.
    ///
    /// # Errors
    /// When the index is further behind than that, or cannot be read.
    pub fn find(&self, action_id: &str) -> Result<Option<EventRow>, ReadError> {
        if !self.indexed.wait_at_most(self.durable_index(), INDEX_PATIENCE) {
            return Err(ReadError::Behind(self.indexed.value()));
        }
        Ok(query::find(&self.index.lock(), action_id)?)
    }

    /// Reads every record of an action.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn event(&self, row: &EventRow) -> Result<Event, ReadError> {
        let read = |index: Option<u64>| index.map(|index| self.read(index)).transpose();
        Ok(Event {
            decision: self.read(row.decision)?,
            outcome: read(row.outcome)?,
            late: read(row.late)?,
        })
    }

    /// Writes what is queued, syncs, stores the head, and gives the lock back; so does dropping.
    pub fn close(self) {
        drop(self);
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let Some(Threads { sequencer, follower, refill }) = self.threads.take() else { return };
        self.shared.slots.close();
        drop(self.shared.queue.send(Message::Close));
        // A thread that panicked has said so; closing goes on.
        drop(sequencer.join());
        self.shared.durable.end();
        drop(follower.join());
        self.keys.close();
        drop(refill.join());
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
