//! Counting what happened within the last so many buckets of time.

/// Counts of the last `N` buckets of `WIDTH` seconds, the present one included.
#[derive(Debug, Clone)]
pub(crate) struct Recent<const N: usize, const WIDTH: i64> {
    counts: [u32; N],
    /// The bucket that was counted in last.
    last: i64,
}

impl<const N: usize, const WIDTH: i64> Default for Recent<N, WIDTH> {
    fn default() -> Self {
        Self { counts: [0; N], last: i64::MIN }
    }
}

impl<const N: usize, const WIDTH: i64> Recent<N, WIDTH> {
    pub(crate) fn add(&mut self, second: i64, count: u32) {
        let bucket = second.div_euclid(WIDTH);
        if bucket > self.last {
            for index in 0..self.passed(bucket) {
                if let Some(old) = self.counts.get_mut(slot::<N>(bucket, index)) {
                    *old = 0;
                }
            }
            self.last = bucket;
        }
        let here = slot::<N>(self.last, 0);
        if let Some(present) = self.counts.get_mut(here) {
            *present = present.saturating_add(count);
        }
    }

    /// Returns how many there were, as seen from a time.
    pub(crate) fn total(&self, second: i64) -> u32 {
        let bucket = second.div_euclid(WIDTH);
        let living = N.saturating_sub(if bucket > self.last { self.passed(bucket) } else { 0 });
        let of = |index| self.counts.get(slot::<N>(self.last, index)).copied().unwrap_or(0);
        (0..living).map(of).fold(0, u32::saturating_add)
    }

    /// Returns how many buckets have passed since the last one, at most all of them.
    fn passed(&self, bucket: i64) -> usize {
        usize::try_from(bucket.saturating_sub(self.last)).map_or(N, |passed| passed.min(N))
    }
}

/// Returns the place of the bucket that lies `back` before another.
fn slot<const N: usize>(bucket: i64, back: usize) -> usize {
    let (all, back) = (i64::try_from(N).unwrap_or(1), i64::try_from(back).unwrap_or(0));
    usize::try_from(bucket.saturating_sub(back).rem_euclid(all.max(1))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_passed_is_not_counted() {
        let mut recent = Recent::<10, 60>::default();
        assert_eq!(recent.total(0), 0);
        recent.add(0, 3);
        recent.add(65, 2);
        assert_eq!(recent.total(65), 5);
        assert_eq!(recent.total(599), 5);
        assert_eq!(recent.total(600), 2);
        assert_eq!(recent.total(660), 0);
        recent.add(1_000_000, 1);
        assert_eq!(recent.total(1_000_000), 1);
    }

    #[test]
    fn time_that_steps_back_counts_in_the_present() {
        let mut recent = Recent::<10, 60>::default();
        recent.add(6_000, 1);
        recent.add(5_000, 1);
        assert_eq!(recent.total(6_000), 2);
        assert_eq!(recent.total(0), 2);
        recent.add(i64::MAX, u32::MAX);
        recent.add(i64::MIN, 1);
        assert_eq!(recent.total(i64::MAX), u32::MAX);
    }
}
