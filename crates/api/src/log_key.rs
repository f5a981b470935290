//! `POST /v1/log/rotations`: another key for the log.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::RecordBody;

/// The log has another key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RotatedLogKey {
    /// The former verifier key; it signs too until the next rotation.
    pub from: String,
    /// The new verifier key, for auditors and witnesses to learn.
    pub to: String,
    /// Where that is recorded.
    pub record: RecordBody,
}
