//! Sums that forget.

/// Two weeks: after that long, what was learned counts half.
pub(crate) const HALF_LIFE: f64 = 14.0 * 86_400.0;

/// A sum in which what is two weeks old counts half.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Fading {
    sum: f64,
    /// Seconds.
    at: i64,
}

impl Fading {
    pub(crate) fn add(&mut self, second: i64, weight: f64) {
        self.sum = self.at(second) + weight;
        self.at = self.at.max(second);
    }

    /// Returns what the sum is worth at a time.
    pub(crate) fn at(&self, second: i64) -> f64 {
        self.sum * decay(second.saturating_sub(self.at))
    }
}

/// Returns what is left of a weight after so many seconds.
pub(crate) fn decay(seconds: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds, far below 2^53")]
    let seconds = seconds.max(0) as f64;
    (-seconds / HALF_LIFE).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_two_weeks_old_counts_half() {
        let mut sum = Fading::default();
        sum.add(1_000_000, 8.0);
        assert_eq!(sum.at(1_000_000 + 14 * 86_400), 4.0);
        sum.add(1_000_000 + 14 * 86_400, 1.0);
        assert_eq!(sum.at(1_000_000 + 14 * 86_400), 5.0);
        assert_eq!(sum.at(0), 5.0);
        assert_eq!(sum.at(i64::MAX), 0.0);
    }
}
