//! How many controls have each status.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Framework;
use crate::check::{count, tally};
use crate::{Reading, StatementEntry, Status};

/// How many controls have each status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// All controls of the report, by status; every status is there, zero or not.
    pub controls: BTreeMap<String, u64>,
    /// Those that do not apply yet, by what the evidence shows of them today; statuses that none has are left out.
    pub not_yet: BTreeMap<String, u64>,
    /// By framework and status; statuses that none has are left out.
    pub frameworks: BTreeMap<String, BTreeMap<String, u64>>,
    /// Readings by verdict; verdicts that none has are left out.
    pub readings: BTreeMap<String, u64>,
    /// Statements by standing; standings that none has are left out.
    pub statements: BTreeMap<String, u64>,
}

impl Summary {
    pub(crate) fn of(
        frameworks: &[Framework],
        readings: &[Reading],
        statements: &[StatementEntry],
    ) -> Self {
        let duties = || frameworks.iter().flat_map(|framework| &framework.controls);
        let mut controls = zero();
        controls.extend(count(duties().map(|duty| duty.status)));
        let of = |framework: &Framework| count(framework.controls.iter().map(|duty| duty.status));
        Self {
            controls,
            not_yet: count(duties().filter_map(|duty| duty.evaluated)),
            frameworks: frameworks.iter().map(|one| (one.id.clone(), of(one))).collect(),
            readings: tally(readings.iter().map(|reading| reading.verdict.as_str())),
            statements: tally(statements.iter().map(|entry| entry.standing.as_str())),
        }
    }
}

fn zero() -> BTreeMap<String, u64> {
    Status::ALL.iter().map(|status| (status.as_str().to_owned(), 0)).collect()
}
