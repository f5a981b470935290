//! What all policies together said.

use std::cmp::Reverse;

use syndic_model::{Check, CheckResult, Effect, GroupName};

/// The answer of a policy set about one action of one agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// What follows from the checks.
    pub effect: Effect,
    /// Every applicable policy's answer, those in the way first.
    pub checks: Vec<Check>,
    /// The groups that may lift a hold, without duplicates; empty unless the effect is a hold.
    pub groups: Vec<GroupName>,
    /// Reasons of blocking policies marked `@disclose`, which a model may read.
    pub disclosed: Vec<String>,
}

impl Evaluation {
    /// Puts an answer in order: enforced before shadow, in the way before passed, most severe first.
    pub(crate) fn new(
        effect: Effect,
        mut checks: Vec<Check>,
        mut groups: Vec<GroupName>,
        mut disclosed: Vec<String>,
    ) -> Self {
        checks.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.policy.cmp(&b.policy)));
        groups.sort();
        groups.dedup();
        if effect != Effect::Hold {
            groups.clear();
        }
        disclosed.sort();
        disclosed.dedup();
        Self { effect, checks, groups, disclosed }
    }

    /// Joins the answers for an agent and one it acts for: what may be done is the intersection.
    #[must_use]
    pub fn meet(mut self, other: Self) -> Self {
        for check in other.checks {
            if !self.checks.contains(&check) {
                self.checks.push(check);
            }
        }
        self.groups.extend(other.groups);
        self.disclosed.extend(other.disclosed);
        Self::new(self.effect.max(other.effect), self.checks, self.groups, self.disclosed)
    }

    /// Returns the enforced checks that stand in the way.
    pub fn violations(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.shadow && check.result != CheckResult::Passed)
    }
}

fn order(check: &Check) -> impl Ord + use<> {
    (check.shadow, check.result == CheckResult::Passed, Reverse((check.severity, check.result)))
}
