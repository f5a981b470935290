//! The store of one data directory: everything that can be asked of it.

use std::fmt;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hmac::{Hmac, Mac as _};
use parking_lot::Mutex;
use sha2::Sha256;
use syndic_ledger::{Hash, Leaf, Record};
use syndic_model::{AgentId, Clock};

use crate::approval::{self, ApprovalPage, ApprovalQuery, ApprovalRow};
use crate::index::{Index, IndexError, Readers, Texts};
use crate::keys::Keys;
use crate::positions::{Positions, Segment};
use crate::progress::Progress;
use crate::publish::Checkpoints;
use crate::query::{self, EventRow, Page, Query};
use crate::read::{self, Event, ReadError, Stored};
use crate::search;
use crate::sequencer::{Sequencer, Shared};
use crate::shelf::{Shelf, ShelfError};
use crate::threads::Threads;
use crate::tiles::TileFiles;
use crate::write::{ReserveError, Slot};

/// How long [`Store::find`] waits for the index.
const INDEX_PATIENCE: Duration = Duration::from_secs(2);

/// Plain numbers about a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statistics {
    /// How many records are durable.
    pub records: u64,
    /// How many bytes the records have as plain lines.
    pub bytes: u64,
    /// How many bytes the segments have on disk.
    pub stored: u64,
    /// How many segments there are.
    pub segments: usize,
    /// How many of them are compressed.
    pub compressed: usize,
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
    /// How many records were last read again and compared with the checkpoint, the one that was newest then.
    pub scrubbed: u64,
    /// The first record that contradicts the checkpoint, where one does; then the ledger is closed.
    pub contradicted: Option<u64>,
}

/// The only writer of a data directory, and its reader.
pub struct Store {
    pub(crate) shared: Arc<Shared>,
    pub(crate) sequencer: Arc<Mutex<Sequencer>>,
    pub(crate) positions: Arc<Positions>,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) checkpoints: Arc<Checkpoints>,
    pub(crate) tiles: TileFiles,
    pub(crate) keys: Arc<Keys>,
    /// Locked by the follower while it covers some thousand records, and by who changes the index.
    pub(crate) index: Arc<Mutex<Index>>,
    pub(crate) readers: Arc<Readers>,
    pub(crate) texts: Texts,
    pub(crate) indexed: Arc<Progress>,
    pub(crate) pseudonyms: Hmac<Sha256>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) queue: usize,
    pub(crate) threads: Option<Threads>,
    /// Held until everything else has ended.
    pub(crate) _lock: File,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("statistics", &self.statistics()).finish_non_exhaustive()
    }
}

impl Store {
    /// Takes a slot in the queue. Never blocks.
    ///
    /// # Errors
    /// When the queue is full, or the ledger is closed.
    pub fn reserve(&self) -> Result<Slot, ReserveError> {
        Slot::reserve(&self.shared)
    }

    /// Waits for a slot in the queue, of which half are left to those who do not wait. Dropping the future gives up.
    ///
    /// # Errors
    /// When the ledger is closed.
    pub async fn reserve_behind(&self) -> Result<Slot, ReserveError> {
        Slot::reserve_behind(&self.shared).await
    }

    /// Tells whether a record is called written before it is synced.
    #[must_use]
    pub fn is_buffered(&self) -> bool {
        self.shared.is_buffered
    }

    /// Writes what is queued in this thread, which blocks on the disk meanwhile: for a process with nothing else to do,
    /// where waking another thread costs more than the write. See [`Slot::enqueue_to_write`].
    pub fn write_here(&self) {
        self.sequencer.lock().write_here();
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

    /// Tells whether the index follows the ledger; not any more after it could not be written or read, until a restart.
    #[must_use]
    pub fn is_followed(&self) -> bool {
        !self.indexed.has_ended()
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
        let contradicted = self.shared.contradicted.load(Ordering::Acquire);
        self.positions.view(|segments| Statistics {
            records: self.durable_index(),
            bytes: segments.iter().map(|segment| segment.bytes).sum(),
            stored: segments.iter().map(Segment::stored).sum(),
            segments: segments.len(),
            compressed: segments.iter().filter(|segment| segment.is_compressed()).count(),
            syncs: self.shared.syncs.load(Ordering::Relaxed),
            batches: self.shared.batches.load(Ordering::Relaxed),
            indexed_through: self.indexed.value(),
            queued: self.queue.saturating_sub(self.shared.slots.available_permits()),
            keys_ready: self.keys.ready(),
            scrubbed: self.shared.scrubbed.load(Ordering::Acquire),
            contradicted: (contradicted != u64::MAX).then_some(contradicted),
        })
    }

    /// Returns how many bytes are free for records.
    ///
    /// # Errors
    /// When the file system does not say.
    pub fn free_bytes(&self) -> io::Result<u64> {
        let stat = rustix::fs::statvfs(self.checkpoints.layout.root())?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
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

    /// Reads what the tree covers of the durable records from `index` on, in order, for who follows the ledger: at
    /// most `most`, fewer where a segment ends, none where nothing is durable yet. Blocks on the disk.
    ///
    /// # Errors
    /// When a record is not what was written.
    pub fn leaves(&self, index: u64, most: u64) -> Result<Vec<Leaf>, ReadError> {
        let count = self.durable_index().saturating_sub(index).min(most);
        if count == 0 { Ok(Vec::new()) } else { read::leaves(&self.positions, index, count) }
    }

    /// Reads the durable records from `index` on, in order, each with the hash of its leaf: at most `most`, fewer where a
    /// segment ends or their lines have `bytes` already, none where nothing is durable yet. The parts of those that
    /// `opened` wants are opened. Blocks on the disk.
    ///
    /// # Errors
    /// When a record is not what was written.
    pub fn records(
        &self,
        index: u64,
        most: u64,
        bytes: usize,
        opened: impl Fn(&Record) -> bool,
    ) -> Result<Vec<(Stored, Hash)>, ReadError> {
        match self.durable_index().saturating_sub(index).min(most) {
            0 => Ok(Vec::new()),
            count => read::records(&self.positions, &self.keys, index, count, bytes, opened),
        }
    }

    /// Compresses every sealed segment that is not compressed, in this thread; returns how many that were. It happens
    /// by itself in the background unless [`crate::Options::compress`] says otherwise.
    ///
    /// # Errors
    /// When the disk refuses, or does not give back what was written; the segment stays as it was.
    pub fn compress(&self) -> Result<u64, ShelfError> {
        self.shelf.compress_all()
    }

    /// Lists actions, newest first. Waits for the index as [`Self::find`] does, then lists as far as it has come.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn events(&self, query: &Query) -> Result<Page, ReadError> {
        // A page says how far the index has come, so one that is behind is an answer too.
        let _caught_up = self.indexed.wait_at_most(self.durable_index(), INDEX_PATIENCE);
        let indexed_through = self.indexed.value();
        match &query.q {
            Some(search) if search.has_order() => search::events(
                query,
                search,
                |query| self.page(query, indexed_through),
                |index| self.read(index),
            ),
            Some(_) | None => self.page(query, indexed_through),
        }
    }

    /// Returns the newest action of an agent that the index has now; waits for nothing but the disk.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn newest(&self, agent: &AgentId) -> Result<Option<EventRow>, ReadError> {
        let query = Query { agent: Some(agent.clone()), limit: 1, ..Query::default() };
        Ok(self.page(&query, self.indexed.value())?.rows.pop())
    }

    fn page(&self, query: &Query, indexed_through: u64) -> Result<Page, ReadError> {
        Ok(query::events(&self.readers, &self.texts.tokens, query, indexed_through)?)
    }

    /// Takes the words of arguments and reasons, and the users, of events out of the index, and then does `destroy`, what
    /// makes their parts unreadable: nothing of them is in the index afterwards, or comes into it. Records that are no
    /// decisions are passed over. `destroy` is done whatever becomes of the index, and told that.
    pub(crate) fn forget_in_index<T>(
        &self,
        records: &[u64],
        destroy: impl FnOnce(Result<(), IndexError>) -> T,
    ) -> T {
        let mut index = self.index.lock();
        let forgotten = index.forget(records, &self.texts, |index| self.read(index));
        self.indexed.publish(index.through());
        destroy(forgotten)
    }

    /// Finds an action by its id. Waits until the index covers every record that is durable now, two seconds at most.
    ///
    /// # Errors
    /// When the index is further behind than that, or cannot be read.
    pub fn find(&self, action_id: &str) -> Result<Option<EventRow>, ReadError> {
        self.catch_up()?;
        Ok(query::find(&self.readers, action_id)?)
    }

    fn catch_up(&self) -> Result<(), ReadError> {
        let durable = self.durable_index();
        if self.indexed.value() < durable {
            self.shared.durable.hurry();
        }
        if !self.indexed.wait_at_most(durable, INDEX_PATIENCE) {
            return Err(ReadError::Behind(self.indexed.value()));
        }
        Ok(())
    }

    /// Lists requests for approval, newest first. Waits for the index as [`Self::find`] does, then lists as far as it
    /// has come.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn approvals(&self, query: &ApprovalQuery) -> Result<ApprovalPage, ReadError> {
        let _caught_up = self.indexed.wait_at_most(self.durable_index(), INDEX_PATIENCE);
        Ok(self.readers.main(|main| approval::approvals(main, query))?)
    }

    /// Finds a request for approval by its id, with the indexes of at most `trail` records about it. Waits as
    /// [`Self::find`] does.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn find_approval(
        &self,
        id: &str,
        trail: usize,
    ) -> Result<Option<(ApprovalRow, Vec<u64>)>, ReadError> {
        self.catch_up()?;
        let found = self.readers.main(|main| {
            let Some(row) = approval::find(main, id)? else { return Ok(None) };
            Ok(Some((row, approval::trail(main, id, trail)?)))
        });
        Ok(found?)
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

    /// Writes what is queued, syncs, signs a last checkpoint, and gives the lock back; so does dropping.
    pub fn close(self) {
        drop(self);
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Some(threads) = self.threads.take() {
            threads.end(self);
        }
    }
}
