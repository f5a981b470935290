//! The order and the times of the records.

use jiff::Timestamp;
use syndic_ledger::{Leaf, Record};

use super::count::{Count, Span};
use super::days::Days;
use crate::Window;

/// How far a record's time may lie before the one before it: actions are decided side by side.
const TOLERANCE_MS: i64 = 1_000;

/// The order and the times of the records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sequence {
    /// The first record.
    pub(crate) first: Option<(u64, Timestamp)>,
    /// The last record.
    pub(crate) last: Option<(u64, Timestamp)>,
    /// Records before which others are missing.
    pub(crate) gaps: Count,
    /// How many are missing.
    pub(crate) missing: u64,
    /// Records whose number is not above the one before.
    pub(crate) repeated: Count,
    /// A restored ledger went on as this one, and what came after it is lost.
    pub(crate) continued: Count,
    days: Days<Pace>,
}

/// How records followed each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    pub(crate) records: Span,
    /// Records that were made earlier than the one before.
    pub(crate) back: Count,
    /// By how much at most.
    pub(crate) back_ms: u64,
    /// The longest time without a record.
    pub(crate) silence_seconds: u64,
}

impl Sequence {
    pub(crate) fn see(&mut self, leaf: &Leaf) {
        self.first = self.first.or(Some((leaf.i, leaf.at)));
        let ahead = self.last.map(|(index, at)| (index, leaf.at.duration_since(at)));
        self.last = Some((leaf.i, leaf.at));
        self.continued.see_if(matches!(leaf.record, Record::LogContinued(_)), leaf.i);
        if let Some((before, _)) = ahead {
            let missing = leaf.i.saturating_sub(before).saturating_sub(1);
            self.gaps.see_if(missing > 0, leaf.i);
            self.missing = self.missing.saturating_add(missing);
            self.repeated.see_if(leaf.i <= before, leaf.i);
        }
        let Some(day) = self.days.at(leaf.at) else { return };
        day.records.see(leaf.i);
        let Some((_, ahead)) = ahead else { return };
        let seconds = u64::try_from(ahead.as_secs()).unwrap_or_default();
        day.silence_seconds = day.silence_seconds.max(seconds);
        let back = ahead.as_millis().saturating_neg();
        if back > i128::from(TOLERANCE_MS) {
            day.back.see(leaf.i);
            day.back_ms = day.back_ms.max(u64::try_from(back).unwrap_or(u64::MAX));
        }
    }

    /// Tells how records followed each other on the days that a window touches.
    pub(crate) fn pace(&self, window: Window) -> Pace {
        self.days.over(window).fold(Pace::default(), |mut sum, day| {
            sum.records.plus(day.records);
            sum.back.plus(day.back);
            sum.back_ms = sum.back_ms.max(day.back_ms);
            sum.silence_seconds = sum.silence_seconds.max(day.silence_seconds);
            sum
        })
    }
}
