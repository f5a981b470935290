//! What agents did in the last 24 hours, and what policies stopped: a view of the ledger for people to look at, which
//! decides nothing.
//!
//! Hours are those of UTC, the running one included, so 24 of them are between 23 and 24 hours.

mod hours;
mod policies;

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use syndic_ledger::{Acted, ApprovalNotified, Leaf, Record};
use syndic_model::EnforcementGrade;

use self::hours::{HOURS, Hours, hour, starts};

pub(crate) use self::policies::Policies;
pub use self::policies::PolicyActivity;

/// How long an agent that does nothing is remembered, and how far back a start reads.
pub(crate) const REMEMBERED: SignedDuration = SignedDuration::from_hours(35 * 24);
/// The most agents that are counted. One counts that was registered when it acted.
const MOST_AGENTS: usize = 50_000;
/// The most policies that are counted apart for one agent.
const MOST_POLICIES_OF_ONE: usize = 64;
/// The most channels that messages went by.
const MOST_CHANNELS: usize = 16;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    agents: HashMap<Box<str>, OfAgent>,
    pub(crate) policies: Policies,
    /// What became of the last message that each channel was to carry.
    channels: BTreeMap<String, Sent>,
    /// The hour in which it was last looked for what is too old.
    swept: i64,
}

/// What one agent did.
#[derive(Debug, Default)]
struct OfAgent {
    hours: Hours<Counts>,
    violations: BTreeMap<Box<str>, Hours<u32>>,
    last_seen: Option<Timestamp>,
    /// The grade of its last action.
    grade: Option<EnforcementGrade>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    actions: u32,
    denied: u32,
    held: u32,
    weakest: Option<EnforcementGrade>,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) at: Timestamp,
    /// Why it was given up, where it was.
    pub(crate) failure: Option<String>,
}

/// What was asked in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourActivity {
    /// When it began.
    pub at: Timestamp,
    /// Actions that were decided.
    pub actions: u64,
    /// Of those, how many were denied; of an agent that is only observed, would have been.
    pub denied: u64,
    /// Of those, how many were held; of an agent that is only observed, would have been.
    pub held: u64,
}

/// What one agent did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentActivity {
    /// 24 hours, oldest first; the running one is the last.
    pub hours: Vec<HourActivity>,
    /// The policy that stood most often in its way in these hours, and how often.
    pub top_violation: Option<(String, u64)>,
    /// The weakest grade of its actions in these hours; else that of its last one.
    pub grade: Option<EnforcementGrade>,
    /// When it was last heard of, in the last 35 days.
    pub last_seen: Option<Timestamp>,
}

impl Activity {
    /// Takes one record. They come in the order of the ledger, each once.
    pub(crate) fn apply(&mut self, leaf: &Leaf) {
        self.sweep(leaf.at);
        if let Some(event) = leaf.record.acted() {
            self.acted(&event, leaf.at);
        } else if let Record::SessionOpened(opened) = &leaf.record {
            self.seen(&opened.agent, leaf.at);
        } else if let Record::ApprovalNotified(notified) = &leaf.record {
            self.notified(notified, leaf.at);
        }
    }

    fn acted(&mut self, event: &Acted<'_>, at: Timestamp) {
        self.policies.note(event.violations, at);
        // Nobody registered it: its name is whatever somebody sent.
        if event.risk == "unknown" {
            return;
        }
        let Some(agent) = self.seen(event.agent, at) else { return };
        let grade = event.grade.parse().ok();
        agent.grade = grade.or(agent.grade);
        agent.hours.count(at, |counts| {
            counts.actions = counts.actions.saturating_add(1);
            counts.denied = counts.denied.saturating_add((event.effect == "deny").into());
            counts.held = counts.held.saturating_add((event.effect == "hold").into());
            counts.weakest = counts.weakest.into_iter().chain(grade).min();
        });
        for violation in event.violations.iter().filter(|violation| !violation.shadow) {
            agent.violated(&violation.policy, at);
        }
    }

    fn seen(&mut self, agent: &str, at: Timestamp) -> Option<&mut OfAgent> {
        if self.agents.len() >= MOST_AGENTS && !self.agents.contains_key(agent) {
            return None;
        }
        let agent = self.agents.entry(agent.into()).or_default();
        agent.last_seen = agent.last_seen.max(Some(at));
        Some(agent)
    }

    fn notified(&mut self, notified: &ApprovalNotified, at: Timestamp) {
        let known = self.channels.contains_key(&notified.channel);
        if known || self.channels.len() < MOST_CHANNELS {
            let why = || notified.error.clone().unwrap_or_else(|| "it was refused".to_owned());
            let failure = (!notified.ok).then(why);
            self.channels.insert(notified.channel.clone(), Sent { at, failure });
        }
    }

    /// Forgets agents that did nothing for long, once an hour.
    fn sweep(&mut self, at: Timestamp) {
        if hour(at) <= self.swept {
            return;
        }
        self.swept = hour(at);
        let oldest = at.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
        self.agents.retain(|_, agent| agent.last_seen >= Some(oldest));
        self.policies.sweep(oldest);
    }

    /// Tells what an agent did until `now`.
    pub(crate) fn of(&self, agent: &str, now: Timestamp) -> AgentActivity {
        match self.agents.get(agent) {
            Some(agent) => agent.told(now),
            None => OfAgent::default().told(now),
        }
    }

    /// Tells when an agent was last heard of, and how unavoidable the gate was for it, as [`AgentActivity`] does.
    pub(crate) fn last(
        &self,
        agent: &str,
        now: Timestamp,
    ) -> (Option<Timestamp>, Option<EnforcementGrade>) {
        let agent = self.agents.get(agent);
        agent.map_or((None, None), |agent| (agent.last_seen, agent.grade(now)))
    }

    /// Returns the channels whose last message was given up since `since`, each with when and why.
    pub(crate) fn failing(&self, since: Timestamp) -> impl Iterator<Item = (&str, &Sent)> {
        let sent = self.channels.iter().map(|(channel, sent)| (channel.as_str(), sent));
        sent.filter(move |(_, sent)| sent.failure.is_some() && sent.at >= since)
    }
}

impl OfAgent {
    fn violated(&mut self, policy: &str, at: Timestamp) {
        if !self.violations.contains_key(policy) && self.violations.len() >= MOST_POLICIES_OF_ONE {
            self.violations.retain(|_, hours| hours.within(at).next().is_some());
            if self.violations.len() >= MOST_POLICIES_OF_ONE {
                return;
            }
        }
        let hours = self.violations.entry(policy.into()).or_default();
        hours.count(at, |count| *count = count.saturating_add(1));
    }

    fn grade(&self, now: Timestamp) -> Option<EnforcementGrade> {
        let weakest = self.hours.within(now).filter_map(|(_, counts)| counts.weakest).min();
        weakest.or(self.grade)
    }

    fn told(&self, now: Timestamp) -> AgentActivity {
        let mut hours: Vec<HourActivity> = (0..HOURS)
            .rev()
            .map(|back| starts(hour(now).saturating_sub(back)))
            .map(|at| HourActivity { at, actions: 0, denied: 0, held: 0 })
            .collect();
        for (number, counts) in self.hours.within(now) {
            let place = number.saturating_sub(hour(now)).saturating_add(HOURS - 1);
            if let Some(told) = usize::try_from(place).ok().and_then(|place| hours.get_mut(place)) {
                told.actions = counts.actions.into();
                told.denied = counts.denied.into();
                told.held = counts.held.into();
            }
        }
        let count =
            |hours: &Hours<u32>| hours.within(now).map(|(_, count)| u64::from(*count)).sum();
        let violations = self.violations.iter().map(|(policy, hours)| (policy, count(hours)));
        // Of equals the first by name.
        let top = violations.rev().max_by_key(|(_, count): &(_, u64)| *count);
        AgentActivity {
            hours,
            top_violation: top
                .filter(|(_, count)| *count > 0)
                .map(|(policy, count)| (policy.to_string(), count)),
            grade: self.grade(now),
            last_seen: self.last_seen,
        }
    }
}

impl AgentActivity {
    /// Sums its hours up: actions, denied, held.
    #[must_use]
    pub fn sums(&self) -> (u64, u64, u64) {
        self.hours.iter().fold((0, 0, 0), |(actions, denied, held), hour| {
            (actions + hour.actions, denied + hour.denied, held + hour.held)
        })
    }
}

#[cfg(test)]
mod tests;
