//! Buckets of UTC days.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::Window;

/// The most days that are kept apart; the oldest goes first.
pub(crate) const MOST_DAYS: usize = 400;

/// Seconds of a UTC day.
const DAY_SECONDS: i64 = 86_400;

/// Something for each UTC day on which there was anything, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Days<T>(VecDeque<(i64, T)>);

impl<T> Default for Days<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T: Default> Days<T> {
    /// Returns the bucket of the day of a time, made where there is none; nothing where it is older than all that are
    /// kept, and there is no room.
    pub(crate) fn at(&mut self, at: Timestamp) -> Option<&mut T> {
        self.on(day(at))
    }

    /// Returns the bucket of a day, as [`Days::at`].
    pub(crate) fn on(&mut self, day: i64) -> Option<&mut T> {
        let newest = self.0.back().map(|(newest, _)| *newest);
        let mut place = self.0.len();
        if newest == Some(day) {
            place = place.saturating_sub(1);
        } else if newest.is_none_or(|newest| newest < day) {
            self.0.push_back((day, T::default()));
        } else {
            match self.0.binary_search_by_key(&day, |(day, _)| *day) {
                Ok(found) => place = found,
                Err(0) if self.0.len() >= MOST_DAYS => return None,
                Err(missing) => {
                    self.0.insert(missing, (day, T::default()));
                    place = missing;
                }
            }
        }
        if self.0.len() > MOST_DAYS {
            self.0.pop_front();
            place = place.saturating_sub(1);
        }
        self.0.get_mut(place).map(|(_, bucket)| bucket)
    }
}

impl<T> Days<T> {
    /// Returns the buckets of the days that a window touches, oldest first.
    pub(crate) fn over(&self, window: Window) -> impl Iterator<Item = &T> {
        let days = day(window.from)..=day(window.to);
        self.0.iter().filter(move |(day, _)| days.contains(day)).map(|(_, bucket)| bucket)
    }
}

/// Returns the UTC day of a time, counted from 1970.
pub(crate) fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(DAY_SECONDS)
}

/// Returns when the UTC day of a time began.
pub(crate) fn midnight(at: Timestamp) -> Timestamp {
    Timestamp::from_second(day(at).saturating_mul(DAY_SECONDS)).unwrap_or(Timestamp::MIN)
}
