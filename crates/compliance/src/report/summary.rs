//! How many controls have each status.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How many controls have each status; every status is there, zero or not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// All controls of the report, by status.
    pub controls: BTreeMap<String, u64>,
    /// Those that do not apply yet, by what the evidence shows of them today.
    pub not_yet: BTreeMap<String, u64>,
    /// By framework and status; statuses that none has are left out.
    pub frameworks: BTreeMap<String, BTreeMap<String, u64>>,
    /// Readings by verdict; verdicts that none has are left out.
    pub readings: BTreeMap<String, u64>,
    /// Statements by standing; standings that none has are left out.
    pub statements: BTreeMap<String, u64>,
}
