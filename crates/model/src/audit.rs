//! The audit event of product R4: one per action.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::Check;

/// One action as the audit trail tells it; the 17 fields of R4. `None` is still open, or erased.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEvent {
    /// The action's id.
    pub event_id: String,
    /// When it was decided.
    pub timestamp: Timestamp,
    /// The agent's id.
    pub agent_name: String,
    /// Its version.
    pub agent_version: String,
    /// Its session, or `unknown`.
    pub session_id: String,
    /// The user it served, where one was named.
    pub user_id: Option<Value>,
    /// The action.
    pub action: String,
    /// The tool.
    pub tool_name: Option<String>,
    /// The arguments as they arrived.
    pub tool_args: Option<Value>,
    /// The result, or the error.
    pub tool_result: Option<Value>,
    /// What policies said.
    pub policy_checks: Vec<Check>,
    /// Whether it might run.
    pub allowed: bool,
    /// How long the tool ran.
    pub duration_ms: Option<u64>,
    /// The model, or `unknown`.
    pub model: String,
    /// Tokens read.
    pub input_tokens: Option<u64>,
    /// Tokens written.
    pub output_tokens: Option<u64>,
    /// The caller's metadata and syndic's own.
    pub metadata: Map<String, Value>,
}

/// The keys of an event's metadata that are syndic's; a request that sets one is malformed.
pub const RESERVED_METADATA: &[&str] = &[
    "violation_reason",
    "owner",
    "mode",
    "effect",
    "enforcement_grade",
    "approval_id",
    "approval_status",
    "overdue",
    "audited",
    "redacted",
    "tool_server",
    "tool_pin",
    "completes",
    "syndic",
];
