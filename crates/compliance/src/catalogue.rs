//! The catalogue: what frameworks ask for, as versioned data.

mod checklist;
mod control;
mod framework;
mod probe;
mod read;
mod schema;
mod validate;
mod word;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

pub use checklist::{ChecklistEntry, ChecklistRule, ChecklistSection};
pub use control::{
    AppliesFrom, Bearer, Clock, Confidence, ControlEntry, EvidenceMode, ReportCheck, Term,
};
pub use framework::{AnnexIiiArea, AnnexIvSection, Framework, Milestone, RecordField};
pub use probe::ProbeEntry;
pub use read::CatalogueError;
pub use validate::Mistake;
pub(crate) use word::words;

use crate::Status;
use crate::field::{ITEM_PREFIX, field};

/// What frameworks ask for, which probes give evidence of it, and from when it applies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// The name of this format.
    pub schema: String,
    /// It goes up whenever a duty, a date or a rule changes.
    pub version: u32,
    /// The day on which it was last checked against its sources.
    #[schemars(with = "schema::Day")]
    pub as_of: Date,
    /// From how many days after `as_of` on it must not be relied on without a warning.
    pub review_age_days: u16,
    /// What it is not.
    pub disclaimer: String,
    /// What each status means.
    #[schemars(schema_with = "schema::vocabulary")]
    pub status_vocabulary: BTreeMap<Status, String>,
    /// The days on which something changes, in order.
    pub milestones: Vec<Milestone>,
    /// The areas of Annex III of the EU AI Act.
    pub annex_iii: Vec<AnnexIiiArea>,
    /// The conditions under which a use of Annex III is not high-risk.
    pub art_6_3_conditions: Vec<String>,
    /// What those conditions never excuse.
    pub art_6_3_override: String,
    /// The sections of the technical documentation by Annex IV of the EU AI Act.
    pub annex_iv: Vec<AnnexIvSection>,
    /// What can be measured.
    pub probes: Vec<ProbeEntry>,
    /// What is asked before an agent is deployed.
    pub checklist: Vec<ChecklistEntry>,
    /// Which provision each field of the compliance record belongs to.
    pub starting_record_fields: Vec<RecordField>,
    /// The frameworks.
    pub frameworks: Vec<Framework>,
}

const BUILTIN_TEXT: &str = include_str!("../catalogue.yaml");

static BUILTIN: LazyLock<Result<Catalogue, CatalogueError>> =
    LazyLock::new(|| Catalogue::parse(BUILTIN_TEXT));

impl Catalogue {
    /// Returns the catalogue of this program.
    ///
    /// # Errors
    ///
    /// None in a program that was tested; it is read once, at the first call.
    pub fn builtin() -> Result<&'static Self, CatalogueError> {
        BUILTIN.as_ref().map_err(Clone::clone)
    }

    /// Returns a framework, such as `eu-ai-act`.
    #[must_use]
    pub fn framework(&self, id: &str) -> Option<&Framework> {
        self.frameworks.iter().find(|framework| framework.id == id)
    }

    /// Returns every control of every framework, in order.
    pub fn controls(&self) -> impl Iterator<Item = &ControlEntry> {
        self.frameworks.iter().flat_map(|framework| &framework.controls)
    }

    /// Returns a control, such as `eu-ai-act:art-26-6`.
    #[must_use]
    pub fn control(&self, id: &str) -> Option<&ControlEntry> {
        self.controls().find(|control| control.id == id)
    }

    /// Returns a probe, such as `LOG-01`.
    #[must_use]
    pub fn probe(&self, id: &str) -> Option<&ProbeEntry> {
        self.probes.iter().find(|probe| probe.id == id)
    }

    /// Returns an item of the checklist, such as `risk-level-classified`.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<&ChecklistEntry> {
        self.checklist.iter().find(|item| item.id == id)
    }

    /// Tells whether a statement can be about this: a field of the record, a control, or an item of the checklist such as
    /// `checklist:owner-named`.
    #[must_use]
    pub fn knows(&self, about: &str) -> bool {
        match about.strip_prefix(ITEM_PREFIX) {
            Some(item) => self.item(item).is_some(),
            None => field(about).is_some() || self.control(about).is_some(),
        }
    }

    /// Returns where a field of the compliance record belongs, such as `log_retention_days`.
    #[must_use]
    pub fn record_field(&self, field: &str) -> Option<&RecordField> {
        self.starting_record_fields
            .iter()
            .find(|entry| entry.fields.iter().any(|name| name == field))
    }

    /// Returns the ids of the probes that give evidence of a control: its own, or else those of the controls it maps to.
    #[must_use]
    pub fn evidence_of<'a>(&'a self, control: &'a ControlEntry) -> Vec<&'a str> {
        let mapped = control.maps_to.iter().filter_map(|id| self.control(id));
        let sources: Vec<_> =
            if control.probes.is_empty() { mapped.collect() } else { vec![control] };
        let mut probes = Vec::new();
        for probe in sources.iter().flat_map(|source| &source.probes) {
            if !probes.contains(&probe.as_str()) {
                probes.push(probe.as_str());
            }
        }
        probes
    }

    /// Returns a warning for people once the catalogue is past its review age.
    #[must_use]
    pub fn review(&self, today: Date) -> Option<String> {
        let days = (today - self.as_of).get_days();
        (days > i32::from(self.review_age_days)).then(|| {
            format!(
                "the catalogue of frameworks was last checked on {}, {days} days ago: check duties and dates against \
                 their sources before you rely on them",
                self.as_of
            )
        })
    }
}
