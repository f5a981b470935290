//! What people lift: exactly the policies they were asked about, and nothing that stands beside them.

use std::collections::BTreeSet;

use syndic_ledger::Forbid;
use syndic_model::{BreakGlassId, CheckResult, Effect};
use syndic_policy::{Determining, Evaluation};

/// Policies that people lifted, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lift {
    /// As in `approval 0198c0de-…`, for people.
    pub(crate) by: String,
    pub(crate) forbids: BTreeSet<Forbid>,
}

impl Lift {
    pub(crate) fn lifts(&self, determining: &Determining) -> bool {
        self.forbids.contains(&forbid(determining))
    }
}

pub(crate) fn forbid(determining: &Determining) -> Forbid {
    Forbid { policy: determining.policy.to_string(), hash: determining.hash.to_string() }
}

/// Lifts of an evaluation what is lifted.
pub(crate) fn lift(evaluation: Evaluation, lifts: &[Lift]) -> Evaluation {
    lifts.iter().fold(evaluation, |evaluation, lift| {
        without(evaluation, &lift.by, |stands| lift.lifts(stands)).0
    })
}

/// Lifts what is marked so, where a break-glass is open for everybody who acts. Tells whether that was anything.
pub(crate) fn break_glass(evaluation: Evaluation, open: &[BreakGlassId]) -> (Evaluation, bool) {
    let [own, ..] = open else { return (evaluation, false) };
    without(evaluation, &format!("break-glass {own}"), |stands| stands.break_glass)
}

/// Takes away what `lifts` names. A check passes only where nothing else stands under its policy's id.
fn without(
    mut evaluation: Evaluation,
    by: &str,
    lifts: impl Fn(&Determining) -> bool,
) -> (Evaluation, bool) {
    let (lifted, left): (Vec<_>, Vec<_>) = evaluation.determining.into_iter().partition(lifts);
    for check in &mut evaluation.checks {
        let in_the_way = !check.shadow && check.result != CheckResult::Passed;
        let is_lifted = lifted.iter().any(|of| of.policy == check.policy)
            && !left.iter().any(|of| of.policy == check.policy);
        if in_the_way && is_lifted {
            let reason = check.reason.as_deref().unwrap_or("held");
            check.reason = Some(format!("lifted by {by}: {reason}"));
            check.result = CheckResult::Passed;
        }
    }
    evaluation.determining = left;
    if !lifted.is_empty() {
        evaluation.effect = effect(&evaluation.determining);
    }
    (evaluation, !lifted.is_empty())
}

fn effect(determining: &[Determining]) -> Effect {
    match determining {
        [] => Effect::Allow,
        all if all.iter().all(|stands| stands.held) => Effect::Hold,
        _ => Effect::Deny,
    }
}
