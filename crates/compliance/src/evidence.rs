//! What the rules may look at.

use jiff::Timestamp;
use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use syndic_model::EnforcementGrade;

use crate::{Facts, Setup};

/// A stretch of time, its end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Its begin.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
}

/// What is known about the log itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Its name, as its checkpoints have it.
    pub origin: String,
    /// How many records it has.
    pub size: u64,
    /// The root over them, computed from their bytes (hex).
    pub root: String,
    /// The root that its newest checkpoint signs over as many records is the same; `None` where none is signed yet.
    pub signed: Option<bool>,
    /// The first record that is still there.
    pub first_kept: u64,
    /// When the newest record was written that a checkpoint covers: it was signed no earlier.
    pub checkpoint_at: Option<Timestamp>,
    /// By how many seconds the clock that the report was made by is behind the newest record.
    pub behind_seconds: u64,
    /// Who cosigned a checkpoint and how many records that one covers.
    pub witnesses: Vec<(String, u64)>,
}

/// Everything the rules may look at.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// What the records tell.
    pub facts: &'a Facts,
    /// What the governance directory in force says.
    pub setup: &'a Setup,
    /// What is known about the log.
    pub log: &'a Log,
    /// The time of the report.
    pub now: Timestamp,
}

impl Evidence<'_> {
    /// Returns the day of the report (UTC).
    #[must_use]
    pub fn day(&self) -> Date {
        day(self.now)
    }

    /// Returns the enforcement grades of the paths that the agent's actions came by in the last thirty days, weakest first.
    #[must_use]
    pub fn grades(&self) -> Vec<EnforcementGrade> {
        let Some(agent) = self.agent() else { return Vec::new() };
        let seen = agent.conduct.callers.grades.sum(self.window());
        let grades: BTreeSet<_> = seen.keys().filter_map(|grade| grade.parse().ok()).collect();
        grades.into_iter().collect()
    }
}

/// Returns the day of a time (UTC).
pub(crate) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}
