//! IDN: who calls.

use jiff::{SignedDuration, Timestamp};

use super::{Found, NO_CALL, Probe, named};
use crate::facts::{Count, Credential};
use crate::{Evidence, Figure, Verdict};

pub(super) const PROBES: &[Probe] = &[
    Probe { id: "IDN-01", version: 1, fresh_for_days: 1, rule: Ok(authenticated) },
    Probe { id: "IDN-02", version: 1, fresh_for_days: 1, rule: Ok(credentials) },
    Probe { id: "IDN-03", version: 1, fresh_for_days: 1, rule: Ok(delegation) },
    Probe {
        id: "IDN-04",
        version: 1,
        fresh_for_days: 1,
        rule: Err("this runtime carries no messages between agents"),
    },
];

/// Authenticated calls.
fn authenticated(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let window = evidence.window();
    let asked = agent.conduct.callers.actions.sum(window);
    let actions = asked.actions.n();
    if actions == 0 {
        return Found::unknown(NO_CALL);
    }
    let mut keyed = Count::default();
    let keys = evidence.facts.keys.of(evidence.setup.profile.id.as_str());
    keys.iter().for_each(|key| keyed.plus(key.uses(window)));
    let (verdict, told) = if keyed.n() >= actions {
        (Verdict::Met, "every action was asked for by a key that is bound to the agent")
    } else if keyed.n() > 0 {
        (Verdict::Partial, "some actions were asked for without a key of the agent")
    } else {
        (Verdict::NotMet, "no action was asked for by a key of the agent: who it is, is claimed")
    };
    Found::new(verdict, told)
        .count("actions", actions)
        .count("actions_by_key", keyed.n())
        .share("actions_by_key_permille", keyed.n(), actions)
        .count("actions_with_a_user", asked.users.n())
        .with("grades", named(&agent.conduct.callers.grades.sum(window)))
        .over(asked.records)
        .cite(keyed.newest())
}

/// The longest life of a key that is no static secret: a year, and the day that a leap year has more.
const LONGEST_LIFE_DAYS: u64 = 366;

/// Credential age.
fn credentials(evidence: &Evidence<'_>) -> Found {
    let keys = evidence.facts.keys.of(evidence.setup.profile.id.as_str());
    let active: Vec<_> = keys.into_iter().filter(|key| key.is_active(evidence.now)).collect();
    let Some(oldest) = active.first() else {
        return Found::unknown("no key of the agent opens anything");
    };
    let window = evidence.window();
    let idle = |key: &&&Credential| key.made < window.from && key.uses(window).n() == 0;
    let idle = active.iter().filter(idle).count();
    let is_static = |key: &&&Credential| days(key.made, key.expires) > LONGEST_LIFE_DAYS;
    let endless = active.iter().filter(is_static).count();
    let (verdict, told) = if endless > 0 {
        (Verdict::NotMet, format!("{endless} keys live for more than a year"))
    } else if idle > 0 {
        (
            Verdict::Partial,
            format!("every key ends within a year, and {idle} were not used for thirty days"),
        )
    } else {
        (Verdict::Met, "every key ends within a year and is in use".to_owned())
    };
    let mut ages: Vec<u64> = active.iter().map(|key| evidence.days_since(key.made)).collect();
    ages.sort_unstable();
    let rank = (ages.len() * 95).div_ceil(100).saturating_sub(1);
    let next = active.iter().map(|key| key.expires).min().unwrap_or(oldest.expires);
    Found::new(verdict, told)
        .count("active_keys", active.len() as u64)
        .count("oldest_age_days", evidence.days_since(oldest.made))
        .count("age_p95_days", ages.get(rank).copied().unwrap_or_default())
        .count("keys_not_used", idle as u64)
        .with("next_expiry", Figure::At(next))
        .cite(active.iter().map(|key| key.index))
}

fn days(from: Timestamp, to: Timestamp) -> u64 {
    let life = to.duration_since(from);
    u64::try_from(life.as_secs().div_euclid(SignedDuration::from_hours(24).as_secs()))
        .unwrap_or_default()
}

/// Delegation.
fn delegation(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let (window, callers) = (evidence.window(), &agent.conduct.callers);
    let asked = callers.actions.sum(window);
    if asked.actions.n() == 0 {
        return Found::unknown(NO_CALL);
    }
    let (verdict, told) = if asked.broken_allowed.n() > 0 {
        (Verdict::NotMet, "actions ran although their claim of an agent behind them does not hold")
    } else if asked.delegated.n() + asked.broken.n() == 0 {
        (Verdict::Told, "no action was asked for on behalf of another agent")
    } else {
        (
            Verdict::Met,
            "actions on behalf of other agents were decided by what all of them may do, and broken claims refused",
        )
    };
    Found::new(verdict, told)
        .count("actions", asked.actions.n())
        .count("delegated_actions", asked.delegated.n())
        .count("broken_claims", asked.broken.n())
        .count("broken_claims_that_ran", asked.broken_allowed.n())
        .with("agents_behind", named(&callers.behind.sum(window)))
        .with("actions_by_depth", named(&callers.depths.sum(window)))
        .over(asked.records)
        .cite(asked.delegated.newest().into_iter().chain(asked.broken.newest()))
        .enforced()
}
