//! Counts by hour, of the last 24.

use std::collections::VecDeque;

use jiff::Timestamp;

/// How many hours are kept, the running one included.
pub(crate) const HOURS: i64 = 24;
const SECONDS: i64 = 3600;

/// Returns the number of the hour that a moment lies in.
pub(crate) fn hour(at: Timestamp) -> i64 {
    at.as_second().div_euclid(SECONDS)
}

/// Returns when an hour begins.
pub(crate) fn starts(hour: i64) -> Timestamp {
    Timestamp::from_second(hour.saturating_mul(SECONDS)).unwrap_or(Timestamp::MIN)
}

/// What was counted in each hour in which anything was, oldest first; never more than [`HOURS`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Hours<T>(VecDeque<(i64, T)>);

impl<T: Default> Hours<T> {
    /// Changes the count of the hour of `at`, or the newest where that is later: time does not run backwards here.
    pub(crate) fn count(&mut self, at: Timestamp, change: impl FnOnce(&mut T)) {
        let number = hour(at);
        while self.0.pop_front_if(|(old, _)| *old <= number.saturating_sub(HOURS)).is_some() {}
        if let Some((newest, count)) = self.0.back_mut()
            && *newest >= number
        {
            change(count);
            return;
        }
        let mut count = T::default();
        change(&mut count);
        self.0.push_back((number, count));
    }
}

impl<T> Hours<T> {
    /// Returns the counts of the 24 hours that end with that of `now`.
    pub(crate) fn within(&self, now: Timestamp) -> impl Iterator<Item = (i64, &T)> {
        let newest = hour(now);
        let counts = self.0.iter().map(|(number, count)| (*number, count));
        counts
            .filter(move |(number, _)| *number <= newest && *number > newest.saturating_sub(HOURS))
    }
}
