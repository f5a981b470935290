//! How all sinks are, for who wants to know.

use std::collections::BTreeMap;

use parking_lot::Mutex;
use syndic_model::SinkState;

/// Is told how all sinks are whenever one is otherwise than before.
pub(crate) type Told = dyn Fn(Vec<SinkState>) + Send + Sync;

pub(crate) struct Board {
    states: Mutex<BTreeMap<String, SinkState>>,
    told: Box<Told>,
}

impl Board {
    pub(crate) fn new(told: Box<Told>) -> Self {
        Self { states: Mutex::default(), told }
    }

    pub(crate) fn set(&self, state: &SinkState) {
        let mut states = self.states.lock();
        if states.get(&state.name) != Some(state) {
            states.insert(state.name.clone(), state.clone());
            (self.told)(states.values().cloned().collect());
        }
    }

    /// Forgets every sink but those that are `kept`.
    pub(crate) fn keep(&self, kept: impl Fn(&str) -> bool) {
        let mut states = self.states.lock();
        let before = states.len();
        states.retain(|name, _| kept(name));
        if states.len() != before {
            (self.told)(states.values().cloned().collect());
        }
    }
}
