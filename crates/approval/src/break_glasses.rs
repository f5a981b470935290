//! Every break-glass that matters: those that live, those that wait for their review, and the last that are over.

use std::collections::BTreeMap;

use jiff::Timestamp;
use syndic_model::{AgentId, BreakGlassId, BreakGlassStatus};

use crate::{AskRefused, BreakGlass, Opening, Signature};

/// How many of one agent may wait for their review.
const MOST_UNREVIEWED: usize = 5;
/// How many there may be altogether, beside those that are over.
const MOST: usize = 1_000;
/// How many that are over are kept in mind; the ledger has all.
const MOST_OVER: usize = 100;

/// All of them, by id, which is their order in time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BreakGlasses {
    all: BTreeMap<BreakGlassId, BreakGlass>,
}

impl BreakGlasses {
    /// Says whether there is room for one more of an agent.
    ///
    /// # Errors
    /// When one lives, or too many wait for their review.
    pub fn room(&self, agent: &AgentId, now: Timestamp) -> Result<(), AskRefused> {
        use BreakGlassStatus::{Asked, Open, Review};
        let own = || self.all.values().filter(|one| one.wish.agent == *agent);
        if let Some(living) = own().find(|one| matches!(one.status(now), Asked | Open)) {
            return Err(AskRefused::Living(living.id, living.status(now)));
        }
        let unreviewed = own().filter(|one| one.status(now) == Review).count();
        if unreviewed >= MOST_UNREVIEWED {
            return Err(AskRefused::Unreviewed(unreviewed));
        }
        let standing = self.all.values().filter(|one| !is_over(one.status(now))).count();
        if standing >= MOST { Err(AskRefused::Crowded(standing)) } else { Ok(()) }
    }

    /// Keeps one in mind: new, or as it is now.
    pub fn keep(&mut self, one: BreakGlass, now: Timestamp) {
        self.all.insert(one.id, one);
        let over = self.all.values().filter(|one| is_over(one.status(now)));
        let over: Vec<BreakGlassId> = over.map(|one| one.id).collect();
        for id in over.iter().take(over.len().saturating_sub(MOST_OVER)) {
            self.all.remove(id);
        }
    }

    /// Forgets one whose record was not written.
    pub fn forget(&mut self, id: BreakGlassId) {
        self.all.remove(&id);
    }

    /// Takes note that one was opened.
    pub fn opened(&mut self, id: BreakGlassId, opening: Opening) {
        if let Some(one) = self.all.get_mut(&id) {
            one.opening = Some(opening);
        }
    }

    /// Takes note that an opening or a signature was not written.
    pub fn take_back(&mut self, id: BreakGlassId, before: BreakGlass) {
        if let Some(one) = self.all.get_mut(&id) {
            let lifted = one.lifted;
            *one = BreakGlass { lifted, ..before };
        }
    }

    /// Takes note of an action that was allowed under one.
    pub fn lifted(&mut self, id: BreakGlassId) {
        if let Some(one) = self.all.get_mut(&id) {
            one.lifted += 1;
        }
    }

    /// Takes note that one was signed.
    pub fn reviewed(&mut self, id: BreakGlassId, signature: Signature) {
        if let Some(one) = self.all.get_mut(&id) {
            one.signature = Some(signature);
        }
    }

    /// Returns one by its id.
    #[must_use]
    pub fn get(&self, id: BreakGlassId) -> Option<&BreakGlass> {
        self.all.get(&id)
    }

    /// Returns the one that is open for an agent.
    #[must_use]
    pub fn open_for(&self, agent: &AgentId, now: Timestamp) -> Option<&BreakGlass> {
        let open = |one: &&BreakGlass| {
            one.wish.agent == *agent && one.status(now) == BreakGlassStatus::Open
        };
        self.all.values().find(open)
    }

    /// Returns them all, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &BreakGlass> {
        self.all.values()
    }

    /// Tells whether there are none; most of the time.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

impl FromIterator<BreakGlass> for BreakGlasses {
    fn from_iter<I: IntoIterator<Item = BreakGlass>>(all: I) -> Self {
        Self { all: all.into_iter().map(|one| (one.id, one)).collect() }
    }
}

const fn is_over(status: BreakGlassStatus) -> bool {
    match status {
        BreakGlassStatus::Timeout | BreakGlassStatus::Reviewed => true,
        BreakGlassStatus::Asked | BreakGlassStatus::Open | BreakGlassStatus::Review => false,
    }
}
