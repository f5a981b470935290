//! A usual value that is learned from one after another, and slowly from what is suspect.

use crate::histogram::Histogram;
use crate::score::SUSPECT;
use crate::usual::{Scale, Usual};

const HOUR: i64 = 3_600;
/// With fewer samples nothing is known.
const FEWEST: f64 = 20.0;
/// Which share of all samples a suspect one is worth, at most one an hour: it takes about twenty hours of them before
/// they are a hundredth.
const DOUBTED: f64 = 0.000_5;
/// What it is worth at least.
const LEAST: f64 = 0.1;

/// Values, and what is usual among them.
#[derive(Debug, Clone)]
pub(crate) struct Learned {
    scale: Scale,
    values: Histogram,
    usual: Usual,
    /// The last hour in which a suspect value was learned from.
    doubted: i64,
}

impl Learned {
    pub(crate) fn new(scale: Scale) -> Self {
        Self { scale, values: Histogram::default(), usual: Usual::NOTHING, doubted: i64::MIN }
    }

    /// Learns from a value: at most as much of it as is not suspect.
    pub(crate) fn learn(&mut self, second: i64, value: f64) {
        if self.distance(value).is_none_or(|distance| distance <= SUSPECT) {
            self.values.add(second, value, 1.0);
        } else if second.div_euclid(HOUR) > self.doubted {
            self.doubted = second.div_euclid(HOUR);
            let weight = (self.usual.samples * DOUBTED).max(LEAST);
            self.values.add(second, value.min(self.usual.most(self.scale)), weight);
        } else {
            return;
        }
        self.usual = Usual::of(&self.values, second, self.scale);
    }

    /// Returns how far above the usual a value lies, in standard deviations, once that is known.
    pub(crate) fn distance(&self, value: f64) -> Option<f64> {
        let is_known = self.usual.samples >= FEWEST;
        is_known.then(|| self.usual.distance(value, self.scale))
    }

    /// Returns what is usual, from a low to a high value.
    pub(crate) const fn range(&self) -> (f64, f64) {
        (self.usual.low, self.usual.high)
    }

    /// How many bytes lie on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.values.heap()
    }
}
