//! What every judgement of a report starts from.

use std::collections::BTreeMap;

use jiff::civil::Date;
use syndic_model::{HighRisk, OperatorRole};

use crate::containment::Containment;
use crate::weigh::Weighed;
use crate::{Catalogue, Reading, Setup, StatementEntry};

/// What every judgement of a report starts from. A report that was made has all of it too.
#[derive(Debug)]
pub(crate) struct Ground<'a> {
    pub(crate) agent: &'a str,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) readings: &'a [Reading],
    pub(crate) statements: &'a [StatementEntry],
    pub(crate) containment: Containment,
    pub(crate) roles: &'a [OperatorRole],
    pub(crate) high_risk: Option<HighRisk>,
    pub(crate) placed_on: Option<Date>,
    pub(crate) as_of: Date,
    /// For how many days records are kept.
    pub(crate) retention_days: String,
    /// The policies that are enforced for the agent, by the control that they say they are about.
    pub(crate) policies: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Ground<'a> {
    /// Weighs the readings of some probes.
    pub(crate) fn weigh<P: AsRef<str>>(&self, probes: &[P]) -> Weighed<'a> {
        let probes: Vec<_> = probes.iter().map(AsRef::as_ref).collect();
        Weighed::of(&probes, self.readings, self.containment)
    }

    pub(crate) fn statement(&self, field: &str) -> Option<&'a StatementEntry> {
        self.statements.iter().find(|entry| entry.field == field)
    }
}

impl Setup {
    /// Returns the policies that are enforced for the agent, by the control that they say they are about.
    pub(crate) fn policies_by_control(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for policy in self.policies.iter().filter(|policy| policy.applies && !policy.shadow) {
            for control in &policy.controls {
                all.entry(control.as_str()).or_default().push(policy.id.as_str());
            }
        }
        all
    }
}
