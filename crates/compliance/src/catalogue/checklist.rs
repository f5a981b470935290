//! What is asked before an agent is deployed.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{EvidenceMode, words};

words! {
    /// A part of the checklist.
    ChecklistSection:
    /// What could go wrong, and who answers.
    Risk = "risk",
    /// What the agent may do.
    Policy = "policy",
    /// What holds it to that.
    Technical = "technical",
    /// What tells people.
    Monitoring = "monitoring",
    /// What the law asks for.
    Compliance = "compliance",
}

/// An item of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistEntry {
    /// Its id, such as `risk-level-classified`.
    pub id: String,
    /// The part it belongs to.
    pub section: ChecklistSection,
    /// What is asked.
    pub item: String,
    /// It is one of the nineteen items of the product; the others were added.
    pub in_r10: bool,
    /// How it can be shown.
    pub mode: EvidenceMode,
    /// What must hold, all of it.
    pub rules: Vec<ChecklistRule>,
}

impl ChecklistEntry {
    /// Returns the ids of the probes of all its rules.
    pub fn probes(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().flat_map(|rule| &rule.probes).map(String::as_str)
    }

    /// Returns the fields of the compliance record in which people answer for it.
    pub fn statements(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().filter_map(|rule| rule.statement.as_deref())
    }
}

/// What must hold for an item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistRule {
    /// The rule, for people.
    pub rule: String,
    /// The probes that give evidence of it.
    pub probes: Vec<String>,
    /// The field of the compliance record in which a person answers for it.
    #[serde(default)]
    pub statement: Option<String>,
}
