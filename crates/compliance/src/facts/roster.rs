//! The agents that records name, and whose the actions are that later records name by id.

use std::collections::HashMap;

use syndic_ledger::{Decision, Leaf, Record};

use super::about::{agent, is_strange};
use super::agent::AgentFacts;
use super::calls::{is_approved, is_gated};
use super::days::day;
use super::key::Key;
use super::open::{Action, Open};

/// The most agents that are told apart; any more are counted together.
const MOST_AGENTS: usize = 10_000;
/// For how many days an outcome can come.
const OUTCOME_DAYS: i64 = 2;

/// The agents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Roster {
    places: HashMap<Box<str>, usize>,
    agents: Vec<AgentFacts>,
    /// Those that no governance directory knew, and those for which there was no room.
    others: AgentFacts,
    actions: Open<Action, OUTCOME_DAYS>,
}

impl Roster {
    pub(crate) fn see(&mut self, leaf: &Leaf) {
        if let Some(name) = agent(&leaf.record) {
            let place = self.place(name, is_strange(&leaf.record));
            self.at(place).see(leaf);
            if let Record::Decision(decision) = &leaf.record {
                self.decided(decision, place, leaf);
            }
        } else if let Record::Outcome(outcome) = &leaf.record {
            if let Some(action) = self.actions.end(Key::of(&outcome.id)) {
                self.ended(&action, leaf);
            }
        } else if let Record::OutcomeMissing(missing) = &leaf.record
            && let Some(action) = self.actions.get_mut(Key::of(&missing.id))
            && !action.missing
        {
            action.missing = true;
            let action = *action;
            self.ended(&action, leaf);
        }
    }

    pub(crate) fn agent(&self, id: &str) -> Option<&AgentFacts> {
        self.agents.get(*self.places.get(id)?)
    }

    fn decided(&mut self, decision: &Decision, agent: Option<usize>, leaf: &Leaf) {
        if decision.allowed {
            let (gated, approved) = (is_gated(decision), is_approved(decision));
            let action = Action { agent, day: day(leaf.at), gated, approved, missing: false };
            self.actions.follow(Key::of(&decision.id), leaf.at, action);
        }
    }

    fn ended(&mut self, action: &Action, leaf: &Leaf) {
        let agent = self.at(action.agent);
        agent.see(leaf);
        agent.calls.ended(action, leaf);
    }

    /// Finds the place of an agent, or gives it one. A name that nobody knew takes none away.
    fn place(&mut self, name: &str, strange: bool) -> Option<usize> {
        if let Some(place) = self.places.get(name) {
            return Some(*place);
        }
        if strange || self.agents.len() >= MOST_AGENTS {
            return None;
        }
        let place = self.agents.len();
        self.places.insert(name.into(), place);
        self.agents.push(AgentFacts::default());
        Some(place)
    }

    fn at(&mut self, place: Option<usize>) -> &mut AgentFacts {
        place.and_then(|place| self.agents.get_mut(place)).unwrap_or(&mut self.others)
    }
}
