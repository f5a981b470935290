//! What was unusual about an agent, and is not over.

use std::collections::BTreeMap;

use syndic_ledger::{Anomaly, Leaf};

use super::named::Named;

/// The most signals that are kept in mind.
const MOST: usize = 16;

/// What was unusual about an agent, by signal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Anomalies {
    pub(crate) raised: Named<MOST>,
    /// Signals that are not over, each with its record.
    pub(crate) open: BTreeMap<String, u64>,
}

impl Anomalies {
    pub(super) fn see(&mut self, anomaly: &Anomaly, leaf: &Leaf) {
        if anomaly.status != "raised" {
            self.open.remove(&anomaly.signal);
            return;
        }
        self.raised.see(&anomaly.signal, leaf);
        if self.open.len() < MOST {
            self.open.insert(anomaly.signal.clone(), leaf.i);
        }
    }
}
