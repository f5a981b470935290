//! When something unusual is worth a record: once when it begins, once when it is over.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::{Assessment, Signal};

/// So far below the threshold a signal has to fall to be over.
const SLACK: u8 = 30;
const HOUR: i64 = 3_600;

/// Which signals of one agent are above the threshold.
#[derive(Debug, Clone)]
pub struct Alarm {
    threshold: u8,
    most_an_hour: usize,
    raised: [bool; 5],
    /// When the last ones were raised, in seconds; those of the last hour, at most as many as may be.
    raised_at: VecDeque<i64>,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Of which signal.
    pub signal: Signal,
    /// It began; otherwise it is over.
    pub raised: bool,
    /// The score, from 0 to 100.
    pub score: u8,
    /// A sentence for people; empty where it is over and nothing is to be told.
    pub told: String,
}

impl Alarm {
    /// Nothing is raised. What comes beyond `most_an_hour` is raised when the hour has room
    /// again, if it still is above the threshold then.
    #[must_use]
    pub const fn new(threshold: u8, most_an_hour: usize) -> Self {
        Self { threshold, most_an_hour, raised: [false; 5], raised_at: VecDeque::new() }
    }

    /// Changes from which score on something is told.
    pub const fn configure(&mut self, threshold: u8) {
        self.threshold = threshold;
    }

    /// Takes up what was told before: after a restart a signal that is raised is not raised again.
    pub fn resume(&mut self, signal: Signal, raised: bool) {
        if let Some(is_raised) = self.raised.get_mut(signal as usize) {
            *is_raised = raised;
        }
    }

    /// Tells whether a signal is raised.
    #[must_use]
    pub fn is_raised(&self, signal: Signal) -> bool {
        self.raised.get(signal as usize).copied().unwrap_or(false)
    }

    /// Returns what changed with an assessment.
    pub fn step(&mut self, now: Timestamp, assessment: &Assessment<'_>) -> Vec<Change> {
        let mut changes = Vec::new();
        if assessment.is_learning() {
            return changes;
        }
        for signal in Signal::ALL {
            let (score, was_raised) = (assessment.of(signal), self.is_raised(signal));
            let raised = if was_raised {
                score > self.threshold.saturating_sub(SLACK)
            } else {
                score >= self.threshold && self.has_room(now.as_second())
            };
            if raised != was_raised {
                self.resume(signal, raised);
                if raised {
                    self.raised_at.push_back(now.as_second());
                }
                let told = assessment.found_of(signal).map(|found| found.to_string());
                changes.push(Change { signal, raised, score, told: told.unwrap_or_default() });
            }
        }
        changes
    }

    /// Tells whether one more may be raised within the hour.
    fn has_room(&mut self, second: i64) -> bool {
        while self.raised_at.front().is_some_and(|at| second.saturating_sub(*at) >= HOUR) {
            self.raised_at.pop_front();
        }
        self.raised_at.len() < self.most_an_hour
    }
}
