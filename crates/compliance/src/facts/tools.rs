//! What servers offer to an agent, and which models answer it.

use std::collections::BTreeMap;

use syndic_ledger::{Leaf, Record, ToolsOffered};

use super::count::Count;
use super::days::Days;
use super::named::Named;
use crate::Window;

/// The most servers of an agent that are kept in mind.
const MOST_SERVERS: usize = 256;

/// What a server offered last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    /// Over the definitions of all its tools.
    pub(crate) digest: String,
    /// How many tools.
    pub(crate) tools: u64,
    /// The record.
    pub(crate) index: u64,
    /// Offers that were others than the ones before.
    changed: Days<Count>,
}

/// What servers offer to an agent, and which models answer it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tools {
    /// By server.
    pub(crate) offers: BTreeMap<String, Offer>,
    /// Models that outcomes and audited functions name. A decision names the declared one where its call names none.
    pub(crate) models: Named<64>,
    /// Models that decisions name.
    pub(crate) asked: Named<64>,
}

impl Tools {
    pub(super) fn see(&mut self, leaf: &Leaf) {
        if let Record::Decision(decision) = &leaf.record {
            decision.model.iter().for_each(|model| self.asked.see(model, leaf));
        } else if let Record::Outcome(outcome) = &leaf.record {
            outcome.model.iter().for_each(|model| self.models.see(model, leaf));
        } else if let Record::Audited(audited) = &leaf.record {
            audited.model.iter().for_each(|model| self.models.see(model, leaf));
        } else if let Record::ToolsOffered(offered) = &leaf.record {
            self.offered(offered, leaf);
        }
    }

    fn offered(&mut self, offered: &ToolsOffered, leaf: &Leaf) {
        if let Some(offer) = self.offers.get_mut(&offered.server) {
            if offer.digest != offered.digest
                && let Some(day) = offer.changed.at(leaf.at)
            {
                day.see(leaf.i);
            }
            offer.digest.clone_from(&offered.digest);
            (offer.tools, offer.index) = (offered.count, leaf.i);
        } else if self.offers.len() < MOST_SERVERS {
            let (digest, tools) = (offered.digest.clone(), offered.count);
            let offer = Offer { digest, tools, index: leaf.i, changed: Days::default() };
            self.offers.insert(offered.server.clone(), offer);
        }
    }
}

impl Offer {
    /// Returns how often it was another than the one before.
    pub(crate) fn changes(&self, window: Window) -> Count {
        let mut sum = Count::default();
        self.changed.over(window).for_each(|count| sum.plus(*count));
        sum
    }
}
