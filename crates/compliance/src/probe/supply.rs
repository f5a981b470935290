//! SUP: models, tools and agents that are known.

use super::{Found, NO_CALL, Probe, named};
use crate::{Evidence, Figure, Verdict};

pub(super) const PROBES: &[Probe] = &[
    Probe { id: "SUP-01", version: 1, fresh_for_days: 1, rule: Ok(inventory) },
    Probe { id: "SUP-02", version: 1, fresh_for_days: 7, rule: Ok(materials) },
    Probe { id: "SUP-03", version: 1, fresh_for_days: 1, rule: Ok(drift) },
    Probe { id: "SUP-04", version: 1, fresh_for_days: 1, rule: Ok(model) },
    Probe {
        id: "SUP-05",
        version: 1,
        fresh_for_days: 7,
        rule: Err(
            "this runtime loads no models and no packages, so it checks no signatures of them",
        ),
    },
];

/// The most names that a reading lists.
const MOST_LISTED: usize = 32;

/// Inventory completeness.
fn inventory(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let window = evidence.window();
    let calls = agent.calls.sum(window);
    let strangers = &evidence.facts.strangers;
    let strange = strangers.actions.sum(window);
    let undeclared = calls.undeclared;
    let ran = undeclared.n().saturating_sub(calls.undeclared_denied.n()) + strange.allowed.n();
    let stopped = calls.undeclared_denied.n() + strange.stopped.n();
    let (verdict, told) = if ran > 0 {
        (Verdict::NotMet, "actions ran that no catalogue has, or of agents that nobody registered")
    } else if stopped > 0 {
        (
            Verdict::Partial,
            "actions were asked for that no catalogue has, or by agents that nobody registered; none ran",
        )
    } else if calls.decided.n() + calls.audited.n() == 0 {
        return Found::unknown(NO_CALL);
    } else {
        (Verdict::Met, "all that passed here is declared: every agent and every action")
    };
    let silent = evidence.setup.agents.iter().filter(|id| evidence.facts.agent(id).is_none());
    Found::new(verdict, told)
        .count("undeclared_actions", undeclared.n())
        .count("undeclared_actions_that_ran", ran)
        .with("unregistered_agents", named(&strangers.names.sum(window)))
        .with("agents_never_seen", Figure::List(silent.take(MOST_LISTED).cloned().collect()))
        .over(calls.records)
        .cite(undeclared.newest())
        .cite(strange.allowed.newest().or(strange.stopped.newest()))
}

/// Bill of materials.
fn materials(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let offers = &agent.conduct.tools.offers;
    if offers.is_empty() {
        return Found::unknown(
            "no server's tools were seen, and this runtime keeps no bill of materials of the agent itself",
        );
    }
    let pins = &evidence.setup.pins;
    let loose: Vec<_> = offers.keys().filter(|server| !pins.contains_key(*server)).collect();
    let (verdict, told) = if loose.is_empty() {
        (
            Verdict::Partial,
            "the tools of every server are pinned; this runtime keeps no bill of materials of the agent itself",
        )
    } else {
        (Verdict::NotMet, "servers offer tools that are not pinned: `syndic mcp pin` pins them")
    };
    let pinned = offers.keys().filter_map(|server| pins.get(server)).sum();
    let model = evidence.setup.profile.model.clone().unwrap_or_else(|| "unknown".to_owned());
    Found::new(verdict, told)
        .count("servers", offers.len() as u64)
        .with("servers_not_pinned", Figure::List(loose.into_iter().cloned().collect()))
        .count("tools_offered", offers.values().map(|offer| offer.tools).sum())
        .count("tools_pinned", pinned)
        .with("model", Figure::Text(model))
        .cite(offers.values().map(|offer| offer.index))
}

/// Tool definition drift.
fn drift(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let (window, tools) = (evidence.window(), &agent.conduct.tools);
    if tools.offers.is_empty() {
        return Found::unknown(
            "no server's tools were seen: they are where `syndic mcp` carries the calls",
        );
    }
    let is_pinned = |server: &String| evidence.setup.pins.contains_key(server);
    let changes = tools.offers.iter().map(|(server, offer)| (server, offer.changes(window)));
    let changed: Vec<_> = changes.filter(|(_, count)| count.n() > 0).collect();
    let loose = tools.offers.keys().filter(|server| !is_pinned(server)).count();
    let unnoticed = changed.iter().any(|(server, _)| !is_pinned(server));
    let (verdict, told) = match (loose, unnoticed) {
        (0, _) => (
            Verdict::Met,
            "the tools of every server are pinned, so that a changed definition is refused until people approve it",
        ),
        (_, true) => (Verdict::NotMet, "a server that is not pinned changed its tools"),
        (_, false) => {
            (Verdict::Partial, "no server changed its tools unnoticed, and some are not pinned")
        }
    };
    let policies = agent.conduct.violations.policies.sum(window);
    let refused = policies.get("tool-pin").copied().unwrap_or_default();
    let times = changed.iter().map(|(server, count)| format!("{server} {}", count.n()));
    Found::new(verdict, told)
        .count("servers", tools.offers.len() as u64)
        .count("servers_not_pinned", loose as u64)
        .with("changed_offers", Figure::List(times.collect()))
        .count("actions_refused", refused.n())
        .cite(changed.iter().filter_map(|(_, count)| count.newest()))
        .cite(refused.newest())
        .enforced()
}

/// Model identity.
fn model(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let Some(declared) = evidence.setup.profile.model.as_deref() else {
        return Found::unknown("the profile names no `model`, so there is nothing to compare with");
    };
    let (window, tools) = (evidence.window(), &agent.conduct.tools);
    let mut others = tools.models.sum(window);
    let same = others.remove(declared).unwrap_or_default();
    let asked = tools.asked.sum(window);
    for (name, count) in asked.into_iter().filter(|(name, _)| *name != declared) {
        others.entry(name).or_default().plus(count);
    }
    let (verdict, told) = if !others.is_empty() {
        (Verdict::NotMet, format!("other models were named than `{declared}`"))
    } else if same.n() == 0 {
        return Found::unknown("no outcome names the model that answered");
    } else {
        let told =
            format!("every outcome that names a model names `{declared}`, as its caller says");
        (Verdict::Partial, told)
    };
    Found::new(verdict, told)
        .with("declared", Figure::Text(declared.to_owned()))
        .count("outcomes_of_the_declared", same.n())
        .with("others", named(&others))
        .cite(same.newest())
        .cite(others.values().filter_map(|count| count.newest()))
}
