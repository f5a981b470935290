//! A duty and what the evidence shows of it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ground::Ground;
use crate::{Status, catalogue, control};

/// A framework and its controls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// Its id in the catalogue, such as `eu-ai-act`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Which edition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The framework that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<String>,
    /// What a reader has to know about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Its controls, in the catalogue's order.
    pub controls: Vec<Duty>,
}

/// A control of a framework, and what the evidence shows of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// Its id in the catalogue, such as `eu-ai-act:art-26-6`.
    pub id: String,
    /// Where the framework has it, such as `Art. 26(6)`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Its title.
    pub title: String,
    /// What it asks for, in our own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duty: Option<String>,
    /// What can be said of it.
    pub status: Status,
    /// What the evidence shows, where `status` says that it does not apply yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluated: Option<Status>,
    /// Why, for people: one sentence in lower case without a full stop.
    pub why: String,
    /// From when on it applies to this agent, where the catalogue has a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applies_from: Option<Date>,
    /// How certain that date is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_confidence: Option<String>,
    /// The other reading of the law, where there are two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_reading: Option<String>,
    /// Whose duty it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bearer: Vec<String>,
    /// What meets it: `measured`, `attested` or `mixed`.
    pub evidence_mode: String,
    /// The area of the report it belongs to, such as `record_keeping`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// The ids of the probes that measure it.
    pub probes: Vec<String>,
    /// The fields of the statements that stand for it.
    pub statements: Vec<String>,
    /// The ids of the policies in force that say they are about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    /// What a machine can show of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured_evidence: Option<String>,
    /// What people have to answer for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attested_evidence: Option<String>,
    /// How far a runtime reaches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<String>,
    /// What a reader has to know about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Framework {
    pub(crate) fn judge(framework: &catalogue::Framework, ground: &Ground<'_>) -> Self {
        Self {
            id: framework.id.clone(),
            title: framework.title.clone(),
            version: framework.version.clone(),
            superseded_by: framework.superseded_by.clone(),
            note: framework.note.clone(),
            controls: framework.controls.iter().map(|entry| control::duty(entry, ground)).collect(),
        }
    }
}
