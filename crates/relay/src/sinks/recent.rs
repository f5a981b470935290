//! Decisions whose end is awaited, as they were read: what ends soon is not read again.

use std::collections::{BTreeMap, VecDeque};

use syndic_store::Stored;

/// How much is kept, counting the texts of parts and a little for each decision.
const MOST_BYTES: usize = 8 << 20;
const EACH: usize = 1024;

#[derive(Debug, Default)]
pub(crate) struct Recent {
    decisions: BTreeMap<u64, Stored>,
    /// Oldest first; some are not there any more.
    order: VecDeque<u64>,
    bytes: usize,
}

impl Recent {
    pub(crate) fn keep(&mut self, stored: Stored) {
        let index = stored.leaf.i;
        self.bytes += size(&stored);
        self.order.push_back(index);
        if let Some(former) = self.decisions.insert(index, stored) {
            self.bytes = self.bytes.saturating_sub(size(&former));
        }
        while self.bytes > MOST_BYTES
            && let Some(oldest) = self.order.pop_front()
        {
            self.drop(oldest);
        }
        if self.order.len() > 2 * self.decisions.len() + EACH {
            let decisions = &self.decisions;
            self.order.retain(|index| decisions.contains_key(index));
        }
    }

    pub(crate) fn find(&self, index: u64) -> Option<Stored> {
        self.decisions.get(&index).cloned()
    }

    pub(crate) fn drop(&mut self, index: u64) {
        if let Some(stored) = self.decisions.remove(&index) {
            self.bytes = self.bytes.saturating_sub(size(&stored));
        }
    }

    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}

fn size(stored: &Stored) -> usize {
    EACH + stored.parts.values().filter_map(|part| part.text()).map(str::len).sum::<usize>()
}
