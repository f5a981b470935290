//! `GET /v1/audit/events`: the 17 fields of every action.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use syndic_model::{AuditEvent, Check, CheckResult};
use utoipa::ToSchema;

/// A page of events, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Events {
    /// The events.
    pub events: Vec<Event>,
    /// Ask again with this for older ones; null at the end.
    pub next_cursor: Option<String>,
    /// How many records of the ledger this answer has seen.
    pub indexed_through: u64,
}

/// One action; all fields are always present, null where still open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// The action's id.
    pub event_id: String,
    /// When it was decided (RFC 3339, UTC).
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: Timestamp,
    /// The agent's id.
    pub agent_name: String,
    /// Its version.
    pub agent_version: String,
    /// Its session, or `unknown`.
    pub session_id: String,
    /// The user it served.
    #[schema(value_type = Option<String>)]
    pub user_id: Option<Value>,
    /// The action.
    pub action: String,
    /// The tool.
    pub tool_name: Option<String>,
    /// The arguments as they arrived.
    #[schema(value_type = Option<Object>)]
    pub tool_args: Option<Value>,
    /// The result, or `{"error": …}`.
    #[schema(value_type = Option<Object>)]
    pub tool_result: Option<Value>,
    /// What policies said.
    pub policy_checks: Vec<PolicyCheck>,
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
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
}

/// One policy's answer in an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyCheck {
    /// The policy.
    pub policy: String,
    /// `passed`, `blocked` or `held`.
    pub result: String,
    /// Why, when it did not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How bad, when it did not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// Evaluated, not enforced.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
}

impl From<&Check> for PolicyCheck {
    fn from(check: &Check) -> Self {
        let failed = check.result != CheckResult::Passed;
        Self {
            policy: check.policy.to_string(),
            result: check.result.to_string(),
            reason: check.reason.clone(),
            severity: failed.then(|| check.severity.to_string()),
            shadow: check.shadow,
        }
    }
}

impl From<AuditEvent> for Event {
    fn from(event: AuditEvent) -> Self {
        Self {
            event_id: event.event_id,
            timestamp: event.timestamp,
            agent_name: event.agent_name,
            agent_version: event.agent_version,
            session_id: event.session_id,
            user_id: event.user_id,
            action: event.action,
            tool_name: event.tool_name,
            tool_args: event.tool_args,
            tool_result: event.tool_result,
            policy_checks: event.policy_checks.iter().map(PolicyCheck::from).collect(),
            allowed: event.allowed,
            duration_ms: event.duration_ms,
            model: event.model,
            input_tokens: event.input_tokens,
            output_tokens: event.output_tokens,
            metadata: event.metadata,
        }
    }
}
