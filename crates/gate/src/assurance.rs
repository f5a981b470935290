//! What is known of agents beyond their actions, rebuilt from the ledger: statements, drills, incidents, reports.

use std::collections::BTreeMap;

use jiff::Timestamp;
use syndic_ledger::{
    DrillRan, IncidentClosed, IncidentOpened, IncidentUpdated, Record, StatementMade,
};

use crate::Gate;
use crate::assessed::Assessed;
use crate::gate::WriteFailed;
use crate::kept::{Keep, kept};

/// A record that still says what holds, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Noted<T> {
    pub(crate) index: u64,
    pub(crate) at: Timestamp,
    pub(crate) record: T,
}

/// An incident with all that came after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Incident {
    pub(crate) opened: Noted<IncidentOpened>,
    pub(crate) updates: Vec<Noted<IncidentUpdated>>,
    pub(crate) closed: Option<Noted<IncidentClosed>>,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Assurance {
    /// The newest statement by agent and field.
    pub(crate) statements: BTreeMap<(String, String), Noted<StatementMade>>,
    /// The newest run by drill and agent, which is empty where it was about all.
    pub(crate) drills: BTreeMap<(String, String), Noted<DrillRan>>,
    /// Every incident by its id.
    pub(crate) incidents: BTreeMap<String, Incident>,
    /// When agents were assessed.
    pub(crate) assessed: Assessed,
}

kept!(Assurance { statements, drills, incidents, assessed });
kept!(Incident { opened, updates, closed });

impl<T: Keep> Keep for Noted<T> {
    fn keep(&self, kept: &mut Vec<u8>) {
        let Self { index, at, record } = self;
        index.keep(kept);
        at.keep(kept);
        record.keep(kept);
    }

    fn read(kept: &mut &[u8]) -> Option<Self> {
        Some(Self { index: Keep::read(kept)?, at: Keep::read(kept)?, record: Keep::read(kept)? })
    }
}

impl Assurance {
    /// Takes note of a record, whichever of two comes first.
    pub(crate) fn see(&mut self, index: u64, at: Timestamp, record: &Record) {
        self.assessed.see(index, at, record);
        if let Record::StatementMade(made) = record {
            let key = (made.agent.clone(), made.field.clone());
            newest(&mut self.statements, key, Noted { index, at, record: (**made).clone() });
        } else if let Record::StatementWithdrawn(withdrawn) = record {
            let key = (withdrawn.agent.clone(), withdrawn.field.clone());
            if self.statements.get(&key).is_some_and(|made| made.record.id == withdrawn.id) {
                self.statements.remove(&key);
            }
        } else if let Record::DrillRan(ran) = record {
            let key = (ran.drill.clone(), ran.agent.clone().unwrap_or_default());
            newest(&mut self.drills, key, Noted { index, at, record: ran.clone() });
        } else if let Record::IncidentOpened(opened) = record {
            let opened = Noted { index, at, record: (**opened).clone() };
            let incident = Incident { opened, updates: Vec::new(), closed: None };
            self.incidents.insert(incident.opened.record.id.clone(), incident);
        } else if let Record::IncidentUpdated(updated) = record
            && let Some(incident) = self.incidents.get_mut(&updated.id)
        {
            incident.updates.push(Noted { index, at, record: updated.clone() });
            incident.updates.sort_by_key(|update| update.index);
        } else if let Record::IncidentClosed(closed) = record
            && let Some(incident) = self.incidents.get_mut(&closed.id)
        {
            incident.closed = Some(Noted { index, at, record: closed.clone() });
        }
    }
}

fn newest<T>(
    all: &mut BTreeMap<(String, String), Noted<T>>,
    key: (String, String),
    noted: Noted<T>,
) {
    if all.get(&key).is_none_or(|other| other.index < noted.index) {
        all.insert(key, noted);
    }
}

impl Gate {
    /// Writes a record of assurance and takes note of it; returns where and when.
    pub(crate) async fn assure(&self, record: Record) -> Result<(u64, Timestamp), WriteFailed> {
        let at = self.now();
        let index = self.write(record.clone(), at).await?.get().index();
        self.state().assurance.see(index, at, &record);
        Ok((index, at))
    }
}
