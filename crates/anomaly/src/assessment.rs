//! What was found: a score from 0 to 100 for each signal, and a sentence.

use std::fmt;

use crate::score::score;
use crate::told::What;

/// What can be unusual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// How often something is done.
    Rate,
    /// How much of it is denied.
    Denials,
    /// At which hours.
    Hours,
    /// How much money.
    Amount,
    /// What was never seen before.
    Novelty,
}

impl Signal {
    /// Every one.
    pub const ALL: [Self; 5] =
        [Self::Rate, Self::Denials, Self::Hours, Self::Amount, Self::Novelty];

    /// Returns its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Denials => "denials",
            Self::Hours => "hours",
            Self::Amount => "amount",
            Self::Novelty => "novelty",
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an agent does now, beside what it usually does.
#[derive(Debug, Clone)]
pub struct Assessment<'a> {
    found: [Option<Found<'a>>; 5],
    learning: Option<Learning>,
}

/// What was found of one signal.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    score: u8,
    what: What<'a>,
}

/// How far learning has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Learning {
    pub(crate) days: i64,
    pub(crate) of_days: i64,
    pub(crate) actions: u64,
    pub(crate) of_actions: u64,
}

/// Something that may be unusual, and how far it lies from the usual.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'a> {
    score: u8,
    what: What<'a>,
}

impl<'a> Candidate<'a> {
    pub(crate) fn new(distance: f64, what: What<'a>) -> Self {
        Self { score: score(distance), what }
    }
}

impl<'a> Assessment<'a> {
    pub(crate) const fn nothing() -> Self {
        Self { found: [None; 5], learning: None }
    }

    pub(crate) const fn learning(learning: Learning) -> Self {
        Self { found: [None; 5], learning: Some(learning) }
    }

    /// Keeps the worst of each signal; of two alike, the first.
    pub(crate) fn note(&mut self, candidate: Candidate<'a>) {
        let Candidate { score, what } = candidate;
        let place = self.found.get_mut(what.signal() as usize);
        if let Some(place) = place.filter(|place| place.map_or(0, |found| found.score) < score) {
            *place = Some(Found { score, what });
        }
    }

    /// Returns the highest score of any signal, from 0 to 100; 0 while the usual is being learned.
    #[must_use]
    pub fn score(&self) -> u8 {
        self.worst().map_or(0, |found| found.score)
    }

    /// Returns the score of one signal.
    #[must_use]
    pub fn of(&self, signal: Signal) -> u8 {
        self.found_of(signal).map_or(0, |found| found.score)
    }

    /// Returns what was found of one signal, where that is anything.
    #[must_use]
    pub fn found_of(&self, signal: Signal) -> Option<Found<'a>> {
        self.found.get(signal as usize).copied().flatten()
    }

    /// Returns what is most unusual, where anything is.
    #[must_use]
    pub fn worst(&self) -> Option<Found<'a>> {
        let mut worst: Option<Found<'a>> = None;
        for found in self.found.iter().flatten() {
            if worst.is_none_or(|worst| worst.score < found.score) {
                worst = Some(*found);
            }
        }
        worst
    }

    /// Tells whether what is usual is still being learned.
    #[must_use]
    pub const fn is_learning(&self) -> bool {
        self.learning.is_some()
    }
}

impl fmt::Display for Assessment<'_> {
    /// Writes a sentence for people, without a full stop.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Learning { days, of_days, actions, of_actions }) = self.learning {
            return write!(
                f,
                "still learning what is usual: {days} of {of_days} days, {actions} of {of_actions} actions"
            );
        }
        match self.worst() {
            Some(found) => write!(f, "{found}"),
            None => f.write_str("nothing unusual"),
        }
    }
}

impl Found<'_> {
    /// Returns how unusual it is, from 1 to 100.
    #[must_use]
    pub const fn score(&self) -> u8 {
        self.score
    }

    /// Returns what kind of unusual.
    #[must_use]
    pub const fn signal(&self) -> Signal {
        self.what.signal()
    }
}

impl fmt::Display for Found<'_> {
    /// Writes a sentence for people, without a full stop.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.what.fmt(f)
    }
}
