//! The incident drill: in a copy an incident is opened, the agent stopped, and what happened told with proofs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use syndic_compliance::IncidentClass;
use syndic_ledger::{ProofFile, VerifierKey};
use syndic_model::AgentId;

use super::probe::{DRILL, allowed, caller, is_stopped};
use super::scratch::Scratch;
use super::{DrillError, Tried, figure};
use crate::Gate;
use crate::incident::{IncidentBundle, IncidentRequest};
use crate::switch::Switch;

/// Why the agent is stopped there.
const REASON: &str = "drill: an action that should not have been allowed";

/// What was seen of it.
#[derive(Debug)]
struct Seen {
    /// What the agent asked for after it was stopped was refused for that.
    refused: bool,
    /// How long after somebody came to know that was.
    contained: Duration,
    /// The agent's records are held from before the action on.
    held: bool,
    /// What the incident is told with has the action, the stop and the refusal.
    complete: bool,
    /// How many records were told, and proved; or what is wrong with a proof.
    timeline: usize,
    proved: Result<usize, String>,
    /// How long after somebody came to know all of that was there, and verified.
    told: Duration,
}

impl Gate {
    /// Has an action of the agent allowed in a copy, opens an incident about it there, stops the agent, and tells the
    /// incident with proofs.
    pub(super) async fn drill_incident(&self, agent: &AgentId) -> Result<Tried, DrillError> {
        let scratch = Scratch::begin(&self.governance(), &self.clock).await?;
        let seen = exercise(&scratch.gate, agent).await;
        scratch.end().await?;
        Ok(judge(agent, &seen?))
    }
}

async fn exercise(gate: &Arc<Gate>, agent: &AgentId) -> Result<Seen, DrillError> {
    let request = allowed(gate, std::slice::from_ref(agent)).await?;
    let first = gate.store.durable_index().saturating_sub(1);
    let known = Instant::now();
    let incident = IncidentRequest {
        agent: agent.to_string(),
        class: IncidentClass::Serious,
        title: REASON.to_owned(),
        aware: None,
        since: None,
    };
    let opened = gate.open_incident(incident, DRILL).await?.opened;
    let stopped = gate.suspend(&Switch::Agent(agent.clone()), REASON, DRILL).await?;
    let decided = gate.submit(&caller(agent), request).await?;
    let contained = known.elapsed();
    let bundle = gate.incident_bundle(&opened.id).await?;
    let happened = |index| bundle.timeline.iter().any(|one| one.index == index);
    let proved = verify(&bundle);
    Ok(Seen {
        refused: is_stopped(&decided),
        contained,
        held: gate.retention_holds().iter().any(|hold| hold.id == opened.hold),
        complete: [Some(first), Some(stopped), decided.record]
            .into_iter()
            .all(|index| index.is_some_and(happened)),
        timeline: bundle.timeline.len(),
        proved,
        told: known.elapsed(),
    })
}

/// Verifies each proof as somebody would who has the export and the log's keys.
fn verify(bundle: &IncidentBundle) -> Result<usize, String> {
    let keys: Result<Vec<VerifierKey>, _> = bundle.keys.iter().map(|key| key.parse()).collect();
    let keys = keys.map_err(|_| "the log's keys cannot be read".to_owned())?;
    for one in &bundle.proofs {
        let named = |why: String| format!("record {}: {why}", one.index);
        let file = ProofFile::parse(&one.proof).map_err(|error| named(error.to_string()))?;
        file.verify(&keys, &[]).map_err(|error| named(error.to_string()))?;
    }
    Ok(bundle.proofs.len())
}

fn judge(agent: &AgentId, seen: &Seen) -> Tried {
    let Seen { refused, contained, held, complete, timeline, proved, told } = seen;
    let count = proved.as_ref().copied().unwrap_or_default();
    let wrong = match proved {
        _ if !refused => {
            Some(format!("{agent} was stopped, and what it asked for then was not refused"))
        }
        _ if !held => Some("the incident's records are not held".to_owned()),
        Err(why) => Some(format!("what the incident is told with does not verify: {why}")),
        Ok(0) => Some("no record of the incident is proved".to_owned()),
        _ if !complete => Some(
            "what the incident is told with lacks the action, the stop or the refusal after it"
                .to_owned(),
        ),
        Ok(_) => None,
    };
    let (contained, told) = (figure(contained.as_micros()), figure(told.as_millis()));
    let figures = [
        ("containment_us", contained),
        ("draft_ms", told),
        ("timeline_count", figure(*timeline)),
        ("proofs_verified_count", figure(count)),
    ];
    Tried {
        passed: wrong.is_none(),
        figures: figures.into_iter().collect(),
        told: wrong.unwrap_or_else(|| {
            format!(
                "an action that should not have been allowed: {contained} µs after somebody knew, the agent was refused \
                 the next, and after {told} ms what happened was told, with {count} records proved"
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Seen, judge};

    #[test]
    fn an_incident_that_is_not_contained_held_told_or_proved_fails() {
        let good = || Seen {
            refused: true,
            contained: Duration::from_micros(900),
            held: true,
            complete: true,
            timeline: 5,
            proved: Ok(5),
            told: Duration::from_millis(12),
        };
        for (seen, passed, told) in [
            (good(), true, "900 µs after"),
            (Seen { refused: false, ..good() }, false, "was not refused"),
            (Seen { held: false, ..good() }, false, "not held"),
            (Seen { complete: false, ..good() }, false, "lacks the action"),
            (Seen { proved: Ok(0), ..good() }, false, "no record of the incident is proved"),
            (Seen { proved: Err("record 3: no".to_owned()), ..good() }, false, "verify: record 3"),
        ] {
            let tried = judge(&"desk".parse().unwrap(), &seen);
            assert_eq!(tried.passed, passed, "{}", tried.told);
            assert!(tried.told.contains(told), "{}", tried.told);
            assert_eq!((tried.figures["containment_us"], tried.figures["draft_ms"]), (900, 12));
        }
    }
}
