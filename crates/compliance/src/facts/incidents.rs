//! Incidents: what went wrong, when somebody came to know, what was reported, and what is done about it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use syndic_ledger::{Corrective, IncidentOpened, IncidentUpdated, Leaf, Record};

use crate::IncidentClasses;

/// The most incidents that are kept in mind. The oldest that is closed makes room; where none is, a new one is only
/// counted.
const MOST: usize = 4_096;

/// The most corrective actions of one incident that are kept in mind.
const MOST_EACH: usize = 256;

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// What was known at first.
    pub opened: IncidentOpened,
    /// When it was put on record.
    pub at: Timestamp,
    /// The record that opened it.
    pub index: u64,
    /// The classes that it had, with what was reported.
    pub classes: IncidentClasses,
    /// What is to be done about it, by name, each as it was told last.
    pub correctives: BTreeMap<String, Corrective>,
    /// When it was closed.
    pub closed: Option<Timestamp>,
    /// The last record about it.
    pub last: u64,
}

/// The incidents of all agents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Incidents {
    /// By id.
    known: BTreeMap<String, Incident>,
    /// How many of each agent could not be kept in mind.
    beyond: BTreeMap<String, u64>,
}

impl Incidents {
    pub(super) fn see(&mut self, leaf: &Leaf) {
        if let Record::IncidentOpened(opened) = &leaf.record {
            self.open(opened, leaf);
        } else if let Record::IncidentUpdated(updated) = &leaf.record {
            self.on(&updated.id, leaf, |incident| incident.update(updated));
        } else if let Record::IncidentClosed(closed) = &leaf.record {
            self.on(&closed.id, leaf, |incident| incident.closed = Some(leaf.at));
        }
    }

    fn open(&mut self, opened: &IncidentOpened, leaf: &Leaf) {
        if self.known.len() >= MOST {
            let closed = self.known.iter().filter(|(_, incident)| incident.closed.is_some());
            let Some(oldest) = closed.min_by_key(|(_, incident)| incident.index) else {
                *self.beyond.entry(opened.agent.clone()).or_default() += 1;
                return;
            };
            let oldest = oldest.0.clone();
            self.known.remove(&oldest);
        }
        let mut classes = IncidentClasses::default();
        classes.put(&opened.class);
        let incident = Incident {
            opened: opened.clone(),
            at: leaf.at,
            index: leaf.i,
            classes,
            correctives: BTreeMap::new(),
            closed: None,
            last: leaf.i,
        };
        self.known.insert(opened.id.clone(), incident);
    }

    fn on(&mut self, id: &str, leaf: &Leaf, change: impl FnOnce(&mut Incident)) {
        if let Some(incident) = self.known.get_mut(id) {
            incident.last = leaf.i;
            change(incident);
        }
    }

    /// Returns an incident.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Incident> {
        self.known.get(id)
    }

    /// Returns the incidents of an agent, the oldest first.
    #[must_use]
    pub fn of(&self, agent: &str) -> Vec<&Incident> {
        let all = self.known.values();
        let mut own: Vec<_> = all.filter(|incident| incident.opened.agent == agent).collect();
        own.sort_unstable_by_key(|incident| incident.index);
        own
    }

    /// Returns how many incidents of an agent could not be kept in mind.
    #[must_use]
    pub fn beyond(&self, agent: &str) -> u64 {
        self.beyond.get(agent).copied().unwrap_or_default()
    }
}

impl Incident {
    fn update(&mut self, updated: &IncidentUpdated) {
        if let Some(class) = &updated.class {
            self.classes.put(class);
        }
        if let Some(at) = updated.reported {
            self.classes.report(at);
        }
        if let Some(corrective) = &updated.corrective
            && (self.correctives.len() < MOST_EACH
                || self.correctives.contains_key(&corrective.name))
        {
            self.correctives.insert(corrective.name.clone(), corrective.clone());
        }
    }
}
