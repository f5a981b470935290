//! Actions counted where they arrive, so that the ledger can be held against something else than itself.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use parking_lot::Mutex;
use syndic_ledger::{CallsCounted, Record};

use crate::Gate;
use crate::gate::WriteFailed;

/// What was counted since the last record of it.
#[derive(Debug)]
pub(crate) struct Calls {
    since: Mutex<Timestamp>,
    arrived: AtomicU64,
    decided: AtomicU64,
    refused: AtomicU64,
    unrecorded: AtomicU64,
    dropped: AtomicU64,
}

impl Calls {
    pub(crate) const fn new(since: Timestamp) -> Self {
        Self {
            since: Mutex::new(since),
            arrived: AtomicU64::new(0),
            decided: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            unrecorded: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        }
    }

    /// Counts an action, before anything else is done.
    pub(crate) fn arrive(&self) {
        self.arrived.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts one whose decision is on record.
    pub(crate) fn decide(&self) {
        self.decided.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts one that was refused without a decision, or was asked for again.
    pub(crate) fn refuse(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts one that was denied since no record could be written.
    pub(crate) fn deny_unrecorded(&self) {
        self.unrecorded.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an event that an audited function lost.
    pub(crate) fn lose(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes what was counted, and begins anew; nothing where that is nothing.
    fn take(&self, now: Timestamp) -> Option<CallsCounted> {
        let mut since = self.since.lock();
        let take = |counter: &AtomicU64| counter.swap(0, Ordering::Relaxed);
        // Who has arrived last is counted before: what is taken of the others is of those that are taken here.
        let [decided, refused, unrecorded, dropped] =
            [&self.decided, &self.refused, &self.unrecorded, &self.dropped].map(take);
        let arrived = take(&self.arrived);
        let counted =
            CallsCounted { since: *since, arrived, decided, refused, unrecorded, dropped };
        if arrived + decided + refused + unrecorded + dropped == 0 {
            return None;
        }
        *since = now;
        Some(counted)
    }

    /// Takes back what could not be recorded.
    fn give_back(&self, counted: &CallsCounted) {
        let mut since = self.since.lock();
        *since = counted.since.min(*since);
        for (counter, count) in [
            (&self.arrived, counted.arrived),
            (&self.decided, counted.decided),
            (&self.refused, counted.refused),
            (&self.unrecorded, counted.unrecorded),
            (&self.dropped, counted.dropped),
        ] {
            counter.fetch_add(count, Ordering::Relaxed);
        }
    }
}

impl Gate {
    /// Records what was counted since the last time, if anything was: every hour, before a report, and when whoever
    /// opened the gate is about to close it. Returns where.
    ///
    /// # Errors
    /// When it cannot be recorded; then it is the next time.
    pub async fn count_calls(&self) -> Result<Option<u64>, WriteFailed> {
        let now = self.now();
        let Some(counted) = self.calls.take(now) else { return Ok(None) };
        match self.write(Record::CallsCounted(counted.clone()), now).await {
            Ok(written) => Ok(Some(written.get().index())),
            Err(failed) => {
                self.calls.give_back(&counted);
                Err(failed)
            }
        }
    }
}
