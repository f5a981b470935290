//! What was counted beside the ledger, against what the ledger has over the same stretches.

use jiff::Timestamp;
use syndic_ledger::{CallsCounted, Leaf, Record};

use super::count::Span;
use super::days::Days;
use crate::Window;

/// What was counted beside the ledger, by whom the calls pass.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    days: Days<Stretch>,
    /// When it was counted last.
    pub(crate) last: Option<Timestamp>,
    /// Decisions on record since the last count, or since the process began.
    pub(crate) since: u64,
    /// The begin of the stretch is known.
    whole: bool,
}

/// What was counted, and what the ledger has, in sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// The counts.
    pub(crate) records: Span,
    pub(crate) arrived: u64,
    pub(crate) decided: u64,
    pub(crate) refused: u64,
    pub(crate) unrecorded: u64,
    pub(crate) dropped: u64,
    /// Decisions that the ledger has.
    pub(crate) on_record: u64,
    /// Decisions that the ledger has of stretches that nobody counted to their end.
    pub(crate) uncounted: u64,
    /// Events that a sink did not take.
    pub(crate) rejected: u64,
}

impl Counted {
    pub(crate) fn see(&mut self, leaf: &Leaf) {
        if let Record::Decision(_) = leaf.record {
            self.since += 1;
        } else if let Record::CallsCounted(counted) = &leaf.record {
            self.counted(counted, leaf);
        } else if let Record::Started(_) = leaf.record {
            let uncounted = std::mem::take(&mut self.since);
            self.whole = true;
            if uncounted > 0
                && let Some(day) = self.days.at(leaf.at)
            {
                day.uncounted += uncounted;
            }
        } else if let Record::SinkRejected(_) = leaf.record
            && let Some(day) = self.days.at(leaf.at)
        {
            day.rejected += 1;
        }
    }

    fn counted(&mut self, counted: &CallsCounted, leaf: &Leaf) {
        let on_record = std::mem::take(&mut self.since);
        // Where the ledger begins within a stretch, it cannot have all of it.
        let whole = std::mem::replace(&mut self.whole, true);
        if let Some(day) = self.days.at(leaf.at).filter(|_| whole) {
            self.last = Some(leaf.at);
            day.records.see(leaf.i);
            day.arrived = day.arrived.saturating_add(counted.arrived);
            day.decided = day.decided.saturating_add(counted.decided);
            day.refused = day.refused.saturating_add(counted.refused);
            day.unrecorded = day.unrecorded.saturating_add(counted.unrecorded);
            day.dropped = day.dropped.saturating_add(counted.dropped);
            day.on_record += on_record;
        }
    }

    /// Sums up the stretches that ended on the days that a window touches.
    pub(crate) fn sum(&self, window: Window) -> Stretch {
        self.days.over(window).fold(Stretch::default(), |mut sum, day| {
            sum.records.plus(day.records);
            sum.arrived = sum.arrived.saturating_add(day.arrived);
            sum.decided = sum.decided.saturating_add(day.decided);
            sum.refused = sum.refused.saturating_add(day.refused);
            sum.unrecorded = sum.unrecorded.saturating_add(day.unrecorded);
            sum.dropped = sum.dropped.saturating_add(day.dropped);
            sum.on_record += day.on_record;
            sum.uncounted += day.uncounted;
            sum.rejected += day.rejected;
            sum
        })
    }
}
