//! What later records name by its id alone.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::key::Key;

/// The most that are followed at once.
const MOST_OPEN: usize = 1_000_000;
/// From how many on those that are too old are looked for.
const FIRST_SWEEP: usize = 65_536;

/// What can still be named, by its id, for so many days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Open<T, const DAYS: i64> {
    followed: HashMap<Key, (Timestamp, T)>,
    sweep_at: usize,
    /// How many could not be followed.
    lost: u64,
}

/// An action that was allowed, until its outcome is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Action {
    /// Whose it is, in the roster.
    pub(crate) agent: Option<usize>,
    /// The day it was decided on.
    pub(crate) day: i64,
    /// People had to be asked.
    pub(crate) gated: bool,
    /// An approval was used up for it.
    pub(crate) approved: bool,
    /// Nothing was heard of it in time.
    pub(crate) missing: bool,
}

impl<T, const DAYS: i64> Default for Open<T, DAYS> {
    fn default() -> Self {
        Self { followed: HashMap::new(), sweep_at: FIRST_SWEEP, lost: 0 }
    }
}

impl<T, const DAYS: i64> Open<T, DAYS> {
    /// Follows something from a time on.
    pub(crate) fn follow(&mut self, key: Key, at: Timestamp, what: T) {
        if self.followed.len() >= self.sweep_at {
            self.sweep(at);
        }
        if self.followed.len() < MOST_OPEN {
            self.followed.insert(key, (at, what));
        } else {
            self.lost += 1;
        }
    }

    pub(crate) fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        self.followed.get_mut(&key).map(|(_, what)| what)
    }

    /// Returns all that is followed, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.followed.values().map(|(_, what)| what)
    }

    /// Follows it no longer.
    pub(crate) fn end(&mut self, key: Key) -> Option<T> {
        self.followed.remove(&key).map(|(_, what)| what)
    }

    fn sweep(&mut self, now: Timestamp) {
        let long_ago = now.checked_sub(SignedDuration::from_hours(24 * DAYS));
        let long_ago = long_ago.unwrap_or(Timestamp::MIN);
        self.followed.retain(|_, (since, _)| *since > long_ago);
        self.sweep_at = self.followed.len().saturating_mul(2).max(FIRST_SWEEP);
    }
}
