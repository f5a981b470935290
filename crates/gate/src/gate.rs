//! The gate itself: what it holds, and its one way to write.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};

use arc_swap::{ArcSwap, ArcSwapOption};
use jiff::Timestamp;
use syndic_governance::Governance;
use syndic_ledger::{Receipt, Record};
use syndic_model::{ActionSpan, Clock, SinkState, WitnessState};
use syndic_store::{Committed, Pending, ReserveError, Slot, Store, WriteError};
use thiserror::Error;
use tokio::sync::{Notify, mpsc, watch};

use crate::backup::Backups;
use crate::calls::Calls;
use crate::clock::{Reading, SteadyClock};
use crate::compact::Compaction;
use crate::compliance::{Checked, Folded};
use crate::drill::{Knocker, Untried};
use crate::key::KeyRing;
use crate::live::Live;
use crate::metrics::{Metrics, Recall};
use crate::open::{OpenError, Opened};
use crate::output::SessionTags;
use crate::permit::PermitSigner;
use crate::policy::keep;
use crate::prune::Archiver;
use crate::record::plain;
use crate::reload::Compare;
use crate::replayed::Replayed;
use crate::standing::{Held, Standing};
use crate::state::State;
use crate::tails::Tails;
use crate::tested::Tests;
use crate::unsealed::Unsealed;
use crate::unusual::Unusual;

/// Decides actions over one governance directory and one data directory.
pub struct Gate {
    /// INVARIANT: changed only while `state` is held, with the record of it enqueued before it is given back.
    pub(crate) governance: ArcSwap<Governance>,
    /// Taken for as long as another directory comes into force.
    pub(crate) loading: tokio::sync::RwLock<()>,
    pub(crate) reloading: tokio::sync::Mutex<()>,
    /// Taken for as long as somebody's records are erased, or old ones dropped.
    pub(crate) removing: tokio::sync::Mutex<()>,
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
    /// Where spans of actions go, as long as somebody takes them.
    pub(crate) spans: ArcSwapOption<mpsc::Sender<ActionSpan>>,
    pub(crate) compaction: Arc<watch::Sender<Compaction>>,
    witnesses: Mutex<Vec<WitnessState>>,
    /// The record that each follower of the ledger reads next.
    relays: Mutex<BTreeMap<String, u64>>,
    /// How the sinks of the audit trail are.
    pub(crate) sinks: parking_lot::Mutex<Vec<SinkState>>,
    /// When it was opened.
    pub(crate) opened: Timestamp,
    /// Since when the governance directory is in force.
    in_force_since: Mutex<Timestamp>,
    /// Which agents were looked for in the index.
    pub(crate) recall: Mutex<Recall>,
    pub(crate) backups: Backups,
    pub(crate) live: Arc<Live>,
    /// The clock may be far ahead: nothing is dropped until somebody does it by hand.
    pub(crate) is_doubted: AtomicBool,
    /// Why records whose time has come were not dropped the last time.
    pub(crate) not_dropped: parking_lot::Mutex<Option<String>>,
    pub(crate) unsealed: parking_lot::Mutex<Unsealed>,
    pub(crate) tests: Arc<Tests>,
    /// What the records tell, as far as the last report read them.
    pub(crate) folded: Arc<parking_lot::Mutex<Folded>>,
    /// Whose checklist is enforced and does not pass.
    pub(crate) checked: ArcSwap<Checked>,
    pub(crate) archiver: OnceLock<Arc<Archiver>>,
    pub(crate) tails: Tails,
    /// What is usual for each agent.
    pub(crate) unusual: Arc<Unusual>,
    pub(crate) tags: SessionTags,
    /// Decisions are written by the thread that asks for them.
    pub(crate) in_place: bool,
    /// What was counted of actions since the last record of it.
    pub(crate) calls: Arc<Calls>,
    /// Taken for as long as something is tried out.
    pub(crate) drilling: tokio::sync::Mutex<()>,
    pub(crate) knocker: OnceLock<Arc<Knocker>>,
    pub(crate) untried: parking_lot::Mutex<Untried>,
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

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("revision", &self.governance().revision)
            .finish_non_exhaustive()
    }
}

impl Gate {
    /// Puts a gate together from what was opened.
    pub(crate) fn assemble(
        governance: Governance,
        held: Option<Held>,
        opened: Opened,
        clock: Arc<dyn Clock>,
        compare: Arc<Compare>,
    ) -> Result<Self, OpenError> {
        let Opened { store, is_doubted, replayed } = opened;
        let Replayed { time, state, keys, .. } = replayed;
        let path = governance.settings.data_dir.join("keys").join("permit.key");
        let permits = PermitSigner::open(&path, clock.as_ref())
            .map_err(|source| OpenError::PermitKey { path: path.display().to_string(), source })?;
        keep(&governance).map_err(OpenError::Keep)?;
        let metrics = Metrics::new(&governance);
        let now = clock.now();
        let (governance, live) = (Arc::new(governance), Arc::new(Live::default()));
        let unusual = Arc::clone(&live.views().unusual);
        unusual.govern(Arc::clone(&governance));
        Ok(Self {
            governance: ArcSwap::new(governance),
            loading: tokio::sync::RwLock::new(()),
            reloading: tokio::sync::Mutex::new(()),
            removing: tokio::sync::Mutex::new(()),
            standing: Mutex::new(Standing { held, ..Standing::default() }),
            compare,
            clock,
            store: Arc::new(store),
            time: Mutex::new(time),
            state: Mutex::new(state),
            settled: Notify::new(),
            keys: RwLock::new(keys),
            permits,
            metrics,
            spans: ArcSwapOption::empty(),
            compaction: Arc::default(),
            witnesses: Mutex::new(Vec::new()),
            relays: Mutex::default(),
            sinks: parking_lot::Mutex::default(),
            opened: now,
            in_force_since: Mutex::new(now),
            recall: Mutex::default(),
            backups: Backups::default(),
            unusual,
            live,
            is_doubted: AtomicBool::new(is_doubted),
            not_dropped: parking_lot::Mutex::default(),
            unsealed: parking_lot::Mutex::default(),
            tests: Arc::default(),
            folded: Arc::default(),
            checked: ArcSwap::default(),
            archiver: OnceLock::new(),
            tails: Tails::default(),
            tags: SessionTags::default(),
            in_place: false,
            calls: Arc::new(Calls::new(now)),
            drilling: tokio::sync::Mutex::new(()),
            knocker: OnceLock::new(),
            untried: parking_lot::Mutex::default(),
        })
    }

    /// Returns the governance directory in force. Another may be a moment later: who needs it twice keeps it.
    #[must_use]
    pub fn governance(&self) -> Arc<Governance> {
        self.governance.load_full()
    }

    /// Returns the store, for who follows the ledger; it is to be kept weakly, or the data directory stays taken.
    #[must_use]
    pub fn store(&self) -> Arc<Store> {
        Arc::clone(&self.store)
    }

    /// Returns the clock that the gate was opened with.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// Counts a try to tell somebody that failed, by `email`, `slack` or `webhook`.
    pub fn notification_failed(&self, channel: &'static str) {
        self.metrics.notification_failed(channel);
    }

    /// Tells what waits to come into force, and what did not load.
    #[must_use]
    pub fn policy_standing(&self) -> Standing {
        self.standing().clone()
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

    pub(crate) fn witnesses(&self) -> MutexGuard<'_, Vec<WitnessState>> {
        self.witnesses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn relays(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.relays.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn in_force_since(&self) -> Timestamp {
        *self.in_force_since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn in_force_from(&self, at: Timestamp) {
        *self.in_force_since.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    pub(crate) fn key_ring(&self) -> RwLockReadGuard<'_, KeyRing> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn key_ring_mut(&self) -> RwLockWriteGuard<'_, KeyRing> {
        self.keys.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the time, never before an earlier answer.
    #[must_use]
    pub fn now(&self) -> Timestamp {
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

pub(crate) async fn committed(pending: Pending) -> Result<Committed<Receipt>, WriteFailed> {
    pending.await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a record could not be written");
        match error {
            WriteError::Refused(_) | WriteError::NoSubject => WriteFailed::Refused,
            WriteError::Closed | WriteError::Disk(_) | WriteError::Keys(_) => WriteFailed::Closed,
        }
    })
}
