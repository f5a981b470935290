//! `/v1/approvals/statistics`: how much people are asked.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How much people were asked over a window, and how they answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ApprovalStatistics {
    /// From when on (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Whether the whole window was looked at; else the newest 100,000 records were.
    pub whole: bool,
    /// How many actions were decided.
    pub actions: u64,
    /// How many of them were held.
    pub holds: u64,
    /// Of 100 actions, how many were held; one digit after the point.
    pub holds_per_100_actions: f64,
    /// By group that was asked.
    pub groups: Vec<GroupStatistics>,
    /// By agent, action and policies, most requests first.
    pub kinds: Vec<KindStatistics>,
}

/// What one group was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GroupStatistics {
    /// Its name.
    pub group: String,
    /// How many requests it got.
    pub requests: u64,
    /// Requests for each 100 actions of the agents it was asked about; one digit after the point.
    pub holds_per_100_actions: f64,
    /// How many requests were approved.
    pub approved: u64,
    /// How many were rejected.
    pub rejected: u64,
    /// How many nobody answered.
    pub timeout: u64,
    /// How many votes to approve its people gave.
    pub votes: u64,
    /// How many of those came in under 3 seconds of the first look.
    pub hasty: u64,
    /// The median time to an answer, of those that people answered.
    pub median_ms: Option<u64>,
}

/// What became of requests of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KindStatistics {
    /// Who asked.
    pub agent: String,
    /// What for.
    pub action: String,
    /// The policies that held it.
    pub policies: Vec<String>,
    /// How many requests there were.
    pub requests: u64,
    /// How many of the last were approved, without one that was rejected or not answered.
    pub approved_in_a_row: u64,
    /// The ids of the actions that were approved last, oldest first, at most 50.
    pub last_approved: Vec<String>,
}

/// Returns `part` for each 100 of `whole`, with one digit after the point.
#[must_use]
pub fn per_100(part: u64, whole: u64) -> f64 {
    let tenths = part.saturating_mul(1_000).checked_div(whole).unwrap_or_default();
    f64::from(u32::try_from(tenths).unwrap_or(u32::MAX)) / 10.0
}
