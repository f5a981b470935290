//! Which actions an agent used, and when last.

use std::collections::HashMap;

use jiff::Timestamp;
use syndic_ledger::{Leaf, Record};

/// The most actions of one agent that are told apart.
const MOST_ACTIONS: usize = 1_000;

/// Which actions an agent used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Used {
    actions: HashMap<Box<str>, Use>,
}

/// A record, and when it was made.
pub(crate) type Seen = (u64, Timestamp);

/// When an action was used last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Use {
    /// It was allowed.
    pub(crate) allowed: Option<Seen>,
    /// It ran as an audited function, which nobody has to be granted.
    pub(crate) audited: Option<Seen>,
    /// It was allowed by an approval of other arguments.
    pub(crate) differed: Option<Seen>,
}

impl Used {
    pub(super) fn see(&mut self, leaf: &Leaf) {
        let seen = Some((leaf.i, leaf.at));
        if let Record::Decision(decision) = &leaf.record {
            if decision.allowed {
                self.of(&decision.action, |of| of.allowed = seen);
            }
        } else if let Record::Audited(audited) = &leaf.record {
            self.of(&audited.action, |of| of.audited = seen);
        }
    }

    pub(super) fn differed(&mut self, action: &str, leaf: &Leaf) {
        self.of(action, |of| of.differed = Some((leaf.i, leaf.at)));
    }

    fn of(&mut self, action: &str, note: impl FnOnce(&mut Use)) {
        if let Some(of) = self.actions.get_mut(action) {
            note(of);
        } else if self.actions.len() < MOST_ACTIONS {
            note(self.actions.entry(action.into()).or_default());
        }
    }

    /// Returns when an action was used last.
    pub(crate) fn get(&self, action: &str) -> Use {
        self.actions.get(action).copied().unwrap_or_default()
    }

    /// Returns what was used, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Use)> {
        self.actions.iter().map(|(action, of)| (action.as_ref(), of))
    }
}
