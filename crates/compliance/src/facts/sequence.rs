//! The order and the times of the records.

use std::collections::VecDeque;

use jiff::Timestamp;
use syndic_ledger::{Leaf, Record};

use super::count::{Count, Span};
use super::days::Days;
use crate::Window;

/// How far a record's time may lie before the one before it: actions are decided side by side.
const TOLERANCE_MS: u64 = 1_000;
/// The most steps back of the clock that are remembered; the oldest goes first.
const MOST_STEPS: usize = 1_000;

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
    steps: VecDeque<StepBack>,
    days: Days<Pace>,
}

/// A record that was made earlier than the one before: the clock was set back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StepBack {
    pub(crate) index: u64,
    from: Timestamp,
    to: Timestamp,
}

impl StepBack {
    pub(crate) fn millis(&self) -> u64 {
        u64::try_from(self.from.duration_since(self.to).as_millis()).unwrap_or_default()
    }
}

/// How records followed each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    pub(crate) records: Span,
    /// The longest time without a record.
    pub(crate) silence_seconds: u64,
}

impl Sequence {
    pub(crate) fn see(&mut self, leaf: &Leaf) {
        self.first = self.first.or(Some((leaf.i, leaf.at)));
        let before = self.last;
        self.last = Some((leaf.i, leaf.at));
        self.continued.see_if(matches!(leaf.record, Record::LogContinued(_)), leaf.i);
        if let Some((before, at)) = before {
            self.step(StepBack { index: leaf.i, from: at, to: leaf.at });
            let missing = leaf.i.saturating_sub(before).saturating_sub(1);
            self.gaps.see_if(missing > 0, leaf.i);
            self.missing = self.missing.saturating_add(missing);
            self.repeated.see_if(leaf.i <= before, leaf.i);
        }
        let Some(day) = self.days.at(leaf.at) else { return };
        day.records.see(leaf.i);
        let Some((_, before)) = before else { return };
        let seconds = u64::try_from(leaf.at.duration_since(before).as_secs()).unwrap_or_default();
        day.silence_seconds = day.silence_seconds.max(seconds);
    }

    fn step(&mut self, step: StepBack) {
        if step.millis() <= TOLERANCE_MS {
            return;
        }
        if self.steps.len() >= MOST_STEPS {
            self.steps.pop_front();
        }
        self.steps.push_back(step);
    }

    /// Returns how often the clock was set back, from or to a time in a window, oldest first.
    pub(crate) fn steps_back(&self, window: Window) -> impl DoubleEndedIterator<Item = &StepBack> {
        let within = move |at: Timestamp| window.from <= at && at <= window.to;
        self.steps.iter().filter(move |step| within(step.from) || within(step.to))
    }

    /// Tells how records followed each other on the days that a window touches.
    pub(crate) fn pace(&self, window: Window) -> Pace {
        self.days.over(window).fold(Pace::default(), |mut sum, day| {
            sum.records.plus(day.records);
            sum.silence_seconds = sum.silence_seconds.max(day.silence_seconds);
            sum
        })
    }
}
