//! What each policy stopped in the last 24 hours.

use std::collections::HashMap;

use jiff::Timestamp;
use syndic_ledger::Violation;

use super::hours::Hours;

/// The most policies that are counted.
const MOST: usize = 20_000;

/// By policy.
#[derive(Debug, Default)]
pub(crate) struct Policies(HashMap<Box<str>, OfPolicy>);

#[derive(Debug, Default)]
struct OfPolicy {
    hours: Hours<Counts>,
    last: Timestamp,
}

#[derive(Debug, Default)]
struct Counts {
    denied: u32,
    held: u32,
    shadow: u32,
}

/// What one policy stopped in the 24 hours that end with the running one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PolicyActivity {
    /// In the way of how many actions it stood with a denial.
    pub denied: u64,
    /// And with a hold.
    pub held: u64,
    /// How often it would have stood in the way, were it not in shadow.
    pub shadow: u64,
    /// When it last did any of this, in the last 35 days.
    pub last: Option<Timestamp>,
}

impl Policies {
    pub(crate) fn note(&mut self, violations: &[Violation], at: Timestamp) {
        for violation in violations {
            if self.0.len() >= MOST && !self.0.contains_key(violation.policy.as_str()) {
                continue;
            }
            let policy = self.0.entry(violation.policy.as_str().into()).or_default();
            policy.last = policy.last.max(at);
            policy.hours.count(at, |counts| {
                let count = match violation.result.as_str() {
                    _ if violation.shadow => &mut counts.shadow,
                    "held" => &mut counts.held,
                    _ => &mut counts.denied,
                };
                *count = count.saturating_add(1);
            });
        }
    }

    pub(crate) fn sweep(&mut self, oldest: Timestamp) {
        self.0.retain(|_, policy| policy.last >= oldest);
    }

    /// Tells what a policy stopped until `now`.
    pub(crate) fn of(&self, policy: &str, now: Timestamp) -> PolicyActivity {
        let Some(policy) = self.0.get(policy) else { return PolicyActivity::default() };
        let told = PolicyActivity { last: Some(policy.last), ..PolicyActivity::default() };
        policy.hours.within(now).fold(told, |told, (_, counts)| PolicyActivity {
            denied: told.denied + u64::from(counts.denied),
            held: told.held + u64::from(counts.held),
            shadow: told.shadow + u64::from(counts.shadow),
            ..told
        })
    }
}

impl PolicyActivity {
    /// How often it stood in the way, or would have.
    #[must_use]
    pub const fn hits(&self) -> u64 {
        self.denied.saturating_add(self.held).saturating_add(self.shadow)
    }
}
