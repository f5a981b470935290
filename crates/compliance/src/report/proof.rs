//! That a record a report cites is in the log.

use serde::{Deserialize, Serialize};

/// That a record is in the log of the report's `size` and `root` (RFC 6962).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The record's place in the log.
    pub index: u64,
    /// The hash of its leaf (hex).
    pub leaf: String,
    /// The inclusion proof (hex), from the leaf up.
    pub path: Vec<String>,
}
