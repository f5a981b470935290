//! `/v1/agents/{id}/checklist`: what is looked at before an agent is deployed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is looked at before an agent is deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChecklistBody {
    /// The agent's id.
    pub agent: String,
    /// `low`, `medium`, `high` or `critical`: it says what is required.
    pub risk_level: String,
    /// Nothing that is required is open: it may be deployed.
    pub passed: bool,
    /// The ids of the items that are required and open.
    pub open_required: Vec<String>,
    /// All items, in the checklist's order.
    pub items: Vec<ChecklistItemBody>,
}

/// An item of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChecklistItemBody {
    /// Its name; a statement about it alone names `checklist:` and this.
    pub id: String,
    /// `risk`, `policy`, `technical`, `monitoring` or `compliance`.
    pub section: String,
    /// What is looked at.
    pub title: String,
    /// `done`, `attested`, `not_applicable` or `open`.
    pub state: String,
    /// The agent's risk level requires it.
    pub required: bool,
    /// Why it stands there, for people.
    pub why: String,
    /// Who answers for it, where it is `attested` or `not_applicable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The probes that were looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<String>,
    /// What would close it, where it is open: commands to run and files to edit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closes: Vec<String>,
}

/// Whether an agent may be deployed, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JudgedChecklistBody {
    /// The checklist.
    pub checklist: ChecklistBody,
    /// The record of it.
    pub record: u64,
}
