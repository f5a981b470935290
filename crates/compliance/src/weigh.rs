//! What readings say together, and what statements say together.

use crate::containment::Containment;
use crate::{Reading, Standing, StatementEntry, Verdict};

/// What readings say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measured {
    /// Nothing: there are none, or all are unknown or only tell.
    Nothing,
    /// All that decide are met; others may tell.
    Met,
    /// Some are met or met in part, others are not known or past their time.
    Some,
    /// All that are known are past their time.
    Stale,
    /// At least one is not met.
    Failed,
}

/// Readings by what they are worth.
#[derive(Debug)]
pub(crate) struct Weighed<'a> {
    met: Vec<&'a Reading>,
    partial: Vec<&'a Reading>,
    failed: Vec<&'a Reading>,
    unknown: Vec<&'a Reading>,
    stale: Vec<&'a Reading>,
    only_told: Vec<&'a Reading>,
    containment: Containment,
}

impl<'a> Weighed<'a> {
    /// Sorts the readings of some probes; a probe that nobody read is left out.
    pub(crate) fn of(probes: &[&str], all: &'a [Reading], containment: Containment) -> Self {
        let with = |verdict: Verdict| {
            let wanted = |reading: &&Reading| {
                probes.contains(&reading.probe.as_str()) && containment.verdict(reading) == verdict
            };
            all.iter().filter(wanted).collect()
        };
        Self {
            met: with(Verdict::Met),
            partial: with(Verdict::Partial),
            failed: with(Verdict::NotMet),
            unknown: with(Verdict::Unknown),
            stale: with(Verdict::Stale),
            only_told: with(Verdict::Told),
            containment,
        }
    }

    pub(crate) const fn say(&self) -> Measured {
        let open = !self.unknown.is_empty() || !self.partial.is_empty();
        if !self.failed.is_empty() {
            Measured::Failed
        } else if self.met.is_empty() && self.partial.is_empty() {
            if self.stale.is_empty() { Measured::Nothing } else { Measured::Stale }
        } else if open || !self.stale.is_empty() {
            Measured::Some
        } else {
            Measured::Met
        }
    }

    /// Returns why, for people: what is not met first.
    pub(crate) fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        told.extend(
            self.failed.iter().map(|one| format!("{} is not met: {}", one.probe, one.told)),
        );
        told.extend(self.partial.iter().map(|one| match self.containment.lacking() {
            Some(lacking) if self.containment.takes_from(one) => {
                format!("{} is met in part: {lacking}", one.probe)
            }
            _ => format!("{} is met in part: {}", one.probe, one.told),
        }));
        told.extend(list("past its time", &self.stale));
        told.extend(list("not known", &self.unknown));
        told.extend(list("met", &self.met));
        told.extend(
            self.only_told.iter().map(|one| format!("{} only tells: {}", one.probe, one.told)),
        );
        told
    }

    /// Tells whether a reading counts for less since not everything is enforced.
    pub(crate) fn is_held_back(&self) -> bool {
        self.partial.iter().any(|reading| self.containment.takes_from(reading))
    }

    /// Returns the readings that are not met, or not fully.
    pub(crate) fn lacking(&self) -> impl Iterator<Item = &'a Reading> {
        let lists = [&self.failed, &self.partial, &self.stale, &self.unknown];
        lists.into_iter().flatten().copied()
    }
}

fn list(word: &str, readings: &[&Reading]) -> Option<String> {
    let probes: Vec<_> = readings.iter().map(|reading| reading.probe.as_str()).collect();
    (!probes.is_empty()).then(|| format!("{word}: {}", probes.join(", ")))
}

/// What statements say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// Nobody says anything.
    Nothing,
    /// Somebody answers for all of it.
    Holds,
    /// Somebody answers for some of it.
    Some,
    /// All that was stated is out of date.
    Stale,
    /// Somebody says that it is not so.
    Denied,
    /// All of it is ruled out.
    NotApplicable,
}

impl Word {
    /// Weighs the statements about some fields, of which all are asked for.
    pub(crate) fn of(fields: &[&str], statements: &[StatementEntry]) -> Self {
        let said: Vec<_> = fields
            .iter()
            .map(|field| statements.iter().find(|entry| entry.field == *field))
            .map(|entry| entry.map(|entry| entry.standing).filter(|it| *it != Standing::Ahead))
            .collect();
        let all = |wanted: &[Standing]| {
            said.iter().all(|one| one.is_some_and(|standing| wanted.contains(&standing)))
        };
        let any = |wanted: Standing| said.contains(&Some(wanted));
        if said.is_empty() {
            Self::Nothing
        } else if any(Standing::Denied) {
            Self::Denied
        } else if all(&[Standing::NotApplicable]) {
            Self::NotApplicable
        } else if all(&[Standing::Holds, Standing::NotApplicable]) {
            Self::Holds
        } else if any(Standing::Holds) || any(Standing::NotApplicable) {
            Self::Some
        } else if any(Standing::Outdated) || any(Standing::Expired) {
            Self::Stale
        } else {
            Self::Nothing
        }
    }
}
