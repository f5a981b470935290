//! `GET /v1/assessments`: when agents were assessed, and what came of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::OwnerBody;

/// When agents were assessed, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assessments {
    /// Every agent of the files in force, by id.
    pub agents: Vec<AssessmentBody>,
}

/// When an agent was assessed, and what came of it; nothing is judged to show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssessmentBody {
    /// Its id.
    pub agent: String,
    /// Its name for people.
    pub name: String,
    /// Who answers for it.
    pub owner: OwnerBody,
    /// `low`, `medium`, `high` or `critical`.
    pub risk_level: String,
    /// `observe` or `enforce`.
    pub mode: String,
    /// The headline of the newest report; null where none was made.
    #[schema(example = "5/7: 3 measured, 2 attested; 1 unknown, 1 not met")]
    pub headline: Option<String>,
    /// The key that asked for it.
    pub by: Option<String>,
    /// Reports that were made, newest first: of all agents the last 12 of each, of one agent the last 50.
    pub reports: Vec<ReportPointBody>,
    /// The checklist as it was looked at last; null where it never was.
    pub checklist: Option<ChecklistCountBody>,
}

/// A report that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportPointBody {
    /// The record that says so.
    pub record: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How many controls had each status; every status is there.
    pub counts: BTreeMap<String, u64>,
}

/// How far a checklist was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChecklistCountBody {
    /// The record that says so.
    pub record: u64,
    /// When it was looked at.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How many items are not open.
    pub done: u64,
    /// Of how many.
    pub items: u64,
    /// Nothing that the agent's risk level requires is open.
    pub passed: bool,
}
