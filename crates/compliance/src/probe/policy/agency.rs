//! What an agent may do, against what it does; and how often and how much.

use std::collections::BTreeSet;

use syndic_model::{ActionName, Allowed, Capability, CatalogueEntry, Limit};

use super::IDLE;
use crate::probe::Found;
use crate::{Evidence, Figure, Setup, Verdict};

/// Days over which a grant that nobody uses is too much.
const UNUSED_DAYS: u64 = 30;

/// Returns the actions that a profile grants. A listed capability grants those that need no other than listed ones, and
/// reading.
pub(in crate::probe) fn granted(setup: &Setup) -> impl Iterator<Item = &CatalogueEntry> {
    let actions = &setup.profile.actions;
    let listed = |capability: &Capability| {
        *capability == Capability::Read || actions.contains(&Allowed::Capability(*capability))
    };
    let any = actions.iter().any(|allowed| matches!(allowed, Allowed::Capability(_)));
    setup.catalogue.values().filter(move |entry| {
        actions.contains(&Allowed::Action(entry.name.clone()))
            || (any && entry.capabilities.iter().all(listed))
    })
}

fn writes(entry: &CatalogueEntry) -> bool {
    entry.capabilities.iter().any(|capability| *capability != Capability::Read)
}

/// Least agency.
pub(super) fn agency(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let (window, calls) = (evidence.window(), agent.calls.sum(evidence.window()));
    if calls.decided.n() + calls.audited.n() == 0 {
        return Found::unknown(IDLE);
    }
    let all: Vec<&CatalogueEntry> = granted(evidence.setup).collect();
    let recent =
        |seen: Option<(u64, jiff::Timestamp)>| seen.is_some_and(|(_, at)| at >= window.from);
    let unused = all.iter().filter(|entry| {
        let of = agent.used.get(entry.name.as_str());
        !recent(of.allowed) && !recent(of.audited)
    });
    let unused: Vec<String> = unused.map(|entry| entry.name.to_string()).collect();
    let names: BTreeSet<&str> = all.iter().map(|entry| entry.name.as_str()).collect();
    let beyond = agent.used.iter().filter(|(name, of)| recent(of.allowed) && !names.contains(name));
    let mut beyond: Vec<(&str, u64)> =
        beyond.filter_map(|(name, of)| Some((name, of.allowed?.0))).collect();
    beyond.sort_unstable();
    let young = agent.first.is_none_or(|first| evidence.days_since(first) < UNUSED_DAYS);
    let (verdict, told) = if !beyond.is_empty() {
        (Verdict::NotMet, format!("actions that ran and are not granted: {}", beyond.len()))
    } else if unused.is_empty() {
        (Verdict::Met, "every action that is granted was used in the last thirty days".to_owned())
    } else if young {
        let told = format!(
            "the agent is too young to tell which grants it does not need; not used so far: {}",
            unused.len()
        );
        (Verdict::Told, told)
    } else {
        let told = format!(
            "{} of {} actions that are granted were not used in the last thirty days",
            unused.len(),
            all.len()
        );
        (Verdict::Partial, told)
    };
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    Found::new(verdict, told)
        .count("granted", number(all.len()))
        .count("granted_that_write", number(all.iter().filter(|entry| writes(entry)).count()))
        .count("unused", number(unused.len()))
        .with("unused_actions", Figure::List(unused))
        .with(
            "not_granted",
            Figure::List(beyond.iter().map(|(name, _)| (*name).to_owned()).collect()),
        )
        .over(calls.records)
        .cite(beyond.iter().map(|(_, index)| *index))
}

/// Limits in force: every action that is granted and does more than reading is bounded.
pub(super) fn limits(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent().enforced() };
    let calls = agent.calls.sum(evidence.window());
    if calls.decided.n() == 0 {
        return Found::unknown(IDLE).enforced();
    }
    let profile = &evidence.setup.profile;
    let writing: Vec<&CatalogueEntry> =
        granted(evidence.setup).filter(|entry| writes(entry)).collect();
    let bounded = |entry: &&&CatalogueEntry| {
        profile
            .limits
            .iter()
            .any(|limit| binds(limit) && limit.counts(&entry.name, &entry.capabilities))
    };
    let unbounded: Vec<&ActionName> =
        writing.iter().filter(|entry| !bounded(entry)).map(|entry| &entry.name).collect();
    let (verdict, told) = if writing.is_empty() {
        (Verdict::Met, "the agent is granted nothing but reading".to_owned())
    } else if unbounded.is_empty() {
        (Verdict::Met, "every action that does more than reading has a limit over time".to_owned())
    } else {
        let verdict =
            if unbounded.len() < writing.len() { Verdict::Partial } else { Verdict::NotMet };
        let told = format!(
            "{} of {} actions that do more than reading have no limit over time",
            unbounded.len(),
            writing.len()
        );
        (verdict, told)
    };
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    Found::new(verdict, told)
        .count("limits", number(profile.limits.len()))
        .with("max_transaction_amount", Figure::Text(profile.max_transaction_amount.to_string()))
        .with("unbounded", Figure::List(unbounded.iter().map(ToString::to_string).collect()))
        .count("times_reached", calls.over_limit.n())
        .over(calls.records)
        .cite(calls.over_limit.newest())
        .enforced()
}

const fn binds(limit: &Limit) -> bool {
    limit.calls.is_some()
        || limit.amount.is_some()
        || limit.recipients.is_some()
        || limit.tokens.is_some()
}
