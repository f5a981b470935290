//! `/v1/audit/holds`, `/v1/audit/prunes` and `/v1/audit/compactions`: what is held back from being dropped and erased,
//! what is dropped, and what is left of what was erased.

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

/// Drops records whose time has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PruneSegments {
    /// Only tell what would be dropped.
    #[serde(default)]
    pub dry_run: bool,
}

/// What was dropped, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PruningBody {
    /// It is gone.
    pub dropped: bool,
    /// The first record that goes.
    pub from: u64,
    /// The first record that is kept.
    pub to: u64,
    /// How many segments that is.
    pub segments: u64,
    /// How many bytes they have on disk.
    pub bytes: u64,
    /// The time it was judged by: the daemon's clock.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Records from this time on are kept.
    #[schema(value_type = String, format = DateTime)]
    pub before: Timestamp,
    /// Why the next segment is kept: `open`, it is still written to; `age`, a record is too young; `hold`, one is held
    /// back; `follower`, somebody who follows the ledger has not come so far.
    pub kept_by: String,
    /// The record that keeps it, where that is one.
    pub keeping: Option<u64>,
    /// The record of the dropping.
    pub record: Option<u64>,
}
