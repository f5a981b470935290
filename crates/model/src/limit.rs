//! How often and how much: limits over time.

use std::collections::BTreeSet;
use std::str::FromStr;

use crate::risk::words;
use crate::{ActionName, Capability, Money};

/// How many limits an agent may have.
pub const MAX_LIMITS: usize = 16;

words! {
    /// Over what a limit counts.
    Period, "period", "minute, hour, day, session, user":
    /// A rolling minute of the agent.
    Minute = "minute",
    /// A rolling hour of the agent.
    Hour = "hour",
    /// A rolling day of the agent.
    Day = "day",
    /// A session of the agent, until it is idle for a day; what names none is counted together.
    Session = "session",
    /// A rolling day of one user of the agent; what names none is counted together.
    User = "user",
}

/// A bound on what an agent does over time; it counts the actions of its scope, and refuses beyond any of its measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The actions it counts; empty for all.
    pub actions: Vec<ActionName>,
    /// The capability it counts.
    pub capability: Option<Capability>,
    /// Over what it counts.
    pub per: Period,
    /// The most calls, denied ones included.
    pub calls: Option<u64>,
    /// The most money in sum, of what was allowed.
    pub amount: Option<Money>,
    /// The most different recipients, of what was allowed.
    pub recipients: Option<u64>,
    /// The most tokens, as outcomes report them; reaching it is beyond it.
    pub tokens: Option<u64>,
}

impl Limit {
    /// Tells whether it counts every action, known or not.
    #[must_use]
    pub const fn counts_all(&self) -> bool {
        self.actions.is_empty() && self.capability.is_none()
    }

    /// Tells whether it counts an action with these capabilities.
    #[must_use]
    pub fn counts(&self, action: &ActionName, capabilities: &BTreeSet<Capability>) -> bool {
        (self.actions.is_empty() || self.actions.contains(action))
            && self.capability.is_none_or(|capability| capabilities.contains(&capability))
    }
}
