//! POL: policy in force.

mod agency;
mod directory;

pub(super) use agency::granted;
use agency::{agency, limits};
use directory::{change_control, in_force, tests};

use syndic_model::Mode;

use super::drill::drill;
use super::{Found, Probe};
use crate::{Evidence, Figure, Verdict};

pub(super) const PROBES: &[Probe] = &[
    Probe { id: "POL-01", version: 1, fresh_for_days: 1, rule: Ok(in_force) },
    Probe { id: "POL-02", version: 1, fresh_for_days: 7, rule: Ok(tests) },
    Probe { id: "POL-03", version: 1, fresh_for_days: 7, rule: Ok(default_decision) },
    Probe { id: "POL-04", version: 1, fresh_for_days: 1, rule: Ok(effects) },
    Probe { id: "POL-05", version: 1, fresh_for_days: 1, rule: Ok(change_control) },
    Probe { id: "POL-06", version: 1, fresh_for_days: 1, rule: Ok(enforcement) },
    Probe {
        id: "POL-07",
        version: 1,
        fresh_for_days: 7,
        rule: Ok(|all| drill(all, "canary").enforced()),
    },
    Probe { id: "POL-08", version: 1, fresh_for_days: 7, rule: Ok(agency) },
    Probe { id: "POL-09", version: 1, fresh_for_days: 7, rule: Ok(limits) },
];

/// Says that an agent did nothing that a rule could look at.
const OBSERVED: &str = "the agent is only observed: nothing is stopped";
const IDLE: &str = "no action of the agent was decided in the last thirty days";

/// Default decision probe: a canary drill asks for an action that nobody declared; without one, what agents asked for.
fn default_decision(evidence: &Evidence<'_>) -> Found {
    let agent = evidence.setup.profile.id.as_str();
    let ran = evidence.facts.drills().newest("canary", agent);
    let figure = |name: &str| ran.and_then(|ran| ran.drill.figures.get(name).copied());
    let asked = figure("unknown_action_attempted_count").filter(|asked| *asked > 0);
    if let (Some(ran), Some(asked)) = (ran, asked) {
        let denied = figure("unknown_action_denied").unwrap_or_default();
        let (verdict, told) = match denied < asked {
            false => (Verdict::Met, "a drill asked for an action that nobody declared: denied"),
            true => (Verdict::NotMet, "a drill asked for an action that nobody declared: allowed"),
        };
        return Found::new(verdict, told)
            .count("attempted", asked)
            .count("denied", denied)
            .cite([ran.index])
            .at(ran.at)
            .enforced();
    }
    let calls = evidence.agent().map(|agent| agent.calls.sum(evidence.window()));
    let Some(calls) = calls.filter(|calls| calls.undeclared.n() > 0) else {
        let why = "no action that nobody declared was asked for: run `syndic drill canary`";
        return Found::unknown(why);
    };
    let (asked, denied) = (calls.undeclared.n(), calls.undeclared_denied.n());
    let (verdict, told) = match denied < asked {
        false => {
            (Verdict::Met, "every action that the agent asked for and nobody declared was denied")
        }
        true => (Verdict::NotMet, "actions that nobody declared were allowed to the agent"),
    };
    Found::new(verdict, told)
        .count("attempted", asked)
        .count("denied", denied)
        .over(calls.records)
        .cite(calls.undeclared.newest())
        .enforced()
}

/// Decisions by effect.
fn effects(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let calls = agent.calls.sum(evidence.window());
    if calls.decided.n() == 0 {
        return Found::unknown(IDLE);
    }
    let told = format!(
        "of {} actions {} were allowed, {} denied and {} held; {} of those that were not allowed ran all the same",
        calls.decided.n(),
        calls.clean.n(),
        calls.denied.n(),
        calls.held.n(),
        calls.let_through.n()
    );
    let newest = [calls.denied, calls.held, calls.let_through];
    Found::new(Verdict::Told, told)
        .count("decided", calls.decided.n())
        .count("allow", calls.clean.n())
        .count("deny", calls.denied.n())
        .count("hold", calls.held.n())
        .count("observed", calls.observed.n())
        .count("let_through", calls.let_through.n())
        .over(calls.records)
        .cite(newest.iter().filter_map(|count| count.newest()))
}

/// Enforcement mode.
fn enforcement(evidence: &Evidence<'_>) -> Found {
    let is_observed = evidence.setup.mode == Mode::Observe;
    let Some(agent) = evidence.agent() else {
        let found =
            if is_observed { Found::new(Verdict::NotMet, OBSERVED) } else { Found::no_agent() };
        return found.enforced();
    };
    let calls = agent.calls.sum(evidence.window());
    let steps = agent.enforcement.days.sum(evidence.window());
    let decided = calls.decided.n();
    if decided == 0 && !is_observed {
        return Found::unknown(IDLE).enforced();
    }
    let (observed, advisory) = (calls.observed.n(), calls.advisory.n());
    let (verdict, told) = if is_observed {
        (Verdict::NotMet, OBSERVED.to_owned())
    } else if observed == decided || advisory == decided {
        (
            Verdict::NotMet,
            "no action of the agent was decided where the verdict is enforced".to_owned(),
        )
    } else if observed > 0 || advisory > 0 {
        let told = format!(
            "of {decided} actions {observed} were only observed, and {advisory} took a path that the agent can leave \
             out"
        );
        (Verdict::Partial, told)
    } else {
        (Verdict::Met, format!("all {decided} verdicts were enforced"))
    };
    let found = Found::new(verdict, told)
        .count("decided", decided)
        .count("observed", observed)
        .count("advisory", advisory)
        .share("enforced_permille", decided.saturating_sub(observed), decided)
        .count("switches_to_observe", steps.observed.n())
        .over(calls.records)
        .cite(
            [calls.observed, calls.advisory, steps.observed].iter().filter_map(|one| one.newest()),
        )
        .enforced();
    match &agent.enforcement.promoted {
        Some((index, at, promoted)) => found
            .with("promoted_at", Figure::At(*at))
            .with("promoted_by", Figure::Text(promoted.signed_by.clone()))
            .cite([*index]),
        None => found,
    }
}
