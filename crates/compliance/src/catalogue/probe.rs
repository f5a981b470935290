//! What can be measured.

use schemars::JsonSchema;
use serde::Deserialize;

/// What can be measured, and from what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProbeEntry {
    /// Its id, such as `LOG-01`.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What it measures.
    pub definition: String,
    /// Where that comes from.
    pub source: String,
    /// For how many days a reading holds.
    pub fresh_for_days: u16,
}
