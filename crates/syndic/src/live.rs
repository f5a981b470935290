//! Watching what happens.

use syndic_gate::{Tail, TailFilter};

use crate::Governor;

impl Governor {
    /// Watches what happens after the record `after`, or from now on: every record, once it is durable, at most 10,000
    /// back. Costs decisions nothing; who falls further behind is told so.
    #[must_use]
    pub fn tail(&self, after: Option<u64>, filter: TailFilter) -> Tail {
        self.gate.tail(after, filter)
    }
}
