//! What servers offered to agents, and which changed definitions people accepted: rebuilt from the ledger.

use std::collections::{BTreeMap, HashSet};

use syndic_ledger::{Decision, ToolsOffered};
use syndic_model::{CHANGE_TOOL, Effect};

use crate::kept::kept;

/// How many pairs of agent and server are kept, and how many accepted definitions.
const MOST_OFFERS: usize = 10_000;
const MOST_ACCEPTED: usize = 100_000;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct ToolBook {
    /// By agent and server.
    offers: BTreeMap<(String, String), Offer>,
    /// Server and pin; a tool's name is part of what its pin is of.
    accepted: HashSet<(String, String)>,
}

/// The last that a server offered an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) digest: String,
    /// The record that has the definitions.
    pub(crate) record: u64,
}

kept!(ToolBook { offers, accepted });
kept!(Offer { digest, record });

impl ToolBook {
    /// Takes note of an offer. Beyond the most there may be it is recorded, and not listed.
    pub(crate) fn note_offer(&mut self, offered: &ToolsOffered, record: u64) {
        let key = (offered.agent.clone(), offered.server.clone());
        if self.offers.len() < MOST_OFFERS || self.offers.contains_key(&key) {
            self.offers.insert(key, Offer { digest: offered.digest.clone(), record });
        }
    }

    /// Takes note of a definition that was accepted. Beyond the most there may be, a change stays blocked until it is
    /// pinned.
    pub(crate) fn note_change(&mut self, decision: &Decision) {
        let Decision { action, effect, allowed, server, tool_pin, .. } = decision;
        if action != CHANGE_TOOL || !allowed || effect != Effect::Allow.as_str() {
            return;
        }
        if let (Some(server), Some(pin)) = (server, tool_pin)
            && self.accepted.len() < MOST_ACCEPTED
        {
            self.accepted.insert((server.clone(), pin.clone()));
        }
    }

    pub(crate) fn is_accepted(&self, server: &str, pin: &str) -> bool {
        self.accepted.contains(&(server.to_owned(), pin.to_owned()))
    }

    pub(crate) fn offer(&self, agent: &str, server: &str) -> Option<&Offer> {
        self.offers.get(&(agent.to_owned(), server.to_owned()))
    }

    /// Returns every offer with its agent and server, by agent.
    pub(crate) fn offers(&self) -> Vec<(String, String, Offer)> {
        let offers = self.offers.iter();
        offers
            .map(|((agent, server), offer)| (agent.clone(), server.clone(), offer.clone()))
            .collect()
    }
}
