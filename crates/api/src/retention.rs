//! `/v1/audit/holds` and `/v1/audit/compactions`: what is held back from being dropped and erased, and what is left of
//! what was erased.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Holds records back of which all that is named is true; naming nothing holds everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddHold {
    /// Of this agent, or done for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Of this user; recorded as a keyed pseudonym.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Of this session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// From this time on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Why; recorded.
    pub reason: String,
}

/// Releases a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseHold {
    /// Why; recorded.
    pub reason: String,
}

/// The holds that were not released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RetentionHolds {
    /// Oldest first.
    pub holds: Vec<RetentionHoldBody>,
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RetentionHoldBody {
    /// Its id.
    pub id: String,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Of this agent alone.
    pub agent: Option<String>,
    /// Of this user alone, by keyed pseudonym.
    pub user_ref: Option<String>,
    /// Of this session alone.
    pub session: Option<String>,
    /// From this time on.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Before this time.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: String,
    /// The key that added it.
    pub by: String,
}

/// How compacting stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CompactionBody {
    /// `none` since the start, `running`, `done` or `failed`.
    pub state: String,
    /// How many segments are done.
    pub segments: u64,
    /// Of how many.
    pub of: u64,
    /// How many of them were written anew.
    pub rewritten: u64,
    /// How many records had parts that are dropped now.
    pub records: u64,
    /// How many bytes those parts had.
    pub bytes: u64,
    /// Why it failed; trying again goes on.
    pub error: Option<String>,
}
