//! What all policies together said.

use syndic_model::{Check, CheckResult, Effect, GroupName};

/// The answer of a policy set about one action of one agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// What follows from the checks.
    pub effect: Effect,
    /// Every applicable policy's answer, those in the way first.
    pub checks: Vec<Check>,
    /// The groups that may lift a hold, without duplicates.
    pub groups: Vec<GroupName>,
    /// Reasons of blocking policies marked `@disclose`, which a model may read.
    pub disclosed: Vec<String>,
}

impl Evaluation {
    /// Joins the answers for an agent and one it acts for: what may be done is the intersection.
    #[must_use]
    pub fn meet(mut self, other: Self) -> Self {
        self.effect = self.effect.max(other.effect);
        for check in other.checks {
            if !self.checks.contains(&check) {
                self.checks.push(check);
            }
        }
        self.checks.sort_by_key(|check| std::cmp::Reverse((!check.shadow, check.result)));
        self.groups.extend(other.groups);
        self.groups.sort();
        self.groups.dedup();
        self.disclosed.extend(other.disclosed);
        self
    }

    /// Returns the enforced checks that stand in the way.
    pub fn violations(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.shadow && check.result != CheckResult::Passed)
    }
}
