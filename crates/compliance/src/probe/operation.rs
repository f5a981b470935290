//! OPS: bounds and metrics.

use syndic_model::{Limit, Period};

use super::{Found, NO_CALL, Probe};
use crate::{Evidence, Verdict};

pub(super) const PROBES: &[Probe] = &[
    Probe { id: "OPS-01", version: 1, fresh_for_days: 1, rule: Ok(bounds) },
    Probe {
        id: "OPS-02",
        version: 1,
        fresh_for_days: 1,
        rule: Err("the ledger does not know who reads the metrics, nor what a dashboard shows"),
    },
];

/// Spend and session bounds.
fn bounds(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let window = evidence.window();
    let asked = agent.conduct.callers.actions.sum(window);
    if asked.actions.n() == 0 {
        return Found::unknown(NO_CALL);
    }
    let limits = &evidence.setup.profile.limits;
    let whole = |limit: &&Limit| limit.counts_all() && is_bound(limit);
    let (verdict, told) = if limits.iter().filter(whole).any(|limit| limit.per == Period::Session) {
        (Verdict::Met, "a limit bounds every session")
    } else if limits.iter().any(|limit| whole(&limit)) {
        (Verdict::Partial, "a limit bounds what the agent does over time, and none each session")
    } else if limits.is_empty() {
        (Verdict::NotMet, "no limit bounds a session: the profile has no `limits`")
    } else {
        (Verdict::NotMet, "limits bound some actions, and none all that a session does")
    };
    let policies = agent.conduct.violations.policies.sum(window);
    let stops = |policy: &str| policies.get(policy).copied().unwrap_or_default();
    let (rate, spend) = (stops("rate-limit"), stops("spend-limit"));
    Found::new(verdict, told)
        .count("limits", limits.len() as u64)
        .count("actions", asked.actions.n())
        .count("actions_with_a_session", asked.sessions.n())
        .count("stops_by_rate", rate.n())
        .count("stops_by_spend", spend.n())
        .over(asked.records)
        .cite(rate.newest().into_iter().chain(spend.newest()))
        .enforced()
}

/// Tells whether a limit bounds how much is done, not only to whom.
const fn is_bound(limit: &Limit) -> bool {
    limit.calls.is_some() || limit.amount.is_some() || limit.tokens.is_some()
}
