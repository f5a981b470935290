//! What of a tool's result goes back to the agent.

use std::collections::BTreeSet;

/// What of a tool's result goes back to the agent, and on record. The default lets everything through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// What is put out of it.
    pub redact: BTreeSet<OutputKind>,
    /// With what it does not go back at all.
    pub block: BTreeSet<OutputKind>,
    /// How many bytes it may have.
    pub max_bytes: Option<u64>,
}

/// What is looked for in a result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutputKind {
    /// Personal data of any kind.
    Pii,
    /// Secrets of any format.
    Secrets,
    /// One kind, by its name.
    Kind(String),
}

impl Output {
    /// Tells whether everything goes through.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Joins two: what one of them stops, both stop.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let most = self.max_bytes.into_iter().chain(other.max_bytes).min();
        Self {
            redact: self.redact.union(&other.redact).cloned().collect(),
            block: self.block.union(&other.block).cloned().collect(),
            max_bytes: most,
        }
    }

    /// Tells whether this lets nothing through that `other` stops.
    #[must_use]
    pub fn stops_all_of(&self, other: &Self) -> bool {
        self.and(other) == *self
    }
}

impl OutputKind {
    /// Tells whether it speaks of what is named `kind`; `secret` tells whether that is one.
    #[must_use]
    pub fn covers(&self, kind: &str, secret: bool) -> bool {
        match self {
            Self::Pii => !secret,
            Self::Secrets => secret,
            Self::Kind(name) => name == kind,
        }
    }
}
