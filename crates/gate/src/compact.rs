//! Compacting on request: one at a time, to its end, whoever waits for it.

use std::sync::Arc;
use std::time::Duration;

use syndic_store::Compacted;
use tokio::sync::watch;

use crate::Gate;

/// How compacting stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compaction {
    /// It is under way.
    pub running: bool,
    /// How many segments are done.
    pub done: u64,
    /// Of how many.
    pub of: u64,
    /// What the last came to, once it ended, or why it stopped.
    pub result: Option<Result<Compacted, String>>,
}

/// Ends a compaction however it ends.
struct Ending(Arc<watch::Sender<Compaction>>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.send_modify(|compaction| {
            compaction.running = false;
            compaction.result.get_or_insert_with(|| Err("compacting panicked".to_owned()));
        });
    }
}

impl Gate {
    /// Drops sealed parts whose key was destroyed from the segments, so that even a copy of the key opens nothing.
    /// Joins the compaction that is under way, if there is one. Waits for its end, no longer than `patience`; it goes
    /// on all the same.
    pub async fn compact(&self, patience: Duration) -> Compaction {
        let mut told = self.compaction.subscribe();
        self.start_compacting();
        let ended = tokio::time::timeout(patience, told.wait_for(|compaction| !compaction.running));
        drop(ended.await);
        self.compaction()
    }

    /// Tells how the last compaction since the start stands.
    #[must_use]
    pub fn compaction(&self) -> Compaction {
        self.compaction.borrow().clone()
    }

    fn start_compacting(&self) {
        let start = |compaction: &mut Compaction| {
            let start = !compaction.running;
            if start {
                *compaction = Compaction { running: true, ..Compaction::default() };
            }
            start
        };
        if !self.compaction.send_if_modified(start) {
            return;
        }
        let (store, ending) = (self.store(), Ending(Arc::clone(&self.compaction)));
        tokio::task::spawn_blocking(move || {
            let told = &ending.0;
            let result = store.compact(&mut |done, of| {
                told.send_modify(|compaction| (compaction.done, compaction.of) = (done, of));
            });
            // The data directory is free once the end is told.
            drop(store);
            let result = result.map_err(|error| described(&error));
            if let Err(error) = &result {
                tracing::error!(error, "compacting stopped");
            }
            told.send_modify(|compaction| compaction.result = Some(result));
        });
    }
}

/// Words an error with what caused it.
fn described(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
