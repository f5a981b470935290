//! Following the ledger: what became durable, in order, read on threads that may block.

use std::sync::{Arc, Weak};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use syndic_store::{ReadError, Store};
use tokio::sync::RwLock;
use tokio::time::MissedTickBehavior;

use super::Live;
use crate::Gate;

/// How often the ledger is looked at, which costs its writer nothing.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How many records are read, and taken by the views, at once.
const BATCH: u64 = 256;
/// How far back the views reach at a start.
const HISTORY: SignedDuration = SignedDuration::from_hours(35 * 24);

/// Tells when nothing is read for the views any more, so that whoever stopped following can close the ledger for good.
#[derive(Debug, Clone, Default)]
pub struct FollowIdle(Arc<RwLock<()>>);

impl FollowIdle {
    /// Waits until what was being read when following was stopped has been read.
    pub async fn wait(&self) {
        drop(self.0.write().await);
    }
}

/// What a look at the ledger came to.
enum Looked {
    /// There may be more.
    More,
    /// The views have seen every durable record.
    CaughtUp,
    /// A record cannot be read.
    Unreadable(ReadError),
    /// The store was closed.
    Closed,
}

impl Gate {
    /// Feeds the views with every durable record for as long as there is a gate, those of the last 35 days first.
    /// Whoever opens a gate that is looked at runs this beside it.
    pub async fn follow(gate: Weak<Self>) {
        let Some((live, store, since)) = gate.upgrade().map(|gate| {
            let since = gate.now().saturating_sub(HISTORY).unwrap_or(Timestamp::MIN);
            (Arc::clone(&gate.live), Arc::downgrade(&gate.store), since)
        }) else {
            return;
        };
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_told = false;
        loop {
            look.tick().await;
            loop {
                match live.look(&store, since).await {
                    Looked::More => is_told = false,
                    Looked::CaughtUp => {
                        Self::tell_unusual(&gate).await;
                        break;
                    }
                    Looked::Closed => return,
                    Looked::Unreadable(error) => {
                        if !is_told {
                            tracing::error!(%error, "what happens is not shown while this cannot be read");
                        }
                        is_told = true;
                        break;
                    }
                }
            }
        }
    }

    /// Tells when nothing is read any more after [`Self::follow`] was stopped.
    #[must_use]
    pub fn follow_idle(&self) -> FollowIdle {
        self.live.idle.clone()
    }
}

impl Live {
    /// Reads on, some records, and feeds the views.
    async fn look(self: &Arc<Self>, store: &Weak<Store>, since: Timestamp) -> Looked {
        let Some(durable) = store.upgrade().map(|store| store.durable_index()) else {
            return Looked::Closed;
        };
        if self.views().next.is_some_and(|next| next >= durable) {
            return Looked::CaughtUp;
        }
        let busy = Arc::clone(&self.idle.0).read_owned().await;
        let (live, store) = (Arc::clone(self), store.clone());
        let read = tokio::task::spawn_blocking(move || {
            let Some(store) = store.upgrade() else { return Looked::Closed };
            let looked = live.read_on(&store, since);
            drop(store);
            drop(busy);
            looked
        });
        read.await.unwrap_or(Looked::Closed)
    }

    fn read_on(&self, store: &Store, since: Timestamp) -> Looked {
        let next = self.views().next;
        let next = next.unwrap_or_else(|| first_since(store, since));
        // Batches end where frames of a compressed segment do, so that each is unpacked once.
        match store.leaves(next, BATCH - next % BATCH) {
            Ok(leaves) if leaves.is_empty() => {
                self.take(&[]);
                Looked::CaughtUp
            }
            Ok(leaves) => {
                self.take(&leaves);
                Looked::More
            }
            // Dropped meanwhile: what is left begins later.
            Err(ReadError::Pruned(_)) => {
                self.views().next = Some(store.first_index());
                Looked::More
            }
            Err(error) => Looked::Unreadable(error),
        }
    }
}

/// Finds the first record that is not older than `since`. Records are in the order of their times, but for a clock that
/// was set back, and a little more or less of history is as good.
fn first_since(store: &Store, since: Timestamp) -> u64 {
    let (mut low, mut high) = (store.first_index(), store.durable_index());
    while low < high {
        let middle = low + (high - low) / 2;
        let leaf = store.leaves(middle, 1).ok().and_then(|leaves| leaves.into_iter().next());
        match leaf {
            Some(leaf) if leaf.at >= since => high = middle,
            Some(_) | None => low = middle + 1,
        }
    }
    low
}
