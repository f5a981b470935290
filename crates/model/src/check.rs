//! What a policy said, and what follows from all of them.

use std::str::FromStr;

use crate::risk::words;
use crate::{PolicyId, Severity};

words! {
    /// A verdict as it is written on the wire and in the ledger.
    Effect, "effect", "allow, deny, hold":
    /// The action may run.
    Allow = "allow",
    /// A human is asked first.
    Hold = "hold",
    /// The action may not run.
    Deny = "deny",
}

words! {
    /// What one policy found.
    CheckResult, "check result", "passed, blocked, held":
    /// The policy has nothing against the action.
    Passed = "passed",
    /// The policy refuses, but a human may lift it.
    Held = "held",
    /// The policy refuses.
    Blocked = "blocked",
}

/// One policy's answer about one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The policy.
    pub policy: PolicyId,
    /// What it found.
    pub result: CheckResult,
    /// How bad a violation of it is.
    pub severity: Severity,
    /// Why, when it did not pass. Built from the policy's `@reason`: amounts and profile fields, never content.
    pub reason: Option<String>,
    /// Evaluated and recorded, never enforced.
    pub shadow: bool,
}

/// A check that stands in the way, in the words every surface uses.
#[derive(Debug, Clone, Copy)]
pub struct Reason<'a>(pub &'a Check);

impl std::fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.0.policy, self.0.reason.as_deref().unwrap_or("refused"))
    }
}
