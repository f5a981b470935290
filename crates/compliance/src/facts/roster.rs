//! The agents that records name, and whose the actions are that later records name by id.

use std::collections::HashMap;

use syndic_ledger::{Decision, DecisionApproval, Leaf, Record};

use super::about::{agent, is_drilled, is_strange};
use super::agent::AgentFacts;
use super::calls::{is_approved, is_gated};
use super::days::day;
use super::key::Key;
use super::open::{Action, Open};
use super::policies::Policies;
use super::requests::{Request, State, Voters, request};

/// The most agents that are told apart; any more are counted together.
const MOST_AGENTS: usize = 10_000;
/// For how many days an outcome can come.
const OUTCOME_DAYS: i64 = 2;
/// For how many days a request for approval can be answered and used.
const REQUEST_DAYS: i64 = 40;
/// For how many days a break-glass can be looked at.
const GLASS_DAYS: i64 = 400;

/// The agents, and what is open of theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Roster {
    places: HashMap<Box<str>, usize>,
    agents: Agents,
    actions: Open<Action, OUTCOME_DAYS>,
    requests: Open<Request, REQUEST_DAYS>,
    glasses: Open<Option<usize>, GLASS_DAYS>,
    voters: Voters,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Agents {
    apart: Vec<AgentFacts>,
    /// Those that no governance directory knew, and those for which there was no room.
    others: AgentFacts,
}

impl Agents {
    fn at(&mut self, place: Option<usize>) -> &mut AgentFacts {
        place.and_then(|place| self.apart.get_mut(place)).unwrap_or(&mut self.others)
    }
}

impl Roster {
    pub(crate) fn see(&mut self, leaf: &Leaf, policies: &Policies) {
        if let Some(name) = agent(&leaf.record) {
            self.named(name, leaf);
        } else if let Record::Outcome(outcome) = &leaf.record {
            if let Some(action) = self.actions.end(Key::of(&outcome.id)) {
                self.ended(&action, leaf);
            }
        } else if let Record::OutcomeMissing(missing) = &leaf.record {
            self.missing(Key::of(&missing.id), leaf);
        } else if let Some(key) = request(&leaf.record) {
            if let Some(request) = self.requests.get_mut(key) {
                let agent = self.agents.at(request.agent);
                agent.see(leaf);
                request.see(leaf, agent, &mut self.voters, policies);
            }
        } else if let Some(key) = glass(&leaf.record)
            && let Some(place) = self.glasses.get_mut(key)
        {
            self.agents.at(*place).see(leaf);
        }
    }

    pub(crate) fn agent(&self, id: &str) -> Option<&AgentFacts> {
        self.agents.apart.get(*self.places.get(id)?)
    }

    pub(crate) fn pending(&self, id: &str) -> impl Iterator<Item = &Request> {
        let place = self.places.get(id).copied();
        let own = move |request: &&Request| place.is_some() && request.agent == place;
        self.requests.iter().filter(own).filter(|request| request.state == State::Pending)
    }

    fn named(&mut self, name: &str, leaf: &Leaf) {
        if is_drilled(&leaf.record) {
            return;
        }
        let place = self.place(name, is_strange(&leaf.record));
        self.agents.at(place).see(leaf);
        if let Record::Decision(decision) = &leaf.record {
            self.decided(decision, place, leaf);
        } else if let Record::BreakGlassAsked(asked) = &leaf.record {
            self.glasses.follow(Key::of(&asked.id), leaf.at, place);
        }
    }

    fn decided(&mut self, decision: &Decision, agent: Option<usize>, leaf: &Leaf) {
        if decision.allowed {
            let (gated, approved) = (is_gated(decision), is_approved(decision));
            let action = Action { agent, day: day(leaf.at), gated, approved, missing: false };
            self.actions.follow(Key::of(&decision.id), leaf.at, action);
        }
        match &decision.approval {
            Some(DecisionApproval::Opened(opened)) => {
                let request = Request::opened(opened, decision, agent, leaf);
                self.requests.follow(Key::of(&opened.id), leaf.at, request);
                self.agents.at(agent).approve(leaf, |day| day.requested.see(leaf.i));
            }
            Some(DecisionApproval::Used(id)) => {
                let facts = self.agents.at(agent);
                match self.requests.get_mut(Key::of(id)) {
                    Some(request) => request.used(decision, leaf, facts),
                    None => facts.approve(leaf, |day| {
                        day.used.see(leaf.i);
                        day.unseen.see(leaf.i);
                    }),
                }
            }
            Some(DecisionApproval::Joined(_) | DecisionApproval::Refused(_)) | None => {}
        }
    }

    fn missing(&mut self, key: Key, leaf: &Leaf) {
        let Some(action) = self.actions.get_mut(key).filter(|action| !action.missing) else {
            return;
        };
        let before = *action;
        action.missing = true;
        self.ended(&before, leaf);
    }

    fn ended(&mut self, action: &Action, leaf: &Leaf) {
        let agent = self.agents.at(action.agent);
        agent.see(leaf);
        agent.calls.ended(action, leaf);
    }

    /// Finds the place of an agent, or gives it one. A name that nobody knew takes none away.
    fn place(&mut self, name: &str, strange: bool) -> Option<usize> {
        if let Some(place) = self.places.get(name) {
            return Some(*place);
        }
        let place = self.agents.apart.len();
        if strange || place >= MOST_AGENTS {
            return None;
        }
        self.places.insert(name.into(), place);
        self.agents.apart.push(AgentFacts::default());
        Some(place)
    }
}

/// Returns the key under which a break-glass that a record names is followed.
fn glass(record: &Record) -> Option<Key> {
    if let Record::BreakGlassOpened(opened) = record {
        Some(Key::of(&opened.id))
    } else if let Record::BreakGlassReviewed(reviewed) = record {
        Some(Key::of(&reviewed.id))
    } else {
        None
    }
}
