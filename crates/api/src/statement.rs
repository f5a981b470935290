//! `/v1/agents/{id}/statements`: what people answer for about an agent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// States something about an agent that no machine can measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeStatement {
    /// What it is about: a field such as `intended_purpose`, or a control such as `eu-ai-act:art-4`.
    pub field: String,
    /// `true`, `false`, `not_applicable`, a date or a text.
    pub value: String,
    /// Why, where it is `not_applicable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who states it: a name or a role; recorded.
    pub name: String,
    /// Their function; recorded.
    pub function: String,
    /// Until when it holds; a year where it is left out, three years at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires: Option<Timestamp>,
    /// SHA-256 (hex) of the document it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// Withdraws what is stated about a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawStatement {
    /// The field or control.
    pub field: String,
    /// Why; recorded.
    pub reason: String,
}

/// What is stated about an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Statements {
    /// By field.
    pub statements: Vec<StatementBody>,
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatementBody {
    /// Its id.
    pub id: String,
    /// The agent.
    pub agent: String,
    /// The field or control it is about.
    pub field: String,
    /// `true`, `false`, `not_applicable`, a date or a text.
    pub value: String,
    /// Why it does not apply.
    pub reason: Option<String>,
    /// Who states it.
    pub name: String,
    /// Their function.
    pub function: String,
    /// The key that did it.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Until when it holds.
    #[schema(value_type = String, format = DateTime)]
    pub expires: Timestamp,
    /// SHA-256 (hex) of the document it rests on.
    pub document: Option<String>,
    /// Its record.
    pub record: u64,
    /// Why it does not hold any more: `expired`, or what changed since: `purpose`, `model`, `tools`, `policy`.
    pub stale: Vec<String>,
}
