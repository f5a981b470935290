//! Incidents: what went wrong, by when it must be reported, and the records of it, held from being dropped and erased.

mod bundle;

use jiff::{SignedDuration, Timestamp};
use syndic_compliance::{Catalogue, ClockState, IncidentClass};
use syndic_ledger::{Corrective, IncidentClosed, IncidentOpened, IncidentUpdated, Record};
use syndic_model::EventId;
use thiserror::Error;

use crate::Gate;
use crate::agents::{UnknownName, profile};
use crate::assurance::{Incident, Noted};
use crate::gate::WriteFailed;
use crate::permit::hex;
use crate::retention::{HoldError, HoldRequest};

pub use bundle::{IncidentBundle, IncidentBundleError, ProvedRecord};

/// How long before somebody came to know records are held, where nothing is said.
const HELD_BEFORE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The longest title, and the longest note, in bytes.
const MOST_TITLE: usize = 200;
const MOST_NOTE: usize = 4000;
/// How many incidents there may be, and updates of each.
const MOST_INCIDENTS: usize = 4096;
const MOST_UPDATES: usize = 256;

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentRequest {
    /// The agent.
    pub agent: String,
    /// What sort of incident it is.
    pub class: IncidentClass,
    /// What happened; nobody is named in it.
    pub title: String,
    /// When somebody came to know; now where nothing is said.
    pub aware: Option<Timestamp>,
    /// From when on records are held; thirty days before that where nothing is said.
    pub since: Option<Timestamp>,
}

/// What more is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IncidentChange {
    /// Another class.
    pub class: Option<IncidentClass>,
    /// What is known; nobody is named in it.
    pub note: String,
    /// When it was reported.
    pub reported: Option<Timestamp>,
    /// To whom.
    pub authority: Option<String>,
    /// Something to be done about it, or that it is done.
    pub corrective: Option<Corrective>,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentView {
    /// What was recorded first.
    pub opened: IncidentOpened,
    /// When that was.
    pub at: Timestamp,
    /// Its record.
    pub record: u64,
    /// What it is classed as by now.
    pub class: String,
    /// What became known later, each with its record and its time, oldest first.
    pub updates: Vec<(u64, Timestamp, IncidentUpdated)>,
    /// How it ended, with the record and the time of it.
    pub closed: Option<(u64, Timestamp, IncidentClosed)>,
    /// By when it must be reported, where the duty binds; the earliest first.
    pub clocks: Vec<IncidentClock>,
}

/// A time by which an incident must be reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentClock {
    /// The control, such as `eu-ai-act:art-73-2`.
    pub control: String,
    /// When it must be reported at the latest.
    pub due: Timestamp,
    /// Where that comes from.
    pub basis: String,
    /// What else must be so for it to run.
    pub only_where: Option<String>,
    /// How it stands.
    pub state: ClockState,
}

/// Says why nothing was recorded.
#[derive(Debug, Error)]
pub enum IncidentError {
    /// No such agent.
    #[error(transparent)]
    Agent(#[from] UnknownName),
    /// None has this id.
    #[error("there is no incident `{0}`; `syndic incident list` shows those there are")]
    Unknown(String),
    /// What happened is part of the record.
    #[error("what happened is needed, in 1 to {MOST_TITLE} bytes; it is recorded, so name nobody")]
    Title,
    /// What is known is part of the record.
    #[error("a note of 1 to {MOST_NOTE} bytes is needed; it is recorded, so name nobody")]
    Note,
    /// Nobody knows of it before it happens.
    #[error(
        "nobody came to know, or reported it, in the future; records are held from before that"
    )]
    Time,
    /// It is over.
    #[error("incident `{0}` is closed; open another")]
    Closed(String),
    /// There are too many.
    #[error("there are {MOST_INCIDENTS} incidents, or {MOST_UPDATES} updates of this one, already")]
    Crowded,
    /// Its records cannot be held.
    #[error("its records cannot be held")]
    Hold(#[from] HoldError),
    /// It cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

impl Gate {
    /// Opens an incident: the agent's records are held first, so that nothing of it is dropped or erased meanwhile.
    ///
    /// # Errors
    /// When there is no such agent, too little is said, or it cannot be recorded.
    pub async fn open_incident(
        &self,
        request: IncidentRequest,
        by: &str,
    ) -> Result<IncidentView, IncidentError> {
        let agent = profile(&self.governance(), &request.agent)?.id.to_string();
        let now = self.now();
        let aware = request.aware.unwrap_or(now);
        let before = || aware.saturating_sub(HELD_BEFORE).unwrap_or(aware);
        let since = request.since.unwrap_or_else(before);
        check(&request.title, MOST_TITLE).ok_or(IncidentError::Title)?;
        if aware > now || since > aware {
            return Err(IncidentError::Time);
        }
        if self.state().assurance.incidents.len() >= MOST_INCIDENTS {
            return Err(IncidentError::Crowded);
        }
        let hold = HoldRequest {
            agent: Some(agent.clone()),
            since: Some(since),
            reason: format!("incident: {}", request.title),
            ..HoldRequest::default()
        };
        let hold = self.hold_records(hold, by).await?;
        let head = self.store.checkpoint().head;
        let opened = IncidentOpened {
            id: EventId::draw(self.clock.as_ref()).to_string(),
            agent,
            class: request.class.as_str().to_owned(),
            title: request.title,
            aware,
            since,
            hold: hold.id,
            size: head.size,
            root: hex(&head.root),
            by: by.to_owned(),
        };
        let id = opened.id.clone();
        self.assure(Record::IncidentOpened(Box::new(opened))).await?;
        self.incident(&id)
    }

    /// Records what more is known of an incident.
    ///
    /// # Errors
    /// When there is no such incident, it is closed, too little is said, or it cannot be recorded.
    pub async fn update_incident(
        &self,
        id: &str,
        change: IncidentChange,
        by: &str,
    ) -> Result<IncidentView, IncidentError> {
        let known = self.incident_in_hand(id)?;
        let IncidentChange { class, note, reported, authority, corrective } = change;
        check(&note, MOST_NOTE).ok_or(IncidentError::Note)?;
        for name in authority.iter().chain(corrective.as_ref().map(|one| &one.name)) {
            check(name, MOST_TITLE).ok_or(IncidentError::Title)?;
        }
        if reported.is_some_and(|at| at > self.now() || at < known.opened.aware) {
            return Err(IncidentError::Time);
        }
        if known.updates.len() >= MOST_UPDATES {
            return Err(IncidentError::Crowded);
        }
        let updated = IncidentUpdated {
            id: known.opened.id,
            agent: known.opened.agent,
            class: class.map(|class| class.as_str().to_owned()),
            note,
            reported,
            authority,
            corrective,
            by: by.to_owned(),
        };
        self.assure(Record::IncidentUpdated(updated)).await?;
        self.incident(id)
    }

    /// Records that an incident is over, and what it was. Its records stay held until somebody releases the hold.
    ///
    /// # Errors
    /// As [`Self::update_incident`].
    pub async fn close_incident(
        &self,
        id: &str,
        summary: String,
        by: &str,
    ) -> Result<IncidentView, IncidentError> {
        let known = self.incident_in_hand(id)?;
        check(&summary, MOST_NOTE).ok_or(IncidentError::Note)?;
        let closed = IncidentClosed {
            id: known.opened.id,
            agent: known.opened.agent,
            summary,
            by: by.to_owned(),
        };
        self.assure(Record::IncidentClosed(closed)).await?;
        self.incident(id)
    }

    /// Lists every incident, newest first.
    #[must_use]
    pub fn incidents(&self) -> Vec<IncidentView> {
        let now = self.now();
        let state = self.state();
        let mut all: Vec<_> =
            state.assurance.incidents.values().map(|incident| view(incident, now)).collect();
        all.sort_by_key(|incident| std::cmp::Reverse(incident.record));
        all
    }

    /// Returns one incident.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn incident(&self, id: &str) -> Result<IncidentView, IncidentError> {
        let now = self.now();
        let state = self.state();
        let found = state.assurance.incidents.get(id).map(|incident| view(incident, now));
        found.ok_or_else(|| IncidentError::Unknown(shown(id)))
    }

    fn incident_in_hand(&self, id: &str) -> Result<IncidentView, IncidentError> {
        let known = self.incident(id)?;
        if known.closed.is_some() { Err(IncidentError::Closed(shown(id))) } else { Ok(known) }
    }

    /// Tells which incidents should have been reported and were not, each with the clock that ran out first.
    pub(crate) fn overdue_incidents(&self) -> Vec<(IncidentView, IncidentClock)> {
        let open = self.incidents().into_iter().filter(|incident| incident.closed.is_none());
        let late = |clock: &&IncidentClock| {
            clock.only_where.is_none() && matches!(clock.state, ClockState::Late { .. })
        };
        let overdue =
            open.filter(|incident| incident.reported().is_none()).filter_map(|incident| {
                let clock = incident.clocks.iter().find(late).cloned();
                clock.map(|clock| (incident, clock))
            });
        overdue.collect()
    }
}

impl IncidentView {
    /// Returns when it was reported first.
    #[must_use]
    pub fn reported(&self) -> Option<Timestamp> {
        reported(self.updates.iter().map(|(_, _, update)| update))
    }
}

fn reported<'a>(updates: impl Iterator<Item = &'a IncidentUpdated>) -> Option<Timestamp> {
    updates.filter_map(|update| update.reported).min()
}

fn view(incident: &Incident, now: Timestamp) -> IncidentView {
    let Incident { opened, updates, closed } = incident;
    let told = |noted: &Noted<IncidentUpdated>| (noted.index, noted.at, noted.record.clone());
    let changed = updates.iter().rev().find_map(|update| update.record.class.clone());
    let class = changed.unwrap_or_else(|| opened.record.class.clone());
    let reported = reported(updates.iter().map(|update| &update.record));
    IncidentView {
        clocks: clocks(&class, opened.record.aware, reported, now),
        opened: opened.record.clone(),
        at: opened.at,
        record: opened.index,
        class,
        updates: updates.iter().map(told).collect(),
        closed: closed.as_ref().map(|noted| (noted.index, noted.at, noted.record.clone())),
    }
}

fn clocks(
    class: &str,
    aware: Timestamp,
    reported: Option<Timestamp>,
    now: Timestamp,
) -> Vec<IncidentClock> {
    let (Ok(catalogue), Ok(class)) = (Catalogue::builtin(), class.parse::<IncidentClass>()) else {
        return Vec::new();
    };
    let clocks = catalogue.clocks(class, aware).into_iter().map(|clock| IncidentClock {
        state: clock.state(now, reported),
        control: clock.control,
        due: clock.due,
        basis: clock.basis,
        only_where: clock.only_where,
    });
    clocks.collect()
}

/// Takes a text that says something, and not too much.
fn check(text: &str, most: usize) -> Option<()> {
    (!text.trim().is_empty() && text.len() <= most).then_some(())
}

fn shown(id: &str) -> String {
    id.chars().take(64).flat_map(char::escape_default).collect()
}
