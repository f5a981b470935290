//! Keys: who holds which, since when, and which of them agents use.

use std::collections::HashMap;

use jiff::Timestamp;
use syndic_ledger::{Leaf, Record};

use super::count::Count;
use super::days::Days;
use crate::Window;

/// The most keys that are kept in mind. Those that are withdrawn or over make room; where there are none, a new one is
/// as if it had not been made.
const MOST: usize = 20_000;

/// A key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Credential {
    /// The agent or person that holds it.
    pub(crate) holder: Option<String>,
    /// It is an agent's.
    pub(crate) is_agent: bool,
    /// When it was made.
    pub(crate) made: Timestamp,
    /// When it ends.
    pub(crate) expires: Timestamp,
    /// It was withdrawn.
    pub(crate) revoked: bool,
    /// The record that made it.
    pub(crate) index: u64,
    /// The actions of its holder that were asked for by it.
    pub(crate) used: Days<Count>,
}

/// The keys, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Keys(HashMap<String, Credential>);

impl Keys {
    pub(super) fn see(&mut self, leaf: &Leaf) {
        if let Some(acted) = leaf.record.acted() {
            let key = self.0.get_mut(acted.asked_by);
            let own = key.filter(|key| key.is_agent && key.holder.as_deref() == Some(acted.agent));
            if let Some(day) = own.and_then(|key| key.used.at(leaf.at)) {
                day.see(leaf.i);
            }
        } else if let Record::KeyCreated(created) = &leaf.record {
            if self.0.len() >= MOST {
                self.0.retain(|_, key| key.is_active(leaf.at));
            }
            if self.0.len() >= MOST {
                return;
            }
            let key = Credential {
                holder: created.holder.clone(),
                is_agent: created.role == "agent",
                made: leaf.at,
                expires: created.expires,
                revoked: false,
                index: leaf.i,
                used: Days::default(),
            };
            self.0.insert(created.id.clone(), key);
        } else if let Record::KeyRevoked(revoked) = &leaf.record
            && let Some(key) = self.0.get_mut(&revoked.id)
        {
            key.revoked = true;
        }
    }

    /// Returns the keys of an agent, withdrawn ones too, the oldest first.
    pub(crate) fn of(&self, agent: &str) -> Vec<&Credential> {
        let own = |key: &&Credential| key.is_agent && key.holder.as_deref() == Some(agent);
        let mut own: Vec<_> = self.0.values().filter(own).collect();
        own.sort_unstable_by_key(|key| key.index);
        own
    }
}

impl Credential {
    /// Tells whether it opens something.
    pub(crate) fn is_active(&self, at: Timestamp) -> bool {
        !self.revoked && at < self.expires
    }

    /// Returns how many actions were asked for by it.
    pub(crate) fn uses(&self, window: Window) -> Count {
        let mut sum = Count::default();
        self.used.over(window).for_each(|count| sum.plus(*count));
        sum
    }
}
