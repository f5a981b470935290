//! What is usual, and how far from it something lies.

use crate::histogram::Histogram;
use crate::score::{SEEN_BEFORE, SUSPECT};

/// On which scale distances are even, whatever the size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Twice the root, on which a Poisson count has a standard deviation of 1 (Anscombe, 1948).
    Count,
    /// The logarithm.
    Amount,
}

/// What was usual when it was last looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usual {
    /// How many samples that rests on.
    pub(crate) samples: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    middle: f64,
    peak: f64,
    /// A standard deviation, on the scale.
    spread: f64,
}

/// Standard deviations between the middle of a normal distribution and its upper quartile, and its 99th percentile.
const QUARTILE: f64 = 0.674_5;
const PERCENTILE: f64 = 2.326;
/// The median's distance of all distances from the median, in standard deviations.
const MAD: f64 = 1.482_6;

/// Days are looked at less often than minutes, so that less is needed to be far away.
const SELDOM: f64 = 1.4;
/// A few days say less about how much days differ than many do.
const FEW: f64 = 3.0;

impl Scale {
    pub(crate) fn place(self, value: f64) -> f64 {
        match self {
            Self::Count => 2.0 * value.max(0.0).sqrt(),
            Self::Amount => value.max(f64::MIN_POSITIVE).ln(),
        }
    }

    fn value(self, place: f64) -> f64 {
        match self {
            Self::Count => (place / 2.0).powi(2),
            Self::Amount => place.exp(),
        }
    }

    /// The least standard deviation that is believed: that of a Poisson count, and a part of the value itself.
    fn least(self, middle: f64) -> f64 {
        match self {
            Self::Count => (0.2 * middle.sqrt()).max(1.0),
            Self::Amount => 0.25,
        }
    }

    /// The same of what a whole day comes to.
    fn least_of_days(self, middle: f64) -> f64 {
        match self {
            Self::Count => self.least(middle),
            Self::Amount => 0.1,
        }
    }
}

impl Usual {
    pub(crate) const NOTHING: Self =
        Self { samples: 0.0, low: 0.0, high: 0.0, middle: 0.0, peak: 0.0, spread: 0.0 };

    /// Looks at a histogram. Only what lies above the middle says how far up is far.
    pub(crate) fn of(histogram: &Histogram, second: i64, scale: Scale) -> Self {
        let place = |share| scale.place(histogram.quantile(share));
        let (middle, mean) = (histogram.quantile(0.5), place(0.5));
        let spread = ((place(0.75) - mean) / QUARTILE).max((place(0.99) - mean) / PERCENTILE);
        Self {
            samples: histogram.samples(second),
            low: histogram.quantile(0.05),
            high: histogram.quantile(0.95),
            middle,
            peak: histogram.peak(second, 0.25),
            spread: spread.max(scale.least(middle)),
        }
    }

    /// Looks at a few whole days by median and MAD, in the order of their size.
    pub(crate) fn of_days(sorted: &[f64], scale: Scale) -> Self {
        let at = |share: f64| quantile(sorted, share);
        let (middle, mean) = (at(0.5), scale.place(at(0.5)));
        let mut off: Vec<f64> =
            sorted.iter().map(|value| (scale.place(*value) - mean).abs()).collect();
        off.sort_by(f64::total_cmp);
        // One day may have been an attack.
        let peak = if sorted.len() < 10 {
            at(1.0)
        } else {
            sorted.iter().rev().nth(1).copied().unwrap_or(0.0)
        };
        let spread = (MAD * quantile(&off, 0.5)).max((scale.place(peak) - mean) / PERCENTILE);
        #[expect(clippy::cast_precision_loss, reason = "a few days")]
        let samples = sorted.len() as f64;
        Self {
            samples,
            low: at(0.1),
            high: at(0.9),
            middle,
            peak,
            spread: spread.max(scale.least_of_days(middle)) * (1.0 + FEW / samples.max(1.0))
                / SELDOM,
        }
    }

    /// Returns how far above the usual a value lies, in standard deviations. What is hardly more than was seen before
    /// is not far.
    pub(crate) fn distance(&self, value: f64, scale: Scale) -> f64 {
        if value <= self.high || self.spread <= 0.0 {
            return 0.0;
        }
        let distance = (scale.place(value) - scale.place(self.middle)) / self.spread;
        if value > 1.2 * self.peak { distance } else { distance.min(SEEN_BEFORE) }
    }

    /// Returns the largest value that is learned from.
    pub(crate) fn most(&self, scale: Scale) -> f64 {
        scale.value(scale.place(self.middle) + SUSPECT * self.spread)
    }

    /// Takes the larger of two spreads.
    pub(crate) fn no_more_even_than(self, other: &Self) -> Self {
        Self { spread: self.spread.max(other.spread), ..self }
    }

    pub(crate) const fn middle(&self) -> f64 {
        self.middle
    }

    pub(crate) const fn spread(&self) -> f64 {
        self.spread
    }
}

/// Returns the value below which lies a share of what is sorted.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a short list"
    )]
    let place = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(place).copied().unwrap_or(0.0)
}
