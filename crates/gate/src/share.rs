//! Recorded use, as it would have been for another action, at another time, under other limits.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use syndic_governance::Governance;
use syndic_model::{AgentId, AgentProfile, Counter, Decimal, Limit};

use crate::past::{RecordedPast, RecordedUsed};
use crate::recorded::Recorded;
use crate::usage::meaning;
use crate::weight::Weight;

/// Takes the share of the action as it was out of what was counted, and puts in that of the changed one. A window
/// that is over by then holds nothing else.
pub(crate) fn adjust(before: &Recorded, changed: &mut Recorded, governance: &Governance) {
    let weigh = |recorded: &Recorded| {
        let name = |_: &str, name: &str| name.to_owned();
        recorded.put(governance, |enriched, _| Weight::new(enriched, name)).ok()
    };
    let Some((old, new)) = weigh(before).zip(weigh(changed)) else { return };
    let waited = changed.context.call.now.duration_since(before.context.call.now);
    for (agent, past) in &mut changed.context.call.past {
        let Some(profile) = profile(governance, agent) else { continue };
        let shares = Shares { old: &old, new: &new, waited };
        let usage = past.usage.iter().map(|(counter, used)| {
            let moved = counter
                .parse()
                .ok()
                .and_then(|counter: Counter| shares.moved(counter, profile, past, used));
            (counter.clone(), moved.unwrap_or_else(|| used.clone()))
        });
        past.usage = usage.collect();
    }
}

struct Shares<'a> {
    old: &'a Weight,
    new: &'a Weight,
    waited: SignedDuration,
}

impl Shares<'_> {
    fn moved(
        &self,
        counter: Counter,
        profile: &AgentProfile,
        past: &RecordedPast,
        used: &RecordedUsed,
    ) -> Option<RecordedUsed> {
        let (currency, span) = meaning(counter, profile)?;
        let (old, new) = (self.old.total(currency), self.new.total(currency));
        if span.over().is_some_and(|over| self.waited >= over) {
            let alone = new.plus_recipients(self.new.count());
            return Some(RecordedUsed::from(syndic_policy::Used::from(alone)));
        }
        let mut moved = used.clone();
        let amount: Decimal = used.amount.parse().ok()?;
        if amount < Decimal::MAX {
            let amount = i128::from(amount.ten_thousandths()) - old.amount + new.amount;
            moved.amount = Decimal::from_ten_thousandths(i64::try_from(amount).ok()?)?.to_string();
        }
        // Those who were reached before may have been counted before.
        let fresh = |weight: &Weight| {
            let names = weight.recipients.iter().map(|(_, name)| name);
            let fresh = names.filter(|name| !past.known_recipients.contains(*name)).count();
            i64::try_from(fresh).unwrap_or(i64::MAX)
        };
        if used.recipients < i64::MAX && !self.old.crowd {
            moved.recipients += fresh(self.new) - fresh(self.old);
        }
        if used.affected_people < i64::MAX {
            let people =
                i128::from(used.affected_people) - old.affected_people + new.affected_people;
            moved.affected_people = i64::try_from(people).ok()?;
        }
        Some(moved)
    }
}

/// Gives what limits counted the numbers that the same limits have in `now`; what nothing counts there is dropped.
/// Without the files of `then` none is known to be the same.
pub(crate) fn renumber(recorded: &mut Recorded, then: Option<&Governance>, now: &Governance) {
    for (agent, past) in &mut recorded.context.call.past {
        let limits = |governance| profile(governance, agent).map(|profile| &profile.limits);
        let old: &[Limit] = then.and_then(limits).map_or(&[], Vec::as_slice);
        let new: &[Limit] = limits(now).map_or(&[], Vec::as_slice);
        let mut usage: BTreeMap<String, RecordedUsed> = BTreeMap::new();
        for (number, limit) in (1..).zip(new) {
            let same = (1..).zip(old).filter(|(_, old)| counts_the_same(old, limit));
            let mut known = same.filter_map(|(number, _)| {
                past.usage.get(&Counter::Limit(number).to_string()).cloned()
            });
            if let Some(used) = known.next() {
                usage.insert(Counter::Limit(number).to_string(), used);
            }
        }
        let is_limit = |name: &str| matches!(name.parse(), Ok(Counter::Limit(_)));
        past.usage.retain(|name, _| !is_limit(name));
        past.usage.append(&mut usage);
    }
}

/// Tells whether two limits count alike, whatever their bounds.
fn counts_the_same(one: &Limit, other: &Limit) -> bool {
    let currency = |limit: &Limit| limit.amount.map(|amount| amount.currency);
    let money = other.amount.is_none() || currency(one) == currency(other);
    money
        && one.per == other.per
        && one.actions == other.actions
        && one.capability == other.capability
}

/// Tells whether limits ask for counts that were not recorded.
pub(crate) fn lacks(recorded: &Recorded, governance: &Governance) -> bool {
    let agents = std::iter::once(recorded.request.agent.as_str());
    let mut agents = agents.chain(recorded.context.chain.iter().map(String::as_str));
    agents.any(|agent| {
        let Some(profile) = profile(governance, agent) else { return false };
        let counters = governance.engine.counters(&profile.id, &recorded.request.action);
        let past = recorded.context.call.past.get(agent);
        let known = |counter: &Counter| {
            past.is_some_and(|past| past.usage.contains_key(&counter.to_string()))
        };
        !counters.iter().all(known)
    })
}

fn profile<'g>(governance: &'g Governance, agent: &str) -> Option<&'g AgentProfile> {
    governance.agents.get(&agent.parse::<AgentId>().ok()?)
}
