//! Quantiles of what fades, in bounded memory.

use crate::fading::HALF_LIFE;

/// The most different bins that are kept.
const MOST_BINS: usize = 48;
/// Bins of an octave, as long as they are enough: neighbours are 9 % apart.
const PER_OCTAVE: f64 = 8.0;
/// Weights grow by so many doublings before all are scaled down.
const MOST_DOUBLINGS: f64 = 16.0;

/// Weights of positive values by the logarithm of the value. Weights grow with time in place of fading ("forward
/// decay": Cormode, Shkapenyuk, Srivastava and Xu, ICDE 2009), so that nothing is touched but what is added to.
#[derive(Debug, Clone)]
pub(crate) struct Histogram {
    /// In the order of the bins.
    bins: Vec<(i16, f32)>,
    /// Halved whenever values lie too far apart for the bins.
    per_octave: f64,
    /// When a sample weighs 1.
    landmark: i64,
}

impl Histogram {
    /// Adds a value; one that is not positive is left out.
    pub(crate) fn add(&mut self, second: i64, value: f64, weight: f64) {
        if !(value > 0.0 && value.is_finite()) {
            return;
        }
        #[expect(clippy::cast_possible_truncation, reason = "a weight may be rounded")]
        let weight = (weight * self.growth(second)) as f32;
        if self.bins.len() >= MOST_BINS {
            self.coarsen();
        }
        self.weigh(bin_of(value, self.per_octave), weight);
    }

    /// Returns how many samples that is worth.
    pub(crate) fn samples(&self, second: i64) -> f64 {
        self.weight() / self.scale(second)
    }

    /// Returns the value below which lies a share of the weight.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let (sought, mut passed) = (self.weight() * share, 0.0);
        for (bin, weight) in &self.bins {
            passed += f64::from(*weight);
            if passed >= sought {
                return self.value(*bin);
            }
        }
        self.bins.last().map_or(0.0, |(bin, _)| self.value(*bin))
    }

    /// Returns the largest value that is worth at least `samples` of one.
    pub(crate) fn peak(&self, second: i64, samples: f64) -> f64 {
        let least = samples * self.scale(second);
        let mut above = 0.0;
        for (bin, weight) in self.bins.iter().rev() {
            above += f64::from(*weight);
            if above >= least {
                return self.value(*bin);
            }
        }
        0.0
    }

    fn weigh(&mut self, bin: i16, more: f32) {
        match self.bins.binary_search_by_key(&bin, |(bin, _)| *bin) {
            Ok(place) => {
                if let Some((_, weight)) = self.bins.get_mut(place) {
                    *weight += more;
                }
            }
            Err(place) => self.bins.insert(place, (bin, more)),
        }
    }

    /// Makes room by joining neighbours, until a quarter is free.
    fn coarsen(&mut self) {
        while self.bins.len() > MOST_BINS * 3 / 4 {
            let finer = std::mem::take(&mut self.bins);
            let middle = finer.iter().map(|(bin, weight)| (self.value(*bin), *weight));
            let middle: Vec<_> = middle.collect();
            self.per_octave /= 2.0;
            for (value, weight) in middle {
                self.weigh(bin_of(value, self.per_octave), weight);
            }
        }
    }

    fn value(&self, bin: i16) -> f64 {
        (f64::from(bin) / self.per_octave).exp2()
    }

    fn weight(&self) -> f64 {
        self.bins.iter().map(|(_, weight)| f64::from(*weight)).sum()
    }

    /// Returns what a sample of now weighs, and scales all down where that became much.
    fn growth(&mut self, second: i64) -> f64 {
        if self.bins.is_empty() {
            self.landmark = second;
        }
        let growth = self.scale(second);
        if growth < MOST_DOUBLINGS.exp2() {
            return growth;
        }
        for (_, weight) in &mut self.bins {
            #[expect(clippy::cast_possible_truncation, reason = "a weight may be rounded")]
            let scaled = (f64::from(*weight) / growth) as f32;
            *weight = scaled;
        }
        self.bins.retain(|(_, weight)| *weight > 1e-3);
        self.landmark = second;
        1.0
    }

    #[expect(clippy::cast_precision_loss, reason = "seconds, far below 2^53")]
    fn scale(&self, second: i64) -> f64 {
        (second.saturating_sub(self.landmark).max(0) as f64 / HALF_LIFE).exp2()
    }

    /// How many bytes lie on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.bins.capacity() * size_of::<(i16, f32)>()
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Self { bins: Vec::new(), per_octave: PER_OCTAVE, landmark: 0 }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a double has at most 1,100 octaves on either side"
)]
fn bin_of(value: f64, per_octave: f64) -> i16 {
    (value.log2() * per_octave).round() as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    #[test]
    fn quantiles_are_within_a_twentieth() {
        let mut histogram = Histogram::default();
        for value in 21..=1_000 {
            histogram.add(0, f64::from(value), 1.0);
        }
        for share in [0.1, 0.5, 0.9, 0.99] {
            let found = histogram.quantile(share) / (20.0 + share * 980.0);
            assert!((0.94..1.06).contains(&found), "{share}: {found}");
        }
        assert!((histogram.samples(0) - 980.0).abs() < 1.0);
    }

    #[test]
    fn what_is_old_counts_less_and_less() {
        let mut histogram = Histogram::default();
        for _ in 0..100 {
            histogram.add(0, 4.0, 1.0);
        }
        for day in 1..400 {
            histogram.add(day * DAY, 64.0, 1.0);
        }
        assert_eq!(histogram.quantile(0.05), 64.0);
        assert!((20.0..21.5).contains(&histogram.samples(399 * DAY)));
    }

    #[test]
    fn a_peak_is_what_was_seen_more_than_once_in_a_while() {
        let mut histogram = Histogram::default();
        histogram.add(0, 4.0, 50.0);
        histogram.add(0, 32.0, 1.0);
        histogram.add(0, 4_096.0, 0.1);
        assert_eq!(histogram.peak(0, 0.25), 32.0);
        assert_eq!(histogram.peak(0, 0.05), 4_096.0);
        assert_eq!(Histogram::default().peak(0, 0.25), 0.0);
    }

    #[test]
    fn more_different_values_than_bins_join_their_neighbours() {
        let mut histogram = Histogram::default();
        for power in -300..300 {
            histogram.add(0, 2_f64.powi(power), 1.0);
        }
        assert!(histogram.bins.len() <= MOST_BINS);
        for value in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            histogram.add(0, value, 1.0);
        }
        assert!((histogram.samples(0) - 600.0).abs() < 0.1);
    }
}
