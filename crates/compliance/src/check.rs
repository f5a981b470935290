//! The seven checks of product R7.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Standing, Status};

/// The fields of the record of product R7, in its order.
pub const RECORD_FIELDS: [&str; 17] = [
    "risk_assessment_completed",
    "risk_assessment_date",
    "residual_risks_documented",
    "training_data_documented",
    "bias_testing_completed",
    "data_quality_measures",
    "system_description",
    "intended_purpose",
    "performance_metrics",
    "audit_logs_enabled",
    "log_retention_days",
    "users_informed_of_ai",
    "ai_disclosure_text",
    "human_oversight_measures",
    "override_capability",
    "accuracy_metrics",
    "adversarial_testing",
];

/// The seven checks of product R7, in its order.
pub const CHECKS: [&str; 7] = [
    "risk_management",
    "data_governance",
    "documentation",
    "record_keeping",
    "transparency",
    "human_oversight",
    "accuracy",
];

/// A field of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldEntry {
    /// The article that product R7 files it under, such as `Art. 13`.
    pub filed_under: String,
    /// The provision that the duty is in.
    pub provision: String,
    /// What can be said of it.
    pub status: Status,
    /// What is measured, or what somebody answers for; left out where neither is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Why, for people.
    pub why: String,
    /// How far the statement about it can be relied on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// Who states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The ids of the probes that measure it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<String>,
}

/// One of the seven checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckEntry {
    /// What can be said of it.
    pub status: Status,
    /// Why, for people.
    pub why: String,
    /// The fields it is about.
    pub fields: Vec<String>,
    /// The provisions that the duties are in.
    pub provisions: Vec<String>,
    /// The controls of the EU AI Act in the same area, by status.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub controls: BTreeMap<String, u64>,
}
