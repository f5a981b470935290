//! How many of how many: within an hour, beside the usual share.

use crate::fading::Fading;
use crate::histogram::Histogram;
use crate::recent::Recent;
use crate::score::{DOUBTED, SUSPECT, above_share};

const HOUR: i64 = 3_600;
/// What stands for a distance of 0 among those that are kept.
const NO_DISTANCE: f64 = 0.125;

/// Counts some of all, with the usual share of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Share {
    all: Recent<6, 600>,
    some: Recent<6, 600>,
    usual_all: Fading,
    usual_some: Fading,
    hour: i64,
    hour_all: u32,
    hour_some: u32,
    /// How far from the usual hours were: they are seldom as even as chance would have them.
    distances: Histogram,
}

/// Some of all, within an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) some: u32,
    pub(crate) all: u32,
}

/// Below which share nothing is believed, and how many unknown ones it is mixed with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prior {
    pub(crate) least: f64,
    pub(crate) weight: f64,
}

impl Share {
    pub(crate) fn observe(&mut self, second: i64, counted: Counted, prior: Prior) {
        let hour = second.div_euclid(HOUR);
        if hour > self.hour {
            self.close(prior);
            self.hour = hour;
        }
        self.all.add(second, counted.all);
        self.some.add(second, counted.some);
        self.hour_all = self.hour_all.saturating_add(counted.all);
        self.hour_some = self.hour_some.saturating_add(counted.some);
    }

    /// Returns how many of how many there were in the last hour, with some more.
    pub(crate) fn recent(&self, second: i64, more: Counted) -> Counted {
        Counted {
            some: self.some.total(second).saturating_add(more.some),
            all: self.all.total(second).saturating_add(more.all),
        }
    }

    /// Returns how many that rests on.
    pub(crate) fn samples(&self, second: i64) -> f64 {
        self.usual_all.at(second)
    }

    /// Returns the usual share.
    pub(crate) fn usual(&self, second: i64, prior: Prior) -> f64 {
        let (some, all) = (self.usual_some.at(second), self.usual_all.at(second));
        ((some + 0.5) / (all + prior.weight)).clamp(prior.least, 0.99)
    }

    /// Returns how far above the usual that is, in standard deviations.
    pub(crate) fn distance(&self, second: i64, counted: Counted, prior: Prior) -> f64 {
        let usual = self.usual(second, prior);
        above_share(f64::from(counted.some), f64::from(counted.all), usual) / self.looseness()
    }

    /// How much more than chance explains hours differ.
    fn looseness(&self) -> f64 {
        (self.distances.quantile(0.99) / 2.326).max(1.0)
    }

    fn close(&mut self, prior: Prior) {
        if self.hour_all == 0 {
            return;
        }
        let second = self.hour.saturating_mul(HOUR);
        let counted = Counted { some: self.hour_some, all: self.hour_all };
        let distance = self.distance(second, counted, prior);
        let weight = if distance > SUSPECT { DOUBTED } else { 1.0 };
        let kept = distance.clamp(NO_DISTANCE, SUSPECT) * self.looseness();
        self.distances.add(second, kept, weight);
        self.usual_all.add(second, weight * f64::from(self.hour_all));
        self.usual_some.add(second, weight * f64::from(self.hour_some));
        (self.hour_all, self.hour_some) = (0, 0);
    }

    /// How many bytes lie on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.distances.heap()
    }
}
