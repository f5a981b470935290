//! Records of what was done to the ledger itself: its key, what was erased of it, held back from erasure, and dropped.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The log has another key; the former one signs too until the next rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogKeyRotated {
    /// The former verifier key.
    pub from: String,
    /// The new one.
    pub to: String,
    /// The key that did it.
    pub by: String,
}

/// What was recorded of a user cannot be read any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserRedacted {
    /// Keyed pseudonym of the user.
    pub user_ref: String,
    /// What was recorded of them from this record on is not erased.
    pub before: u64,
    /// Why, in the words of the person who did it, who is asked not to name the user.
    pub reason: String,
    /// The key that did it.
    pub by: String,
    /// How many records had parts that are erased now.
    pub records: u64,
    /// How many keys were destroyed.
    pub keys: u64,
    /// Some of the records were younger than the retention floor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub override_retention: bool,
    /// Copies that this did not reach, for people, at most 32.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreached: Vec<String>,
}

/// Records are neither dropped nor erased while somebody holds them back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionHoldAdded {
    /// The hold's id.
    pub id: String,
    /// Those of this agent alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Those of this user alone, by keyed pseudonym.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_ref: Option<String>,
    /// Those of this session alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Those from this time on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Those before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: String,
    /// The key that did it.
    pub by: String,
}

/// A hold on records ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionHoldReleased {
    /// The hold's id.
    pub id: String,
    /// Why.
    pub reason: String,
    /// The key that did it.
    pub by: String,
}

/// Old segments were dropped; their hashes stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentsPruned {
    /// The first record that was dropped.
    pub from: u64,
    /// The first record that was kept.
    pub to: u64,
    /// How many segments that was.
    pub segments: u64,
    /// How long records are kept.
    pub retention_days: u32,
    /// Each was in the archive before it was dropped.
    pub archived: bool,
    /// The key that did it; `retention` where it happened by itself.
    pub by: String,
}

/// A restored ledger went on as another log, since a later checkpoint of the former one is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogContinued {
    /// The former log's verifier key.
    pub former: String,
    /// The former log's last checkpoint that is known, as it was signed.
    pub checkpoint: String,
    /// How many records were restored.
    pub restored: u64,
    /// Why the loss is accepted.
    pub reason: String,
    /// The new verifier key.
    pub to: String,
}
