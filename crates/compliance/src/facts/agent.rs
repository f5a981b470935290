//! What the records tell about one agent.

use jiff::Timestamp;
use syndic_ledger::Leaf;

use super::calls::Calls;
use super::conduct::Conduct;
use super::count::Span;
use super::days::Days;

/// What the records tell about one agent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AgentFacts {
    /// The records that are about it.
    pub(crate) records: Span,
    /// When the first of them was made.
    pub(crate) first: Option<Timestamp>,
    /// When the last of them was made.
    pub(crate) last: Option<Timestamp>,
    /// What it asked for, by the day of the decision.
    pub(crate) calls: Days<Calls>,
    /// How it acts.
    pub(crate) conduct: Conduct,
}

impl AgentFacts {
    /// Takes a record that is about the agent: one that names it, or an action or a request of it.
    pub(crate) fn see(&mut self, leaf: &Leaf) {
        self.records.see(leaf.i);
        self.first = self.first.or(Some(leaf.at));
        self.last = Some(leaf.at);
        self.calls.see(leaf);
        self.conduct.see(leaf);
    }
}
