//! What a report is about and what it rests on.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use syndic_ledger::Baseline;

/// Whom a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The agent's id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Who answers for it: a person, by name or role.
    pub owner: String,
    /// Their team.
    pub team: String,
    /// How to reach them.
    pub contact: String,
    /// `low`, `medium`, `high` or `critical`.
    pub risk_level: String,
    /// `observe` or `enforce`.
    pub mode: String,
    /// The enforcement grades of the paths its actions came by, weakest first.
    pub grades: Vec<String>,
    /// What it is for.
    pub purpose: String,
}

/// Which catalogue of duties a report was judged by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueUsed {
    /// Its version.
    pub version: String,
    /// The day whose law it has.
    pub as_of: Date,
    /// Why it should be looked at again before its dates are believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// Which log a report rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogUsed {
    /// Its name, as its checkpoints have it.
    pub origin: String,
    /// How many records it has.
    pub size: u64,
    /// The root over them, computed from their bytes (hex).
    pub root: String,
    /// The first record that is still there.
    pub first_kept: u64,
    /// Whether a checkpoint of the log's key over as many records has the same root; left out where none is signed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<bool>,
    /// When the newest checkpoint was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint_at: Option<Timestamp>,
    /// Who else vouches for it.
    pub witnesses: Vec<Witnessed>,
}

/// A witness that cosigned a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witnessed {
    /// Its name.
    pub name: String,
    /// How many records that checkpoint covers.
    pub size: u64,
}

/// Which policies were in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyUsed {
    /// The manifest's hash.
    pub manifest: String,
    /// `dev`, `staging` or `prod`.
    pub environment: String,
    /// Hashes of what statements speak of.
    pub baseline: Baseline,
    /// The ids of the policies that apply to the agent and are enforced.
    pub enforced: Vec<String>,
    /// The ids of those that apply and are evaluated only.
    pub shadow: Vec<String>,
}
