//! The policies in force: what each stopped, and whether a test would notice if it did not.

use std::sync::Arc;

use syndic_model::Severity;
use syndic_policy::{Origin, RESERVED, Shown};

use crate::Gate;
use crate::activity::PolicyActivity;
use crate::agents::UnknownName;
use crate::tested::Tested;
use crate::trial::{BranchCoverage, Coverage};

/// The most texts that are shown of policies with the same id.
const MOST_SHOWN: usize = 100;

/// A policy in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyView {
    /// Its id.
    pub policy: String,
    /// Where it comes from, the first of those that share its id; `None` for what the gate itself checks.
    pub origin: Option<Origin>,
    /// `permit` or `forbid`.
    pub effect: &'static str,
    /// How bad a violation is; `None` where that depends.
    pub severity: Option<Severity>,
    /// Evaluated and recorded, never enforced.
    pub shadow: bool,
    /// How many share its id: compiled ones do.
    pub count: usize,
    /// What it stopped in 24 hours.
    pub activity: PolicyActivity,
    /// What tests reach of it; `None` where that is not counted yet.
    pub tests: Option<PolicyTests>,
}

/// What tests reach of a policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PolicyTests {
    /// In how many it was asked.
    pub asked: usize,
    /// In how many of those it stood in the way.
    pub fired: usize,
    /// How many answers its conditions can give, where it is written in a file.
    pub branches: usize,
    /// How many of those were seen.
    pub branches_seen: usize,
}

/// A policy in force, with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDetails {
    /// What it did.
    pub view: PolicyView,
    /// Those that share its id, at most 100.
    pub texts: Vec<Shown>,
    /// What its conditions ask, and what tests saw them answer.
    pub branches: Vec<BranchCoverage>,
}

impl Gate {
    /// Lists the policies in force by id, and what the gate itself checks where that stood in the way of something.
    pub async fn policies(&self) -> Vec<PolicyView> {
        let tested = self.tested().await;
        let (governance, now) = (self.governance(), self.now());
        let listed = governance.engine.list();
        let views = self.live.views();
        let of_gate =
            RESERVED.iter().filter(|id| !listed.iter().any(|one| one.id.as_str() == **id));
        let of_gate = of_gate.map(|id| of_gate_itself(id, views.activity.policies.of(id, now)));
        let mut all: Vec<PolicyView> = of_gate.filter(|one| one.activity.last.is_some()).collect();
        all.extend(listed.iter().map(|one| PolicyView {
            policy: one.id.to_string(),
            origin: Some(one.origin.clone()),
            effect: one.effect,
            severity: Some(one.severity),
            shadow: one.shadow,
            count: one.count,
            activity: views.activity.policies.of(one.id.as_str(), now),
            tests: tests(tested.as_ref(), one.id.as_str()),
        }));
        drop(views);
        all.sort_by(|one, other| one.policy.cmp(&other.policy));
        all
    }

    /// Shows one policy in force, with its text.
    ///
    /// # Errors
    /// When there is none of that name.
    pub async fn policy(&self, name: &str) -> Result<PolicyDetails, UnknownName> {
        let (governance, now) = (self.governance(), self.now());
        let (texts, count) = governance.engine.show_named(name, MOST_SHOWN);
        let activity = self.live.views().activity.policies.of(name, now);
        let Some(first) = texts.first() else {
            if RESERVED.contains(&name) {
                let view = of_gate_itself(name, activity);
                return Ok(PolicyDetails { view, texts, branches: Vec::new() });
            }
            let listed = governance.engine.list();
            let known = listed.iter().map(|one| one.id.as_str());
            return Err(UnknownName::new("policy", name, known));
        };
        let tested = self.tested().await;
        let branches = tested.as_ref().and_then(|tested| tested.of(name));
        Ok(PolicyDetails {
            view: PolicyView {
                policy: first.id.to_string(),
                origin: Some(first.origin.clone()),
                effect: first.effect,
                severity: Some(first.severity),
                shadow: texts.iter().all(|one| one.shadow),
                count,
                activity,
                tests: tests(tested.as_ref(), name),
            },
            branches: branches.map(|covered| covered.branches.clone()).unwrap_or_default(),
            texts,
        })
    }
}

fn of_gate_itself(id: &str, activity: PolicyActivity) -> PolicyView {
    PolicyView {
        policy: id.to_owned(),
        origin: None,
        effect: "forbid",
        severity: None,
        shadow: false,
        count: 0,
        activity,
        tests: None,
    }
}

fn tests(tested: Option<&Arc<Tested>>, policy: &str) -> Option<PolicyTests> {
    let tested = tested?;
    let Some(Coverage { fired, passed, branches, .. }) = tested.of(policy) else {
        return Some(PolicyTests::default());
    };
    Some(PolicyTests {
        asked: fired.saturating_add(*passed),
        fired: *fired,
        branches: 2 * branches.len(),
        branches_seen: branches.iter().map(BranchCoverage::seen).sum(),
    })
}
