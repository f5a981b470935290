//! The classes that an incident had: each leaves its clocks behind, and a report counts under the law it was made by.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::catalogue::Catalogue;
use crate::{ClockState, DeadlineClock, IncidentClass};

/// The classes that an incident was put into, in the order of the records, each with its first report.
///
/// Putting it into another class takes no clock away: it was known to be so, and what had to be reported by then had to
/// be. A report counts for every clock of the frameworks that the class of the time has clocks of, those of later
/// classes too, for a first report may be followed by a complete one (Art. 73(5) of the EU AI Act); under another law
/// another authority is told. One that is made in [`IncidentClass::Other`], by which nothing is reported, counts for
/// the classes before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IncidentClasses {
    had: Vec<(IncidentClass, Option<Timestamp>)>,
    current: Option<IncidentClass>,
}

/// A clock of a class that an incident had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassClock {
    /// The class.
    pub class: IncidentClass,
    /// The clock.
    pub deadline: DeadlineClock,
    /// When the first report was made that counts for it.
    pub reported: Option<Timestamp>,
}

impl IncidentClasses {
    /// Puts the incident into the class that a record names; one that it does not know leaves it where it is.
    pub fn put(&mut self, class: &str) {
        let Ok(class) = class.parse() else { return };
        self.current = Some(class);
        if self.had.iter().all(|(had, _)| *had != class) {
            self.had.push((class, None));
        }
    }

    /// Takes note that it was reported at a time, in the class that it is in.
    pub fn report(&mut self, at: Timestamp) {
        let current = self.current;
        let counts = |class| current == Some(class) || current == Some(IncidentClass::Other);
        for (_, first) in self.had.iter_mut().filter(|(class, _)| counts(*class)) {
            *first = Some(first.map_or(at, |first| first.min(at)));
        }
    }
}

impl ClassClock {
    /// Tells how it stands at a time.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> ClockState {
        self.deadline.state(now, self.reported)
    }
}

impl Catalogue {
    /// Returns the clocks of every class that an incident had, each from awareness on, the earliest first.
    #[must_use]
    pub fn clocks_of(&self, classes: &IncidentClasses, aware: Timestamp) -> Vec<ClassClock> {
        let mut clocks = Vec::new();
        let mut first = BTreeMap::<String, Timestamp>::new();
        for (class, reported) in &classes.had {
            for deadline in self.clocks(*class, aware) {
                if let Some(at) = *reported {
                    let first = first.entry(deadline.regime.clone()).or_insert(at);
                    *first = at.min(*first);
                }
                clocks.push(ClassClock { class: *class, deadline, reported: None });
            }
        }
        for clock in &mut clocks {
            clock.reported = first.get(&clock.deadline.regime).copied();
        }
        clocks.sort_by_key(|clock| clock.deadline.due);
        clocks
    }
}
