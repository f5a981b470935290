//! Following the ledger: every durable record once, in order, and never in its writer's way.

use std::sync::{Arc, Weak};

use syndic_ledger::Leaf;
use syndic_store::{ReadError, Store, Stored};
use tokio::sync::{OwnedRwLockReadGuard, RwLock};

/// How many records are read at once.
const BATCH: u64 = 1024;

/// The ledger as a follower reads it: on threads that may block, and never keeping the store open.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    store: Weak<Store>,
    idle: Idle,
}

/// Tells when nothing reads any more, so that whoever closes a store after it stopped a follower closes it for good.
#[derive(Debug, Clone, Default)]
pub struct Idle(Arc<RwLock<()>>);

impl Idle {
    /// Waits until what was being read when the follower was stopped has been read.
    pub async fn wait(&self) {
        drop(self.0.write().await);
    }
}

/// Says why nothing was read.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// The store was closed.
    Closed,
    /// A record cannot be read.
    Unreadable(ReadError),
}

impl Reader {
    pub(crate) const fn new(store: Weak<Store>, idle: Idle) -> Self {
        Self { store, idle }
    }

    /// Returns the store; it is not to be held while something is awaited.
    pub(crate) fn store(&self) -> Option<Arc<Store>> {
        self.store.upgrade()
    }

    /// Holds off [`Idle::wait`].
    pub(crate) async fn busy(&self) -> OwnedRwLockReadGuard<()> {
        Arc::clone(&self.idle.0).read_owned().await
    }

    /// Reads on from record `next`; nothing where nothing is durable yet.
    pub(crate) async fn leaves(&self, next: u64) -> Result<Vec<Leaf>, Stopped> {
        if self.store.upgrade().ok_or(Stopped::Closed)?.durable_index() <= next {
            return Ok(Vec::new());
        }
        self.reading(move |store| store.leaves(next, BATCH)).await
    }

    /// Reads one record with its parts.
    pub(crate) async fn record(&self, index: u64) -> Result<Stored, Stopped> {
        self.reading(move |store| store.read(index)).await
    }

    /// Reads on a thread that may block.
    pub(crate) async fn reading<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Store) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, Stopped> {
        let (store, busy) = (self.store.clone(), self.busy().await);
        let read = tokio::task::spawn_blocking(move || {
            let store = store.upgrade().ok_or(Stopped::Closed)?;
            let read = read(&store).map_err(Stopped::Unreadable);
            drop(store);
            drop(busy);
            read
        });
        read.await.unwrap_or(Err(Stopped::Closed))
    }
}
