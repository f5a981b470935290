//! Copies of the data directory.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Asks for a copy of the data directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeBackup {
    /// An absolute path on the machine of the daemon: an empty directory, or none yet, outside what is copied.
    pub path: String,
    /// Leaves out the secrets of `keys/`; they are needed to restore, and must then come from elsewhere.
    #[serde(default)]
    pub without_secrets: bool,
}

/// A copy of the data directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BackupBody {
    /// Where it goes.
    pub path: String,
    /// `running`, `done` or `failed`.
    pub status: String,
    /// The key that asked for it.
    pub by: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// Why it failed.
    pub error: Option<String>,
    /// What is in it, once it is done.
    pub made: Option<MadeBackup>,
}

/// What is in a copy of the data directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MadeBackup {
    /// The log's name.
    pub origin: String,
    /// How many records it has.
    pub records: u64,
    /// The root of its tree, in base64.
    pub root: String,
    /// How many files it has.
    pub files: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// The keys that sign are in it.
    pub secrets: bool,
    /// The key that opens all parts is in it.
    pub master_key: bool,
}

/// The copies that were asked for since the daemon started, newest first, at most 16.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Backups {
    /// Them.
    pub backups: Vec<BackupBody>,
}
