//! When something is done: at hours at which the agent usually does nothing, or less.

use crate::assessment::Candidate;
use crate::histogram::Histogram;
use crate::score::{DOUBTED, SEEN_BEFORE, SUSPECT, above_expected};
use crate::told::What;
use crate::{Act, Moment};

pub(crate) const HOURS_OF_WEEK: i64 = 168;
const HOUR: i64 = 3_600;
/// An hour at which the agent does something on a larger share of the days is not unusual.
const MOST_SHARE: f64 = 0.15;
/// What the same hour is worth an hour or two before and after: people stay longer, and clocks change.
const NEIGHBOURS: [(i64, f64); 5] = [(-2, 0.25), (-1, 0.5), (0, 1.0), (1, 0.5), (2, 0.25)];
/// The same hour of so many days, at least.
const FEWEST_DAYS: f64 = 2.0;
/// How much of a day is learned of a night that may be an attack.
const DOUBTED_DAY: f64 = 0.35;
/// How many hours with something in them the usual unevenness rests on, at least.
const FEWEST_HOURS: f64 = 60.0;
/// What stands for a distance of 0 among those that are kept.
const NO_DISTANCE: f64 = 0.125;

/// What an agent does at each hour of a working day and of the weekend.
#[derive(Debug, Clone)]
pub(crate) struct Hours {
    /// Monday to Friday, then Saturday and Sunday.
    cells: [[Cell; 24]; 2],
    /// The hour since 1970, and that of the week.
    present: Option<(i64, i64)>,
    /// What was done in it.
    count: u32,
    /// What was done at unusual hours without an hour's pause.
    run: u32,
    run_at: i64,
    /// How far from the usual busy hours were: they are seldom as even as chance would have them.
    distances: Histogram,
}

/// The same hour of some days, of which older ones count less.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    days: f32,
    active: f32,
    count: f32,
    /// The most there was, of which it forgets as slowly.
    most: f32,
}

/// What an hour usually has.
#[derive(Debug, Clone, Copy)]
struct UsualHour {
    count: f64,
    /// On which share of the days it has anything.
    share: f64,
    /// The most it had.
    most: f64,
}

impl UsualHour {
    /// Returns how far above the usual a count is, where there usually is something. What is hardly more than was
    /// seen before is not far.
    fn distance(&self, count: f64, looseness: f64) -> f64 {
        let distance = above_expected(count, self.count) / looseness;
        if count > 1.3 * self.most { distance } else { distance.min(SEEN_BEFORE) }
    }
}

impl Default for Hours {
    fn default() -> Self {
        Self {
            cells: [[Cell::default(); 24]; 2],
            present: None,
            count: 0,
            run: 0,
            run_at: i64::MIN,
            distances: Histogram::default(),
        }
    }
}

impl Hours {
    pub(crate) fn observe(&mut self, act: &Act<'_>) {
        let Moment { second, hour } = act.at;
        let present = second.div_euclid(HOUR);
        if self.present.is_none_or(|(last, _)| present > last) {
            self.pass(present);
            (self.present, self.count) = (Some((present, hour)), 0);
        }
        self.count = self.count.saturating_add(1);
        let run = self.run(second);
        let is_unusual = self.usual(hour).is_some_and(|usual| usual.share <= MOST_SHARE);
        self.run = if is_unusual { run.saturating_add(1) } else { 0 };
        self.run_at = second;
    }

    pub(crate) fn assess<'a>(
        &self,
        now: Moment,
        more: Option<&Act<'_>>,
        found: &mut impl FnMut(Candidate<'a>),
    ) {
        let Some(usual) = self.usual(now.hour) else { return };
        let more = u32::from(more.is_some());
        let hour = now.hour;
        if usual.share <= MOST_SHARE {
            let count = self.run(now.second).saturating_add(more);
            let distance = above_expected(f64::from(count), usual.count);
            found(Candidate::new(distance, What::Hours { count, hour, share: usual.share }));
        } else {
            let Some(looseness) = self.looseness(now.second) else { return };
            let of_now = self.present.filter(|(last, _)| *last == now.second.div_euclid(HOUR));
            let count = of_now.map_or(0, |_| self.count).saturating_add(more);
            let distance = usual.distance(f64::from(count), looseness);
            found(Candidate::new(distance, What::Busy { count, hour, usual: usual.count }));
        }
    }

    /// How many bytes lie on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.distances.heap()
    }

    /// How much more than chance explains busy hours differ; nothing, before there were enough of them.
    fn looseness(&self, second: i64) -> Option<f64> {
        let (tail, most) = (self.distances.quantile(0.99), self.distances.peak(second, 0.25));
        let is_known = self.distances.samples(second) >= FEWEST_HOURS;
        is_known.then(|| (tail / 2.326).max(most / 3.2).max(1.0))
    }

    /// Returns how many were done at unusual hours up to now.
    fn run(&self, second: i64) -> u32 {
        if second.saturating_sub(self.run_at) <= HOUR { self.run } else { 0 }
    }

    /// Returns what an hour usually has, once that is known.
    fn usual(&self, hour: i64) -> Option<UsualHour> {
        let mut most = UsualHour { count: 0.0, share: 0.0, most: 0.0 };
        for (step, worth) in NEIGHBOURS {
            let cell = self.cell(hour + step)?;
            let (days, active, count) =
                (f64::from(cell.days), f64::from(cell.active), f64::from(cell.count));
            if days < FEWEST_DAYS {
                return None;
            }
            let prior = if step == 0 { 0.3 } else { 0.0 };
            most.count = most.count.max(worth * (count + prior) / (days + 1.0));
            most.share = most.share.max(worth * active / days);
            most.most = most.most.max(f64::from(cell.most));
        }
        Some(most)
    }

    /// Learns from the hours that are over.
    fn pass(&mut self, present: i64) {
        let Some((last, hour)) = self.present else { return };
        let second = last.saturating_mul(HOUR);
        self.learn(second, hour, f64::from(self.count));
        let passed = present.saturating_sub(last).min(35 * 24);
        for step in 1..passed {
            self.learn(second, hour + step, 0.0);
        }
    }

    fn learn(&mut self, second: i64, hour: i64, count: f64) {
        let (mut weight, mut most) = (1.0, f64::INFINITY);
        if let Some(usual) = self.usual(hour) {
            let (is_seldom, known) = (usual.share <= MOST_SHARE, self.looseness(second));
            let looseness = known.unwrap_or(1.0);
            let distance = if is_seldom {
                above_expected(count, usual.count)
            } else {
                usual.distance(count, looseness)
            };
            if distance > SUSPECT && is_seldom {
                (weight, most) = (DOUBTED_DAY, 3.0 * usual.count + 1.0);
            } else if distance > SUSPECT && known.is_some() {
                most = 2.0 * usual.count;
                self.distances.add(second, SUSPECT * looseness, DOUBTED);
            } else if !is_seldom {
                self.distances.add(second, (distance * looseness).max(NO_DISTANCE), 1.0);
            }
        }
        // Two weeks: ten working days, or four days of two weekends.
        let fade = if is_weekend(hour) { 0.840_9 } else { 0.933 };
        let Some(cell) = self.cell_mut(hour) else { return };
        let active = if count > 0.0 { weight } else { 0.0 };
        cell.days = single(f64::from(cell.days) * fade + 1.0);
        cell.active = single(f64::from(cell.active) * fade + active);
        cell.count = single(f64::from(cell.count) * fade + weight * count.min(most));
        cell.most = single((f64::from(cell.most) * fade.sqrt().sqrt()).max(count.min(most)));
    }

    fn cell(&self, hour: i64) -> Option<Cell> {
        let (class, hour) = place(hour);
        self.cells.get(class)?.get(hour).copied()
    }

    fn cell_mut(&mut self, hour: i64) -> Option<&mut Cell> {
        let (class, hour) = place(hour);
        self.cells.get_mut(class)?.get_mut(hour)
    }
}

pub(crate) const fn is_weekend(hour: i64) -> bool {
    hour.rem_euclid(HOURS_OF_WEEK) >= 120
}

fn place(hour: i64) -> (usize, usize) {
    let of_day = usize::try_from(hour.rem_euclid(24)).unwrap_or(0);
    (usize::from(is_weekend(hour)), of_day)
}

#[expect(clippy::cast_possible_truncation, reason = "seven digits are enough")]
const fn single(value: f64) -> f32 {
    value as f32
}
