//! What is due about an incident: reports of it, and what is to be done.

use jiff::Timestamp;
use syndic_compliance::{Catalogue, ClassClock, ClockState, IncidentClasses};
use syndic_ledger::IncidentUpdated;

use crate::assurance::{Incident, Noted};

/// A time by which an incident must be reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentClock {
    /// The class that it is of, which the incident has or had.
    pub class: String,
    /// The control, such as `eu-ai-act:art-73-2`.
    pub control: String,
    /// When it must be reported at the latest.
    pub due: Timestamp,
    /// Where that comes from.
    pub basis: String,
    /// What else must be so for it to run.
    pub only_where: Option<String>,
    /// When the first report was made that counts for it.
    pub reported: Option<Timestamp>,
    /// How it stands.
    pub state: ClockState,
}

/// Something that is to be done about an incident, as it was told last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentCorrective {
    /// Its name within the incident.
    pub name: String,
    /// Until when.
    pub due: Timestamp,
    /// When it was recorded that it is done; none while it is not.
    pub done: Option<Timestamp>,
    /// It should be done and is not.
    pub overdue: bool,
}

impl IncidentClock {
    /// Tells whether it ran out, whatever else must be so, and nothing was reported that counts for it.
    #[must_use]
    pub const fn is_overdue(&self) -> bool {
        matches!(self.state, ClockState::Late { .. })
            && self.reported.is_none()
            && self.only_where.is_none()
    }
}

/// Returns the clocks of every class that it had, the earliest first.
pub(super) fn clocks(incident: &Incident, now: Timestamp) -> Vec<IncidentClock> {
    let Ok(catalogue) = Catalogue::builtin() else { return Vec::new() };
    let opened = &incident.opened.record;
    let mut classes = IncidentClasses::default();
    classes.put(&opened.class);
    for Noted { record: update, .. } in &incident.updates {
        if let Some(class) = &update.class {
            classes.put(class);
        }
        if let Some(at) = update.reported {
            classes.report(at);
        }
    }
    let clocks = catalogue.clocks_of(&classes, opened.aware);
    clocks.into_iter().map(|clock| told(clock, now)).collect()
}

fn told(clock: ClassClock, now: Timestamp) -> IncidentClock {
    let state = clock.state(now);
    let ClassClock { class, deadline, reported } = clock;
    IncidentClock {
        class: class.as_str().to_owned(),
        control: deadline.control,
        due: deadline.due,
        basis: deadline.basis,
        only_where: deadline.only_where,
        reported,
        state,
    }
}

/// Returns what is to be done, in the order in which it was told first.
pub(super) fn correctives(
    updates: &[Noted<IncidentUpdated>],
    now: Timestamp,
) -> Vec<IncidentCorrective> {
    let mut correctives: Vec<IncidentCorrective> = Vec::new();
    for Noted { at, record, .. } in updates {
        let Some(told) = &record.corrective else { continue };
        let corrective = IncidentCorrective {
            name: told.name.clone(),
            due: told.due,
            done: told.done.then_some(*at),
            overdue: !told.done && told.due <= now,
        };
        match correctives.iter_mut().find(|known| known.name == told.name) {
            Some(known) => *known = corrective,
            None => correctives.push(corrective),
        }
    }
    correctives
}
