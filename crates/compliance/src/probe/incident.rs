//! INC: incidents and violations.

use super::clocks::clocks;
use super::drill::drill;
use super::{Found, NO_CALL, NO_RECORD, Probe, named};
use crate::{Evidence, Figure, Incident, Verdict};

pub(super) const PROBES: &[Probe] = &[
    Probe { id: "INC-01", version: 1, fresh_for_days: 1, rule: Ok(clocks) },
    Probe { id: "INC-02", version: 1, fresh_for_days: 365, rule: Ok(|all| drill(all, "incident")) },
    Probe { id: "INC-03", version: 1, fresh_for_days: 1, rule: Ok(violations) },
    Probe { id: "INC-04", version: 1, fresh_for_days: 30, rule: Ok(correctives) },
];

/// The most names that a reading lists.
pub(super) const MOST_LISTED: usize = 32;

/// Violations and alerts.
fn violations(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let (window, violations) = (evidence.window(), &agent.conduct.violations);
    let asked = agent.conduct.callers.actions.sum(window);
    if asked.actions.n() == 0 {
        return Found::unknown(NO_CALL);
    }
    let stopped = violations.actions.sum(window);
    let told = format!(
        "a policy stood in the way of {} of {} actions; who was alerted is not on record",
        stopped.enforced.n(),
        asked.actions.n()
    );
    let raised = agent.conduct.anomalies.raised.sum(window);
    Found::new(Verdict::Told, told)
        .count("actions", asked.actions.n())
        .count("actions_with_violations", stopped.enforced.n())
        .count("actions_with_violations_of_shadow_policies", stopped.shadowed.n())
        .with("violations_by_policy", named(&violations.policies.sum(window)))
        .with("violations_by_severity", named(&violations.severities.sum(window)))
        .with("anomalies", named(&raised))
        .over(asked.records)
        .cite(stopped.enforced.newest())
}

/// Corrective actions.
fn correctives(evidence: &Evidence<'_>) -> Found {
    let incidents = match incidents(evidence) {
        Ok(incidents) => incidents,
        Err(why) => return Found::unknown(why),
    };
    let all = || {
        incidents.iter().flat_map(|incident| {
            incident.correctives.values().map(move |corrective| (*incident, corrective))
        })
    };
    let open = all().filter(|(_, corrective)| !corrective.done);
    let overdue: Vec<_> =
        open.clone().filter(|(_, corrective)| corrective.due <= evidence.now).collect();
    let done = all().filter(|(_, corrective)| corrective.done).count();
    let (verdict, told) = match (all().count(), overdue.len()) {
        (0, _) => (Verdict::Told, "no corrective action is on record".to_owned()),
        (_, 0) => (Verdict::Met, "no corrective action is overdue".to_owned()),
        (_, overdue) => (Verdict::NotMet, format!("{overdue} corrective actions are overdue")),
    };
    let names = overdue.iter().take(MOST_LISTED);
    let names =
        names.map(|(incident, corrective)| format!("{} {}", incident.opened.id, corrective.name));
    Found::new(verdict, told)
        .count("incidents", incidents.len() as u64)
        .count("open", open.count() as u64)
        .count("done", done as u64)
        .with("overdue", Figure::List(names.collect()))
        .cite(incidents.iter().rev().map(|incident| incident.last).take(MOST_LISTED))
}

/// Returns the incidents of the agent, or what there is to say where not all of them can be.
pub(super) fn incidents<'a>(evidence: &Evidence<'a>) -> Result<Vec<&'a Incident>, String> {
    if evidence.facts.seen() == 0 {
        return Err(NO_RECORD.to_owned());
    }
    let all = evidence.facts.incidents();
    let agent = evidence.setup.profile.id.as_str();
    match all.beyond(agent) {
        0 => Ok(all.of(agent)),
        beyond => Err(format!("{beyond} incidents are more than can be told apart")),
    }
}
