//! What was dropped, erased and held back of the ledger.

use std::collections::BTreeMap;

use jiff::Timestamp;
use syndic_ledger::{Leaf, Record, SegmentsPruned};

use super::count::{Count, counts};
use super::days::Days;

/// Days for which records are kept at least: six months, whichever they are.
pub(crate) const SIX_MONTHS_DAYS: u32 = 184;

/// The most holds that are told apart.
const MOST_HOLDS: usize = 10_000;

counts! {
    /// What was done to the ledger on a day.
    Changes:
    /// Old segments were dropped.
    pruned,
    /// What was recorded of a user was erased.
    redacted,
    /// Of these, with records younger than six months.
    overridden,
}

/// What was dropped, erased and held back of the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Custody {
    pub(crate) days: Days<Changes>,
    /// Segments that were dropped though they were not six months old.
    pub(crate) early: Count,
    /// The last time that segments were dropped, and its record.
    pub(crate) last_pruned: Option<(u64, Timestamp, SegmentsPruned)>,
    /// Holds on records that are not released, by id, and the record of each.
    pub(crate) holds: BTreeMap<String, u64>,
}

impl Custody {
    pub(crate) fn see(&mut self, leaf: &Leaf) {
        if let Record::SegmentsPruned(pruned) = &leaf.record {
            self.early.see_if(pruned.retention_days < SIX_MONTHS_DAYS, leaf.i);
            self.last_pruned = Some((leaf.i, leaf.at, pruned.clone()));
        } else if let Record::RetentionHoldAdded(hold) = &leaf.record {
            if self.holds.len() < MOST_HOLDS {
                self.holds.insert(hold.id.clone(), leaf.i);
            }
        } else if let Record::RetentionHoldReleased(hold) = &leaf.record {
            self.holds.remove(&hold.id);
        } else if !matches!(leaf.record, Record::UserRedacted(_)) {
            return;
        }
        let Some(day) = self.days.at(leaf.at) else { return };
        day.records.see(leaf.i);
        day.pruned.see_if(matches!(leaf.record, Record::SegmentsPruned(_)), leaf.i);
        if let Record::UserRedacted(redacted) = &leaf.record {
            day.redacted.see(leaf.i);
            day.overridden.see_if(redacted.override_retention, leaf.i);
        }
    }
}
