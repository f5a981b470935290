//! How the parts of records are sealed, and what of them was erased.

use syndic_ledger::{Leaf, Record, UserRedacted};

use super::count::{Count, Span, counts};
use super::days::Days;
use crate::Window;

counts! {
    /// Records that have parts.
    Sealed:
    /// Under a key.
    sealed,
    /// Under none.
    unsealed,
}

/// What was erased of what was recorded of users.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Erased {
    pub(crate) records: Span,
    /// How often.
    pub(crate) erasures: Count,
    /// How often copies were left elsewhere.
    pub(crate) incomplete: Count,
    /// How often records younger than the retention floor were among it.
    pub(crate) early: Count,
    /// Records that had parts.
    pub(crate) parts: u64,
    /// Keys that were destroyed.
    pub(crate) keys: u64,
}

/// How the parts of records are sealed, and what of them was erased.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sealing {
    pub(crate) parts: Days<Sealed>,
    erased: Days<Erased>,
}

impl Sealing {
    pub(super) fn see(&mut self, leaf: &Leaf) {
        if !leaf.parts.is_empty()
            && let Some(day) = self.parts.at(leaf.at)
        {
            day.records.see(leaf.i);
            day.sealed.see_if(leaf.key.is_some(), leaf.i);
            day.unsealed.see_if(leaf.key.is_none(), leaf.i);
        }
        if let Record::UserRedacted(redacted) = &leaf.record
            && let Some(day) = self.erased.at(leaf.at)
        {
            day.erase(redacted, leaf.i);
        }
    }

    /// Tells what was erased on the days that a window touches.
    pub(crate) fn erased(&self, window: Window) -> Erased {
        self.erased.over(window).fold(Erased::default(), |mut sum, day| {
            sum.records.plus(day.records);
            sum.erasures.plus(day.erasures);
            sum.incomplete.plus(day.incomplete);
            sum.early.plus(day.early);
            sum.parts += day.parts;
            sum.keys += day.keys;
            sum
        })
    }
}

impl Erased {
    fn erase(&mut self, redacted: &UserRedacted, index: u64) {
        self.records.see(index);
        self.erasures.see(index);
        self.incomplete.see_if(!redacted.unreached.is_empty(), index);
        self.early.see_if(redacted.override_retention, index);
        self.parts += redacted.records;
        self.keys += redacted.keys;
    }
}
