//! What is usual for one agent.

use crate::amount::Amounts;
use crate::assessment::{Assessment, Candidate, Learning};
use crate::denials::Denials;
use crate::hours::Hours;
use crate::novelty::Novelty;
use crate::rate::Rate;
use crate::{Act, Moment};

const DAY: i64 = 86_400;
/// Before so many actions nothing is known, however long it takes.
const FEWEST: u64 = 50;

/// How a baseline learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Days of history without which nothing is told.
    pub warm_up_days: u16,
}

impl Default for Settings {
    /// A week, so that each day of the week was there once.
    fn default() -> Self {
        Self { warm_up_days: 7 }
    }
}

/// What is usual for one agent, learned from what it did: at most about 30 KB, whatever it does, and a few for an
/// agent of a few actions.
#[derive(Debug, Clone)]
pub struct Baseline {
    settings: Settings,
    /// When it was first and last seen.
    seen: Option<(i64, i64)>,
    acts: u64,
    rate: Rate,
    denials: Denials,
    hours: Hours,
    amounts: Amounts,
    novelty: Novelty,
}

impl Baseline {
    /// Knows nothing yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            seen: None,
            acts: 0,
            rate: Rate::new(),
            denials: Denials::default(),
            hours: Hours::default(),
            amounts: Amounts::default(),
            novelty: Novelty::default(),
        }
    }

    /// Changes how it learns from now on.
    pub const fn configure(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// Learns from a decided action. Actions come in the order of their decisions; one that is dated before another
    /// counts as of the same time.
    pub fn observe(&mut self, act: &Act<'_>) {
        let second = act.at.second;
        let (first, last) = self.seen.unwrap_or((second, second));
        let act = Act { at: Moment { second: second.max(last), ..act.at }, ..*act };
        self.seen = Some((first, act.at.second));
        self.acts = self.acts.saturating_add(1);
        // What comes by first while learning is new, and says nothing about how often something is.
        let is_half_learned = 2 * (act.at.second.saturating_sub(first) / DAY) >= self.warm_up();
        self.rate.observe(&act);
        self.denials.observe(&act);
        self.hours.observe(&act);
        self.amounts.observe(&act);
        self.novelty.observe(&act, is_half_learned);
    }

    /// Tells how unusual an action would be that is about to be decided, after what was done before.
    ///
    /// Drifts are left out: no single action is what they are about.
    #[must_use]
    pub fn assess_act<'a>(&'a self, act: &Act<'a>) -> Assessment<'a> {
        self.look(act.at, Some(act))
    }

    /// Tells how unusual what the agent does is now.
    #[must_use]
    pub fn assess<'a>(&'a self, now: Moment) -> Assessment<'a> {
        let mut assessment = self.look(now, None);
        if !assessment.is_learning() {
            let mut note = |candidate: Candidate<'a>| assessment.note(candidate);
            self.rate.drifts(now, &mut note);
            self.amounts.drifts(now, &mut note);
        }
        assessment
    }

    /// How many bytes it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let heaps = [
            self.rate.heap(),
            self.denials.heap(),
            self.hours.heap(),
            self.amounts.heap(),
            self.novelty.heap(),
        ];
        size_of::<Self>() + heaps.iter().sum::<usize>()
    }

    fn look<'a>(&'a self, now: Moment, act: Option<&Act<'a>>) -> Assessment<'a> {
        if let Some(learning) = self.learning(now) {
            return Assessment::learning(learning);
        }
        let mut assessment = Assessment::nothing();
        let mut note = |candidate: Candidate<'a>| assessment.note(candidate);
        self.rate.assess(now, act, &mut note);
        self.denials.assess(now, &mut note);
        self.hours.assess(now, act, &mut note);
        self.amounts.assess(now, act, &mut note);
        self.novelty.assess(now, act, &mut note);
        assessment
    }

    fn learning(&self, now: Moment) -> Option<Learning> {
        let first = self.seen.map_or(now.second, |(first, _)| first);
        let days = now.second.saturating_sub(first).max(0) / DAY;
        let (actions, of_days) = (self.acts.min(FEWEST), self.warm_up());
        (days < of_days || actions < FEWEST).then_some(Learning {
            days: days.min(of_days),
            of_days,
            actions,
            of_actions: FEWEST,
        })
    }

    fn warm_up(&self) -> i64 {
        i64::from(self.settings.warm_up_days)
    }
}
