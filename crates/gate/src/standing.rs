//! How the governance directory stands: what waits, and what did not load.

use jiff::Timestamp;
use syndic_governance::{Governance, Loosened};
use syndic_model::{Finding, Level};

/// A governance directory that loosens something and is not in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Its revision.
    pub revision: String,
    pub(crate) manifest: String,
    /// The manifest of what it was compared with.
    pub(crate) against: String,
    /// The administrator who proposed it, by key; nobody where it was found at start.
    pub proposed_by: Option<String>,
    /// Since when it waits.
    pub at: Timestamp,
    /// What it loosens.
    pub loosened: Vec<Loosened>,
}

/// A reload that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// When.
    pub at: Timestamp,
    /// How many errors there were.
    pub errors: usize,
    /// The first, with its place.
    pub first: String,
}

/// How the governance directory stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing {
    /// What waits to be accepted.
    pub held: Option<Held>,
    /// The last reload, where it failed.
    pub failed: Option<Failed>,
    /// Settings that changed and hold from the next start on.
    pub restart_needed: Vec<String>,
}

impl Held {
    /// Tells whether this is the change from `former` to `governance`.
    pub(crate) fn is_about(&self, governance: &Governance, former: &Governance) -> bool {
        self.manifest == governance.manifest && self.against == former.manifest
    }
}

impl Failed {
    pub(crate) fn new(at: Timestamp, findings: &[Finding]) -> Self {
        let mut errors = findings.iter().filter(|finding| finding.level == Level::Error);
        let first = errors.next().map(ToString::to_string).unwrap_or_default();
        Self { at, errors: errors.count() + usize::from(!first.is_empty()), first }
    }
}

impl Standing {
    /// Forgets what waited and what failed: the files are in force.
    pub(crate) fn settle(&mut self, restart_needed: Vec<String>) {
        *self = Self { held: None, failed: None, restart_needed };
    }
}
