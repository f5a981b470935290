//! What is seen of the ledger as it grows: one follower, and the views that it feeds.
//!
//! Reads below the durable index alone, beside decisions and never in their way. A view is kept in memory and made again
//! at every start from the records of the last 35 days. To add one: a field of [`Views`], and a line in
//! [`Views::apply`].

mod follow;
mod happened;
mod known;
mod recent;
mod tail;

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use syndic_ledger::Leaf;
use tokio::sync::watch;

pub use self::follow::FollowIdle;
pub use self::happened::Happened;
pub(crate) use self::known::Known;
pub use self::tail::{Share, Tail, TailError, TailFilter, Told};

use self::recent::Recent;
use crate::activity::Activity;
use crate::revisions::Revisions;
use crate::unusual::Unusual;

/// The views, and how far they have come.
#[derive(Debug, Default)]
pub(crate) struct Live {
    views: Mutex<Views>,
    /// The index of the next record that the views take.
    through: watch::Sender<u64>,
    idle: FollowIdle,
}

/// Everything that is made of the records as they become durable.
#[derive(Debug, Default)]
pub(crate) struct Views {
    /// Where the follower goes on; nothing until it has found where to begin.
    next: Option<u64>,
    pub(crate) recent: Recent,
    pub(crate) activity: Activity,
    /// Begins with what a start replayed, which reaches back further.
    pub(crate) revisions: Revisions,
    pub(crate) unusual: Arc<Unusual>,
}

impl Views {
    /// Takes one record, each once and in order.
    fn apply(&mut self, leaf: &Leaf) {
        self.recent.apply(leaf);
        self.activity.apply(leaf);
        self.revisions.apply(leaf);
        self.unusual.apply(leaf);
    }
}

impl Live {
    /// Returns the views; never held while something is awaited or read from disk.
    pub(crate) fn views(&self) -> MutexGuard<'_, Views> {
        self.views.lock()
    }

    /// Returns the index of the next record that the views take.
    pub(crate) fn through(&self) -> u64 {
        *self.through.borrow()
    }

    /// Takes records that follow on those before; what was taken already is passed over.
    fn take(&self, leaves: &[Leaf]) {
        let mut views = self.views();
        for leaf in leaves {
            if views.next.is_none_or(|next| leaf.i >= next) {
                views.apply(leaf);
                views.next = Some(leaf.i + 1);
            }
        }
        views.recent.close_batch();
        let through = views.next.unwrap_or_default();
        drop(views);
        self.through.send_replace(through);
    }
}
