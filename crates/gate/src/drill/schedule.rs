//! Drills that run by themselves, as `drills` of `syndic.yaml` says.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use syndic_governance::Drills;

use super::DrillRequest;
use crate::Gate;
use crate::assurance::Assurance;

/// Who asks for what runs by itself.
const SCHEDULE: &str = "schedule";
/// After how long a drill is tried again that could not be.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// When a drill could not be tried out, by drill and agent.
pub(crate) type Untried = BTreeMap<(String, String), Timestamp>;

impl Gate {
    /// Runs the drills that are due, one after the other; those of a short-lived process never are.
    pub(crate) async fn drill_by_itself(self: Arc<Self>) {
        if self.knocker.get().is_none() {
            return;
        }
        let now = self.now();
        let due = {
            let (governance, state) = (self.governance(), self.state());
            due(&governance.settings.drills, &state.assurance, now)
        };
        for request in due {
            let key = key(&request);
            let waits = |at: &Timestamp| now.duration_since(*at).abs() < AGAIN_AFTER;
            if self.untried.lock().get(&key).is_some_and(waits) {
                continue;
            }
            if let Err(error) = self.drill(&request, SCHEDULE).await {
                let (drill, agent) = &key;
                let error = &error as &dyn std::error::Error;
                tracing::warn!(drill, agent, error, "a drill that is due could not be run");
                self.untried.lock().insert(key, now);
            }
        }
    }
}

fn key(request: &DrillRequest) -> (String, String) {
    (request.drill.to_string(), request.agent.clone().unwrap_or_default())
}

/// Returns what is due: what never ran, or so long ago as the settings say.
fn due(drills: &Drills, assurance: &Assurance, now: Timestamp) -> Vec<DrillRequest> {
    let mut due = Vec::new();
    for (drill, schedule) in &drills.schedule {
        let mut agents: Vec<Option<String>> =
            schedule.agents.iter().map(|agent| Some(agent.to_string())).collect();
        if agents.is_empty() && !drill.stops_one() {
            agents.push(None);
        }
        let requests =
            agents.into_iter().map(|agent| DrillRequest { drill: *drill, agent, backup: None });
        due.extend(requests.filter(|request| {
            let last = assurance.drills.get(&key(request));
            last.is_none_or(|last| now.duration_since(last.at) >= schedule.every)
        }));
    }
    due
}

#[cfg(test)]
mod tests {
    use syndic_governance::{DrillSchedule, Drills};
    use syndic_ledger::{DrillRan, Record};
    use syndic_model::DrillKind;

    use super::{Assurance, SignedDuration, Timestamp, due, key};

    fn ran(drill: &str, agent: Option<&str>) -> Record {
        Record::DrillRan(DrillRan {
            id: "d".to_owned(),
            drill: drill.to_owned(),
            agent: agent.map(str::to_owned),
            passed: false,
            figures: [].into(),
            told: String::new(),
            by: "k".to_owned(),
        })
    }

    #[test]
    fn a_drill_is_due_that_never_ran_or_long_ago_whoever_asked_for_it() {
        let every = |days: i64, agents: &[&str]| DrillSchedule {
            every: SignedDuration::from_hours(24 * days),
            agents: agents.iter().map(|agent| agent.parse().unwrap()).collect(),
        };
        let drills = Drills {
            schedule: [
                (DrillKind::Override, every(30, &["support", "advisor"])),
                (DrillKind::FailClosed, every(7, &[])),
                (DrillKind::Export, every(90, &[])),
            ]
            .into(),
            ..Drills::default()
        };
        let mut assurance = Assurance::default();
        let begun: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        assurance.see(1, begun, &ran("override", Some("support")));
        assurance.see(2, begun, &ran("fail-closed", None));
        let due_after = |days: i64| {
            let now = begun + SignedDuration::from_hours(24 * days);
            let due: Vec<_> = due(&drills, &assurance, now).iter().map(key).collect();
            due.into_iter().map(|(drill, agent)| format!("{drill} {agent}")).collect::<Vec<_>>()
        };
        assert_eq!(due_after(6), ["override advisor", "export "]);
        assert_eq!(due_after(7), ["override advisor", "fail-closed ", "export "]);
        assert_eq!(
            due_after(30),
            ["override support", "override advisor", "fail-closed ", "export "]
        );
    }
}
