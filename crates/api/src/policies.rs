//! `/v1/policies`: the policies in force, and what was in force before.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::PolicyTextBody;

/// The policies in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Policies {
    /// By id.
    pub policies: Vec<PolicyBody>,
}

/// A policy in force, and what it did in 24 hours. What it denied or held of an agent that is only observed is what it
/// would have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyBody {
    /// Its id; compiled policies share theirs.
    pub policy: String,
    /// `profile`, compiled from profiles; `catalogue`, compiled from entries of the catalogue; `file`; `native`, written
    /// in Rust; or `gate`, what the gate itself checks, which is listed where it ever stood in the way.
    pub origin: String,
    /// The file or directory to change when it is wrong; null where there is none.
    pub file: Option<String>,
    /// Where it begins there, from 1.
    pub line: Option<u32>,
    /// `low`, `medium`, `high` or `critical`; null where that depends.
    pub severity: Option<String>,
    /// `enforce`, or `shadow`: evaluated and recorded, never enforced.
    pub mode: String,
    /// `permit` or `forbid`.
    pub effect: String,
    /// How many policies share the id.
    pub count: u64,
    /// How often it stood in the way in 24 hours, or would have in shadow.
    pub hits_24h: u64,
    /// How often with a denial.
    pub denied_24h: u64,
    /// How often with a hold.
    pub held_24h: u64,
    /// How often it would have, were it not in shadow.
    pub shadow_24h: u64,
    /// When it last stood in the way, or would have, in the last 35 days.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_at: Option<Timestamp>,
    /// In how many tests of `policies/tests` it is asked; null while that is being counted.
    pub tests: Option<u64>,
    /// Whether it stands in the way in one of them, or, where it permits, is asked in one; null while that is being
    /// counted.
    pub covered: Option<bool>,
    /// How many answers its conditions can give, where it is written in a file.
    pub branches: Option<u64>,
    /// How many of those the tests see.
    pub branches_seen: Option<u64>,
    /// The Cedar text that is evaluated, of those that share the id one after the other; empty where there is none.
    /// Left out of lists, as what follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Those that share the id, one by one, at most 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texts: Option<Vec<PolicyTextBody>>,
    /// What its conditions ask, where it is written in a file, and what tests see them answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<ConditionBody>>,
}

/// A part of a condition, and in how many tests it was true and false.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConditionBody {
    /// What it asks.
    pub text: String,
    /// Where it is written, from 1.
    pub line: Option<u32>,
    /// In how many tests it was true.
    pub held: u64,
    /// In how many tests it was asked and false.
    pub failed: u64,
}

/// What was in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyRevisions {
    /// Newest first, at most 1,000.
    pub revisions: Vec<PolicyRevision>,
}

/// A governance directory that came into force in place of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyRevision {
    /// Its short name.
    pub revision: String,
    /// SHA-256 (hex) over its files, its whole name.
    pub manifest: String,
    /// When it came into force.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The key that asked for it; `start`, or `watch` where a file changed.
    pub by: String,
    /// The key that had proposed it, where it loosened something.
    pub proposed_by: Option<String>,
    /// The record of it.
    pub record: u64,
    /// Whether it is in force now.
    pub current: bool,
}

/// The files of a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevisionFiles {
    /// Its short name.
    pub revision: String,
    /// Texts by path in the governance directory.
    pub files: BTreeMap<String, String>,
    /// Paths of files that are too much for one answer.
    pub left_out: Vec<String>,
}

/// How the files of a revision differ from those of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevisionDiff {
    /// Its short name.
    pub revision: String,
    /// That of the other; null where there was none before.
    pub against: Option<String>,
    /// The files that differ, by path.
    pub files: Vec<FileDiff>,
}

/// How one file differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileDiff {
    /// Its path in the governance directory.
    pub path: String,
    /// `added`, `removed` or `changed`.
    pub change: String,
    /// A unified diff; empty where it is too much for one answer.
    pub diff: String,
    /// Whether it is.
    pub left_out: bool,
}
