//! What was tried out on the running system: the newest run of each drill.

use std::collections::BTreeMap;

use jiff::Timestamp;
use syndic_ledger::{DrillRan, Leaf, Record};

/// The most drills that are kept in mind, each once for all agents and once for each; one beyond that is as if it had
/// not run.
const MOST: usize = 65_536;

/// A run of a drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// What ran, and what came of it.
    pub drill: DrillRan,
    /// When.
    pub at: Timestamp,
    /// The record.
    pub index: u64,
}

/// The newest run of each drill.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drills {
    /// Those that named no agent, by drill.
    all: BTreeMap<String, Ran>,
    /// The others, by agent and drill.
    of: BTreeMap<String, BTreeMap<String, Ran>>,
    count: usize,
}

impl Drills {
    pub(super) fn see(&mut self, leaf: &Leaf) {
        let Record::DrillRan(drill) = &leaf.record else { return };
        let known = drill.agent.as_ref().map_or(Some(&self.all), |agent| self.of.get(agent));
        let replaces = known.is_some_and(|runs| runs.contains_key(&drill.drill));
        if !replaces && self.count >= MOST {
            return;
        }
        self.count += usize::from(!replaces);
        let runs = match &drill.agent {
            None => &mut self.all,
            Some(agent) => self.of.entry(agent.clone()).or_default(),
        };
        let ran = Ran { drill: drill.clone(), at: leaf.at, index: leaf.i };
        runs.insert(drill.drill.clone(), ran);
    }

    /// Returns the newest run of a drill that counts for an agent: one that named it, or no agent at all.
    #[must_use]
    pub fn newest(&self, drill: &str, agent: &str) -> Option<&Ran> {
        let own = self.of.get(agent).and_then(|runs| runs.get(drill));
        own.into_iter().chain(self.all.get(drill)).max_by_key(|ran| ran.index)
    }
}
