//! A report about one agent.

mod duty;
mod header;
mod proof;
mod summary;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use duty::{Duty, Framework};
pub use header::{CatalogueUsed, LogUsed, PolicyUsed, Subject, Witnessed};
pub use proof::Proof;
pub use summary::Summary;

use crate::{CheckEntry, FieldEntry, Gap, NotShown, Reading, StatementEntry, Window};

/// The format of a report.
pub const REPORT_SCHEMA: &str = "syndic/report/v1";

/// What the evidence shows of each duty, and before that what it does not show. It holds no floats, and its canonical
/// form without `signature` is what is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`REPORT_SCHEMA`].
    pub schema: String,
    /// The version of the program that made it.
    pub program: String,
    /// When it was made; all evidence is of then.
    pub made_at: Timestamp,
    /// The day for which was judged which duties apply.
    pub as_of: Date,
    /// Whom it is about.
    pub agent: Subject,
    /// What part the operator has: `provider`, `deployer`, or both.
    pub roles: Vec<String>,
    /// By which annex the agent is high-risk: `annex_iii`, `annex_i` or `none`; left out where nobody has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high_risk: Option<String>,
    /// When the agent was placed on the market or put into service, where somebody has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placed_on: Option<Date>,
    /// Which catalogue of duties it was judged by.
    pub catalogue: CatalogueUsed,
    /// Which log it rests on.
    pub log: LogUsed,
    /// Which policies were in force.
    pub policy: PolicyUsed,
    /// What time the readings are about.
    pub window: Window,
    /// What it does not show.
    pub not_shown: Vec<NotShown>,
    /// How many of the seven checks are satisfied, such as `5/7`.
    pub compliance_score: String,
    /// The same with measured and attested apart: `5/7: 3 measured, 2 attested; 1 unknown, 1 not met`.
    pub headline: String,
    /// How many controls have each status.
    pub summary: Summary,
    /// The record of product R7, by field; [`RECORD_FIELDS`](crate::RECORD_FIELDS) has their order.
    pub record: BTreeMap<String, FieldEntry>,
    /// The seven checks of product R7, by name; [`CHECKS`](crate::CHECKS) has their order.
    pub checks: BTreeMap<String, CheckEntry>,
    /// What is not satisfied, and what would close it.
    pub gaps: Vec<Gap>,
    /// The duties, by framework.
    pub frameworks: Vec<Framework>,
    /// What was measured.
    pub readings: Vec<Reading>,
    /// What people answer for.
    pub statements: Vec<StatementEntry>,
    /// Inclusion proofs of the records that are cited, in the order of their indexes.
    #[serde(default)]
    pub proofs: Vec<Proof>,
    /// A signed note (C2SP) by the log's key over the canonical form of all the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}
