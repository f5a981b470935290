//! Another governance directory comes into force.

use std::sync::Arc;

use syndic_governance::Governance;
use syndic_ledger::{PolicyLoaded, Record};

use crate::Gate;
use crate::gate::{WriteFailed, committed};
use crate::record::plain;

impl Gate {
    /// Puts `governance` in force, and returns the index of the record of it: what stands before it was decided by
    /// the former directory, what stands after it by this one.
    ///
    /// # Errors
    /// When nothing can be recorded now; the former directory stays in force, unless the ledger failed meanwhile and
    /// decides nothing any more.
    pub async fn reload(&self, governance: Arc<Governance>) -> Result<u64, WriteFailed> {
        let _loading = self.loading.write().await;
        let slot = self.reserve()?;
        let record = Record::PolicyLoaded(loaded(&governance));
        let pending = {
            let _state = self.state();
            self.governance.store(governance);
            slot.enqueue(plain(record, self.now()))
        };
        Ok(committed(pending).await?.get().index())
    }
}

pub(crate) fn loaded(governance: &Governance) -> PolicyLoaded {
    PolicyLoaded {
        revision: governance.revision.clone(),
        files: u64::try_from(governance.files.len()).unwrap_or(u64::MAX),
    }
}
