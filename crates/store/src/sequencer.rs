//! The sequencer: the one writer. It takes what has queued up, appends it to the tree, writes and syncs once, and only
//! then answers. A thread of its own does so, or, in a process with nothing else to do meanwhile, whoever waits.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use syndic_ledger::{AppendError, Content, Hash, Ledger, Nonce, Receipt};
use tokio::sync::Semaphore;

use crate::bell::Bell;
use crate::directory::Layout;
use crate::open::Durability;
use crate::positions::Positions;
use crate::progress::Progress;
use crate::publish::Growth;
use crate::seal::Sealer;
use crate::segment::{Disk, SegmentFile, seal};
use crate::write::{Committed, Entry, Waiter, WriteError};

/// A batch ends when it has so many bytes or records.
const BATCH_BYTES: usize = 4 << 20;
const BATCH_RECORDS: usize = 4096;

/// How long a batch waits for callers who were in the one before and are about to be back: another sync costs more.
const GATHER: Duration = Duration::from_micros(100);

/// Segments begin at a multiple of this, so that whole ones can be dropped from a log of tiles.
const SEGMENT_MULTIPLE: u64 = 256;

/// How long the disk may lag with buffered durability.
const SETTLE: Duration = Duration::from_secs(1);

/// What the writer shows to everybody else.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) slots: Arc<Semaphore>,
    /// The slots that those may take who must leave some to others.
    pub(crate) shares: Arc<Semaphore>,
    /// A record is called written before it is synced.
    pub(crate) is_buffered: bool,
    pub(crate) queue: Sender<Message>,
    pub(crate) bell: Bell,
    pub(crate) is_open: AtomicBool,
    pub(crate) durable: Progress,
    pub(crate) growth: Growth,
    pub(crate) syncs: AtomicU64,
    pub(crate) batches: AtomicU64,
    /// How many records were read again and compared with the checkpoint.
    pub(crate) scrubbed: AtomicU64,
    /// The first record that contradicts it; [`u64::MAX`] where none does.
    pub(crate) contradicted: AtomicU64,
}

#[derive(Debug)]
pub(crate) enum Message {
    Write(Box<Job>),
    Close,
}

#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) entry: Entry,
    pub(crate) waiter: Waiter,
}

/// The writer's state; see the module.
pub(crate) struct Sequencer {
    pub(crate) shared: Arc<Shared>,
    /// Gone when nothing is written any more.
    pub(crate) queue: Option<Receiver<Message>>,
    pub(crate) layout: Layout,
    pub(crate) disk: Box<dyn Disk>,
    pub(crate) durability: Durability,
    pub(crate) segment_bytes: u64,
    pub(crate) ledger: Ledger,
    pub(crate) sealer: Sealer,
    pub(crate) positions: Arc<Positions>,
    pub(crate) segment: ActiveSegment,
    pub(crate) batch: Batch,
    /// Since when there are records that were not synced.
    pub(crate) unsettled: Option<Instant>,
}

#[derive(Debug)]
pub(crate) struct ActiveSegment {
    pub(crate) file: Box<dyn SegmentFile>,
    pub(crate) first: u64,
    pub(crate) bytes: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Batch {
    lines: Vec<u8>,
    line_bytes: Vec<u64>,
    waiting: Vec<(Waiter, Receipt)>,
    /// How many records the batch before had.
    former: usize,
}

/// What a turn of the sequencer came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Something was written; there may be more.
    Wrote,
    /// Nothing was queued; since when there is something to settle.
    Idle(Option<Instant>),
    /// Nothing is written any more.
    Ended,
}

impl Shared {
    /// Lets nobody write any more, until a restart.
    pub(crate) fn close(&self) {
        self.is_open.store(false, Ordering::Release);
        self.slots.close();
        self.shares.close();
    }
}

/// Writes whatever is queued, until the store closes or the disk fails.
pub(crate) fn run(sequencer: &Mutex<Sequencer>, shared: &Shared) {
    loop {
        let turn = sequencer.lock().turn();
        match turn {
            Turn::Wrote => {}
            Turn::Idle(unsettled) => {
                shared.bell.wait(unsettled.map(|since| SETTLE.saturating_sub(since.elapsed())));
            }
            Turn::Ended => return,
        }
    }
}

impl Sequencer {
    /// Writes what is queued, once. After a failure nothing is written again: what a failed write left behind is only
    /// known after recovery.
    pub(crate) fn turn(&mut self) -> Turn {
        let Some(queue) = self.queue.take() else { return Turn::Ended };
        // INVARIANT: however a turn ends, the queue is back in its place or everybody who waits is answered.
        match panic::catch_unwind(AssertUnwindSafe(|| self.serve(&queue))) {
            Ok(Ok(turn @ (Turn::Wrote | Turn::Idle(_)))) => {
                self.queue = Some(queue);
                return turn;
            }
            Ok(Ok(Turn::Ended)) => self.shared.close(),
            Ok(Err(error)) => {
                self.shared.close();
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the ledger is closed until a restart"
                );
                for (waiter, _) in self.batch.waiting.drain(..) {
                    waiter.answer(Err(error.clone()));
                }
            }
            Err(_) => {
                self.shared.close();
                tracing::error!("writing panicked: the ledger is closed until a restart");
                self.batch.waiting.clear();
            }
        }
        Turn::Ended
    }

    /// Writes what is queued, in the thread of whoever calls.
    pub(crate) fn write_here(&mut self) {
        let settled = self.unsettled.is_none();
        while self.turn() == Turn::Wrote {}
        // The sync that was put off is the thread's to make.
        if settled && self.unsettled.is_some() {
            self.shared.bell.ring();
        }
    }

    fn serve(&mut self, queue: &Receiver<Message>) -> Result<Turn, WriteError> {
        let turn = match queue.try_recv() {
            Ok(Message::Write(job)) => {
                if self.write_batch(queue, *job)? {
                    Turn::Ended
                } else {
                    Turn::Wrote
                }
            }
            Err(TryRecvError::Empty) => Turn::Idle(self.unsettled),
            Ok(Message::Close) | Err(TryRecvError::Disconnected) => Turn::Ended,
        };
        let due = self.unsettled.is_some_and(|since| since.elapsed() >= SETTLE);
        if due || turn == Turn::Ended {
            self.settle()?;
        }
        Ok(if matches!(turn, Turn::Idle(_)) { Turn::Idle(self.unsettled) } else { turn })
    }

    /// Writes a job and those queued behind it; tells whether the last message was to close.
    fn write_batch(&mut self, queue: &Receiver<Message>, first: Job) -> Result<bool, WriteError> {
        self.encode(first)?;
        let mut closing = false;
        let mut gathered = Duration::ZERO;
        while !closing && !self.batch.is_full() && !self.segment_is_full() {
            match queue.try_recv() {
                Ok(Message::Write(job)) => self.encode(*job)?,
                Ok(Message::Close) => closing = true,
                Err(TryRecvError::Empty) if self.expects_more() && gathered < GATHER => {
                    let begun = Instant::now();
                    thread::yield_now();
                    gathered += begun.elapsed();
                }
                Err(_) => break,
            }
        }
        self.batch.former = self.batch.waiting.len();
        self.commit().map_err(|error| WriteError::Disk(Arc::new(error)))?;
        Ok(closing)
    }

    /// Appends a job to the batch. A record that cannot be written is answered and leaves no trace.
    fn encode(&mut self, job: Job) -> Result<(), WriteError> {
        let Job { entry: Entry { record, at, parts, subject }, waiter } = job;
        let start = self.batch.lines.len();
        let appended: Result<Receipt, AppendError> = if parts.is_empty() {
            self.ledger.append(at, record, None, &mut self.batch.lines)
        } else {
            let Some(subject) = subject else {
                waiter.answer(Err(WriteError::NoSubject));
                return Ok(());
            };
            let (id, key) = match self.sealer.key_of(subject) {
                Ok(taken) => taken,
                Err(error) => {
                    let error = WriteError::Keys(error);
                    waiter.answer(Err(error.clone()));
                    return Err(error);
                }
            };
            let parts = self.sealer.blind(parts);
            let seal = |nonce: &Nonce, leaf: &Hash, text: &mut _| key.seal(*nonce, leaf, text);
            let content =
                Content { key: id, parts: &parts, nonce: self.sealer.nonce(), seal: &seal };
            self.ledger.append(at, record, Some(&content), &mut self.batch.lines)
        };
        match appended {
            Ok(receipt) => {
                self.batch.line_bytes.push((self.batch.lines.len() - start) as u64);
                self.batch.waiting.push((waiter, receipt));
            }
            Err(error) => waiter.answer(Err(WriteError::Refused(Arc::new(error)))),
        }
        Ok(())
    }

    /// Makes the batch durable, then answers.
    fn commit(&mut self) -> io::Result<()> {
        if !self.batch.lines.is_empty() {
            self.segment.file.write_all(&self.batch.lines)?;
            match self.durability {
                Durability::Full => self.sync()?,
                Durability::Buffered => drop(self.unsettled.get_or_insert_with(Instant::now)),
            }
            self.segment.bytes += self.batch.lines.len() as u64;
            self.positions.extend(self.batch.line_bytes.drain(..));
            self.shared.batches.fetch_add(1, Ordering::Relaxed);
            self.batch.lines.clear();
            self.shared.durable.publish(self.ledger.size());
            for (waiter, receipt) in self.batch.waiting.drain(..) {
                waiter.answer(Ok(Committed::new(receipt)));
            }
        }
        if self.segment_is_full() { self.rotate() } else { Ok(()) }
    }

    /// Tells whether there were more callers a moment ago. A write that is not synced is not worth waiting for them.
    fn expects_more(&self) -> bool {
        self.durability == Durability::Full && self.batch.waiting.len() < self.batch.former
    }

    fn segment_is_full(&self) -> bool {
        let bytes = self.segment.bytes + self.batch.lines.len() as u64;
        bytes >= self.segment_bytes && self.ledger.size().is_multiple_of(SEGMENT_MULTIPLE)
    }

    fn rotate(&mut self) -> io::Result<()> {
        if self.durability == Durability::Buffered {
            self.sync()?;
        }
        let first = self.ledger.size();
        let file = self.disk.append_to(&self.layout.segment(first))?;
        seal(&self.layout.segment(self.segment.first))?;
        self.segment = ActiveSegment { file, first, bytes: 0 };
        self.positions.begin(first);
        Ok(())
    }

    /// Syncs what was acknowledged before it was.
    fn settle(&mut self) -> Result<(), WriteError> {
        if self.unsettled.take().is_none() {
            return Ok(());
        }
        self.sync().map_err(|error| WriteError::Disk(Arc::new(error)))
    }

    fn sync(&mut self) -> io::Result<()> {
        self.segment.file.sync_data()?;
        self.shared.syncs.fetch_add(1, Ordering::Relaxed);
        self.shared.growth.push(self.ledger.take_hashes());
        Ok(())
    }
}

impl Batch {
    fn is_full(&self) -> bool {
        self.lines.len() >= BATCH_BYTES || self.waiting.len() >= BATCH_RECORDS
    }
}
