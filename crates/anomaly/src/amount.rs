//! How much money: the logarithm of an amount, by action and currency.

use syndic_model::Decimal;

use crate::assessment::Candidate;
use crate::days::Days;
use crate::learned::Learned;
use crate::told::What;
use crate::usual::Scale;
use crate::{Act, Moment};

/// The most pairs of action and currency that are looked at.
const MOST_LINES: usize = 12;
/// For how long an amount is told: an hour.
const TOLD: i64 = 3_600;

#[derive(Debug, Clone, Default)]
pub(crate) struct Amounts {
    lines: Vec<Line>,
}

#[derive(Debug, Clone)]
struct Line {
    action: Box<str>,
    currency: Box<str>,
    amounts: Learned,
    /// The middle amount of each day.
    days: Days,
    /// The most unusual one of the last hour.
    worst: Option<Worst>,
}

#[derive(Debug, Clone, Copy)]
struct Worst {
    second: i64,
    amount: Decimal,
    distance: f64,
}

impl Amounts {
    pub(crate) fn observe(&mut self, act: &Act<'_>) {
        let Some((amount, currency)) = act.amount.filter(|(amount, _)| *amount > Decimal::ZERO)
        else {
            return;
        };
        let second = act.at.second;
        if let Some(line) = self.lines.iter_mut().find(|line| line.is_of(act.action, currency)) {
            return line.observe(second, amount);
        }
        let mut line = Line::new(act.action, currency);
        line.observe(second, amount);
        if self.lines.len() < MOST_LINES {
            self.lines.push(line);
        } else if let Some(idle) = self.lines.iter_mut().find(|line| line.days.is_idle(second)) {
            *idle = line;
        }
    }

    /// Tells which amounts of the last hour, and of the action itself, are more than usual.
    pub(crate) fn assess<'a>(
        &'a self,
        now: Moment,
        more: Option<&Act<'_>>,
        found: &mut impl FnMut(Candidate<'a>),
    ) {
        for line in &self.lines {
            let worst = line.worst(now.second);
            let asked = more.and_then(|act| {
                let (amount, currency) = act.amount?;
                line.is_of(act.action, currency).then(|| line.weigh(now.second, amount))
            });
            let told = [worst, asked].into_iter().flatten();
            if let Some(told) = told.max_by(|one, other| one.distance.total_cmp(&other.distance)) {
                let Line { action, currency, amounts, .. } = line;
                let (amount, usual) = (told.amount, amounts.range());
                let what = What::Amount { action, amount, currency, usual };
                found(Candidate::new(told.distance, what));
            }
        }
    }

    /// Tells where amounts are larger than in the weeks before.
    pub(crate) fn drifts<'a>(&'a self, now: Moment, found: &mut impl FnMut(Candidate<'a>)) {
        for Line { action, currency, days, .. } in &self.lines {
            if let Some(drift) = days.drift(now.second) {
                let what = What::AmountDrift { action, currency, drift };
                found(Candidate::new(drift.distance, what));
            }
        }
    }

    /// How many bytes lie on the heap.
    pub(crate) fn heap(&self) -> usize {
        let line = |line: &Line| {
            line.action.len() + line.currency.len() + line.amounts.heap() + line.days.heap()
        };
        self.lines.capacity() * size_of::<Line>() + self.lines.iter().map(line).sum::<usize>()
    }
}

impl Line {
    fn new(action: &str, currency: &str) -> Self {
        Self {
            action: action.into(),
            currency: currency.into(),
            amounts: Learned::new(Scale::Amount),
            days: Days::new(Scale::Amount),
            worst: None,
        }
    }

    fn is_of(&self, action: &str, currency: &str) -> bool {
        *self.action == *action && *self.currency == *currency
    }

    fn observe(&mut self, second: i64, amount: Decimal) {
        let weighed = self.weigh(second, amount);
        if self.worst(second).is_none_or(|worst| worst.distance < weighed.distance) {
            self.worst = Some(weighed);
        }
        self.amounts.learn(second, number(amount));
        self.days.add(second, number(amount));
    }

    fn weigh(&self, second: i64, amount: Decimal) -> Worst {
        let distance = self.amounts.distance(number(amount)).unwrap_or(0.0);
        Worst { second, amount, distance }
    }

    fn worst(&self, second: i64) -> Option<Worst> {
        self.worst
            .filter(|worst| worst.distance > 0.0 && second.saturating_sub(worst.second) <= TOLD)
    }
}

/// How far an amount lies from others needs no exactness.
#[expect(clippy::cast_precision_loss, reason = "only its size matters")]
fn number(amount: Decimal) -> f64 {
    amount.ten_thousandths() as f64 / 10_000.0
}
