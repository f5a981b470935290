//! `POST /v1/actions/{id}/outcome`: what became of an allowed action.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// What became of an allowed action.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportOutcome {
    /// How it ended.
    pub status: OutcomeStatus,
    /// The digest of the arguments it ran with, as in the permit.
    pub args_digest: String,
    /// What the tool answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub result: Option<Box<RawValue>>,
    /// The tool's error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How long it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Tokens read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// Tokens written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    /// The model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// How an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeStatus {
    /// It did what it should.
    Ok,
    /// It failed.
    Error,
}

/// Where an outcome is recorded.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub struct Reported {
    /// The action.
    pub action_id: String,
    /// Where the outcome is recorded.
    pub record: crate::RecordBody,
    /// It came after it had been recorded as missing.
    pub late: bool,
    /// What a filter left of the result, where results of the action are filtered: go on with this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<FilteredOutput>,
}

/// What a filter left of a result. It names kinds, never values.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
pub struct FilteredOutput {
    /// The result to go on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub result: Option<Box<RawValue>>,
    /// The error to go on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The kinds that were redacted.
    pub redacted: Vec<String>,
    /// Why nothing of it goes back; null where something does.
    pub withheld: Option<String>,
}
