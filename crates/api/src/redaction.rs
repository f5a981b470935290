//! `POST /v1/audit/redactions`: erasing what was recorded of a user.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::RecordBody;

/// Asks that what was recorded of a user be erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedactUser {
    /// The user, as actions named them in `user_id`.
    pub user: String,
    /// Why; recorded in clear, so without the user's name.
    pub reason: String,
    /// Erase records too that are younger than records are kept at least.
    #[serde(default)]
    pub override_retention: bool,
    /// Only tell what would be erased.
    #[serde(default)]
    pub dry_run: bool,
}

/// What was erased, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RedactedUser {
    /// Keyed pseudonym of the user, as records name them.
    pub user_ref: String,
    /// Nothing was erased: it was only asked what would be.
    pub dry_run: bool,
    /// The record of it; null where nothing was erased.
    pub record: Option<RecordBody>,
    /// How many records had parts that could be read.
    pub records: u64,
    /// How many keys those were sealed under.
    pub keys: u64,
    /// When the oldest of the records was written (RFC 3339, UTC).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub oldest: Option<Timestamp>,
    /// When the newest was.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub newest: Option<Timestamp>,
    /// How many of them were younger than records are kept at least.
    pub young: u64,
    /// Copies that this does not reach, for people.
    pub unreached: Vec<String>,
}
