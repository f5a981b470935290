//! `/v1/keys`: who may talk to syndic.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Makes a key.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateKey {
    /// `agent`, `approver`, `auditor` or `admin`.
    pub role: String,
    /// The agent an agent key acts as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The person an approver key votes as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approver: Option<String>,
    /// The enforcement grade of an agent key; `cooperative` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// How many days it lives, 1 to 365; 90 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
}

/// A key that was made; shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreatedKey {
    /// The key's id, no secret.
    pub id: String,
    /// The key itself.
    pub key: String,
    /// When it ends (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// All keys that were ever made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Keys {
    /// Oldest first.
    pub keys: Vec<KeyBody>,
}

/// One key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyBody {
    /// Its id.
    pub id: String,
    /// What it may do.
    pub role: String,
    /// The agent or person it is bound to.
    pub holder: Option<String>,
    /// The enforcement grade it is bound to.
    pub grade: Option<String>,
    /// When it ends (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// `active`, `expired` or `revoked`.
    pub status: String,
}
