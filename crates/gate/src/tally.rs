//! One count over time: rolling windows made of buckets.
//!
//! A window holds every bucket that has a part in it, so it forgets late, never early: by at most a second in the
//! minute, a minute in the hour, a quarter of an hour in the day.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use syndic_ledger::Decision;
use syndic_model::{Currency, Decimal};
use syndic_policy::Used;

use crate::kept::kept;
use crate::limits::LimitMeasure;

/// The most recipients that one tally remembers; one beyond it stays new, and counts as many.
const MOST_REACHED: usize = 10_000;
/// How long a recipient is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Over how long is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Span {
    Minute,
    Hour,
    Day,
    /// From the first call on.
    Life,
}

/// What was counted once or several times, summed up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    calls: i64,
    denials: i64,
    affected_people: i128,
    tokens: i128,
    /// Ten-thousandths by currency.
    amounts: BTreeMap<Currency, i128>,
    /// Recipients who were reached here last.
    recipients: i64,
}

/// A sum in one currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Total {
    pub(crate) calls: i64,
    pub(crate) denials: i64,
    pub(crate) affected_people: i128,
    pub(crate) tokens: i128,
    pub(crate) amount: i128,
    pub(crate) recipients: i64,
}

/// The counts of one thing.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    minute: Rolling,
    hour: Rolling,
    day: Rolling,
    life: Sum,
    /// The second in which each recipient was reached last.
    reached: HashMap<u64, i64>,
    /// There were more than are remembered.
    crowded: bool,
}

/// Buckets, oldest first, and their sum.
#[derive(Debug, Default)]
struct Rolling {
    buckets: VecDeque<(i64, Sum)>,
    sum: Sum,
}

kept!(Tally { minute, hour, day, life, reached, crowded });
kept!(Rolling { buckets, sum });
kept!(Sum { calls, denials, affected_people, tokens, amounts, recipients });

impl Tally {
    pub(crate) fn add(&mut self, more: &Sum, reached: &[u64], at: Timestamp) {
        for (span, rolling) in [
            (Span::Minute, &mut self.minute),
            (Span::Hour, &mut self.hour),
            (Span::Day, &mut self.day),
        ] {
            rolling.add(span, more, at);
            for recipient in reached {
                rolling.reach(span, self.reached.get(recipient).copied());
            }
        }
        self.life.add(more);
        for recipient in reached {
            if self.reached.len() < MOST_REACHED || self.reached.contains_key(recipient) {
                self.reached.insert(*recipient, at.as_second());
            } else {
                self.crowded = true;
            }
        }
    }

    pub(crate) fn total(&mut self, span: Span, currency: Currency, now: Timestamp) -> Total {
        let sum = match span {
            Span::Minute => self.minute.sum(span, now),
            Span::Hour => self.hour.sum(span, now),
            Span::Day => self.day.sum(span, now),
            Span::Life => &self.life,
        };
        let Sum { calls, denials, affected_people, tokens, amounts, recipients: _ } = sum;
        Total {
            calls: *calls,
            denials: *denials,
            affected_people: *affected_people,
            tokens: *tokens,
            amount: amounts.get(&currency).copied().unwrap_or_default(),
            recipients: 0,
        }
    }

    /// Counts different recipients of some tallies, with `more` of them; the totals are taken at the same time.
    pub(crate) fn recipients(
        tallies: &[&mut Self],
        span: Span,
        more: &[(u64, String)],
        now: Timestamp,
    ) -> i64 {
        if tallies.iter().any(|tally| tally.crowded) {
            return i64::MAX;
        }
        let within = |last: i64| span.number(last) >= span.oldest(now);
        let new = more.iter().filter(|(recipient, _)| {
            let reached =
                |tally: &&mut Self| tally.reached.get(recipient).is_some_and(|l| within(*l));
            !tallies.iter().any(reached)
        });
        let new = i64::try_from(new.count()).unwrap_or(i64::MAX);
        let mut reaching = tallies.iter().filter(|tally| !tally.reached.is_empty());
        let before = match (reaching.next(), reaching.next()) {
            (None, _) => 0,
            (Some(only), None) => only.reached_within(span),
            (Some(_), Some(_)) => {
                let all = tallies.iter().flat_map(|tally| &tally.reached);
                let all: HashSet<u64> =
                    all.filter(|(_, last)| within(**last)).map(|(one, _)| *one).collect();
                i64::try_from(all.len()).unwrap_or(i64::MAX)
            }
        };
        before.saturating_add(new)
    }

    fn reached_within(&self, span: Span) -> i64 {
        match span {
            Span::Minute => self.minute.sum.recipients,
            Span::Hour => self.hour.sum.recipients,
            Span::Day => self.day.sum.recipients,
            Span::Life => i64::try_from(self.reached.len()).unwrap_or(i64::MAX),
        }
    }

    /// Tells when the first and the last of what is counted leave a window, as of the last total; nothing where nothing
    /// is counted, or all is for good.
    pub(crate) fn leaves(
        &self,
        span: Span,
        measure: LimitMeasure,
    ) -> Option<(Timestamp, Timestamp)> {
        let rolling = match span {
            Span::Minute => &self.minute,
            Span::Hour => &self.hour,
            Span::Day => &self.day,
            Span::Life => return None,
        };
        let mut counts = rolling.buckets.iter().filter(|(_, sum)| sum.counts(measure));
        let first = counts.next()?;
        let last = counts.next_back().unwrap_or(first);
        Some((span.leaves(first.0)?, span.leaves(last.0)?))
    }

    /// Tells whether a recipient was reached within what is remembered.
    pub(crate) fn knows(&self, recipient: u64, now: Timestamp) -> bool {
        self.reached.get(&recipient).is_some_and(|last| *last >= forgotten_before(now))
    }

    pub(crate) fn forget(&mut self, now: Timestamp) {
        let oldest = forgotten_before(now);
        self.reached.retain(|_, last| *last >= oldest);
        self.crowded &= self.reached.len() >= MOST_REACHED;
    }
}

fn forgotten_before(now: Timestamp) -> i64 {
    now.checked_sub(REMEMBERED).map_or(i64::MIN, Timestamp::as_second)
}

impl Rolling {
    fn add(&mut self, span: Span, more: &Sum, at: Timestamp) {
        self.sum(span, at);
        let number = span.number(at.as_second());
        match self.buckets.back_mut() {
            Some((last, bucket)) if *last >= number => bucket.add(more),
            _ => self.buckets.push_back((number, more.clone())),
        }
        self.sum.add(more);
    }

    fn sum(&mut self, span: Span, now: Timestamp) -> &Sum {
        let oldest = span.oldest(now);
        while let Some((_, left)) = self.buckets.pop_front_if(|(number, _)| *number < oldest) {
            self.sum.subtract(&left);
        }
        &self.sum
    }

    /// Counts a recipient in the newest bucket, and no more where it was reached before.
    fn reach(&mut self, span: Span, before: Option<i64>) {
        let before = before.map(|last| span.number(last));
        if let Some(before) = before
            && let Ok(place) = self.buckets.binary_search_by_key(&before, |(number, _)| *number)
            && let Some((_, bucket)) = self.buckets.get_mut(place)
        {
            bucket.recipients -= 1;
            self.sum.recipients -= 1;
        }
        if let Some((_, newest)) = self.buckets.back_mut() {
            newest.recipients += 1;
            self.sum.recipients += 1;
        }
    }
}

impl Span {
    /// Returns the seconds of a bucket, and how many make the window.
    const fn buckets(self) -> (i64, i64) {
        match self {
            Self::Minute => (1, 60),
            Self::Hour => (60, 60),
            Self::Day => (900, 96),
            Self::Life => (1, i64::MAX),
        }
    }

    /// Returns after how long nothing is left in a window that was added now.
    pub(crate) fn over(self) -> Option<SignedDuration> {
        let (seconds, count) = self.buckets();
        let over = || SignedDuration::from_secs(seconds.saturating_mul(count.saturating_add(2)));
        (self != Self::Life).then(over)
    }

    const fn number(self, second: i64) -> i64 {
        second.div_euclid(self.buckets().0)
    }

    /// Returns when a bucket has no part in the window any more.
    fn leaves(self, number: i64) -> Option<Timestamp> {
        let (seconds, count) = self.buckets();
        let after = number.checked_add(count)?.checked_add(1)?;
        Timestamp::from_second(after.checked_mul(seconds)?).ok()
    }

    /// Returns how long the window is; nothing where it has no end.
    pub(crate) fn window_s(self) -> Option<u64> {
        let (seconds, count) = self.buckets();
        let long = || u64::try_from(seconds.saturating_mul(count)).unwrap_or(u64::MAX);
        (self != Self::Life).then(long)
    }

    /// Returns the oldest bucket that has a part in the window.
    fn oldest(self, now: Timestamp) -> i64 {
        self.number(now.as_second()).saturating_sub(self.buckets().1)
    }
}

impl Sum {
    /// Returns what a decision adds.
    pub(crate) fn of(decision: &Decision) -> Self {
        let Decision { counted, allowed, effect, .. } = decision;
        let mut sum = Self { calls: 1, denials: (effect == "deny").into(), ..Self::default() };
        if *allowed {
            sum.affected_people = counted.affected_people.unwrap_or_default().into();
            let currency = counted.currency.as_ref().and_then(|text| text.parse::<Currency>().ok());
            let amount = counted.amount.as_ref().and_then(|text| text.parse::<Decimal>().ok());
            let amount = amount.map(|amount| i128::from(amount.ten_thousandths()));
            sum.amounts.extend(currency.zip(amount));
        }
        sum
    }

    pub(crate) fn tokens(tokens: u64) -> Self {
        Self { tokens: tokens.into(), ..Self::default() }
    }

    fn counts(&self, measure: LimitMeasure) -> bool {
        match measure {
            LimitMeasure::Calls => self.calls > 0,
            LimitMeasure::Amount(currency) => self.amounts.contains_key(&currency),
            LimitMeasure::Recipients => self.recipients > 0,
            LimitMeasure::Tokens => self.tokens > 0,
        }
    }

    fn add(&mut self, more: &Self) {
        self.calls = self.calls.saturating_add(more.calls);
        self.denials = self.denials.saturating_add(more.denials);
        self.affected_people = self.affected_people.saturating_add(more.affected_people);
        self.tokens = self.tokens.saturating_add(more.tokens);
        for (currency, amount) in &more.amounts {
            let sum = self.amounts.entry(*currency).or_default();
            *sum = sum.saturating_add(*amount);
        }
    }

    fn subtract(&mut self, left: &Self) {
        self.calls -= left.calls;
        self.denials -= left.denials;
        self.affected_people -= left.affected_people;
        self.tokens -= left.tokens;
        self.recipients -= left.recipients;
        for (currency, amount) in &left.amounts {
            if let Some(sum) = self.amounts.get_mut(currency) {
                *sum -= amount;
            }
        }
        self.amounts.retain(|_, amount| *amount != 0);
    }
}

impl Total {
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            calls: self.calls.saturating_add(other.calls),
            denials: self.denials.saturating_add(other.denials),
            affected_people: self.affected_people.saturating_add(other.affected_people),
            tokens: self.tokens.saturating_add(other.tokens),
            amount: self.amount.saturating_add(other.amount),
            recipients: self.recipients.saturating_add(other.recipients),
        }
    }

    pub(crate) fn plus_recipients(self, recipients: i64) -> Self {
        Self { recipients: self.recipients.saturating_add(recipients), ..self }
    }
}

impl From<Total> for Used {
    fn from(total: Total) -> Self {
        let long = |count: i128| i64::try_from(count).unwrap_or(i64::MAX);
        Self {
            calls: total.calls,
            denials: total.denials,
            amount: Decimal::from_ten_thousandths(long(total.amount)).unwrap_or(Decimal::MAX),
            recipients: total.recipients,
            affected_people: long(total.affected_people),
            tokens: long(total.tokens),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Span, Sum, Tally};
    use crate::tally::Timestamp;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn a_window_forgets_late_and_never_early(
            steps in prop::collection::vec((prop::sample::select(vec![0, 1, 30, 59, 600, 3600, 40_000]), 0_u64..4, any::<bool>()), 1..60),
        ) {
            let usd = "USD".parse().unwrap();
            let (mut tally, mut log, mut now) = (Tally::default(), Vec::new(), 1_000_000_000);
            for (step, recipient, denied) in steps {
                now += step;
                let mut sum = Sum { calls: 1, denials: denied.into(), ..Sum::default() };
                sum.amounts.insert(usd, 5);
                tally.add(&sum, &[recipient], at(now));
                log.push((now, recipient, denied));
                for (span, seconds, bucket) in
                    [(Span::Minute, 60, 1), (Span::Hour, 3600, 60), (Span::Day, 86_400, 900), (Span::Life, i64::MAX, 0)]
                {
                    let found = tally.total(span, usd, at(now));
                    let recipients = Tally::recipients(&[&mut tally], span, &[(9, String::new())], at(now));
                    let within = |seconds: i64| log.iter().filter(move |(then, _, _)| now - then <= seconds);
                    let (least, most) = (within(seconds), within(seconds.saturating_add(bucket)));
                    let calls = i64::try_from(least.clone().count()).unwrap()..=i64::try_from(most.clone().count()).unwrap();
                    prop_assert!(calls.contains(&found.calls), "{span:?} {found:?} {calls:?}");
                    prop_assert_eq!(found.amount, i128::from(found.calls) * 5);
                    prop_assert!(found.denials <= found.calls);
                    let different = |all: Vec<u64>| i64::try_from(all.into_iter().collect::<std::collections::BTreeSet<_>>().len()).unwrap() + 1;
                    let (least, most) = (different(least.map(|log| log.1).collect()), different(most.map(|log| log.1).collect()));
                    prop_assert!((least..=most).contains(&recipients), "{span:?} {recipients} {least} {most}");
                }
            }
        }
    }

    #[test]
    fn more_recipients_than_are_remembered_are_over_every_bound() {
        let mut tally = Tally::default();
        let all: Vec<u64> = (0..10_001).collect();
        tally.add(&Sum::default(), &all, at(0));
        assert_eq!(Tally::recipients(&[&mut tally], Span::Day, &[], at(0)), i64::MAX);
        assert!(tally.knows(1, at(30 * 86_400)) && !tally.knows(1, at(30 * 86_400 + 1)));
        tally.forget(at(31 * 86_400));
        assert_eq!(Tally::recipients(&[&mut tally], Span::Day, &[], at(31 * 86_400)), 0);
    }
}
