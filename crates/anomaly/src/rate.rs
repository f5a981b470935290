//! How much is done: in ten minutes, in a day, and in a week beside the weeks before.

use crate::assessment::Candidate;
use crate::days::Days;
use crate::learned::Learned;
use crate::recent::Recent;
use crate::told::What;
use crate::usual::Scale;
use crate::{Act, Moment};

/// The most actions that are counted on their own; the others count among all.
const MOST_ACTIONS: usize = 16;
const WINDOW: i64 = 600;

/// What an agent does, by action and altogether.
#[derive(Debug, Clone)]
pub(crate) struct Rate {
    all: Line,
    actions: Vec<(Box<str>, Line)>,
}

/// How often one thing is done.
#[derive(Debug, Clone)]
struct Line {
    minutes: Recent<10, 60>,
    hours: Recent<24, 3_600>,
    /// Ten minutes by the clock, and what was done in them so far.
    window: i64,
    count: u32,
    windows: Learned,
    days: Days,
}

impl Rate {
    pub(crate) fn new() -> Self {
        Self { all: Line::new(), actions: Vec::new() }
    }

    pub(crate) fn observe(&mut self, act: &Act<'_>) {
        let second = act.at.second;
        self.all.observe(second);
        if let Some((_, line)) = self.actions.iter_mut().find(|(name, _)| **name == *act.action) {
            return line.observe(second);
        }
        let mut line = Line::new();
        line.observe(second);
        if self.actions.len() < MOST_ACTIONS {
            self.actions.push((act.action.into(), line));
        } else if let Some(idle) =
            self.actions.iter_mut().find(|(_, line)| line.days.is_idle(second))
        {
            *idle = (act.action.into(), line);
        }
    }

    /// Tells what is done more than usual; the action itself rather than all of them, where both are.
    pub(crate) fn assess<'a>(
        &'a self,
        now: Moment,
        more: Option<&Act<'_>>,
        found: &mut impl FnMut(Candidate<'a>),
    ) {
        for (name, line) in &self.actions {
            let more = u32::from(more.is_some_and(|act| *act.action == **name));
            line.assess(now.second, more, Some(name), found);
        }
        self.all.assess(now.second, u32::from(more.is_some()), None, found);
    }

    /// Tells what is done more than in the weeks before.
    pub(crate) fn drifts<'a>(&'a self, now: Moment, found: &mut impl FnMut(Candidate<'a>)) {
        let actions = self.actions.iter().map(|(name, line)| (Some(&**name), line));
        for (action, line) in actions.chain([(None, &self.all)]) {
            if let Some(drift) = line.days.drift(now.second) {
                found(Candidate::new(drift.distance, What::Drift { action, drift }));
            }
        }
    }

    /// How many bytes lie on the heap.
    pub(crate) fn heap(&self) -> usize {
        let lines = self.actions.iter().map(|(name, line)| name.len() + line.heap());
        self.actions.capacity() * size_of::<(Box<str>, Line)>()
            + self.all.heap()
            + lines.sum::<usize>()
    }
}

impl Line {
    fn new() -> Self {
        Self {
            minutes: Recent::default(),
            hours: Recent::default(),
            window: i64::MIN,
            count: 0,
            windows: Learned::new(Scale::Count),
            days: Days::new(Scale::Count),
        }
    }

    fn observe(&mut self, second: i64) {
        let window = second.div_euclid(WINDOW);
        if window > self.window {
            self.windows.learn(self.window.saturating_mul(WINDOW), f64::from(self.count));
            (self.window, self.count) = (window, 0);
        }
        self.count = self.count.saturating_add(1);
        self.minutes.add(second, 1);
        self.hours.add(second, 1);
        self.days.add(second, 1.0);
    }

    fn assess<'a>(
        &'a self,
        second: i64,
        more: u32,
        action: Option<&'a str>,
        found: &mut impl FnMut(Candidate<'a>),
    ) {
        let count = self.minutes.total(second).saturating_add(more);
        if let Some(distance) = self.windows.distance(f64::from(count)) {
            let usual = self.windows.range();
            found(Candidate::new(distance, What::Minutes { action, count, usual }));
        }
        if let Some(days) = self.days.usual(second) {
            let count = self.hours.total(second).saturating_add(more);
            let distance = days.distance(f64::from(count), Scale::Count);
            let usual = (days.low, days.high);
            found(Candidate::new(distance, What::Day { action, count, usual }));
        }
    }

    fn heap(&self) -> usize {
        self.windows.heap() + self.days.heap()
    }
}
