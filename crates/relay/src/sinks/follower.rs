//! One sink: read, assemble, shape, batch, send, settle, keep the cursor.

mod erasing;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use syndic_governance::{Governance, Sink, SinkStart};
use syndic_ledger::{Record, SinkRejected};
use syndic_model::{Clock, SinkFailure, SinkState};
use syndic_store::{Entry, ReadError};
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedRwLockReadGuard, mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::book::Pace;
use crate::cursor::{Cursor, CursorFile};
use crate::follow::{Reader, Stopped};
use crate::governed::Variable;
use crate::sink::{Failure, Fate, Shaped};
use crate::sinks::assemble::Assembler;
use crate::sinks::batch::Batch;
use crate::sinks::board::Board;
use crate::sinks::circuit::Circuit;
use crate::sinks::dead_letters::{DeadLetter, DeadLetters};
use crate::sinks::reading::{Erasure, ReadOn, Shaping, Waiting, read_on};
use crate::sinks::target::{Around, Target};

/// How often the ledger is looked at where there was nothing new.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How often the cursor is kept at most while events go out, and where the ledger only grew.
const KEEP_EVERY: Duration = Duration::from_millis(250);
const KEEP_INDEX_EVERY: Duration = Duration::from_secs(5);
/// How long a batch may take, whatever the sink says of itself.
const SEND_WITHIN: Duration = Duration::from_mins(2);
/// After how many refused events in a row the sink itself counts as broken, and not what it is given.
const REFUSED_IN_A_ROW: u32 = 100;

/// What a sink's cursor keeps beside the record it reads next.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Progress {
    /// From this record on, every decision before the next one was seen.
    #[serde(default)]
    pub(crate) whole_from: u64,
    /// The records of decisions whose end is awaited.
    #[serde(default)]
    pub(crate) open: Vec<u64>,
    /// How many events became dead letters.
    #[serde(default)]
    pub(crate) dead_letters: u64,
}

/// What somebody asks of a sink.
#[derive(Debug)]
pub(crate) enum Order {
    /// Go on from this record.
    Replay { from: u64, done: oneshot::Sender<Result<u64, String>> },
    /// Open anew what is open.
    Reopen,
}

/// What a follower is made with.
pub(crate) struct Follower {
    pub(crate) sink: Sink,
    pub(crate) reader: Reader,
    pub(crate) data_dir: PathBuf,
    pub(crate) governance: watch::Receiver<Arc<Governance>>,
    pub(crate) orders: mpsc::Receiver<Order>,
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
    /// Carries events to the sink until the store is closed. Dropping the future stops it where it is; what was sent and
    /// not yet kept is sent again with the same ids.
    pub(crate) async fn run(self) {
        let Some(mut running) = Running::begin(self).await else { return };
        loop {
            let wait = match running.go_on().await {
                Next::Ended => return,
                Next::AtOnce => Duration::ZERO,
                Next::After(wait) => wait,
            };
            running.keep_if_due(wait > Duration::ZERO).await;
            running.tell();
            if wait > Duration::ZERO && running.listen(wait).await.is_none() {
                return;
            }
            if let Ok(order) = running.follower.orders.try_recv() {
                running.obey(order).await;
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
    circuit: Circuit,
    refused_in_a_row: u32,
    state: SinkState,
    kept: Kept,
    turn: Turn,
}

struct Kept {
    at: Instant,
    index: u64,
    /// Something was sent since then.
    changed: bool,
}

impl Running {
    /// Takes up where the sink was, or begins where its settings say.
    async fn begin(follower: Follower) -> Option<Self> {
        let turn = Arc::clone(&follower.turns).lock_owned().await;
        let turn: Turn = Arc::new((turn, follower.reader.busy().await));
        let file = CursorFile::new(&follower.data_dir, &follower.sink.name);
        let (read, start) = (file.clone(), follower.sink.start);
        let begun = follower.reader.reading(move |store| {
            let (first, durable) = (store.first_index(), store.durable_index());
            let origin =
                store.log_keys().first().map_or_else(String::new, |key| key.name().to_owned());
            let Some(cursor) = read.read::<Progress>() else {
                let next = match start {
                    SinkStart::Beginning => first,
                    SinkStart::Now => durable,
                };
                return Ok((next, Assembler::new(origin, next), 0));
            };
            // A ledger that is shorter is a restored one: what it has was sent.
            let next = cursor.next_index.clamp(first, durable.max(first));
            let mut assembler = Assembler::new(origin, cursor.state.whole_from.min(next));
            for index in cursor.state.open.into_iter().filter(|index| (first..next).contains(index))
            {
                if let Some(leaf) = store.leaves(index, 1)?.first() {
                    assembler.resume(leaf);
                }
            }
            Ok((next, assembler, cursor.state.dead_letters))
        });
        let (next, assembler, dead_letters) = match begun.await {
            Ok(begun) => begun,
            Err(Stopped::Closed) => return None,
            Err(Stopped::Unreadable(error)) => {
                tracing::error!(sink = follower.sink.name, %error, "a sink does not begin while this cannot be read");
                // Whoever started it tries again.
                tokio::time::sleep(follower.pace.most).await;
                return None;
            }
        };
        let state = state_of(&follower.sink, next, dead_letters);
        let mut running = Self {
            dead_letters: DeadLetters::new(&follower.data_dir, &follower.sink.name),
            circuit: Circuit::new(follower.pace),
            file,
            target: None,
            assembler: Some(assembler),
            next_read: next,
            batch: Batch::default(),
            erasures: VecDeque::new(),
            refused_in_a_row: 0,
            state,
            kept: Kept { at: Instant::now(), index: next, changed: false },
            turn,
            follower,
        };
        running.keep().await;
        running.tell();
        Some(running)
    }

    /// Does one round.
    async fn go_on(&mut self) -> Next {
        match self.read().await {
            Ok(()) => {}
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

    /// Reads until there is enough for a batch, or nothing more.
    async fn read(&mut self) -> Result<(), Stopped> {
        let most = match self.target() {
            Ok(target) => target.most(),
            // It is told at the first try to send.
            Err(_) => crate::sink::Most { events: 1, bytes: 1, overhead: 0 },
        };
        while !self.batch.is_full(most) && self.erasures.is_empty() {
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
                Some(ReadError::Pruned(_)) => self.skip_dropped()?,
                // What was read before is sent first.
                Some(_) if !self.batch.is_empty() => return Ok(()),
                Some(error) => return Err(Stopped::Unreadable(error)),
                None if reached == next => return Ok(()),
                None => {}
            }
        }
        Ok(())
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
        let target = match self.target() {
            Ok(target) => target,
            Err(failure) => return Err((waiting, failure)),
        };
        let sent = tokio::time::timeout(SEND_WITHIN, target.send(&events)).await;
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

    /// Takes what became of each event.
    async fn settle(&mut self, events: Vec<Waiting>, fates: Vec<Fate>) -> Next {
        let (mut again, mut refused, mut taken) = (Vec::new(), Vec::new(), 0_u64);
        for (event, fate) in events.into_iter().zip(fates) {
            match fate {
                Fate::Taken => taken += 1,
                Fate::Again => again.push(event),
                Fate::Refused(reason) => refused.push((event, reason)),
            }
        }
        if taken > 0 {
            self.state.taken += taken;
            self.state.last_success = Some(self.follower.clock.now());
            self.state.failing_since = None;
            self.refused_in_a_row = 0;
            self.kept.changed = true;
            self.batch.widen();
        }
        let some_again = !again.is_empty();
        let buried = self.bury(refused, again).await;
        if let Err(failure) = buried {
            return self.failed(failure);
        }
        if self.refused_in_a_row >= REFUSED_IN_A_ROW {
            self.refused_in_a_row = 0;
            return self.failed(Failure::stopped(format!(
                "{REFUSED_IN_A_ROW} events in a row were refused: see its dead letters"
            )));
        }
        if some_again {
            return self.failed(Failure::passing("it did not take some events"));
        }
        self.circuit.close();
        Next::AtOnce
    }

    /// Takes back a batch that nothing is known of, or a part of which is refused.
    async fn take_back(&mut self, events: Vec<Waiting>, failure: Failure) -> Next {
        let reason = match &failure {
            Failure::Poisoned { reason } => reason.clone(),
            Failure::TooLarge => "it is too large".to_owned(),
            Failure::Passing { .. } | Failure::Stopped { .. } => {
                self.batch.give_back(events);
                return self.failed(failure);
            }
        };
        if events.len() > 1 {
            self.batch.narrow(events.len() / 2);
            self.batch.give_back(events);
            return Next::AtOnce;
        }
        let refused = events.into_iter().map(|event| (event, reason.clone())).collect();
        let (fates, none) = (refused, Vec::new());
        match self.bury(fates, none).await {
            Ok(()) if self.refused_in_a_row >= REFUSED_IN_A_ROW => {
                self.refused_in_a_row = 0;
                self.failed(Failure::stopped(format!(
                    "{REFUSED_IN_A_ROW} events in a row were refused: see its dead letters"
                )))
            }
            Ok(()) => Next::AtOnce,
            Err(failure) => self.failed(failure),
        }
    }

    /// Makes dead letters of what is refused, and gives back what is to be sent again; all of it where that fails.
    async fn bury(
        &mut self,
        refused: Vec<(Waiting, String)>,
        mut again: Vec<Waiting>,
    ) -> Result<(), Failure> {
        if refused.is_empty() {
            self.batch.give_back(again);
            return Ok(());
        }
        let letters: Vec<DeadLetter> = refused
            .iter()
            .map(|(event, reason)| {
                DeadLetter::new(event.shaped.index, event.shaped.id.clone(), reason)
            })
            .collect();
        let (file, at, kept) =
            (self.dead_letters.clone(), self.follower.clock.now(), letters.clone());
        let turn = Arc::clone(&self.turn);
        let added = tokio::task::spawn_blocking(move || {
            let added = file.add(&kept, at);
            drop(turn);
            added
        });
        let added = added.await;
        if let Err(error) = added.unwrap_or_else(|error| Err(std::io::Error::other(error))) {
            again.extend(refused.into_iter().map(|(event, _)| event));
            again.sort_by_key(|event| event.shaped.index);
            self.batch.give_back(again);
            return Err(Failure::passing(format!("a dead letter cannot be kept: {error}")));
        }
        self.batch.give_back(again);
        for letter in letters {
            tracing::error!(
                sink = self.state.name,
                index = letter.index,
                id = letter.id,
                reason = letter.reason,
                "an event became a dead letter"
            );
            self.state.refused += 1;
            self.state.dead_letters += 1;
            self.refused_in_a_row = self.refused_in_a_row.saturating_add(1);
            self.kept.changed = true;
            self.record(letter);
        }
        Ok(())
    }

    /// Records a dead letter as far as the ledger has room; a decision comes first, and the file has it.
    fn record(&self, letter: DeadLetter) {
        let Some(store) = self.follower.reader.store() else { return };
        let Ok(slot) = store.reserve() else { return };
        let DeadLetter { index, id, reason } = letter;
        let record =
            Record::SinkRejected(SinkRejected { sink: self.state.name.clone(), index, id, reason });
        let at = self.follower.clock.now();
        drop(slot.enqueue(Entry { record, at, parts: Vec::new(), subject: None }));
    }

    /// Takes note of a failure, and tells how long to wait.
    fn failed(&mut self, failure: Failure) -> Next {
        let (reason, wait) = match failure {
            Failure::Passing { reason, retry_after } => {
                (reason, self.circuit.fail(retry_after, self.follower.clock.as_ref()))
            }
            Failure::Stopped { reason } => (reason, self.circuit.stop()),
            Failure::Poisoned { reason } => {
                (reason, self.circuit.fail(None, self.follower.clock.as_ref()))
            }
            Failure::TooLarge => {
                let clock = self.follower.clock.as_ref();
                ("it is too large".to_owned(), self.circuit.fail(None, clock))
            }
        };
        tracing::warn!(sink = self.state.name, reason, "a sink did not take what it was sent");
        self.fails(reason);
        Next::After(wait)
    }

    fn fails(&mut self, reason: String) {
        self.state.failures += 1;
        let at = self.follower.clock.now();
        self.state.failing_since.get_or_insert(at);
        self.state.last_failure = Some(SinkFailure { at, reason });
    }

    /// Waits, unless somebody asks for something; `None` where it is to end.
    async fn listen(&mut self, wait: Duration) -> Option<()> {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            order = self.follower.orders.recv() => self.obey(order?).await,
            changed = self.follower.governance.changed() => {
                changed.ok()?;
                // What it needs may be there now.
                self.circuit.close();
                self.target = None;
            }
        }
        Some(())
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Reopen => {
                if let Some(target) = &mut self.target {
                    target.reopen();
                }
                self.circuit.close();
            }
            Order::Replay { from, done } => {
                let Some(store) = self.follower.reader.store() else { return };
                let (first, durable) = (store.first_index(), store.durable_index());
                let origin =
                    store.log_keys().first().map_or_else(String::new, |key| key.name().to_owned());
                drop(store);
                if from > durable || from < first {
                    let told =
                        format!("the ledger has records {first} to {}", durable.saturating_sub(1));
                    drop(done.send(Err(told)));
                    return;
                }
                self.batch = Batch::default();
                self.erasures.clear();
                self.assembler = Some(Assembler::new(origin, from));
                self.next_read = from;
                if let Ok(target) = self.target() {
                    target.replay();
                }
                self.circuit.close();
                self.keep().await;
                self.tell();
                drop(done.send(Ok(durable.saturating_sub(from))));
            }
        }
    }

    /// Returns the record that is read next after a restart: everything complete before it is settled.
    fn next_index(&self) -> u64 {
        let erasure = self.erasures.front().map(|erasure| erasure.index);
        self.batch.first_index().or(erasure).unwrap_or(self.next_read)
    }

    async fn keep_if_due(&mut self, is_idle: bool) {
        let since = self.kept.at.elapsed();
        let has_grown = self.kept.index != self.next_index();
        let due = self.kept.changed && (is_idle || since >= KEEP_EVERY);
        if due || has_grown && since >= KEEP_INDEX_EVERY {
            self.keep().await;
        }
    }

    /// Keeps where it is. A cursor that cannot be kept costs events that are sent again after the next start.
    async fn keep(&mut self) {
        let next = self.next_index();
        let progress = self.progress(next);
        let (file, cursor) = (self.file.clone(), Cursor::new(next, progress));
        let turn = Arc::clone(&self.turn);
        let written = tokio::task::spawn_blocking(move || {
            let written = file.write(&cursor.encode());
            drop(turn);
            written
        });
        let written = written.await;
        if let Ok(Err(error)) = written {
            tracing::warn!(sink = self.state.name, %error, "where the sink is could not be kept");
        }
        self.kept = Kept { at: Instant::now(), index: next, changed: false };
    }

    fn progress(&self, next: u64) -> Progress {
        let open = self.assembler.iter().flat_map(Assembler::open);
        let mut open: Vec<u64> =
            open.chain(self.batch.decisions()).filter(|index| *index < next).collect();
        open.sort_unstable();
        open.dedup();
        Progress {
            whole_from: self.assembler.as_ref().map_or(0, Assembler::whole_from),
            open,
            dead_letters: self.state.dead_letters,
        }
    }

    /// Tells how it is, where that changed.
    fn tell(&mut self) {
        let next = self.next_index();
        let open = self.assembler.iter().flat_map(Assembler::open).chain(self.batch.decisions());
        self.state.needs_from = open.min().map_or(next, |oldest| oldest.min(next));
        self.state.next_index = next;
        self.state.circuit = self.circuit.position();
        self.follower.board.set(&self.state);
    }
}

/// Returns how a sink is of which nothing is known yet.
pub(crate) fn state_of(sink: &Sink, next: u64, dead_letters: u64) -> SinkState {
    SinkState {
        name: sink.name.clone(),
        kind: sink.target.kind().to_owned(),
        place: sink.target.place(),
        format: sink.format.to_string(),
        parts: sink.parts.to_string(),
        required: sink.required,
        next_index: next,
        needs_from: next,
        circuit: syndic_model::Circuit::Closed,
        taken: 0,
        failures: 0,
        refused: 0,
        dead_letters,
        failing_since: None,
        last_success: None,
        last_failure: None,
    }
}
