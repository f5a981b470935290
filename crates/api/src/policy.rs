//! `POST /v1/policy/reload`, and how the governance directory stands.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::RecordBody;

/// Reads the governance directory anew.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReloadPolicy {
    /// Accepts that exactly this revision loosens what another administrator's reload was told it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept_loosening: Option<String>,
}

/// What came of a reload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReloadedPolicy {
    /// The revision in force now.
    pub revision: String,
    /// The one before; the same where no file changed.
    pub former: String,
    /// The record of it; null where no file changed.
    pub record: Option<RecordBody>,
    /// What was loosened, and accepted. Nothing is compared in environment `dev`.
    pub loosened: Vec<LoosenedBody>,
    /// Settings that changed and hold from the next start on.
    pub restart_needed: Vec<String>,
}

/// One thing that a change loosens, or may loosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LoosenedBody {
    /// The agent; null for all.
    pub agent: Option<String>,
    /// The action; null for all.
    pub action: Option<String>,
    /// What it is, for people.
    pub what: String,
    /// A request that would be allowed after the change and is not before.
    pub witness: Option<Value>,
}

/// A governance directory that loosens something and waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldPolicy {
    /// Its revision.
    pub revision: String,
    /// The key that proposed it, which cannot accept it; null where it was found at start and nobody did.
    pub proposed_by: Option<String>,
    /// Since when it waits.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What it loosens.
    pub loosened: Vec<LoosenedBody>,
}

/// A reload that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FailedReload {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How many errors the files have.
    pub errors: u64,
    /// The first, with its place.
    pub first: String,
}

/// One thing that is wrong in a file of the governance directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileFinding {
    /// Relative path.
    pub file: String,
    /// Line, from 1, where known.
    pub line: Option<u32>,
    /// Column, from 1, where known.
    pub column: Option<u32>,
    /// A stable id such as `unknown-action`.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// How the governance directory stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyStatus {
    /// What is in the files, loosens what is in force, and waits to be accepted.
    pub held: Option<HeldPolicy>,
    /// The last reload, where it failed.
    pub failed: Option<FailedReload>,
    /// Settings that changed and hold from the next start on.
    pub restart_needed: Vec<String>,
}

/// Records who signs that an agent's verdicts be enforced, and what they were shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromoteAgent {
    /// A person, by name or role: 1 to 200 characters.
    pub signed_by: String,
    /// From when on traffic was looked at.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// How many actions that was.
    pub actions: u64,
    /// How many of them enforcing would have denied.
    pub denied: u64,
    /// How many of them it would have held.
    pub held: u64,
}

/// A signature on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PromotedAgent {
    /// The agent.
    pub agent: String,
    /// The record.
    pub record: RecordBody,
}
