//! The times in which an incident must be reported.

mod classes;

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use crate::catalogue::{Catalogue, ControlEntry, Term, words};

pub use classes::{ClassClock, IncidentClasses};

words! {
    /// What sort of incident it is, as far as a time to report it depends on that.
    IncidentClass:
    /// A serious incident by Art. 3(49) of the EU AI Act.
    Serious = "serious",
    /// A person died.
    Death = "death",
    /// A widespread infringement, or a serious and irreversible disruption of critical infrastructure.
    Widespread = "widespread",
    /// A breach of personal data.
    PersonalData = "personal_data",
    /// None of these.
    Other = "other",
}

/// A text names no class of incidents.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is no class of incidents: use `serious`, `death`, `widespread`, `personal_data` or `other`"
)]
pub struct IncidentClassError(pub String);

impl FromStr for IncidentClass {
    type Err = IncidentClassError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shown = || text.chars().take(80).flat_map(char::escape_default).collect();
        let named = Self::ALL.iter().find(|class| class.as_str() == text);
        named.copied().ok_or_else(|| IncidentClassError(shown()))
    }
}

/// A time by which an incident must be reported, if the duty binds: see [`applies`](crate::applies).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlineClock {
    /// The framework, such as `eu-ai-act`.
    pub regime: String,
    /// The control, such as `eu-ai-act:art-73-2`.
    pub control: String,
    /// When it must be reported at the latest.
    pub due: Timestamp,
    /// Where that comes from, such as `Art. 73(2): 15 days after awareness`.
    pub basis: String,
    /// What else must be so for it to run, which no class says.
    pub only_where: Option<String>,
}

/// How a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockState {
    /// It is not reported yet, and need not be.
    Running {
        /// How much time is left.
        left: SignedDuration,
    },
    /// It was reported in time.
    Met {
        /// When.
        at: Timestamp,
    },
    /// It was reported too late, or is not reported although it should be.
    Late {
        /// By how much, until now or until it was reported.
        by: SignedDuration,
    },
}

impl Catalogue {
    /// Returns the clocks that run for a class of incidents from awareness on, the earliest first.
    ///
    /// Days are calendar days of 24 hours each. EU law (Regulation 1182/71) lets a period of days end with its last
    /// day, which is later; the earlier end is given, so that nobody counts on time they may not have.
    #[must_use]
    pub fn clocks(&self, class: IncidentClass, aware: Timestamp) -> Vec<DeadlineClock> {
        let mut clocks: Vec<_> = self
            .frameworks
            .iter()
            .flat_map(|framework| {
                let controls = framework.controls.iter();
                controls.filter_map(move |control| clock(&framework.id, control, class, aware))
            })
            .collect();
        clocks.sort_by_key(|clock| clock.due);
        clocks
    }
}

fn clock(
    regime: &str,
    control: &ControlEntry,
    class: IncidentClass,
    aware: Timestamp,
) -> Option<DeadlineClock> {
    let clock = control.clock.as_ref().filter(|clock| clock.classes.contains(&class))?;
    let (hours, term) = match clock.within {
        Term::Days(days) => (24 * i64::from(days), format!("{days} days")),
        Term::Hours(hours) => (i64::from(hours), format!("{hours} hours")),
    };
    Some(DeadlineClock {
        regime: regime.to_owned(),
        control: control.id.clone(),
        due: aware.checked_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX),
        basis: format!("{}: {term} after awareness", control.reference),
        only_where: clock.only_where.clone(),
    })
}

impl DeadlineClock {
    /// Tells how it stands at a time, and given when the incident was reported. A report at the very end is in time.
    #[must_use]
    pub fn state(&self, now: Timestamp, reported: Option<Timestamp>) -> ClockState {
        let stopped = reported.unwrap_or(now);
        let left = self.due.duration_since(stopped);
        match reported {
            _ if left.is_negative() => ClockState::Late { by: -left },
            Some(at) => ClockState::Met { at },
            None => ClockState::Running { left },
        }
    }
}
