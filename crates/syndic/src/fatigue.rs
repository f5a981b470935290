//! How much people are asked.

use syndic_gate::{ApprovalStatistics, EventsError};

use crate::Governor;

impl Governor {
    /// Tells how much people were asked in the last `days`, how they answered, and how fast.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn approval_statistics(&self, days: u16) -> Result<ApprovalStatistics, EventsError> {
        self.to_the_end(move |gate| async move { gate.approval_statistics(days).await }).await
    }
}
