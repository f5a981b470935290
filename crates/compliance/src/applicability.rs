//! Whether a duty binds an operator on a day.

use std::fmt;

use jiff::civil::{Date, date};
use syndic_model::{HighRisk, OperatorRole};

use crate::catalogue::{AppliesFrom, Bearer, Confidence, ControlEntry};

/// Whether a duty binds an operator on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applicability {
    /// It does.
    Applies {
        /// Since when; always where there is no day.
        since: Option<Date>,
    },
    /// It will.
    NotYet {
        /// From when on.
        from: Date,
        /// How sure that day is.
        confidence: Confidence,
    },
    /// It does not.
    NotApplicable {
        /// Why, for people.
        why: String,
    },
    /// That depends on the class of the system, which is not stated.
    Unclassified {
        /// From when on it would apply at the earliest.
        from: Date,
    },
}

/// The days on which a duty begins, as its text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readings {
    /// By the words of its text.
    pub by_text: Option<Date>,
    /// In effect, since it can bind nobody before the duties it presupposes; the earliest where the class is not stated.
    pub in_effect: Option<Date>,
}

/// Tells whether a duty binds an operator in a role on a day, by the day it takes effect.
///
/// The relief of Art. 111(2) of the EU AI Act for high-risk systems that are older than the day is not taken: it ends
/// with a significant change, which a new model, tool or purpose of an agent may be. Where nothing says when a system was
/// placed on the market, it counts as new.
#[must_use]
pub fn applies(
    control: &ControlEntry,
    role: OperatorRole,
    high_risk: Option<HighRisk>,
    placed_on: Option<Date>,
    as_of: Date,
) -> Applicability {
    if !binds(&control.bearers, role) {
        let bearers: Vec<_> = control.bearers.iter().map(|bearer| bearer.as_str()).collect();
        let why = format!("it is a duty of others: {}", bearers.join(", "));
        return Applicability::NotApplicable { why };
    }
    let Some(from) = &control.applies_from else { return Applicability::Applies { since: None } };
    match (control.readings(high_risk, placed_on).in_effect, high_risk) {
        (Some(from), None) if control.depends_on_class() => Applicability::Unclassified { from },
        (Some(since), _) if since <= as_of => Applicability::Applies { since: Some(since) },
        (Some(day), _) => Applicability::NotYet { from: day, confidence: from.confidence },
        (None, class) => Applicability::NotApplicable { why: excluded(class).to_owned() },
    }
}

/// Tells whether a duty is one of the operator's in a role. Roles of other laws are not weighed against those of the EU
/// AI Act: an operator is a controller or a processor in either.
fn binds(bearers: &[Bearer], role: OperatorRole) -> bool {
    bearers.is_empty()
        || bearers.iter().any(|bearer| match bearer {
            Bearer::All | Bearer::Controller | Bearer::Processor => true,
            Bearer::Provider => role == OperatorRole::Provider,
            Bearer::Deployer => role == OperatorRole::Deployer,
            Bearer::Importer | Bearer::Distributor | Bearer::ComponentSupplier => false,
        })
}

const fn excluded(class: Option<HighRisk>) -> &'static str {
    match class {
        Some(HighRisk::AnnexI) => "it binds systems that are high-risk by Annex III",
        Some(HighRisk::AnnexIii) => "it binds systems that are high-risk by Annex I",
        Some(HighRisk::None) | None => "it binds high-risk systems, which this is stated not to be",
    }
}

impl ControlEntry {
    /// Tells whether it begins on different days for different classes of systems, or binds only some of them.
    #[must_use]
    pub fn depends_on_class(&self) -> bool {
        self.applies_from.as_ref().is_some_and(|from| from.all.is_none())
    }

    /// Returns the days on which it begins for a system, by both readings; they differ only where the text applies before
    /// the duty can take effect.
    #[must_use]
    pub fn readings(&self, high_risk: Option<HighRisk>, placed_on: Option<Date>) -> Readings {
        let Some(from) = &self.applies_from else {
            return Readings { by_text: None, in_effect: None };
        };
        let in_effect = from
            .all
            .map_or_else(|| from.by_class(high_risk), |all| Some(from.graced(all, placed_on)));
        Readings { by_text: from.text.or(in_effect), in_effect }
    }
}

/// The day before which a system was placed on the market to have the grace of Art. 50(2) of the EU AI Act.
const GRACE: Date = date(2026, 8, 2);

impl AppliesFrom {
    fn by_class(&self, high_risk: Option<HighRisk>) -> Option<Date> {
        match high_risk {
            Some(HighRisk::AnnexIii) => self.annex_iii,
            Some(HighRisk::AnnexI) => self.annex_i,
            Some(HighRisk::None) => None,
            None => [self.annex_iii, self.annex_i].into_iter().flatten().min(),
        }
    }

    fn graced(&self, all: Date, placed_on: Option<Date>) -> Date {
        let older = placed_on.is_some_and(|placed| placed < GRACE);
        self.placed_before_2026_08_02.filter(|_| older).unwrap_or(all)
    }
}

impl fmt::Display for Applicability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Applies { since: None } => f.write_str("applies"),
            Self::Applies { since: Some(since) } => write!(f, "applies since {since}"),
            Self::NotYet { from, confidence } => {
                write!(f, "does not apply yet; from {from} on ({confidence} confidence)")
            }
            Self::NotApplicable { why } => write!(f, "does not apply: {why}"),
            Self::Unclassified { from } => {
                write!(
                    f,
                    "depends on the class, which is not stated; from {from} on at the earliest"
                )
            }
        }
    }
}
