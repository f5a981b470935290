//! Following the ledger: every durable record once, in order, and never in its writer's way.

use std::sync::{Arc, Weak};

use syndic_ledger::Leaf;
use syndic_store::{ReadError, Store, Stored};

/// How many records are read at once.
const BATCH: u64 = 1024;

/// The ledger as a follower reads it: on threads that may block, and never keeping the store open.
#[derive(Debug, Clone)]
pub(crate) struct Reader(Weak<Store>);

/// Says why nothing was read.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// The store was closed.
    Closed,
    /// A record cannot be read.
    Unreadable(ReadError),
}

impl Reader {
    pub(crate) const fn new(store: Weak<Store>) -> Self {
        Self(store)
    }

    /// Returns the store, for as long as something is appended to it.
    pub(crate) fn store(&self) -> Option<Arc<Store>> {
        self.0.upgrade()
    }

    /// Reads on from record `next`; nothing where nothing is durable yet.
    pub(crate) async fn leaves(&self, next: u64) -> Result<Vec<Leaf>, Stopped> {
        if self.0.upgrade().ok_or(Stopped::Closed)?.durable_index() <= next {
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
        let store = self.0.clone();
        let read = tokio::task::spawn_blocking(move || {
            let store = store.upgrade().ok_or(Stopped::Closed)?;
            read(&store).map_err(Stopped::Unreadable)
        });
        read.await.unwrap_or(Err(Stopped::Closed))
    }
}
