//! Carrying the audit trail to sinks: one task for each that is in force, begun and ended as the governance directory
//! changes.

mod assemble;
mod batch;
mod board;
mod circuit;
mod cloudwatch;
mod content;
mod dead_letters;
mod elasticsearch;
mod file;
mod follower;
mod otlp;
mod reading;
mod recent;
mod target;
mod webhook;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::Duration;

use syndic_governance::{Governance, Settings, Sink};
use syndic_model::{Clock, SinkState};
use syndic_store::Store;
use thiserror::Error;
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::MissedTickBehavior;

use self::board::Board;
use self::follower::{Follower, Order, Progress, state_of, stopped};
use crate::book::Pace;
use crate::cursor::CursorFile;
use crate::follow::{Idle, Reader};
use crate::governed::{Variable, environment};

/// How often it is looked whether other sinks are in force.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long sinks may take to stop.
const STOP_WITHIN: Duration = Duration::from_secs(2);
/// How many orders wait.
const ORDERS: usize = 16;

/// Carries the audit trail to sinks, for as long as there is a store.
pub struct Sinks {
    /// The ledger; it is never kept open for this.
    pub store: Weak<Store>,
    /// Where cursors are kept, in `relay/`.
    pub data_dir: PathBuf,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What is in force at the moment; `None` ends it.
    pub governance: Box<dyn Fn() -> Option<Arc<Governance>> + Send + Sync>,
    /// Looks secrets up.
    pub variable: Arc<Variable>,
    /// Is told how all sinks are, whenever one changes.
    pub told: Box<dyn Fn(Vec<SinkState>) + Send + Sync>,
    /// How fast what failed is tried again.
    pub pace: Pace,
    /// Tells when nothing is read any more after it was stopped.
    pub idle: Idle,
    orders: mpsc::Receiver<(Option<String>, Order)>,
    stop: watch::Receiver<bool>,
    control: SinkControl,
}

/// Asks something of sinks that are carried to.
#[derive(Debug, Clone)]
pub struct SinkControl {
    orders: mpsc::Sender<(Option<String>, Order)>,
    stop: watch::Sender<bool>,
}

/// Says why a sink is not replayed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReplayError {
    /// No sink is called so.
    #[error("there is no sink `{0}` in force")]
    Unknown(String),
    /// The record is not there.
    #[error("cannot replay from there: {0}")]
    Beyond(String),
    /// Nobody carries anything.
    #[error("no events are carried to sinks now; try again in a moment")]
    Stopped,
}

impl fmt::Debug for Sinks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sinks").field("data_dir", &self.data_dir).finish_non_exhaustive()
    }
}

impl SinkControl {
    /// Has a sink go on from record `from`, and returns how many records it has to read again.
    ///
    /// # Errors
    /// When there is no such sink, or no such record.
    pub async fn replay(&self, sink: &str, from: u64) -> Result<u64, ReplayError> {
        let (done, answer) = oneshot::channel();
        let order = (Some(sink.to_owned()), Order::Replay { from, done });
        self.orders.send(order).await.map_err(|_| ReplayError::Stopped)?;
        match answer.await {
            Ok(answer) => answer.map_err(ReplayError::Beyond),
            Err(_) if self.orders.is_closed() => Err(ReplayError::Stopped),
            Err(_) => Err(ReplayError::Unknown(sink.to_owned())),
        }
    }

    /// Has every sink keep where it is and end, so that the next start repeats nothing; waits two seconds at most.
    /// [`Sinks::run`] has to be polled meanwhile.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(STOP_WITHIN, self.orders.closed()).await.is_err() {
            tracing::warn!("a sink did not stop in time; some events may be sent to it again");
        }
    }

    /// Has every sink open anew what it has open, as after a file was put aside, and try again at once.
    pub fn reopen(&self) {
        // One that waits already does as much.
        drop(self.orders.try_send((None, Order::Reopen)));
    }
}

impl Sinks {
    /// Follows `store`, is told the sinks in force by `governance`, takes secrets from the environment, and tells `told`
    /// how they are.
    #[must_use]
    pub fn new(
        store: Weak<Store>,
        data_dir: &Path,
        clock: Arc<dyn Clock>,
        governance: impl Fn() -> Option<Arc<Governance>> + Send + Sync + 'static,
        told: impl Fn(Vec<SinkState>) + Send + Sync + 'static,
    ) -> Self {
        let (control, orders) = mpsc::channel(ORDERS);
        let (stop, stopped) = watch::channel(false);
        Self {
            store,
            data_dir: data_dir.to_owned(),
            clock,
            governance: Box::new(governance),
            variable: Arc::new(environment),
            told: Box::new(told),
            pace: Pace::default(),
            idle: Idle::default(),
            orders,
            stop: stopped,
            control: SinkControl { orders: control, stop },
        }
    }

    /// Returns what asks something of the sinks.
    #[must_use]
    pub fn control(&self) -> SinkControl {
        self.control.clone()
    }

    /// Carries events until the store is closed. Dropping the future stops every sink where it is.
    pub async fn run(self) {
        let Self {
            store,
            data_dir,
            clock,
            governance,
            variable,
            told,
            pace,
            idle,
            mut orders,
            mut stop,
            control: _control,
        } = self;
        let Some(in_force) = governance() else { return };
        let mut running = Running {
            reader: Reader::new(store, idle),
            data_dir,
            clock,
            variable,
            pace,
            board: Arc::new(Board::new(told)),
            in_force: watch::Sender::new(in_force),
            carried: BTreeMap::new(),
            turns: BTreeMap::new(),
            tasks: JoinSet::new(),
            stop: stop.clone(),
        };
        running.follow();
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                order = orders.recv() => {
                    if let Some((sink, order)) = order {
                        running.forward(sink.as_deref(), order);
                    }
                }
                Some(_) = running.tasks.join_next() => {}
                () = stopped(&mut stop) => {
                    while running.tasks.join_next().await.is_some() {}
                    return;
                }
                _ = look.tick() => {
                    let Some(in_force) = governance() else { return };
                    if running.reader.store().is_none() {
                        return;
                    }
                    if !Arc::ptr_eq(&in_force, &running.in_force.borrow()) {
                        running.in_force.send_replace(in_force);
                    }
                    running.follow();
                }
            }
        }
    }
}

struct Running {
    reader: Reader,
    data_dir: PathBuf,
    clock: Arc<dyn Clock>,
    variable: Arc<Variable>,
    pace: Pace,
    board: Arc<Board>,
    in_force: watch::Sender<Arc<Governance>>,
    carried: BTreeMap<String, Carried>,
    /// One carries to a sink at a time, by its name.
    turns: BTreeMap<String, Arc<Mutex<()>>>,
    tasks: JoinSet<()>,
    stop: watch::Receiver<bool>,
}

/// A sink that is carried to.
struct Carried {
    sink: Sink,
    orders: mpsc::Sender<Order>,
    task: AbortHandle,
}

impl Running {
    /// Begins the sinks that are in force and not carried to, and ends those that are not any more.
    fn follow(&mut self) {
        let in_force = Arc::clone(&self.in_force.borrow());
        let sinks = &in_force.settings.sinks;
        self.carried.retain(|_, carried| {
            let stays = sinks.contains(&carried.sink) && !carried.task.is_finished();
            if !stays {
                carried.task.abort();
            }
            stays
        });
        // A name that is in nobody's hands needs no turns.
        self.turns.retain(|_, turns| Arc::strong_count(turns) > 1);
        self.board.keep(|name| sinks.iter().any(|sink| sink.name == name));
        for sink in sinks {
            if self.carried.contains_key(&sink.name) {
                continue;
            }
            let (orders, given) = mpsc::channel(ORDERS);
            let turns = Arc::clone(self.turns.entry(sink.name.clone()).or_default());
            let follower = Follower {
                sink: sink.clone(),
                reader: self.reader.clone(),
                data_dir: self.data_dir.clone(),
                governance: self.in_force.subscribe(),
                orders: given,
                stop: self.stop.clone(),
                clock: Arc::clone(&self.clock),
                variable: Arc::clone(&self.variable),
                pace: self.pace,
                board: Arc::clone(&self.board),
                turns,
            };
            let task = self.tasks.spawn(follower.run());
            self.carried.insert(sink.name.clone(), Carried { sink: sink.clone(), orders, task });
        }
    }

    /// Hands an order to a sink, or to all; an answer that is never given says that there is none.
    fn forward(&self, sink: Option<&str>, order: Order) {
        match (sink, order) {
            (Some(name), order) => {
                if let Some(carried) = self.carried.get(name) {
                    drop(carried.orders.try_send(order));
                }
            }
            (None, Order::Reopen) => {
                for carried in self.carried.values() {
                    drop(carried.orders.try_send(Order::Reopen));
                }
            }
            (None, Order::Replay { .. }) => {}
        }
    }
}

/// Reads where each sink is that `settings` name, where nobody carries anything now.
#[must_use]
pub fn kept_sinks(settings: &Settings) -> Vec<SinkState> {
    let state = |sink: &Sink| {
        let cursor = CursorFile::new(&settings.data_dir, &sink.name).read::<Progress>();
        let cursor = cursor.filter(|cursor| cursor.state.is_of(sink));
        let (next, progress) =
            cursor.map(|cursor| (cursor.next_index, cursor.state)).unwrap_or_default();
        let needs_from = progress.open.iter().copied().min().map_or(next, |open| open.min(next));
        SinkState { needs_from, ..state_of(sink, next, progress.dead_letters) }
    };
    settings.sinks.iter().map(state).collect()
}
