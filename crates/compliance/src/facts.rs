//! What the records tell, one after the other: a fold that a reader can do again.

use syndic_ledger::Leaf;

/// What the records tell.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    seen: u64,
}

impl Facts {
    /// Takes the next record.
    pub fn see(&mut self, leaf: &Leaf) {
        self.seen = leaf.i + 1;
    }

    /// How many records the log has as far as it was read.
    #[must_use]
    pub const fn seen(&self) -> u64 {
        self.seen
    }
}
