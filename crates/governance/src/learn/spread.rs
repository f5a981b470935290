//! How values are spread, from a bounded sample.

const MOST: usize = 10_000;

/// All values, until there are too many; then every other one, and so on.
#[derive(Debug)]
pub(super) struct Spread {
    sample: Vec<u64>,
    every: u64,
    pub(super) count: u64,
    pub(super) largest: u64,
}

impl Default for Spread {
    fn default() -> Self {
        Self { sample: Vec::new(), every: 1, count: 0, largest: 0 }
    }
}

impl Spread {
    pub(super) fn add(&mut self, value: u64) {
        if self.count.is_multiple_of(self.every) {
            self.sample.push(value);
        }
        self.count += 1;
        self.largest = self.largest.max(value);
        if self.sample.len() >= MOST {
            let mut keep = false;
            self.sample.retain(|_| {
                keep = !keep;
                keep
            });
            self.every *= 2;
        }
    }

    /// Returns the value that `percent` of the sample do not exceed.
    pub(super) fn percentile(&self, percent: usize) -> u64 {
        let mut sorted = self.sample.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(rank).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Spread};

    #[test]
    fn percentiles_hold_of_a_few_values_and_nearly_of_many() {
        let mut few = Spread::default();
        (1..=20).for_each(|value| few.add(value));
        assert_eq!([50, 95, 100].map(|percent| few.percentile(percent)), [10, 19, 20]);
        let mut many = Spread::default();
        (0..100_000).for_each(|value| many.add(value));
        assert!(many.sample.len() < MOST);
        assert_eq!((many.count, many.largest), (100_000, 99_999));
        assert!(many.percentile(50).abs_diff(50_000) < 100);
        assert_eq!(Spread::default().percentile(50), 0);
    }
}
