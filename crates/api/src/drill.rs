//! `/v1/drills`: what is tried out on the running system.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Tries something out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunDrill {
    /// `override`, `fail-closed`, `canary`, `restore`, `export`, `limit`, `output-filter` or `incident`.
    pub drill: String,
    /// On which agent: needed by `override` and `incident` unless there is but one, and left out for `restore` and `export`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Which backup is restored, or a directory of backups, on the daemon's machine; as the settings say, else the last
    /// that was made, where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
}

/// The newest run of each drill on each agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Drills {
    /// By drill.
    pub drills: Vec<DrillBody>,
}

/// What was tried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DrillBody {
    /// Its id.
    pub id: String,
    /// What was tried out.
    pub drill: String,
    /// On which agent; null for all.
    pub agent: Option<String>,
    /// What had to hold did.
    pub passed: bool,
    /// What was measured, each named with its unit.
    pub figures: BTreeMap<String, u64>,
    /// What happened, for people.
    pub told: String,
    /// The key that asked for it; `schedule` where it ran by itself.
    pub by: String,
    /// When it was over.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Its record.
    pub record: u64,
}
