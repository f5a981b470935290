//! The verdict about one enriched request: fails closed, once, in view.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use syndic_governance::Environment;
use syndic_model::{
    AgentId, AgentProfile, BreakGlassId, Check, CheckResult, Effect, EnforcementGrade, LabelName,
    LocalTime, Mode, ModelMessage, PolicyId, SessionId, Severity,
};
use syndic_policy::{Call, Determining, Evaluation, Session, Taken, Usage};

use crate::clock::Reading;
use crate::enrich::{Enriched, blocked};
use crate::lift::{Lift, break_glass, lift};
use crate::message::model_message;
use crate::past::Past;

/// What only the state knows about a request.
#[derive(Debug, Clone)]
pub(crate) struct Situation<'a> {
    pub(crate) reading: Reading,
    pub(crate) environment: Environment,
    pub(crate) session: Option<&'a SessionId>,
    pub(crate) grade: EnforcementGrade,
    /// Those of the agent and the agents behind it that are stopped.
    pub(crate) suspended: BTreeSet<AgentId>,
    /// What earlier actions left on the session.
    pub(crate) labels: BTreeSet<LabelName>,
    /// What the agent and those behind it did before.
    pub(crate) past: BTreeMap<AgentId, Past>,
    /// The break-glasses that are open for the agent and those behind it, if there is one for each.
    pub(crate) break_glass: Vec<BreakGlassId>,
    /// How unusual it is for the agent that asks, from 0 to 100.
    pub(crate) anomaly: u8,
    /// What people lifted.
    pub(crate) lifts: Vec<Lift>,
    /// Why people refuse it, or cannot be asked.
    pub(crate) refused: Option<String>,
    /// Why the tool is not the one that was pinned.
    pub(crate) unpinned: Option<String>,
    /// Why the checklist of the agent, or of one behind it, stops it.
    pub(crate) unchecked: Option<String>,
}

/// What was decided.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    pub(crate) effect: Effect,
    pub(crate) allowed: bool,
    pub(crate) mode: Mode,
    pub(crate) checks: Vec<Check>,
    pub(crate) message: ModelMessage,
    /// What stands in the way.
    pub(crate) determining: Vec<Determining>,
    /// A break-glass lifted something.
    pub(crate) broke_glass: bool,
    /// Policies that could not be evaluated.
    pub(crate) failed: BTreeSet<PolicyId>,
}

thread_local! {
    static DECIDING: Cell<bool> = const { Cell::new(false) };
}

/// Tells whether this thread decides an action, and may hold what orders decisions: a policy written in Rust called.
pub(crate) fn is_deciding() -> bool {
    DECIDING.get()
}

/// Decides an action as long as it lives.
struct Deciding(bool);

impl Drop for Deciding {
    fn drop(&mut self) {
        DECIDING.set(self.0);
    }
}

/// Decides. An unknown agent or action, arguments that mean nothing exact, a stopped agent, a clock that cannot be
/// read, a delegation that does not hold: each denies here, whatever the policies say.
pub(crate) fn decide(enriched: &Enriched<'_>, situation: &Situation<'_>) -> Verdict {
    let _deciding = Deciding(DECIDING.replace(true));
    let (evaluation, broke_glass) =
        break_glass(evaluate(enriched, situation), &situation.break_glass);
    let evaluation = lift(evaluation, &situation.lifts);
    let actors = || enriched.profile.into_iter().chain(enriched.ancestors.iter().copied());
    let observed =
        enriched.profile.is_some() && actors().all(|profile| profile.mode == Mode::Observe);
    let mode = if observed { Mode::Observe } else { Mode::Enforce };
    let allowed = match evaluation.effect {
        Effect::Allow => true,
        Effect::Deny | Effect::Hold => {
            mode == Mode::Observe && !stops_even_observed(enriched, situation)
        }
    };
    let message = model_message(&evaluation, allowed);
    let Evaluation { effect, checks, determining, failed, disclosed: _ } = evaluation;
    Verdict { effect, allowed, mode, checks, message, determining, broke_glass, failed }
}

fn evaluate(enriched: &Enriched<'_>, situation: &Situation<'_>) -> Evaluation {
    let governance = enriched.governance;
    let mut joined = Evaluation::nothing();
    let mut faults = enriched.faults.clone();
    if let Some(reason) = &situation.refused {
        faults.push(blocked("approval", Severity::High, reason.clone()));
    }
    if let Some(reason) = &situation.unpinned {
        faults.push(blocked("tool-pin", Severity::High, reason.clone()));
    }
    if let Some(reason) = &situation.unchecked {
        faults.push(blocked("checklist", Severity::High, reason.clone()));
    }
    match (enriched.profile, &enriched.examined) {
        (Some(profile), Some(examined)) => {
            for actor in std::iter::once(profile).chain(enriched.ancestors.iter().copied()) {
                let call = call(enriched, situation, actor);
                let tool = enriched.request.tool.as_ref();
                joined = joined.meet(governance.engine.evaluate(&actor.id, examined, tool, &call));
                if !situation.reading.sane
                    && governance.engine.reads_time(&actor.id, examined.action())
                {
                    faults.push(blocked(
                        "clock",
                        Severity::High,
                        "the host's clock stepped back".to_owned(),
                    ));
                }
            }
        }
        _ => {
            joined.effect = Effect::Deny;
            for agent in &situation.suspended {
                faults.push(blocked(
                    "agent-suspended",
                    Severity::Critical,
                    format!("agent `{agent}` is suspended"),
                ));
            }
        }
    }
    if !faults.is_empty() {
        faults.dedup();
        joined = Evaluation::denied(faults).meet(joined);
    }
    joined
}

/// What of an actor nothing is known; every counter is beyond its bounds.
static UNKNOWN: Past = Past {
    usage: Usage::uncounted(),
    known_recipients: BTreeSet::new(),
    session_recipients: BTreeSet::new(),
};

/// Tells which branches of the policies a request goes through, those of every agent behind it too.
pub(crate) fn trace(enriched: &Enriched<'_>, situation: &Situation<'_>) -> Vec<Taken> {
    let (Some(profile), Some(examined)) = (enriched.profile, &enriched.examined) else {
        return Vec::new();
    };
    let actors = std::iter::once(profile).chain(enriched.ancestors.iter().copied());
    let trace = |actor: &AgentProfile| {
        let call = call(enriched, situation, actor);
        let tool = enriched.request.tool.as_ref();
        enriched.governance.engine.trace(&actor.id, examined, tool, &call)
    };
    actors.flat_map(trace).collect()
}

fn call<'a>(
    enriched: &'a Enriched<'_>,
    situation: &'a Situation<'a>,
    actor: &AgentProfile,
) -> Call<'a> {
    let past = situation.past.get(&actor.id).unwrap_or(&UNKNOWN);
    Call {
        now: situation.reading.now,
        local: LocalTime::at(situation.reading.now, &actor.time_zone),
        open: enriched.governance.open_calendars(situation.reading.now),
        environment: situation.environment.as_str(),
        session: Session {
            id: situation.session,
            labels: &situation.labels,
            known_recipients: &past.session_recipients,
        },
        known_recipients: &past.known_recipients,
        delegation: enriched.ancestors.iter().map(|profile| &profile.id).collect(),
        usage: &past.usage,
        suspended: situation.suspended.contains(&actor.id),
        detected: &enriched.detected,
        anomaly: situation.anomaly,
        grade: situation.grade,
    }
}

/// Tells what stops an action even where nothing else is stopped.
fn stops_even_observed(enriched: &Enriched<'_>, situation: &Situation<'_>) -> bool {
    let broken_delegation = enriched
        .faults
        .iter()
        .any(|check| check.policy.as_str() == "delegation" && check.result != CheckResult::Passed);
    enriched.profile.is_none()
        || enriched.args_digest.is_none()
        || broken_delegation
        || !situation.suspended.is_empty()
}
