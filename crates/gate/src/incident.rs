//! Incidents: what went wrong, by when it must be reported, and the records of it, held from being dropped and erased.

mod bundle;
mod due;

use jiff::{SignedDuration, Timestamp};
use syndic_compliance::IncidentClass;
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
pub use due::{IncidentClock, IncidentCorrective};

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
    pub corrective: Option<CorrectiveChange>,
}

/// Something to be done about an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectiveChange {
    /// Its name within the incident.
    pub name: String,
    /// Until when; as it was told last where nothing is said.
    pub due: Option<Timestamp>,
    /// It is done.
    pub done: bool,
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
    /// What is to be done about it, each as it was told last.
    pub correctives: Vec<IncidentCorrective>,
    /// By when it must be reported in the classes that it had, where the duty binds; the earliest first.
    pub clocks: Vec<IncidentClock>,
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
    #[error("nobody came to know of it in the future: it is {now} UTC", now = readable(.0))]
    Aware(Timestamp),
    /// What led to it came before.
    #[error("records are held from before somebody came to know, at {aware} UTC", aware = readable(.0))]
    Since(Timestamp),
    /// A report is put on record once it was made.
    #[error("it was not reported in the future: it is {now} UTC", now = readable(.0))]
    ReportedAhead(Timestamp),
    /// Nobody reports what they do not know.
    #[error(
        "it cannot have been reported before somebody came to know of it, which was at {aware} UTC; if that was earlier, \
         open another incident and close this one",
        aware = readable(.0)
    )]
    ReportedBefore(Timestamp),
    /// Something is to be done by a day.
    #[error("until when is `{0}` to be done? it is not on record yet, so its `due` is needed")]
    Due(String),
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
        if aware > now {
            return Err(IncidentError::Aware(now));
        }
        if since > aware {
            return Err(IncidentError::Since(aware));
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
        let (known, now) = (self.incident_in_hand(id)?, self.now());
        let IncidentChange { class, note, reported, authority, corrective } = change;
        check(&note, MOST_NOTE).ok_or(IncidentError::Note)?;
        for name in authority.iter().chain(corrective.as_ref().map(|one| &one.name)) {
            check(name, MOST_TITLE).ok_or(IncidentError::Title)?;
        }
        if reported.is_some_and(|at| at > now) {
            return Err(IncidentError::ReportedAhead(now));
        }
        if reported.is_some_and(|at| at < known.opened.aware) {
            return Err(IncidentError::ReportedBefore(known.opened.aware));
        }
        let corrective = corrective.map(|change| known.corrective(change)).transpose()?;
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
        let overdue = open.filter_map(|incident| {
            let clock = incident.clocks.iter().find(|clock| clock.is_overdue()).cloned();
            clock.map(|clock| (incident, clock))
        });
        overdue.collect()
    }
}

impl IncidentView {
    /// Fills in until when something is to be done that is on record already.
    fn corrective(&self, change: CorrectiveChange) -> Result<Corrective, IncidentError> {
        let CorrectiveChange { name, due, done } = change;
        let known = || self.correctives.iter().find(|known| known.name == name);
        match due.or_else(|| Some(known()?.due)) {
            Some(due) => Ok(Corrective { name, due, done }),
            None => Err(IncidentError::Due(shown(&name))),
        }
    }
}

fn view(incident: &Incident, now: Timestamp) -> IncidentView {
    let Incident { opened, updates, closed } = incident;
    let told = |noted: &Noted<IncidentUpdated>| (noted.index, noted.at, noted.record.clone());
    let changed = updates.iter().rev().find_map(|update| update.record.class.clone());
    let class = changed.unwrap_or_else(|| opened.record.class.clone());
    IncidentView {
        correctives: due::correctives(updates, now),
        clocks: due::clocks(incident, now),
        opened: opened.record.clone(),
        at: opened.at,
        record: opened.index,
        class,
        updates: updates.iter().map(told).collect(),
        closed: closed.as_ref().map(|noted| (noted.index, noted.at, noted.record.clone())),
    }
}

/// Takes a text that says something, and not too much.
fn check(text: &str, most: usize) -> Option<()> {
    (!text.trim().is_empty() && text.len() <= most).then_some(())
}

fn readable(time: &Timestamp) -> impl std::fmt::Display + use<> {
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn shown(id: &str) -> String {
    id.chars().take(64).flat_map(char::escape_default).collect()
}
