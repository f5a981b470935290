//! Which agents are stopped, and why.

use std::collections::{BTreeMap, BTreeSet};

use syndic_model::{AgentId, AgentProfile};

use super::{EVERY_AGENT, State};

impl State {
    pub(crate) fn suspend(&mut self, agent: &str, reason: &str) {
        self.suspended.insert(agent.to_owned(), reason.to_owned());
    }

    /// Lifts a stop of one agent, or of all; an agent stopped by itself stays so when the stop of all is lifted.
    pub(crate) fn resume(&mut self, agent: &str) {
        self.suspended.remove(agent);
    }

    /// Returns why an agent is stopped, if it is.
    pub(crate) fn suspension(&self, agent: &str) -> Option<&str> {
        self.suspended.get(agent).or_else(|| self.suspended.get(EVERY_AGENT)).map(String::as_str)
    }

    /// Returns those of `profiles` that are stopped.
    pub(crate) fn stopped<'a>(
        &self,
        profiles: impl Iterator<Item = &'a AgentProfile>,
    ) -> BTreeSet<AgentId> {
        profiles
            .map(|profile| &profile.id)
            .filter(|id| self.suspension(id.as_str()).is_some())
            .cloned()
            .collect()
    }

    /// Returns the names under which agents are stopped, and why.
    pub(crate) const fn suspensions(&self) -> &BTreeMap<String, String> {
        &self.suspended
    }

    /// Tells whether every agent is stopped at once.
    pub(crate) fn all_suspended(&self) -> bool {
        self.suspended.contains_key(EVERY_AGENT)
    }

    /// Returns the names under which agents are stopped.
    pub(crate) fn suspended_names(&self) -> Vec<String> {
        self.suspended.keys().cloned().collect()
    }
}
