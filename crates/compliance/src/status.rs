//! What can be said of a duty.

use serde::{Deserialize, Serialize};

/// What can be said of a duty, in the words of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Fresh machine evidence meets the rule.
    SatisfiedMeasured,
    /// A fresh signed statement of a person; no machine evidence is possible or available.
    SatisfiedAttested,
    /// Some of the evidence that is asked for, not all.
    Partial,
    /// Evidence shows that the rule is not met.
    NotSatisfied,
    /// No evidence in the window; never counted as met.
    Unknown,
    /// Evidence is past its time, or older than the last change it speaks of.
    Stale,
    /// Ruled out by a recorded decision, or the duty of somebody else.
    NotApplicable,
    /// The duty does not apply yet; it is evaluated all the same.
    NotYetApplicable,
}

impl Status {
    /// Every status, best first.
    pub const ALL: [Self; 8] = [
        Self::SatisfiedMeasured,
        Self::SatisfiedAttested,
        Self::Partial,
        Self::NotSatisfied,
        Self::Unknown,
        Self::Stale,
        Self::NotApplicable,
        Self::NotYetApplicable,
    ];

    /// Returns the word that reports use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SatisfiedMeasured => "satisfied_measured",
            Self::SatisfiedAttested => "satisfied_attested",
            Self::Partial => "partial",
            Self::NotSatisfied => "not_satisfied",
            Self::Unknown => "unknown",
            Self::Stale => "stale",
            Self::NotApplicable => "not_applicable",
            Self::NotYetApplicable => "not_yet_applicable",
        }
    }

    /// Tells whether evidence meets the rule.
    #[must_use]
    pub const fn is_satisfied(self) -> bool {
        matches!(self, Self::SatisfiedMeasured | Self::SatisfiedAttested)
    }
}
