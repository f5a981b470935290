//! What every judgement of a report starts from.

use jiff::civil::Date;
use syndic_model::{EnforcementGrade, OperatorRole};

use crate::containment::Containment;
use crate::weigh::Weighed;
use crate::{Catalogue, Evidence, Reading, StatementEntry};

/// What every judgement of a report starts from.
#[derive(Debug)]
pub(crate) struct Ground<'a> {
    pub(crate) evidence: &'a Evidence<'a>,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) readings: &'a [Reading],
    pub(crate) statements: &'a [StatementEntry],
    /// The enforcement grades of the paths that actions came by, weakest first.
    pub(crate) grades: &'a [EnforcementGrade],
    pub(crate) containment: Containment,
    /// INVARIANT: at least one.
    pub(crate) roles: &'a [OperatorRole],
    pub(crate) as_of: Date,
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

    pub(crate) fn agent(&self) -> &'a str {
        self.evidence.setup.profile.id.as_str()
    }
}
