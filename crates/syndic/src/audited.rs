//! Functions that are audited: whose governor records them, and events that a program tells of itself.

use syndic_gate::{AuditedCall, Gate, Lost};

use crate::Governor;
use crate::governor::EMBEDDED;
use crate::scope::{AlreadyInstalled, Handle};

impl Governor {
    /// Makes this the governor of the process: it records what is audited, and decides what is governed, wherever no
    /// scope names another. It stays so until it is closed.
    ///
    /// # Errors
    /// When there is one already.
    pub fn install(&self) -> Result<(), AlreadyInstalled> {
        self.handle().install()
    }

    /// Records a call that has ended, as `#[audited]` does: for what no attribute can be put on. It waits while half of
    /// the ledger's queue is taken, and, where durability is `full`, until the event is on disk.
    ///
    /// # Errors
    /// When the ledger cannot be written. The call has run; the loss is counted (`syndic_audit_lost`) and logged.
    pub async fn audit(&self, call: AuditedCall) -> Result<(), Lost> {
        let slot = self.gate.room_for_audited(&call.agent).await?;
        Gate::audited_durably(self.gate.audit(slot, EMBEDDED, call)).await
    }

    pub(crate) fn handle(&self) -> Handle {
        Handle::new(&self.gate, &self.busy)
    }
}
