//! What is looked at before an agent is deployed (product R10).

use serde::{Deserialize, Serialize};

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// The machine shows it.
    Done,
    /// Somebody answers for it.
    Attested,
    /// Somebody answers for it that it does not apply, with a reason.
    NotApplicable,
    /// It is still to be done.
    Open,
}

/// An item of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChecklistItem {
    /// Its name, such as `rate_limiting`; a statement about it alone names `checklist:rate_limiting`.
    pub id: String,
    /// `risk`, `policy`, `technical`, `monitoring`, `compliance` or `operation`.
    pub section: String,
    /// What is looked at.
    pub title: String,
    /// Where it stands.
    pub state: ItemState,
    /// The agent's risk level requires it.
    pub required: bool,
    /// Why, for people.
    pub why: String,
    /// Who answers for it, where it is `attested` or `not_applicable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The ids of the probes that were looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<String>,
    /// What would close it, where it is open: commands to run and files to edit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closes: Vec<String>,
}

/// The checklist of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checklist {
    /// The agent's id.
    pub agent: String,
    /// Its risk level, which says what is required.
    pub risk_level: String,
    /// Nothing that is required is open.
    pub passed: bool,
    /// The items that are required and open.
    pub open_required: Vec<String>,
    /// All items, in the checklist's order.
    pub items: Vec<ChecklistItem>,
}
