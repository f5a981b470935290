//! What the records tell, one after the other: a fold that a reader can do again.

mod about;
mod agent;
mod calls;
mod count;
mod counted;
mod custody;
mod days;
mod drills;
mod incidents;
mod key;
mod open;
mod roster;
mod sequence;
mod statements;

use syndic_ledger::Leaf;

pub(crate) use agent::AgentFacts;
pub(crate) use count::Span;
pub(crate) use custody::SIX_MONTHS_DAYS;
pub(crate) use days::midnight;
pub use drills::{Drills, Ran};
pub use incidents::{Incident, Incidents, Reported};
pub use statements::{Stated, Statements};

use counted::Counted;
use custody::Custody;
use roster::Roster;
use sequence::Sequence;

/// What the records tell about all agents, in memory that has a bound however many there are.
///
/// It begins with the first record that is kept: after records were dropped it is made anew, so that whoever reads what
/// is left gets the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    seen: u64,
    /// The order and the times of the records.
    pub(crate) sequence: Sequence,
    /// What was dropped, erased and held back.
    pub(crate) custody: Custody,
    /// What was counted beside the ledger.
    pub(crate) counted: Counted,
    roster: Roster,
    statements: Statements,
    drills: Drills,
    incidents: Incidents,
}

impl Facts {
    /// Takes the next record.
    pub fn see(&mut self, leaf: &Leaf) {
        self.seen = leaf.i.saturating_add(1);
        self.sequence.see(leaf);
        self.custody.see(leaf);
        self.counted.see(leaf);
        self.roster.see(leaf);
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

    /// Returns what the records tell about an agent; nothing where none names it, or where more agents are named than
    /// are told apart.
    pub(crate) fn agent(&self, id: &str) -> Option<&AgentFacts> {
        self.roster.agent(id)
    }
}
