//! What agents did over time, as policies see it.

use std::collections::BTreeMap;

use cedar_policy_core::ast::Value as Cedar;
use syndic_model::{Counter, Decimal, Scope, Window};

use crate::convert::{decimal, record};
use crate::paths::Paths;

/// What one counter counts, the action that is decided included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Used {
    /// Calls, whatever came of them.
    pub calls: i64,
    /// Calls that were denied, not counting this one.
    pub denials: i64,
    /// Money in one currency: the limit's, or else that of the agent's `max_transaction_amount`.
    pub amount: Decimal,
    /// Different recipients.
    pub recipients: i64,
    /// Affected people.
    pub affected_people: i64,
    /// Tokens that outcomes reported, not counting this action's.
    pub tokens: i64,
}

impl Used {
    /// Beyond every bound: what stands where nothing can be counted.
    pub const OVER: Self = Self {
        calls: i64::MAX,
        denials: i64::MAX,
        amount: Decimal::MAX,
        recipients: i64::MAX,
        affected_people: i64::MAX,
        tokens: i64::MAX,
    };
}

/// The record `context.call.usage`, as far as it was counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage(BTreeMap<Counter, Used>);

impl Usage {
    /// Makes the usage of which nothing was counted.
    #[must_use]
    pub const fn uncounted() -> Self {
        Self(BTreeMap::new())
    }

    /// Returns what a counter counts; one that was not counted is beyond every bound.
    #[must_use]
    pub fn of(&self, counter: Counter) -> Used {
        self.0.get(&counter).copied().unwrap_or(Used::OVER)
    }

    /// Returns what was counted.
    pub fn counted(&self) -> impl Iterator<Item = (Counter, Used)> {
        self.0.iter().map(|(counter, used)| (*counter, *used))
    }
}

impl FromIterator<(Counter, Used)> for Usage {
    fn from_iter<I: IntoIterator<Item = (Counter, Used)>>(counted: I) -> Self {
        Self(counted.into_iter().collect())
    }
}

/// Returns the counters below `context.call.usage` that are read, where no agent has more than `limits` limits.
pub(crate) fn counters(read: &Paths, limits: usize) -> Vec<Counter> {
    let usage = read.of_attribute("call").and_then(|call| call.of_attribute("usage"));
    let is_read = |usage: &Paths, counter: &Counter| match counter {
        Counter::Limit(_) => usage.of_attribute(&counter.to_string()).is_some(),
        Counter::Rolling(scope, window) => usage
            .of_attribute(scope.as_str())
            .is_some_and(|scope| scope.of_attribute(window.as_str()).is_some()),
    };
    usage.map_or_else(Vec::new, |usage| {
        Counter::all(limits).filter(|counter| is_read(usage, counter)).collect()
    })
}

/// Makes the record `context.call.usage`, of what is read.
pub(crate) fn value(usage: &Usage, limits: usize, read: &Paths) -> Option<Cedar> {
    let mut fields = Vec::new();
    for number in 1..=limits {
        let counter = Counter::Limit(number);
        let name = counter.to_string();
        if let Some(read) = read.of_attribute(&name) {
            fields.push((name, used(usage.of(counter), read)?));
        }
    }
    for scope in Scope::ALL {
        let Some(read) = read.of_attribute(scope.as_str()) else { continue };
        let mut windows = Vec::new();
        for window in Window::ALL {
            if let Some(read) = read.of_attribute(window.as_str()) {
                let counted = usage.of(Counter::Rolling(*scope, *window));
                windows.push((window.as_str(), used(counted, read)?));
            }
        }
        fields.push((scope.to_string(), record(windows)));
    }
    Some(record(fields.iter().map(|(name, value)| (name.as_str(), value.clone()))))
}

fn used(used: Used, read: &Paths) -> Option<Cedar> {
    let Used { calls, denials, amount, recipients, affected_people, tokens } = used;
    let mut fields = Vec::new();
    for (name, count) in [
        ("calls", calls),
        ("denials", denials),
        ("recipients", recipients),
        ("affected_people", affected_people),
        ("tokens", tokens),
    ] {
        if read.of_attribute(name).is_some() {
            fields.push((name, count.into()));
        }
    }
    if read.of_attribute("amount").is_some() {
        fields.push(("amount", decimal(amount)?));
    }
    Some(record(fields))
}
