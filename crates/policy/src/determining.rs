//! Which enforced forbids stand in the way: what an approval or a break-glass may lift, to the letter.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use cedar_policy::Policy;
use cedar_policy_core::ast;
use sha2::{Digest as _, Sha256};
use syndic_model::{Check, CheckResult, GroupName, PolicyId};

use crate::annotation::Marks;

/// One enforced forbid that stands in the way of an action.
///
/// Policies compiled from one profile may share an id; their hashes differ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Determining {
    /// Its id.
    pub policy: PolicyId,
    /// SHA-256 (hex) of what it forbids and of who may lift it: another meaning is another policy. A policy written in
    /// Rust, and what no policy says, has one of its id alone.
    pub hash: Arc<str>,
    /// People may lift it: it holds. Otherwise it blocks.
    pub held: bool,
    /// Whom it asks, where it holds.
    pub approval: Option<GroupName>,
    /// An open break-glass lifts it, whether it holds or blocks.
    pub break_glass: bool,
}

impl Determining {
    /// Finds what stands in the way among checks that no policy of the set made.
    pub(crate) fn faults(checks: &[Check]) -> Vec<Self> {
        let enforced = |check: &&Check| !check.shadow && check.result != CheckResult::Passed;
        checks.iter().filter(enforced).map(|check| Self::fault(check.policy.clone())).collect()
    }

    /// Says that something beside the policies stands in the way; nobody lifts it.
    pub(crate) fn fault(policy: PolicyId) -> Self {
        let hash = digest(&format_args!("fault\n{policy}"));
        Self { policy, hash, held: false, approval: None, break_glass: false }
    }
}

/// Hashes a policy: its scope and conditions as Cedar writes them, whatever its text looks like, and who lifts it.
///
/// What it says to people (reason, description, severity) is no part of it.
pub(crate) fn hash(marks: &Marks, policy: &Policy) -> Arc<str> {
    let Marks { id, approval, break_glass, .. } = marks;
    let policy: &ast::Policy = policy.as_ref();
    let (principal, resource) = (policy.principal_constraint(), policy.resource_constraint());
    let action = policy.action_constraint();
    let mut text = format!("{}\n{id}\n{principal}\n{action}\n{resource}\n", policy.effect());
    if let Some(conditions) = policy.non_scope_constraints() {
        text.push_str(&conditions.to_string());
    }
    let approval = approval.as_ref().map(GroupName::as_str).unwrap_or_default();
    digest(&format_args!("{text}\n{approval}\n{break_glass}"))
}

/// Hashes a policy written in Rust, of which nothing but the id can be told.
pub(crate) fn native(id: &PolicyId) -> Arc<str> {
    digest(&format_args!("native\n{id}"))
}

fn digest(text: &dyn fmt::Display) -> Arc<str> {
    let digest = Sha256::digest(text.to_string());
    let hex = digest.iter().fold(String::with_capacity(digest.len() * 2), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    hex.into()
}
