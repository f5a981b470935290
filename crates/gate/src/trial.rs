//! A test of the policies, run: what was expected and what was decided.

use std::collections::{BTreeMap, BTreeSet};

use syndic_governance::{Case, Expected, Governance};
use syndic_model::{CheckResult, Clock, Decided, EventId, Place, PolicyId};
use syndic_policy::{Branch, Taken};

use crate::decide::{decide, trace};
use crate::preview::supposing;
use crate::recorded::decided;

/// What came of one case.
#[derive(Debug)]
pub struct Trial<'a> {
    /// The case.
    pub case: &'a Case,
    /// What was decided.
    pub decided: Decided,
    /// Where that is not what was expected; none when the case passed.
    pub mismatches: Vec<Mismatch>,
    /// The branches of policies that it went through.
    pub taken: Vec<Taken>,
}

/// One thing that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// `effect`, `policies` or `reasons`.
    pub field: &'static str,
    /// What should have been.
    pub expected: String,
    /// What was.
    pub actual: String,
}

/// How often one policy spoke in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The policy.
    pub policy: PolicyId,
    /// In how many cases it stood in the way.
    pub fired: usize,
    /// In how many it was asked and had nothing against the action.
    pub passed: usize,
    /// What its conditions ask, where it is written in a file.
    pub branches: Vec<BranchCoverage>,
}

/// What a branch of a condition answered in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchCoverage {
    /// What it asks.
    pub text: String,
    /// Where it is written.
    pub place: Place,
    /// In how many cases it was true.
    pub held: usize,
    /// In how many it was asked and was false.
    pub failed: usize,
}

impl BranchCoverage {
    /// Returns how many of its two answers were seen.
    #[must_use]
    pub fn seen(&self) -> usize {
        usize::from(self.held > 0) + usize::from(self.failed > 0)
    }
}

/// Runs a case through the decision that requests go through.
#[must_use]
pub fn try_case<'a>(governance: &Governance, clock: &dyn Clock, case: &'a Case) -> Trial<'a> {
    let (request, supposed) = (&case.request, &case.supposed);
    let (decided, taken) =
        supposing(governance, clock, request, supposed, |enriched, situation| {
            let verdict = decide(enriched, situation);
            (decided(EventId::draw(clock), enriched, verdict), trace(enriched, situation))
        });
    let mismatches = compare(&case.expected, &decided);
    Trial { case, decided, mismatches, taken }
}

/// Counts how often each policy in force spoke in `trials`.
#[must_use]
pub fn coverage(governance: &Governance, trials: &[Trial<'_>]) -> Vec<Coverage> {
    let shown = governance.engine.show().into_iter().map(|shown| (shown.id, (0, 0)));
    let mut counts: BTreeMap<PolicyId, (usize, usize)> = shown.collect();
    for check in trials.iter().flat_map(|trial| &trial.decided.checks) {
        if let Some((fired, passed)) = counts.get_mut(&check.policy) {
            let count = if check.result == CheckResult::Passed { passed } else { fired };
            *count += 1;
        }
    }
    let mut branches = branches(governance, trials);
    let covered = |(policy, (fired, passed))| {
        let branches = branches.remove(&policy).unwrap_or_default();
        Coverage { policy, fired, passed, branches }
    };
    counts.into_iter().map(covered).collect()
}

fn branches(
    governance: &Governance,
    trials: &[Trial<'_>],
) -> BTreeMap<PolicyId, Vec<BranchCoverage>> {
    let mut branches: BTreeMap<PolicyId, Vec<BranchCoverage>> = BTreeMap::new();
    for Branch { policy, text, place, .. } in governance.engine.branches() {
        let covered = BranchCoverage { text, place, held: 0, failed: 0 };
        branches.entry(policy).or_default().push(covered);
    }
    for taken in trials.iter().flat_map(|trial| &trial.taken) {
        let known = branches.get_mut(&taken.policy).and_then(|all| all.get_mut(taken.number));
        if let Some(branch) = known {
            let count = if taken.answer { &mut branch.held } else { &mut branch.failed };
            *count += 1;
        }
    }
    branches
}

fn compare(expected: &Expected, decided: &Decided) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    let mut miss = |field, expected, actual| {
        mismatches.push(Mismatch { field, expected, actual });
    };
    if expected.effect != decided.effect {
        miss("effect", expected.effect.to_string(), decided.effect.to_string());
    }
    let violations = decided.checks.iter();
    let violations =
        violations.filter(|check| !check.shadow && check.result != CheckResult::Passed);
    let policies: BTreeSet<_> = violations.map(|check| check.policy.clone()).collect();
    if let Some(wanted) = expected.policies.as_ref().filter(|wanted| **wanted != policies) {
        miss("policies", list(wanted), list(&policies));
    }
    let reasons = decided.reasons();
    for text in &expected.reasons {
        if !reasons.iter().any(|reason| reason.contains(text)) {
            let told = if reasons.is_empty() { "no reason".to_owned() } else { reasons.join("; ") };
            miss("reasons", format!("`{text}` in one"), told);
        }
    }
    mismatches
}

fn list(policies: &BTreeSet<PolicyId>) -> String {
    if policies.is_empty() {
        return "none".to_owned();
    }
    policies.iter().map(PolicyId::as_str).collect::<Vec<_>>().join(", ")
}
