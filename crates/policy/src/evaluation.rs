//! What all policies together said.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use syndic_model::{Check, CheckResult, Effect, GroupName, PolicyId};

use crate::Determining;

/// The answer of a policy set about one action of one agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// What follows from the checks.
    pub effect: Effect,
    /// Every applicable policy's answer, those in the way first.
    pub checks: Vec<Check>,
    /// The enforced forbids that stand in the way, by id and hash, without duplicates; empty where nothing does.
    pub determining: Vec<Determining>,
    /// Reasons of blocking policies marked `@disclose`, which a model may read.
    pub disclosed: Vec<String>,
    /// Policies that could not be evaluated, those in shadow too.
    pub failed: BTreeSet<PolicyId>,
}

impl Evaluation {
    /// Puts an answer in order: enforced before shadow, in the way before passed, most severe first.
    pub(crate) fn new(
        effect: Effect,
        mut checks: Vec<Check>,
        mut determining: Vec<Determining>,
        mut disclosed: Vec<String>,
    ) -> Self {
        checks.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.policy.cmp(&b.policy)));
        determining.sort_unstable();
        determining.dedup();
        disclosed.sort();
        disclosed.dedup();
        Self { effect, checks, determining, disclosed, failed: BTreeSet::new() }
    }

    /// Answers that nothing stands in the way: what [`Self::meet`] starts from.
    #[must_use]
    pub const fn nothing() -> Self {
        Self {
            effect: Effect::Allow,
            checks: Vec::new(),
            determining: Vec::new(),
            disclosed: Vec::new(),
            failed: BTreeSet::new(),
        }
    }

    /// Refuses for faults that no policy finds, and nobody lifts; they keep their order.
    #[must_use]
    pub fn denied(faults: Vec<Check>) -> Self {
        let determining = Determining::faults(&faults);
        Self { effect: Effect::Deny, checks: faults, determining, ..Self::nothing() }
    }

    /// Joins the answers for an agent and one it acts for: what may be done is the intersection.
    #[must_use]
    pub fn meet(mut self, other: Self) -> Self {
        for check in other.checks {
            if !self.checks.contains(&check) {
                self.checks.push(check);
            }
        }
        self.determining.extend(other.determining);
        self.disclosed.extend(other.disclosed);
        self.failed.extend(other.failed);
        let effect = self.effect.max(other.effect);
        let met = Self::new(effect, self.checks, self.determining, self.disclosed);
        Self { failed: self.failed, ..met }
    }

    /// Returns the groups that may lift a hold together; none unless the effect is a hold.
    #[must_use]
    pub fn groups(&self) -> BTreeSet<&GroupName> {
        let asked = self.determining.iter().filter_map(|forbid| forbid.approval.as_ref());
        asked.filter(|_| self.effect == Effect::Hold).collect()
    }

    /// Returns the enforced checks that stand in the way.
    pub fn violations(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.shadow && check.result != CheckResult::Passed)
    }
}

fn order(check: &Check) -> impl Ord + use<> {
    (check.shadow, check.result == CheckResult::Passed, Reverse((check.severity, check.result)))
}
