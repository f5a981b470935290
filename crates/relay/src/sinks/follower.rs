//! One sink: read, assemble, shape, batch, send, settle, keep the cursor.

mod beginning;
mod erasing;
mod keeping;
mod orders;
mod settle;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use syndic_governance::{Governance, Sink};
use syndic_model::{Clock, SinkState};
use syndic_store::ReadError;
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedRwLockReadGuard, mpsc, watch};

use self::erasing::Pass;
use self::keeping::Kept;
pub(crate) use self::keeping::{Progress, state_of};
pub(crate) use self::orders::{Order, stopped};
use crate::book::Pace;
use crate::cursor::CursorFile;
use crate::follow::{Reader, Stopped};
use crate::governed::Variable;
use crate::sink::{Failure, Fate, Most, Shaped};
use crate::sinks::assemble::Assembler;
use crate::sinks::batch::Batch;
use crate::sinks::board::Board;
use crate::sinks::circuit::Circuit;
use crate::sinks::dead_letters::DeadLetters;
use crate::sinks::reading::{Erasure, ReadOn, Shaping, Waiting, read_on};
use crate::sinks::target::{Around, Target};

/// How often the ledger is looked at where there was nothing new.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How long a batch may take, whatever the sink says of itself.
const SEND_WITHIN: Duration = Duration::from_mins(2);
/// How long a batch under way may take at a stop.
const STOP_WITHIN: Duration = Duration::from_millis(500);

/// What a follower is made with.
pub(crate) struct Follower {
    pub(crate) sink: Sink,
    pub(crate) reader: Reader,
    pub(crate) data_dir: PathBuf,
    pub(crate) governance: watch::Receiver<Arc<Governance>>,
    pub(crate) orders: mpsc::Receiver<Order>,
    /// True where it is to keep where it is, and end.
    pub(crate) stop: watch::Receiver<bool>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) variable: Arc<Variable>,
    pub(crate) pace: Pace,
    pub(crate) board: Arc<Board>,
    /// Taken by who carries to a sink of this name.
    pub(crate) turns: Arc<Mutex<()>>,
}

/// Held until nothing is written any more for a follower that was stopped: the next one of this name waits for it, and
/// so does who closes the store.
pub(crate) type Turn = Arc<(OwnedMutexGuard<()>, OwnedRwLockReadGuard<()>)>;

impl Follower {
    /// Carries events to the sink until the store is closed or it is to stop. Dropping the future stops it where it is;
    /// what was sent and not yet kept is sent again with the same ids.
    pub(crate) async fn run(self) {
        let mut stop = self.stop.clone();
        let begun = tokio::select! {
            begun = Running::begin(self) => begun,
            () = stopped(&mut stop) => None,
        };
        let Some(mut running) = begun else { return };
        loop {
            let wait = match running.go_on().await {
                Next::Ended => return,
                Next::AtOnce => Duration::ZERO,
                Next::After(wait) => wait,
            };
            running.keep_if_due(wait > Duration::ZERO).await;
            running.tell();
            if wait > Duration::ZERO {
                running.listen(wait).await;
            }
            if running.attend().await.is_none() {
                return;
            }
        }
    }
}

/// What to do next.
enum Next {
    AtOnce,
    After(Duration),
    Ended,
}

struct Running {
    follower: Follower,
    file: CursorFile,
    dead_letters: DeadLetters,
    target: Option<Target>,
    /// Taken while it reads on a thread that may block.
    assembler: Option<Assembler>,
    next_read: u64,
    batch: Batch,
    /// What the sink still has of users whose content was erased; all of it is sent before.
    erasures: VecDeque<Erasure>,
    /// The first of them, where it has begun.
    pass: Option<Pass>,
    circuit: Circuit,
    refused_in_a_row: u32,
    state: SinkState,
    kept: Kept,
    turn: Turn,
}

impl Running {
    /// Does one round.
    async fn go_on(&mut self) -> Next {
        match self.read().await {
            // A long way without a full batch is gone step by step, so that orders are heard.
            Ok(true) => return Next::AtOnce,
            Ok(false) => {}
            Err(Stopped::Closed) => return Next::Ended,
            Err(Stopped::Unreadable(error)) => {
                return self.failed(Failure::passing(error.to_string()));
            }
        }
        if self.batch.is_empty() {
            return self.erase().await.unwrap_or(Next::After(LOOK_EVERY));
        }
        let sent = self.send().await;
        match sent {
            Ok((events, fates)) => self.settle(events, fates).await,
            Err((events, failure)) => self.take_back(events, failure).await,
        }
    }

    /// Reads on where there is not enough for a batch, and tells whether there may be more to read.
    async fn read(&mut self) -> Result<bool, Stopped> {
        let most = match self.target() {
            Ok(target) => target.most(),
            // It is told at the first try to send.
            Err(_) => Most { events: 1, bytes: 1, overhead: 0 },
        };
        if self.batch.is_full(most) || !self.erasures.is_empty() {
            return Ok(false);
        }
        let Some(assembler) = self.assembler.take() else { return Err(Stopped::Closed) };
        let next = self.next_read;
        let shaping = self.shaping();
        let read = self
            .follower
            .reader
            .reading(move |store| Ok(read_on(store, assembler, next, &shaping)));
        let ReadOn { assembler, events, erasures, next: reached, failed } = read.await?;
        self.assembler = Some(assembler);
        self.batch.extend(events);
        if self.follower.sink.target.can_erase() {
            self.erasures.extend(erasures);
        }
        self.next_read = reached;
        match failed {
            Some(ReadError::Pruned(_)) => self.skip_dropped().map(|()| true),
            // What was read before is sent first.
            Some(_) if !self.batch.is_empty() => Ok(false),
            Some(error) => Err(Stopped::Unreadable(error)),
            None => Ok(reached != next),
        }
    }

    fn shaping(&self) -> Shaping {
        Shaping {
            format: self.follower.sink.format,
            parts: self.follower.sink.parts,
            governance: Arc::clone(&self.follower.governance.borrow()),
            clock: Arc::clone(&self.follower.clock),
        }
    }

    /// Goes on after records that were dropped before they were read.
    fn skip_dropped(&mut self) -> Result<(), Stopped> {
        let store = self.follower.reader.store().ok_or(Stopped::Closed)?;
        let (from, first) = (self.next_read, store.first_index());
        self.next_read = first.max(from + 1);
        let reason = format!(
            "records {from} to {} were dropped before they went here: `required: true` keeps them",
            self.next_read - 1
        );
        tracing::error!(sink = self.state.name, reason);
        self.fails(reason);
        Ok(())
    }

    fn target(&mut self) -> Result<&mut Target, Failure> {
        let Follower { sink, data_dir, variable, clock, .. } = &self.follower;
        let target = match self.target.take() {
            Some(target) => target,
            None => {
                let turn = &self.turn;
                let environment = self.follower.governance.borrow().settings.environment;
                let around = Around { data_dir, variable: &**variable, clock, turn, environment };
                Target::new(sink, &around)?
            }
        };
        Ok(self.target.insert(target))
    }

    async fn send(&mut self) -> Result<(Vec<Waiting>, Vec<Fate>), (Vec<Waiting>, Failure)> {
        let most = match self.target() {
            Ok(target) => target.most(),
            Err(failure) => return Err((Vec::new(), failure)),
        };
        let waiting = self.batch.take(most);
        let events: Vec<Shaped> = waiting.iter().map(|one| one.shaped.clone()).collect();
        let mut stop = self.follower.stop.clone();
        let target = match self.target() {
            Ok(target) => target,
            Err(failure) => return Err((waiting, failure)),
        };
        let late = async {
            stopped(&mut stop).await;
            tokio::time::sleep(STOP_WITHIN).await;
        };
        let sent = tokio::select! {
            sent = tokio::time::timeout(SEND_WITHIN, target.send(&events)) => sent,
            () = late => return Err((waiting, Failure::passing("it was stopped"))),
        };
        match sent {
            Ok(Ok(fates)) if fates.len() == waiting.len() => Ok((waiting, fates)),
            Ok(Ok(fates)) => {
                let (sent, told) = (waiting.len(), fates.len());
                Err((waiting, Failure::passing(format!("{told} answers to {sent} events"))))
            }
            Ok(Err(failure)) => Err((waiting, failure)),
            Err(_) => Err((waiting, Failure::passing("no answer in time"))),
        }
    }
}
