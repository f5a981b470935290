//! What the records tell, one after the other: a fold that a reader can do again.

mod drills;
mod incidents;
mod statements;

use syndic_ledger::Leaf;

pub use drills::{Drills, Ran};
pub use incidents::{Incident, Incidents, Reported};
pub use statements::{Stated, Statements};

/// What the records tell.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    seen: u64,
    statements: Statements,
    drills: Drills,
    incidents: Incidents,
}

impl Facts {
    /// Takes the next record.
    pub fn see(&mut self, leaf: &Leaf) {
        self.seen = leaf.i + 1;
        self.statements.see(leaf);
        self.drills.see(leaf);
        self.incidents.see(leaf);
    }

    /// How many records the log has as far as it was read.
    #[must_use]
    pub const fn seen(&self) -> u64 {
        self.seen
    }

    /// Returns what people answer for.
    #[must_use]
    pub const fn statements(&self) -> &Statements {
        &self.statements
    }

    /// Returns what was tried out.
    #[must_use]
    pub const fn drills(&self) -> &Drills {
        &self.drills
    }

    /// Returns what went wrong.
    #[must_use]
    pub const fn incidents(&self) -> &Incidents {
        &self.incidents
    }
}
