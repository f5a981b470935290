//! What follows from readings and statements, and making it follow again from those of a report.

use std::collections::BTreeMap;

use syndic_model::{HighRisk, Mode, OperatorRole};

use crate::check::{self, checks};
use crate::containment::Containment;
use crate::evidence::day;
use crate::gap::gaps;
use crate::ground::Ground;
use crate::report::{CatalogueUsed, Summary, chosen};
use crate::{
    AssessError, Catalogue, CheckEntry, FieldEntry, Framework, Gap, NotShown, Report, report,
};

/// What follows from readings and statements.
#[derive(Debug)]
pub(crate) struct Judgement {
    pub(crate) frameworks: Vec<report::Framework>,
    pub(crate) record: BTreeMap<String, FieldEntry>,
    pub(crate) checks: BTreeMap<String, CheckEntry>,
    pub(crate) gaps: Vec<Gap>,
}

impl Judgement {
    pub(crate) fn of(frameworks: &[&Framework], ground: &Ground<'_>) -> Self {
        let frameworks: Vec<_> =
            frameworks.iter().map(|one| report::Framework::judge(one, ground)).collect();
        let duties: Vec<_> =
            frameworks.iter().flat_map(|framework| framework.controls.iter().cloned()).collect();
        let record = check::record(ground);
        let checks = checks(&record, &duties);
        let gaps = gaps(ground, &checks, &record, &duties);
        Self { frameworks, record, checks, gaps }
    }
}

impl Report {
    /// Judges again by the report's own readings and statements: the same report where all that it concludes follows from
    /// them. Whether they are what the log says, and what it does not show, is not looked at.
    ///
    /// # Errors
    /// When the catalogue does not have a framework that it is about.
    pub fn judged_again(&self, catalogue: &Catalogue) -> Result<Self, AssessError> {
        let named: Vec<_> = self.frameworks.iter().map(|one| one.id.clone()).collect();
        let chosen = if named.is_empty() { Vec::new() } else { chosen(&named, catalogue)? };
        let roles: Vec<OperatorRole> =
            self.roles.iter().filter_map(|role| role.parse().ok()).collect();
        let high_risk: Option<HighRisk> = self.high_risk.as_ref().and_then(|one| one.parse().ok());
        let retention = self.record.get("log_retention_days").and_then(|days| days.value.clone());
        let ground = Ground {
            agent: &self.agent.id,
            catalogue,
            readings: &self.readings,
            statements: &self.statements,
            containment: self.containment(),
            roles: &roles,
            high_risk,
            placed_on: self.placed_on,
            as_of: self.as_of,
            retention_days: retention.unwrap_or_default(),
            policies: self.policies_by_control(),
        };
        let Judgement { frameworks, record, checks, gaps } = Judgement::of(&chosen, &ground);
        Ok(Self {
            roles: roles.iter().map(ToString::to_string).collect(),
            high_risk: high_risk.map(|class| class.to_string()),
            catalogue: CatalogueUsed::of(catalogue, day(self.made_at)),
            compliance_score: check::score(&checks),
            headline: check::headline(&checks),
            summary: Summary::of(&frameworks, &self.readings, &self.statements),
            frameworks,
            record,
            checks,
            gaps,
            ..self.clone()
        })
    }

    /// Tells whether what is decided is enforced, by what the report says of the agent and does not show.
    fn containment(&self) -> Containment {
        let lately = |limit: &NotShown| {
            Containment::Lately.lacking().is_some_and(|told| limit.told.starts_with(told))
        };
        let grades: Vec<_> =
            self.agent.grades.iter().filter_map(|grade| grade.parse().ok()).collect();
        let mode =
            if self.agent.mode == Mode::Observe.as_str() { Mode::Observe } else { Mode::Enforce };
        let now = Containment::now(mode, &grades);
        if now == Containment::Enforced && self.not_shown.iter().any(lately) {
            Containment::Lately
        } else {
            now
        }
    }

    fn policies_by_control(&self) -> BTreeMap<&str, Vec<&str>> {
        let duties = self.frameworks.iter().flat_map(|framework| &framework.controls);
        duties
            .map(|duty| (duty.id.as_str(), duty.policies.iter().map(String::as_str).collect()))
            .collect()
    }
}
