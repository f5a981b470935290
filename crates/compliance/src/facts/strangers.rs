//! Agents that act, and that no governance directory knew.

use syndic_ledger::Leaf;

use super::count::counts;
use super::days::Days;
use super::named::Named;

counts! {
    /// Actions of agents that nobody knew.
    Strange:
    /// Those that were stopped.
    stopped,
    /// Those that ran.
    allowed,
}

/// Agents that act, and that no governance directory knew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Strangers {
    pub(crate) names: Named<64>,
    pub(crate) actions: Days<Strange>,
}

impl Strangers {
    pub(super) fn see(&mut self, leaf: &Leaf) {
        let Some(acted) = leaf.record.acted().filter(|acted| acted.risk == "unknown") else {
            return;
        };
        self.names.see(acted.agent, leaf);
        if let Some(day) = self.actions.at(leaf.at) {
            day.records.see(leaf.i);
            day.stopped.see_if(!acted.allowed, leaf.i);
            day.allowed.see_if(acted.allowed, leaf.i);
        }
    }
}
