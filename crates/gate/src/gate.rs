//! The gate itself: what it holds, how it opens, and its one way to write.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use syndic_governance::{Durability, Governance, Settings};
use syndic_ledger::{Receipt, Record, Started};
use syndic_model::{AgentProfile, Clock};
use syndic_store::{Committed, Options, Pending, ReserveError, Slot, Store, WriteError};
use thiserror::Error;
use tokio::sync::Notify;

use crate::clock::{Reading, SteadyClock};
use crate::key::KeyRing;
use crate::metrics::Metrics;
use crate::permit::PermitSigner;
use crate::policy::{History, LastPolicyError, keep, loaded};
use crate::record::plain;
use crate::reload::{Compare, undecided};
use crate::standing::{Held, Standing};
use crate::state::State;

/// Decides actions over one governance directory and one data directory.
pub struct Gate {
    /// INVARIANT: changed only while `state` is held, with the record of it enqueued before it is given back.
    pub(crate) governance: ArcSwap<Governance>,
    /// Taken for as long as another directory comes into force.
    pub(crate) loading: tokio::sync::RwLock<()>,
    pub(crate) reloading: tokio::sync::Mutex<()>,
    standing: Mutex<Standing>,
    pub(crate) compare: Arc<Compare>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Arc<Store>,
    time: Mutex<SteadyClock>,
    state: Mutex<State>,
    /// Told whenever a request with an idempotency key is on disk.
    pub(crate) settled: Notify,
    keys: RwLock<KeyRing>,
    pub(crate) permits: PermitSigner,
    pub(crate) metrics: Metrics,
}

/// Says why the gate did not open.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process, or another gate of this one, has the data directory.
    #[error("the data directory `{dir}` is in use by another process, or by this one already")]
    InUse {
        /// The directory.
        dir: String,
    },
    /// The data directory cannot be used.
    #[error("cannot open the data directory `{dir}`")]
    Store {
        /// The directory.
        dir: String,
        /// Why.
        #[source]
        source: syndic_store::OpenError,
    },
    /// The permit key cannot be used.
    #[error("cannot use the permit key `{path}`")]
    PermitKey {
        /// Its file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The runtime was shut down meanwhile, or there is a bug.
    #[error("opening the data directory was interrupted")]
    Interrupted,
    /// The directory loosens something, or may, and what was last in force cannot be had back.
    #[error(
        "the files changed since revision `{revision}`, the last in force, which cannot be had back to compare them; \
         put the files of that revision back, start, and reload"
    )]
    LastPolicy {
        /// The last in force.
        revision: String,
        /// Why.
        #[source]
        source: LastPolicyError,
    },
    /// The files could not be kept.
    #[error("cannot keep the governance directory's files in the data directory")]
    Keep(#[source] std::io::Error),
    /// The first records could not be written.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

/// Nothing can be recorded, so nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WriteFailed {
    /// For now.
    #[error("too many requests are waiting to be recorded; try again in a second")]
    Busy,
    /// This record, for good; the ledger goes on.
    #[error("the record does not fit the ledger; shorten what it names")]
    Refused,
    /// Until the daemon is started again.
    #[error(
        "the ledger cannot be written; free disk space or mend the disk, then start syndic again"
    )]
    Closed,
}

impl From<ReserveError> for WriteFailed {
    fn from(error: ReserveError) -> Self {
        match error {
            ReserveError::Full => Self::Busy,
            ReserveError::Closed => Self::Closed,
        }
    }
}

/// An agent and whether it is stopped.
#[derive(Debug, Clone)]
pub struct AgentView {
    /// Its profile.
    pub profile: AgentProfile,
    /// Why it is stopped, if it is.
    pub suspended: Option<String>,
}

/// How the gate is.
#[derive(Debug, Clone)]
pub struct Health {
    /// Whether decisions can be recorded.
    pub ledger_open: bool,
    /// Records on disk.
    pub records: u64,
    /// Records the search index has seen.
    pub indexed_through: u64,
    /// Whether it follows the ledger. Where it does not, decisions go on; repeats, late outcomes and what is read of
    /// the ledger fail until a restart.
    pub index_follows: bool,
    /// Allowed actions whose outcome is awaited.
    pub open_actions: usize,
    /// Agents that are stopped; `*` for all.
    pub suspended: Vec<String>,
    /// Whether the host's clock is usable.
    pub clock_sane: bool,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("revision", &self.governance().revision)
            .finish_non_exhaustive()
    }
}

impl Gate {
    /// Does what [`Self::open`] does, on a thread that may block.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn start(
        governance: Governance,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, OpenError> {
        Self::start_with(governance, clock, Arc::new(undecided)).await
    }

    /// Does what [`Self::open_with`] does, on a thread that may block.
    ///
    /// # Errors
    /// As [`Self::open_with`].
    pub async fn start_with(
        governance: Governance,
        clock: Arc<dyn Clock>,
        compare: Arc<Compare>,
    ) -> Result<Arc<Self>, OpenError> {
        let open = move || Self::open_with(governance, clock, compare);
        tokio::task::spawn_blocking(open).await.map_err(|_| OpenError::Interrupted)?.map(Arc::new)
    }

    /// Opens as [`Self::open_with`] does, where nothing compares policies: outside `dev`, every change of them waits
    /// for a second administrator.
    ///
    /// # Errors
    /// As [`Self::open_with`].
    pub fn open(governance: Governance, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        Self::open_with(governance, clock, Arc::new(undecided))
    }

    /// Takes the data directory, rebuilds what decisions depend on from its ledger, and records that it did. Where
    /// `governance` loosens what was last in force outside `dev`, as `compare` tells, that stays in force.
    ///
    /// # Errors
    /// When another process has the directory, or it contradicts itself.
    pub fn open_with(
        governance: Governance,
        clock: Arc<dyn Clock>,
        compare: Arc<Compare>,
    ) -> Result<Self, OpenError> {
        let (found, asked) = (governance.revision.clone(), governance.settings.durability);
        let mut opened = Opened::open(&governance.settings, asked, &clock)?;
        let now = opened.time.read(clock.as_ref()).now;
        let history = std::mem::take(&mut opened.history);
        let (governance, held) =
            history.resume(governance, compare.as_ref(), now).map_err(|source| {
                let last = history.loaded.as_ref();
                let revision = last.map(|last| last.revision.clone()).unwrap_or_default();
                OpenError::LastPolicy { revision, source }
            })?;
        if governance.settings.durability != asked {
            drop(opened);
            opened = Opened::open(&governance.settings, governance.settings.durability, &clock)?;
        }
        if let Some(held) = &held {
            tracing::error!(
                found,
                in_force = governance.revision,
                "the governance directory loosens {} things and is NOT in force until a second administrator accepts \
                 it; the revision before stays",
                held.loosened.len()
            );
        }
        Self::assemble(governance, held, opened, clock, compare)
    }

    fn assemble(
        governance: Governance,
        held: Option<Held>,
        opened: Opened,
        clock: Arc<dyn Clock>,
        compare: Arc<Compare>,
    ) -> Result<Self, OpenError> {
        let Opened { store, time, state, keys, history: _ } = opened;
        let path = governance.settings.data_dir.join("keys").join("permit.key");
        let permits = PermitSigner::open(&path, clock.as_ref())
            .map_err(|source| OpenError::PermitKey { path: path.display().to_string(), source })?;
        keep(&governance).map_err(OpenError::Keep)?;
        let gate = Self {
            governance: ArcSwap::from_pointee(governance),
            loading: tokio::sync::RwLock::new(()),
            reloading: tokio::sync::Mutex::new(()),
            standing: Mutex::new(Standing { held, ..Standing::default() }),
            compare,
            clock,
            store: Arc::new(store),
            time: Mutex::new(time),
            state: Mutex::new(state),
            settled: Notify::new(),
            keys: RwLock::new(keys),
            permits,
            metrics: Metrics::new(),
        };
        gate.record_start()?;
        Ok(gate)
    }

    fn record_start(&self) -> Result<(), WriteFailed> {
        let governance = self.governance();
        let started = Started {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            durability: governance.settings.durability.as_str().to_owned(),
        };
        for record in
            [Record::Started(started), Record::PolicyLoaded(loaded(&governance, "start", None))]
        {
            let slot = self.store.reserve()?;
            let at = self.now();
            slot.enqueue(plain(record, at)).wait().map_err(|_| WriteFailed::Closed)?;
        }
        Ok(())
    }

    /// Returns the governance directory in force. Another may be a moment later: who needs it twice keeps it.
    #[must_use]
    pub fn governance(&self) -> Arc<Governance> {
        self.governance.load_full()
    }

    /// Returns all agents, by id.
    #[must_use]
    pub fn agents(&self) -> Vec<AgentView> {
        let governance = self.governance();
        let state = self.state();
        let view = |profile: &AgentProfile| AgentView {
            profile: profile.clone(),
            suspended: state.suspension(profile.id.as_str()).map(str::to_owned),
        };
        governance.agents.values().map(view).collect()
    }

    /// Tells how the gate is.
    #[must_use]
    pub fn health(&self) -> Health {
        let statistics = self.store.statistics();
        let state = self.state();
        Health {
            ledger_open: self.store.is_open(),
            records: statistics.records,
            indexed_through: statistics.indexed_through,
            index_follows: self.store.is_followed(),
            open_actions: state.open_actions(),
            suspended: state.suspended_names(),
            clock_sane: self.read_clock().sane,
        }
    }

    /// Tells what waits to come into force, and what did not load.
    #[must_use]
    pub fn policy_standing(&self) -> Standing {
        self.standing().clone()
    }

    /// Returns the metrics in the `OpenMetrics` text format.
    #[must_use]
    pub fn metrics_text(&self) -> String {
        self.metrics.hold(self.standing().held.is_some());
        self.metrics.render()
    }

    /// Returns the JWK set that verifies permits.
    #[must_use]
    pub fn key_set(&self) -> serde_json::Value {
        self.permits.key_set()
    }

    pub(crate) fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn key_ring(&self) -> RwLockReadGuard<'_, KeyRing> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn key_ring_mut(&self) -> RwLockWriteGuard<'_, KeyRing> {
        self.keys.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the time, never before an earlier answer.
    pub(crate) fn now(&self) -> Timestamp {
        self.read_clock().now
    }

    pub(crate) fn read_clock(&self) -> Reading {
        self.time.lock().unwrap_or_else(PoisonError::into_inner).read(self.clock.as_ref())
    }

    /// Takes a place in the queue to the ledger; done before any lock.
    pub(crate) fn reserve(&self) -> Result<Slot, WriteFailed> {
        self.store.reserve().map_err(WriteFailed::from)
    }

    /// Writes one record that has no parts.
    pub(crate) async fn write(
        &self,
        record: Record,
        at: Timestamp,
    ) -> Result<Committed<Receipt>, WriteFailed> {
        let pending = self.reserve()?.enqueue(plain(record, at));
        committed(pending).await
    }
}

/// A data directory with everything its ledger tells.
struct Opened {
    store: Store,
    time: SteadyClock,
    state: State,
    keys: KeyRing,
    history: History,
}

impl Opened {
    fn open(
        settings: &Settings,
        durability: Durability,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let dir = &settings.data_dir;
        let mut time = SteadyClock::default();
        let mut state = State::default();
        let mut keys = KeyRing::default();
        let mut history = History::default();
        let options = Options { durability: store_durability(durability), ..Options::default() };
        let store = Store::open(dir, options, Arc::clone(clock), &mut |_, leaf| {
            time.witness(leaf.at);
            state.replay(leaf);
            keys.replay(leaf);
            history.replay(leaf);
        })
        .map_err(|source| {
            let dir = dir.display().to_string();
            if let syndic_store::OpenError::Locked(_) = source {
                return OpenError::InUse { dir };
            }
            OpenError::Store { dir, source }
        })?;
        Ok(Self { store, time, state, keys, history })
    }
}

pub(crate) async fn committed(pending: Pending) -> Result<Committed<Receipt>, WriteFailed> {
    pending.await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a record could not be written");
        match error {
            WriteError::Refused(_) | WriteError::NoSubject => WriteFailed::Refused,
            WriteError::Closed | WriteError::Disk(_) | WriteError::Keys(_) => WriteFailed::Closed,
        }
    })
}

const fn store_durability(durability: Durability) -> syndic_store::Durability {
    match durability {
        Durability::Full => syndic_store::Durability::Full,
        Durability::Buffered => syndic_store::Durability::Buffered,
    }
}
