//! What the records tell, one after the other: a fold that a reader can do again.

mod about;
mod agent;
mod anomalies;
mod approvals;
mod callers;
mod calls;
mod conduct;
mod count;
mod counted;
mod custody;
mod data;
mod days;
mod distinct;
mod drills;
mod enforcement;
mod identity;
mod incidents;
mod key;
mod named;
mod open;
mod policies;
mod requests;
mod roster;
mod sealing;
mod sequence;
mod statements;
mod strangers;
mod tools;
mod used;
mod violations;

use syndic_ledger::Leaf;

pub(crate) use agent::AgentFacts;
pub(crate) use calls::Calls;
pub(crate) use count::{Count, Span};
pub(crate) use custody::SIX_MONTHS_DAYS;
pub(crate) use days::midnight;
pub use drills::{Drills, Ran};
pub(crate) use identity::Credential;
pub use incidents::{Incident, Incidents};
pub(crate) use policies::InForce;
pub(crate) use requests::Request;
pub use statements::{Stated, Statements};

use about::{is_about_all, is_preparation};
use counted::Counted;
use custody::Custody;
use enforcement::Enforcement;
use identity::Keys;
use policies::Policies;
use roster::Roster;
use sealing::Sealing;
use sequence::Sequence;
use strangers::Strangers;

/// What the records tell about all agents, in memory that has a bound however many there are.
///
/// It begins with the first record that is kept: after records were dropped it is made anew, so that whoever reads what
/// is left gets the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    seen: u64,
    /// There is more than starts, settings, keys, and what people say.
    happened: bool,
    /// The order and the times of the records.
    pub(crate) sequence: Sequence,
    /// What was dropped, erased and held back.
    pub(crate) custody: Custody,
    /// What was counted beside the ledger.
    pub(crate) counted: Counted,
    /// How parts are sealed, and what of them was erased.
    pub(crate) sealing: Sealing,
    /// Who holds which key.
    pub(crate) keys: Keys,
    /// Who acts, and nobody knows them.
    pub(crate) strangers: Strangers,
    /// Which governance directories were in force.
    pub(crate) policies: Policies,
    /// How people stepped in for all agents at once.
    pub(crate) everybody: Enforcement,
    roster: Roster,
    statements: Statements,
    drills: Drills,
    incidents: Incidents,
}

impl Facts {
    /// Takes the next record.
    pub fn see(&mut self, leaf: &Leaf) {
        self.seen = leaf.i.saturating_add(1);
        self.happened |= !is_preparation(&leaf.record);
        self.sequence.see(leaf);
        self.custody.see(leaf);
        self.counted.see(leaf);
        self.sealing.see(leaf);
        self.keys.see(leaf);
        self.strangers.see(leaf);
        self.policies.see(leaf);
        if is_about_all(&leaf.record) {
            self.everybody.see(leaf);
        }
        self.roster.see(leaf, &self.policies);
        self.statements.see(leaf);
        self.drills.see(leaf);
        self.incidents.see(leaf);
    }

    /// How many records the log has as far as it was read.
    #[must_use]
    pub const fn seen(&self) -> u64 {
        self.seen
    }

    /// Tells whether nothing happened yet that evidence could be of.
    pub(crate) const fn is_empty(&self) -> bool {
        !self.happened
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

    /// Returns the requests for approval of an agent that wait for an answer, in no order.
    pub(crate) fn pending(&self, id: &str) -> impl Iterator<Item = &Request> {
        self.roster.pending(id)
    }
}
