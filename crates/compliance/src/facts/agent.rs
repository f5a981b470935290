//! What the records tell about one agent.

use jiff::Timestamp;
use syndic_ledger::Leaf;

use super::approvals::{Answers, Approvals};
use super::calls::Calls;
use super::conduct::Conduct;
use super::count::Span;
use super::days::Days;
use super::enforcement::Enforcement;
use super::used::Used;

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
    /// Which actions it used.
    pub(crate) used: Used,
    /// What people were asked about it.
    pub(crate) approvals: Days<Approvals>,
    /// How they answered.
    pub(crate) answers: Days<Answers>,
    /// Whether verdicts were enforced for it, and when people stepped in.
    pub(crate) enforcement: Enforcement,
}

impl AgentFacts {
    /// Takes a record that is about the agent: one that names it, or an action or a request of it.
    pub(crate) fn see(&mut self, leaf: &Leaf) {
        self.records.see(leaf.i);
        self.first = self.first.or(Some(leaf.at));
        self.last = Some(leaf.at);
        self.calls.see(leaf);
        self.conduct.see(leaf);
        self.used.see(leaf);
        self.enforcement.see(leaf);
    }

    /// Counts something about requests for approval.
    pub(super) fn approve(&mut self, leaf: &Leaf, count: impl FnOnce(&mut Approvals)) {
        if let Some(day) = self.approvals.at(leaf.at) {
            day.records.see(leaf.i);
            count(day);
        }
    }
}
