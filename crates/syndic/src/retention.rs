//! What is held back from being dropped and erased, what is dropped, and compacting what is left of what was erased.

use std::time::Duration;

use syndic_gate::{Compaction, HoldError, HoldRequest, PruneError, Pruning, RetentionHold};

use crate::Governor;
use crate::governor::EMBEDDED;

impl Governor {
    /// Holds records back: they are neither dropped nor erased until it is released.
    ///
    /// # Errors
    /// When there is no reason, nothing could ever be held, or it cannot be recorded.
    pub async fn hold_records(&self, request: HoldRequest) -> Result<RetentionHold, HoldError> {
        self.to_the_end(|gate| async move { gate.hold_records(request, EMBEDDED).await }).await
    }

    /// Releases a hold; answers with what it held.
    ///
    /// # Errors
    /// When there is no such hold or reason, or it cannot be recorded; then it still holds.
    pub async fn release_hold(
        &self,
        id: impl Into<String>,
        reason: impl Into<String>,
    ) -> Result<RetentionHold, HoldError> {
        let (id, reason) = (id.into(), reason.into());
        self.to_the_end(|gate| async move { gate.release_hold(&id, &reason, EMBEDDED).await }).await
    }

    /// Lists the holds that were not released, oldest first.
    #[must_use]
    pub fn retention_holds(&self) -> Vec<RetentionHold> {
        self.gate.retention_holds()
    }

    /// Drops sealed parts whose key was destroyed from the segments, so that even a copy of the key opens nothing. Joins
    /// the compaction that is under way, if there is one, and waits for its end.
    pub async fn compact(&self) -> Compaction {
        self.to_the_end(|gate| async move { gate.compact(Duration::MAX).await }).await
    }

    /// Tells how the last compaction since the start stands.
    #[must_use]
    pub fn compaction(&self) -> Compaction {
        self.gate.compaction()
    }

    /// Drops the segments of which every record is older than retention asks for and none is held back; with `dry_run`,
    /// only tells which those are. It happens by itself once a day.
    ///
    /// # Errors
    /// When the clock went back, or a segment cannot be read or dropped.
    pub async fn prune(&self, dry_run: bool) -> Result<Pruning, PruneError> {
        self.to_the_end(|gate| async move { gate.prune(dry_run, EMBEDDED).await }).await
    }
}
