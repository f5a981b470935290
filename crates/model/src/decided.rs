//! What syndic answers about one action.

use std::str::FromStr;

use jiff::Timestamp;

use crate::risk::words;
use crate::{ApprovalState, Check, CheckResult, Effect, EventId, Mode, Reason, RiskLevel};

/// The answer about one action: the verdict, why, and what it leaves behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The action's id, also the id of its audit event.
    pub action_id: EventId,
    /// The verdict.
    pub effect: Effect,
    /// Whether the action may run; callers act on this alone.
    pub allowed: bool,
    /// Whether the verdict is enforced.
    pub mode: Mode,
    /// Every applicable policy's answer, those in the way first.
    pub checks: Vec<Check>,
    /// What a model may be told.
    pub message: ModelMessage,
    /// The agent's risk; `None` for an unknown agent.
    pub risk_level: Option<RiskLevel>,
    /// The governance directory it was decided on.
    pub revision: String,
    /// Position in the ledger; `None` when nothing was recorded.
    pub record: Option<u64>,
    /// The signed permit, where the action may run.
    pub permit: Option<SignedPermit>,
    /// The request for approval that it waits for, or that allowed it.
    pub approval: Option<ApprovalState>,
    /// The answer repeats an earlier one.
    pub replayed: bool,
    /// Results of the action are filtered: go on with what reporting it gives back.
    pub filters_output: bool,
}

impl Decided {
    /// Returns every reason that stands in the way, as `policy: reason`.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        self.violations().map(|check| Reason(check).to_string()).collect()
    }

    /// Returns the enforced checks that stand in the way.
    pub fn violations(&self) -> impl Iterator<Item = &Check> {
        violations(&self.checks)
    }
}

/// Returns the enforced checks that stand in the way.
pub(crate) fn violations(checks: &[Check]) -> impl Iterator<Item = &Check> {
    checks.iter().filter(|check| !check.shadow && check.result != CheckResult::Passed)
}

/// A permit as it leaves the process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedPermit {
    /// Compact JWS (RFC 7515) signed with `EdDSA`.
    pub token: String,
    /// SHA-256 (hex) of the canonical arguments it permits.
    pub args_digest: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What a model may act upon: never a threshold, since thresholds teach splitting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelMessage {
    /// A stable code.
    pub code: MessageCode,
    /// One or two sentences for the model.
    pub text: String,
    /// Whether trying again can help.
    pub retry: Retry,
}

words! {
    /// The code of a [`ModelMessage`].
    MessageCode, "message code",
    "allowed, observed, approval_required, not_permitted, invalid_arguments, suspended, unavailable":
    /// It may run.
    Allowed = "allowed",
    /// It may run, though it would be stopped in enforce mode.
    Observed = "observed",
    /// A person is asked first.
    ApprovalRequired = "approval_required",
    /// Policy refuses it.
    NotPermitted = "not_permitted",
    /// The arguments do not fit the action.
    InvalidArguments = "invalid_arguments",
    /// The agent is stopped.
    Suspended = "suspended",
    /// syndic cannot record, so nothing may run.
    Unavailable = "unavailable",
}

words! {
    /// Whether trying again can help.
    Retry, "retry advice", "never, after, changed, approval":
    /// The same request will never be allowed.
    Never = "never",
    /// Later, unchanged.
    After = "after",
    /// With other arguments.
    Changed = "changed",
    /// Once a person has approved.
    Approval = "approval",
}
