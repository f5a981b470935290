//! How a gate opens: the data directory taken, everything rebuilt from its ledger.

use std::sync::Arc;

use syndic_governance::{Durability, Governance, Settings};
use syndic_ledger::{Record, Started};
use syndic_model::Clock;
use syndic_store::{Disk, Options, Projection as _, Store};
use thiserror::Error;

use crate::Gate;
use crate::gate::WriteFailed;
use crate::master_key::{MasterKeyError, master_key};
use crate::policy::{LastPolicyError, loaded};
use crate::record::plain;
use crate::reload::{Compare, undecided};
use crate::replayed::Replayed;

/// Says why the gate did not open.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process, or another gate of this one, has the data directory.
    #[error(
        "the data directory `{dir}` is in use by another process, or by this one already; stop that first, or ask it"
    )]
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
    /// The master key that `syndic.yaml` names cannot be had.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
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
    /// Nothing could ever be archived.
    #[error(
        "`audit.archive` is set, and this program was built without what puts old segments there; build it with \
         `--features archive`, or take `audit.archive` out, and they are dropped without a copy"
    )]
    NoArchive,
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

    /// Does what [`Self::start_with`] does, for a process that does nothing else while it waits for a decision: the
    /// thread that asks writes the record itself, and blocks on the disk meanwhile; outcomes are written with the
    /// next decision, or soon after.
    ///
    /// # Errors
    /// As [`Self::open_with`].
    pub async fn start_in_place(
        governance: Governance,
        clock: Arc<dyn Clock>,
        compare: Arc<Compare>,
    ) -> Result<Arc<Self>, OpenError> {
        let open = move || Self::open_with(governance, clock, compare);
        let mut gate =
            tokio::task::spawn_blocking(open).await.map_err(|_| OpenError::Interrupted)??;
        gate.in_place = true;
        Ok(Arc::new(gate))
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
        if governance.settings.audit.archive.is_some() && !cfg!(feature = "archive") {
            return Err(OpenError::NoArchive);
        }
        let (found, asked) = (governance.revision.clone(), governance.settings.durability);
        let mut opened = Opened::open(&governance.settings, asked, &clock)?;
        let now = opened.replayed.time.read(clock.as_ref()).now;
        let history = std::mem::take(&mut opened.replayed.history);
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
        let gate = Self::assemble(governance, held, opened, clock, compare)?;
        gate.live.views().revisions = history.revisions;
        gate.record_start()?;
        gate.check_here();
        Ok(gate)
    }

    /// Opens over a data directory that is empty, on another disk, where nobody is asked what may be loosened.
    pub(crate) fn open_on(
        disk: Box<dyn Disk>,
        governance: Governance,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let dir = governance.settings.data_dir.clone();
        let options = Options {
            durability: store_durability(governance.settings.durability),
            ..Options::default()
        };
        let mut replayed = Replayed::default();
        let store = Store::open_on(disk, &dir, options, Arc::clone(&clock), &mut |_, leaf| {
            replayed.replay(leaf);
        });
        let dir = dir.display().to_string();
        let store = store.map_err(|source| OpenError::Store { dir, source })?;
        let opened = Opened { store, is_doubted: false, replayed };
        let gate = Self::assemble(governance, None, opened, clock, Arc::new(undecided))?;
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
}

/// A data directory with everything its ledger tells.
pub(crate) struct Opened {
    pub(crate) store: Store,
    /// The time leapt ahead: dropping by itself does not trust it.
    pub(crate) is_doubted: bool,
    pub(crate) replayed: Replayed,
}

impl Opened {
    fn open(
        settings: &Settings,
        durability: Durability,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let dir = &settings.data_dir;
        let options = Options {
            durability: store_durability(durability),
            master_key: master_key(settings)?,
            origin: settings.audit.origin.clone(),
            ..Options::default()
        };
        let opened = Store::resume::<Replayed>(dir, options, Arc::clone(clock));
        let (store, mut replayed) = opened.map_err(|source| {
            let dir = dir.display().to_string();
            if let syndic_store::OpenError::Locked(_) = source {
                return OpenError::InUse { dir };
            }
            OpenError::Store { dir, source }
        })?;
        replayed.state.approvals.show_all();
        let is_doubted = replayed.leap.at_start(clock.now());
        Ok(Self { store, is_doubted, replayed })
    }
}

const fn store_durability(durability: Durability) -> syndic_store::Durability {
    match durability {
        Durability::Full => syndic_store::Durability::Full,
        Durability::Buffered => syndic_store::Durability::Buffered,
    }
}
