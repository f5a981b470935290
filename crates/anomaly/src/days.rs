//! Whole days beside each other: what a day usually comes to, and where the days are drifting.

use crate::score::SEEN_BEFORE;
use crate::usual::{Scale, Usual, quantile};

const DAY: i64 = 86_400;
/// How many days are kept.
pub(crate) const KEPT: usize = 35;
/// The days that are compared.
const SHORT: usize = 7;
/// The days before these are what they are compared with.
const LONG: usize = 14;
/// How many active days a day is compared with, at least.
const FEWEST: usize = 5;
/// Active days of the short and of the long stretch, at least.
const FEWEST_SHORT: usize = 4;
const FEWEST_LONG: usize = 8;
/// What grew by less is no drift.
const LEAST_GROWTH: f64 = 1.4;

/// What the last days came to: a sum of counts, or a middle amount.
#[derive(Debug, Clone)]
pub(crate) struct Days {
    scale: Scale,
    /// Yesterday first; 0 for a day without anything.
    past: Vec<f32>,
    today: i64,
    sum: f64,
    count: u32,
    /// Of all days, of working days, of weekends.
    usual: [Usual; 3],
    drift: Option<Drift>,
}

/// The last days beside the weeks before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drift {
    /// The middle one of the last days.
    pub(crate) now: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) distance: f64,
}

impl Days {
    pub(crate) const fn new(scale: Scale) -> Self {
        Self {
            scale,
            past: Vec::new(),
            today: i64::MIN,
            sum: 0.0,
            count: 0,
            usual: [Usual::NOTHING; 3],
            drift: None,
        }
    }

    pub(crate) fn add(&mut self, second: i64, value: f64) {
        let day = second.div_euclid(DAY);
        if day > self.today {
            if self.count > 0 {
                self.turn(day);
            }
            self.today = day;
            self.look();
        }
        self.sum += match self.scale {
            Scale::Count => value,
            Scale::Amount => self.scale.place(value),
        };
        self.count = self.count.saturating_add(1);
    }

    /// Returns what the 24 hours before usually come to, once that is known: those of a weekend beside weekends. Where
    /// they reach from one into the other, the busier ones count.
    pub(crate) fn usual(&self, second: i64) -> Option<&Usual> {
        let is_known = |usual: &&Usual| self.is_known(usual);
        let [all, working, weekend] = &self.usual;
        let (today, yesterday) = (is_weekend(second), is_weekend(second.saturating_sub(DAY)));
        let both = Some((working, weekend)).filter(|(one, other)| is_known(one) && is_known(other));
        match both {
            Some((_, weekend)) if today && yesterday => Some(weekend),
            Some((working, _)) if !today && !yesterday => Some(working),
            Some((working, weekend)) if weekend.middle() > working.middle() => Some(weekend),
            Some((working, _)) => Some(working),
            None => Some(all).filter(is_known),
        }
    }

    /// Returns where the days are drifting, as long as they go on.
    pub(crate) fn drift(&self, second: i64) -> Option<Drift> {
        self.drift.filter(|_| second.div_euclid(DAY).saturating_sub(self.today) <= 3)
    }

    /// Tells whether none of the days that are kept had anything.
    pub(crate) fn is_idle(&self, second: i64) -> bool {
        let kept = i64::try_from(KEPT).unwrap_or(i64::MAX);
        second.div_euclid(DAY).saturating_sub(self.today) > kept
    }

    /// How many bytes lie on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.past.capacity() * size_of::<f32>()
    }

    /// Ends the day, and those that passed without anything.
    fn turn(&mut self, day: i64) {
        let ended = match self.scale {
            Scale::Count => self.sum,
            Scale::Amount => (self.sum / f64::from(self.count.max(1))).exp(),
        };
        let idle = usize::try_from(day.saturating_sub(self.today) - 1).unwrap_or(KEPT).min(KEPT);
        self.past.truncate(KEPT.saturating_sub(idle + 1));
        #[expect(clippy::cast_possible_truncation, reason = "seven digits are enough")]
        let ended = ended as f32;
        let newest = std::iter::repeat_n(0.0, idle).chain([ended]);
        self.past.splice(0..0, newest.take(KEPT));
        (self.sum, self.count) = (0.0, 0);
    }

    #[expect(clippy::cast_precision_loss, reason = "a few days")]
    const fn is_known(&self, usual: &Usual) -> bool {
        usual.samples >= FEWEST as f64
    }

    fn look(&mut self) {
        let active = |class: Option<bool>| Usual::of_days(&self.active(0, KEPT, class), self.scale);
        let (working, weekend) = (active(Some(false)), active(Some(true)));
        let weekend =
            if self.is_known(&working) { weekend.no_more_even_than(&working) } else { weekend };
        self.usual = [active(None), working, weekend];
        self.drift = self.drifted();
    }

    fn drifted(&self) -> Option<Drift> {
        let (short, long) = (self.active(0, SHORT, None), self.active(LONG, KEPT, None));
        if short.len() < FEWEST_SHORT || long.len() < FEWEST_LONG {
            return None;
        }
        let usual = Usual::of_days(&long, self.scale);
        let (now, before) = (quantile(&short, 0.5), usual.middle());
        let moved = self.scale.place(now) - self.scale.place(before);
        // The middle of a week moves less than one day does.
        let distance = moved / (0.5 * usual.spread());
        let grown = now > LEAST_GROWTH * before;
        let distance = if grown { distance } else { distance.min(SEEN_BEFORE) };
        Some(Drift { now, low: usual.low, high: usual.high, distance })
    }

    /// Returns the active ones of some days, or of those at a weekend or not, by size.
    fn active(&self, from: usize, to: usize, weekend: Option<bool>) -> Vec<f64> {
        let days = (1..).zip(&self.past).take(to).skip(from);
        let is_of = |back: i64| {
            let day = self.today.saturating_sub(back);
            weekend.is_none_or(|weekend| weekend == is_weekend(day.saturating_mul(DAY)))
        };
        let active = days.filter(|(back, value)| **value > 0.0 && is_of(*back));
        let mut active: Vec<f64> = active.map(|(_, value)| f64::from(*value)).collect();
        active.sort_by(f64::total_cmp);
        active
    }
}

/// Tells whether it is Saturday or Sunday in UTC; the first day of 1970 was a Thursday.
const fn is_weekend(second: i64) -> bool {
    second.div_euclid(DAY).saturating_add(3).rem_euclid(7) >= 5
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(counts: &[u32]) -> (Days, i64) {
        let mut days = Days::new(Scale::Count);
        let mut second = 0;
        for count in counts {
            for _ in 0..*count {
                days.add(second, 1.0);
            }
            second += DAY;
        }
        days.add(second, 1.0);
        (days, second)
    }

    #[test]
    fn a_day_is_known_after_five_active_ones() {
        let (four, second) = days(&[9, 0, 9, 9, 9]);
        assert!(four.usual(second).is_none());
        let (days, second) = days(&[9, 0, 10, 11, 0, 0, 12, 13]);
        let usual = days.usual(second).unwrap();
        assert_eq!((usual.low, usual.middle(), usual.high), (9.0, 11.0, 13.0));
        assert_eq!(days.past, [13.0, 12.0, 0.0, 0.0, 11.0, 10.0, 0.0, 9.0]);
    }

    #[test]
    fn twice_as_much_as_weeks_ago_is_a_drift() {
        let level: Vec<u32> = vec![40; 35];
        let (even, second) = days(&level);
        assert_eq!(even.drift(second).unwrap().distance, 0.0);
        let grown: Vec<u32> = (0..35).map(|day| if day < 28 { 40 } else { 80 }).collect();
        let (grown, second) = days(&grown);
        let drift = grown.drift(second).unwrap();
        assert_eq!((drift.now, drift.low, drift.high), (80.0, 40.0, 40.0));
        assert!(drift.distance > 5.0, "{drift:?}");
        assert!(grown.drift(second + 4 * DAY).is_none());
    }

    #[test]
    fn a_weekend_is_compared_with_weekends() {
        // From a Thursday on.
        let counts: Vec<u32> = (0..29).map(|day| if (day + 3) % 7 >= 5 { 4 } else { 40 }).collect();
        let (days, second) = days(&counts);
        assert!(is_weekend(second + DAY) && is_weekend(second + 2 * DAY));
        let middle = |second| days.usual(second).unwrap().middle();
        assert_eq!(
            [middle(second), middle(second + DAY), middle(second + 2 * DAY)],
            [40.0, 40.0, 4.0]
        );
        assert_eq!(middle(second + 3 * DAY), 40.0);
    }

    #[test]
    fn a_long_pause_leaves_nothing() {
        let (mut paused, second) = days(&[9; 30]);
        assert!(!paused.is_idle(second));
        assert!(paused.is_idle(second + 40 * DAY));
        paused.add(second + 400 * DAY, 1.0);
        assert!(paused.usual(second + 400 * DAY).is_none());
        assert_eq!(paused.past.len(), KEPT);
        paused.add(i64::MAX, 1.0);
        paused.add(i64::MIN, 1.0);
    }
}
