//! A report about one agent.

mod digest;
mod duty;
mod header;
mod proof;
mod summary;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use syndic_model::{ComplianceRecord, OperatorRole};
use thiserror::Error;

pub use duty::{Duty, Framework};
pub use header::{CatalogueUsed, LogUsed, PolicyUsed, Subject, Witnessed};
pub use proof::Proof;
pub use summary::Summary;

use crate::containment::Containment;
use crate::ground::Ground;
use crate::judgement::Judgement;
use crate::{
    Catalogue, CheckEntry, Evidence, FieldEntry, Gap, NotShown, Reading, StatementEntry, Window,
    catalogue, check, limits, measure, statements,
};

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

/// What a report is asked to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The ids of the frameworks; all where none is named.
    pub frameworks: Vec<String>,
    /// Only what binds an operator in this role; the stated ones, or else both, where none is named.
    pub role: Option<OperatorRole>,
    /// The day for which to judge which duties apply; the day of the evidence where none is named.
    pub as_of: Option<Date>,
}

/// Why there is no report.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AssessError {
    /// The catalogue has no such framework.
    #[error("the catalogue has no framework `{named}`; it has {known}")]
    UnknownFramework {
        /// What was asked for.
        named: String,
        /// What there is.
        known: String,
    },
}

impl Report {
    /// Says what the evidence shows of each duty. The same evidence and the same request make the same report; `proofs`
    /// and `signature` are left to whoever has the log and its key.
    ///
    /// # Errors
    /// When the catalogue does not have a framework that is asked for.
    pub fn assess(
        request: &Request,
        evidence: &Evidence<'_>,
        catalogue: &Catalogue,
    ) -> Result<Self, AssessError> {
        let chosen = if request.frameworks.is_empty() {
            catalogue.frameworks.iter().collect()
        } else {
            chosen(&request.frameworks, catalogue)?
        };
        let readings = measure(evidence);
        let statements = statements(evidence);
        let grades = evidence.grades();
        let record = &evidence.setup.record;
        let roles = request.role.map_or_else(|| roles(record), |role| vec![role]);
        let ground = Ground {
            agent: evidence.setup.profile.id.as_str(),
            catalogue,
            readings: &readings,
            statements: &statements,
            containment: Containment::of(evidence, &grades),
            roles: &roles,
            high_risk: record.high_risk,
            placed_on: record.placed_on,
            as_of: request.as_of.unwrap_or_else(|| evidence.day()),
            retention_days: evidence.setup.retention.days.to_string(),
            policies: evidence.setup.policies_by_control(),
        };
        let Judgement { frameworks, record: fields, checks, gaps } =
            Judgement::of(&chosen, &ground);
        Ok(Self {
            schema: REPORT_SCHEMA.to_owned(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: evidence.now,
            as_of: ground.as_of,
            agent: Subject::of(evidence.setup, &grades),
            roles: roles.iter().map(ToString::to_string).collect(),
            high_risk: record.high_risk.map(|class| class.to_string()),
            placed_on: record.placed_on,
            catalogue: CatalogueUsed::of(catalogue, evidence.day()),
            log: LogUsed::of(evidence.log),
            policy: PolicyUsed::of(evidence.setup),
            window: evidence.window(),
            not_shown: limits::not_shown(&ground, evidence, &frameworks),
            compliance_score: check::score(&checks),
            headline: check::headline(&checks),
            summary: Summary::of(&frameworks, &readings, &statements),
            gaps,
            record: fields,
            checks,
            frameworks,
            readings,
            statements,
            proofs: Vec::new(),
            signature: None,
        })
    }

    /// Returns the places of the records it cites, in order: those that readings and statements rest on.
    #[must_use]
    pub fn cited(&self) -> BTreeSet<u64> {
        let readings = self.readings.iter().flat_map(|reading| reading.cited.iter().copied());
        let statements = self.statements.iter().filter_map(|entry| entry.record);
        readings.chain(statements).collect()
    }
}

/// Returns the roles that are stated, or else both.
pub(crate) fn roles(record: &ComplianceRecord) -> Vec<OperatorRole> {
    if record.roles.is_empty() { OperatorRole::ALL.to_vec() } else { record.roles.clone() }
}

/// Finds frameworks by their ids.
pub(crate) fn chosen<'a>(
    ids: &[String],
    catalogue: &'a Catalogue,
) -> Result<Vec<&'a catalogue::Framework>, AssessError> {
    let find = |named: &String| {
        catalogue.framework(named).ok_or_else(|| {
            let known = catalogue.frameworks.iter().map(|framework| format!("`{}`", framework.id));
            AssessError::UnknownFramework {
                named: named.chars().take(80).flat_map(char::escape_default).collect(),
                known: known.collect::<Vec<_>>().join(", "),
            }
        })
    };
    ids.iter().map(find).collect()
}
