//! ACC: tests, drills and how calls end.

use jiff::SignedDuration;
use syndic_model::Output;

use super::drill::drill;
use super::policy::granted;
use super::{Found, NO_CALL, Probe, named};
use crate::facts::midnight;
use crate::{Evidence, Figure, Verdict, Window};

pub(super) const PROBES: &[Probe] = &[
    Probe { id: "ACC-01", version: 1, fresh_for_days: 90, rule: Ok(evaluation) },
    Probe { id: "ACC-02", version: 1, fresh_for_days: 90, rule: Ok(adversarial) },
    Probe { id: "ACC-03", version: 1, fresh_for_days: 7, rule: Ok(drift) },
    Probe { id: "ACC-04", version: 1, fresh_for_days: 1, rule: Ok(outcomes) },
    Probe {
        id: "ACC-05",
        version: 1,
        fresh_for_days: 30,
        rule: Ok(|evidence| drill(evidence, "fail-closed").enforced()),
    },
    Probe { id: "ACC-06", version: 1, fresh_for_days: 30, rule: Ok(limit) },
    Probe { id: "ACC-07", version: 1, fresh_for_days: 30, rule: Ok(alert) },
    Probe {
        id: "ACC-08",
        version: 1,
        fresh_for_days: 30,
        rule: Err("this runtime runs no tools, so it has no sandbox to try"),
    },
    Probe { id: "ACC-09", version: 1, fresh_for_days: 30, rule: Ok(filter) },
];

/// Reads a drill that this runtime may have on record, though it has no command for it.
fn test(evidence: &Evidence<'_>, kind: &str, nothing: &str) -> Found {
    let found = drill(evidence, kind);
    if found.verdict == Verdict::Unknown { Found::unknown(nothing) } else { found }
}

/// Evaluation run.
fn evaluation(evidence: &Evidence<'_>) -> Found {
    let nothing = "no evaluation run is on record, and this runtime runs none: `syndic attest` puts \
                   `accuracy_metrics` of your own on record";
    test(evidence, "evaluation", nothing)
}

/// Adversarial run.
fn adversarial(evidence: &Evidence<'_>) -> Found {
    let nothing = "no adversarial run is on record, and this runtime runs none: `syndic attest` puts \
                   `adversarial_testing` of your own on record";
    test(evidence, "adversarial", nothing)
}

/// Limit and breaker test.
fn limit(evidence: &Evidence<'_>) -> Found {
    let found = if evidence.setup.profile.limits.is_empty() {
        Found::unknown("the agent has no limits over time, so none could be tried out")
    } else {
        drill(evidence, "limit")
    };
    let trips = evidence.agent().map(|agent| agent.calls.sum(evidence.window()).over_limit);
    let trips = trips.unwrap_or_default();
    found.count("stops_by_a_limit", trips.n()).cite(trips.newest()).enforced()
}

/// Alert test.
fn alert(evidence: &Evidence<'_>) -> Found {
    test(evidence, "alert", "no test of an alert is on record")
}

/// Output filter probe.
fn filter(evidence: &Evidence<'_>) -> Found {
    let looks = |output: &Output| !output.redact.is_empty() || !output.block.is_empty();
    let (setup, own) = (evidence.setup, looks(&evidence.setup.profile.output));
    let found = if own || granted(setup).any(|entry| looks(&entry.output)) {
        drill(evidence, "output-filter")
    } else {
        Found::unknown(
            "nothing is looked for in results of the agent's actions, so no filter could be tried out",
        )
    };
    found.enforced()
}

/// Drift.
fn drift(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let window = evidence.window();
    let calls = agent.calls.sum(window);
    if calls.decided.n() == 0 {
        return Found::unknown(NO_CALL);
    }
    let past = agent.calls.sum(before(window));
    let anomalies = &agent.conduct.anomalies;
    let raised = anomalies.raised.sum(window);
    let times: u64 = raised.values().map(|count| count.n()).sum();
    let told = match past.decided.n() {
        0 => format!("{times} signals were raised; there is nothing before to compare with"),
        _ => format!("{times} signals were raised; shares are beside those of the days before"),
    };
    let ended = |calls: &crate::facts::Calls| calls.succeeded.n() + calls.failed.n();
    Found::new(Verdict::Told, told)
        .share("denied_permille", calls.denied.n(), calls.decided.n())
        .share("denied_permille_before", past.denied.n(), past.decided.n())
        .share("failed_permille", calls.failed.n(), ended(&calls))
        .share("failed_permille_before", past.failed.n(), ended(&past))
        .with("signals_raised", named(&raised))
        .with("signals_not_over", Figure::List(anomalies.open.keys().cloned().collect()))
        .over(calls.records)
        .cite(anomalies.open.values().copied())
        .cite(raised.values().filter_map(|count| count.newest()))
}

/// Returns as many days before a window.
fn before(window: Window) -> Window {
    let to = window.from.checked_sub(SignedDuration::from_secs(1)).unwrap_or(window.from);
    let length = window.to.duration_since(window.from);
    let from = to.checked_sub(length).map_or(window.from, midnight);
    Window { from, to }
}

/// Outcome rate.
fn outcomes(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let calls = agent.calls.sum(evidence.window());
    if calls.allowed.n() == 0 {
        return Found::unknown("no action was allowed in the last thirty days");
    }
    let told = format!(
        "of {} allowed actions {} succeeded, {} failed, and of {} nothing was heard in time",
        calls.allowed.n(),
        calls.succeeded.n(),
        calls.failed.n(),
        calls.missing.n()
    );
    Found::new(Verdict::Told, told)
        .count("allowed", calls.allowed.n())
        .count("succeeded", calls.succeeded.n())
        .count("failed", calls.failed.n())
        .count("missing", calls.missing.n())
        .count("late", calls.late.n())
        .share("succeeded_permille", calls.succeeded.n(), calls.allowed.n())
        .over(calls.records)
        .cite(calls.failed.newest().into_iter().chain(calls.missing.newest()))
}
