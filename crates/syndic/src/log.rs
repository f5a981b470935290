//! The log, for whoever does not trust it.

use syndic_gate::{EventsError, TilePath};

use crate::Governor;

impl Governor {
    /// Returns the newest signed checkpoint; with witnesses, the newest that they cosigned, if it is at most a minute
    /// older.
    #[must_use]
    pub fn log_checkpoint(&self) -> String {
        self.gate.log_checkpoint()
    }

    /// Returns the keys that verify checkpoints, the current one first.
    #[must_use]
    pub fn log_keys(&self) -> Vec<String> {
        self.gate.log_keys()
    }

    /// Reads a tile of hashes, or a bundle of leaves (c2sp.org/tlog-tiles); `None` where the newest checkpoint does not
    /// reach so far.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn log_tile(&self, tile: TilePath) -> Result<Option<Vec<u8>>, EventsError> {
        self.to_the_end(|gate| async move { gate.log_tile(tile).await }).await
    }
}
