//! Records of what is known about an agent beyond its actions: statements of people, drills, counts, reports, and
//! incidents.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A person answers for something about an agent that no machine can measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementMade {
    /// The statement's id.
    pub id: String,
    /// The agent.
    pub agent: String,
    /// What it is about: a field of the agent's compliance record, such as `intended_purpose`.
    pub field: String,
    /// What is stated: `true`, `false`, `not_applicable`, a date or a text of at most 4096 bytes.
    pub value: String,
    /// Why, where it is `not_applicable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who states it, as they named themselves.
    pub name: String,
    /// Their function.
    pub role: String,
    /// The key that did it.
    pub by: String,
    /// Until when it holds.
    pub expires: Timestamp,
    /// SHA-256 (hex) of the document it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// What it speaks of, as it was.
    pub baseline: Baseline,
}

/// What a statement speaks of: SHA-256 (hex) of each, so that a change can be seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Of the agent's intended purpose; empty where none is stated.
    pub purpose: String,
    /// Of the agent's model.
    pub model: String,
    /// Of the tools and actions it may use.
    pub tools: String,
    /// Of the policies in force: of those in files, and of what in the agent's profile bounds it.
    pub policy: String,
}

/// A statement is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementWithdrawn {
    /// The statement's id.
    pub id: String,
    /// The agent.
    pub agent: String,
    /// What it was about.
    pub field: String,
    /// Why.
    pub reason: String,
    /// The key that did it.
    pub by: String,
}

/// Something was tried out on the running system, and measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrillRan {
    /// The drill's id.
    pub id: String,
    /// `override`, `fail-closed`, `canary`, `restore`, `export`, or another self-test.
    pub drill: String,
    /// The agent it was about; none where it was about all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// What had to hold did.
    pub passed: bool,
    /// What was measured, each named with its unit.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub figures: BTreeMap<String, u64>,
    /// What happened, for people, at most 1024 bytes.
    pub told: String,
    /// The key that asked for it; `schedule` where it ran by itself.
    pub by: String,
}

/// What was counted beside the ledger, by whom the calls pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallsCounted {
    /// Since when: the start of the process, or the last count.
    pub since: Timestamp,
    /// Actions that arrived, counted before anything else was done.
    pub arrived: u64,
    /// Actions answered with a record of their decision, made for them.
    pub decided: u64,
    /// Actions answered without a decision of their own: malformed, not theirs to ask for, a rehearsal, or a repeat.
    pub refused: u64,
    /// Actions denied since no record could be written.
    pub unrecorded: u64,
    /// Events that an audited function lost before they were on record.
    pub dropped: u64,
}

/// A report about an agent was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportMade {
    /// The agent.
    pub agent: String,
    /// SHA-256 (hex) of the report's canonical form without its signature.
    pub digest: String,
    /// How many records it rests on.
    pub size: u64,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at: Option<Timestamp>,
    /// The day for which was judged which duties apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Date>,
    /// The roles whose duties it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// The frameworks it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frameworks: Vec<String>,
    /// How many of the seven checks are satisfied, measured and attested apart, as the report says it.
    pub headline: String,
    /// How many controls have each status.
    pub counts: BTreeMap<String, u64>,
    /// How far the checklist was, where it was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checklist: Option<ChecklistCount>,
    /// The key that asked for it.
    pub by: String,
}

/// How far a checklist is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChecklistCount {
    /// How many items are not open.
    pub done: u64,
    /// Of how many.
    pub items: u64,
    /// Nothing that the agent's risk level requires is open.
    pub passed: bool,
}

/// Whether an agent may be deployed was judged by the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChecklistJudged {
    /// The agent.
    pub agent: String,
    /// How far it is.
    pub count: ChecklistCount,
    /// The items that are open and required.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<String>,
    /// The key that asked for it.
    pub by: String,
}

/// Something went wrong that may have to be reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentOpened {
    /// The incident's id.
    pub id: String,
    /// The agent.
    pub agent: String,
    /// `serious`, `death`, `widespread`, `personal_data` or `other`.
    pub class: String,
    /// What happened, for people; nobody is named in it.
    pub title: String,
    /// When somebody came to know.
    pub aware: Timestamp,
    /// From when on records are held back from being dropped or erased.
    pub since: Timestamp,
    /// The hold on records that was placed.
    pub hold: String,
    /// How many records the ledger had.
    pub size: u64,
    /// The root over them (hex).
    pub root: String,
    /// The key that did it.
    pub by: String,
}

/// More is known about an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentUpdated {
    /// The incident's id.
    pub id: String,
    /// The agent.
    pub agent: String,
    /// Another class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// What is known, for people; nobody is named in it.
    pub note: String,
    /// When it was reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<Timestamp>,
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// A corrective action that was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrective: Option<Corrective>,
    /// The key that did it.
    pub by: String,
}

/// Something to be done about an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corrective {
    /// Its name within the incident.
    pub name: String,
    /// Until when.
    pub due: Timestamp,
    /// It is done.
    pub done: bool,
}

/// An incident is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentClosed {
    /// The incident's id.
    pub id: String,
    /// The agent.
    pub agent: String,
    /// What it was, and what was done, for people.
    pub summary: String,
    /// The key that did it.
    pub by: String,
}
