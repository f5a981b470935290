//! How one agent acts: what stood in its way, what it sent, who asked, which tools and models it has, what was unusual.

use syndic_ledger::{Leaf, Record};

use super::anomalies::Anomalies;
use super::callers::Callers;
use super::data::Data;
use super::tools::Tools;
use super::violations::Violations;

/// How one agent acts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Conduct {
    pub(crate) violations: Violations,
    pub(crate) data: Data,
    pub(crate) callers: Callers,
    pub(crate) tools: Tools,
    pub(crate) anomalies: Anomalies,
}

impl Conduct {
    /// Takes a record that is about the agent.
    pub(super) fn see(&mut self, leaf: &Leaf) {
        if let Some(acted) = leaf.record.acted() {
            self.violations.see(&acted, leaf);
            self.callers.see(&acted, leaf);
        }
        if let Record::Decision(decision) = &leaf.record {
            self.data.decided(decision, leaf);
        } else if let Record::Outcome(outcome) = &leaf.record {
            self.data.ended(outcome, leaf);
        } else if let Record::Anomaly(anomaly) = &leaf.record {
            self.anomalies.see(anomaly, leaf);
        }
        self.tools.see(leaf);
    }
}
