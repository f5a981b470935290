//! `/v1/incidents`: what went wrong, by when it must be reported, and what is on record of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::StreamRecord;

/// Opens an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenIncident {
    /// The agent.
    pub agent: String,
    /// `serious`, `death`, `widespread`, `personal_data` or `other`.
    pub class: String,
    /// What happened; recorded, so nobody is named in it.
    pub title: String,
    /// When somebody came to know; now where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub aware: Option<Timestamp>,
    /// From when on the agent's records are held; thirty days before that where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
}

/// Says what more is known of an incident.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateIncident {
    /// What is known; recorded, so nobody is named in it.
    pub note: String,
    /// Another class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// When it was reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub reported: Option<Timestamp>,
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// Something to be done about it, or that it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrective: Option<SetCorrective>,
}

/// Says what is to be done about an incident, or that it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetCorrective {
    /// Its name within the incident.
    pub name: String,
    /// Until when; as it was told last where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due: Option<Timestamp>,
    /// It is done.
    #[serde(default)]
    pub done: bool,
}

/// Something to be done about an incident, as an update told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectiveBody {
    /// Its name within the incident.
    pub name: String,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub due: Timestamp,
    /// It is done.
    #[serde(default)]
    pub done: bool,
}

/// Says that an incident is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseIncident {
    /// What it was, and what was done; recorded, so nobody is named in it.
    pub summary: String,
}

/// Every incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Incidents {
    /// Newest first.
    pub incidents: Vec<IncidentBody>,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IncidentBody {
    /// Its id.
    pub id: String,
    /// The agent.
    pub agent: String,
    /// What it is classed as by now.
    pub class: String,
    /// What happened.
    pub title: String,
    /// When somebody came to know.
    #[schema(value_type = String, format = DateTime)]
    pub aware: Timestamp,
    /// From when on the agent's records are held.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// The hold on them.
    pub hold: String,
    /// How many records the newest checkpoint covered when it was opened.
    pub size: u64,
    /// The root over them (hex).
    pub root: String,
    /// The key that opened it.
    pub by: String,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The record of that.
    pub record: u64,
    /// What became known later, oldest first.
    pub updates: Vec<IncidentUpdateBody>,
    /// How it ended; null while it has not.
    pub closed: Option<IncidentClosedBody>,
    /// What is to be done about it, each as it was told last.
    pub correctives: Vec<IncidentCorrectiveBody>,
    /// By when it must be reported in the classes that it had, where the duty binds; the earliest first.
    pub clocks: Vec<IncidentClockBody>,
}

/// What became known later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IncidentUpdateBody {
    /// Its record.
    pub record: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What is known.
    pub note: String,
    /// Another class.
    pub class: Option<String>,
    /// When it was reported.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub reported: Option<Timestamp>,
    /// To whom.
    pub authority: Option<String>,
    /// Something to be done about it, or that it is done.
    pub corrective: Option<CorrectiveBody>,
    /// The key that did it.
    pub by: String,
}

/// How an incident ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IncidentClosedBody {
    /// Its record.
    pub record: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What it was, and what was done.
    pub summary: String,
    /// The key that did it.
    pub by: String,
}

/// Something that is to be done about an incident, as it was told last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IncidentCorrectiveBody {
    /// Its name within the incident.
    pub name: String,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub due: Timestamp,
    /// When it was recorded that it is done; null while it is not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub done: Option<Timestamp>,
    /// It should be done and is not.
    pub overdue: bool,
}

/// A time by which an incident must be reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IncidentClockBody {
    /// The class that it is of, which the incident has or had.
    pub class: String,
    /// The control that asks for it, such as `eu-ai-act:art-73-2`.
    pub control: String,
    /// When it must be reported at the latest.
    #[schema(value_type = String, format = DateTime)]
    pub due: Timestamp,
    /// Where that comes from.
    pub basis: String,
    /// What else must be so for it to run.
    pub only_where: Option<String>,
    /// When the first report was made that counts for it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub reported: Option<Timestamp>,
    /// `running`, `met` or `late`.
    pub state: String,
    /// How many seconds are left while it runs, or by how many it is late.
    pub seconds: Option<i64>,
}

/// What an incident is told with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IncidentBundle {
    /// The incident.
    pub incident: IncidentBody,
    /// What happened to the agent since its records are held, oldest first, at most 10000 records.
    pub timeline: Vec<StreamRecord>,
    /// How many records before those are left out.
    pub left_out: u64,
    /// Proofs of the incident's own records, and of the newest 1000 of the timeline.
    pub proofs: Vec<ProvedRecord>,
    /// The signed checkpoint that they are proved by.
    pub checkpoint: String,
    /// The keys that verify it, the current one first.
    pub keys: Vec<String>,
}

/// A record with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProvedRecord {
    /// Its place in the ledger.
    pub index: u64,
    /// A proof file, which `syndic-verify` checks offline.
    pub proof: String,
}
