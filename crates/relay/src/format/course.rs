//! What became of an action, as far as its event tells.

use serde_json::Value;
use syndic_model::{AuditEvent, Check, CheckResult, Effect, Severity};

use super::Placement;

/// What became of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// It might run, and its tool did what it should.
    Ran,
    /// It might run, and its tool failed.
    Failed,
    /// It might run, and nobody said in time how it ended.
    Overdue,
    /// A person was asked, so this attempt did not run.
    Held,
    /// A person was asked, and said no.
    Rejected,
    /// Policy refused it.
    Denied,
}

impl Course {
    pub(super) fn of(event: &AuditEvent, placement: &Placement) -> Self {
        if !event.allowed {
            return match (
                is(event, "effect", Effect::Hold.as_str()),
                text(event, "approval_status"),
            ) {
                (false, _) => Self::Denied,
                (true, Some("rejected")) => Self::Rejected,
                (true, _) => Self::Held,
            };
        }
        if placement.failed {
            Self::Failed
        } else if event.metadata.get("overdue") == Some(&Value::Bool(true)) {
            Self::Overdue
        } else {
            Self::Ran
        }
    }

    /// Says it in a sentence of its own, for people who look at a list.
    pub(super) fn sentence(self, event: &AuditEvent) -> String {
        let end = match self {
            Self::Ran if is_observed(event) => "ran, and is only observed",
            Self::Ran => "ran",
            Self::Failed => "ran and failed",
            Self::Overdue => "was allowed, and nobody said how it ended",
            Self::Held => "was held",
            Self::Rejected => "was held and rejected",
            Self::Denied => "was denied",
        };
        format!("{} of {} {end}", event.action, event.agent_name)
    }
}

/// Tells whether an action ran that would not have, were its agent not only observed.
pub(super) fn is_observed(event: &AuditEvent) -> bool {
    event.allowed && !is(event, "effect", Effect::Allow.as_str()) && text(event, "effect").is_some()
}

/// Tells whether a person let it run.
pub(super) fn is_approved(event: &AuditEvent) -> bool {
    event.allowed && !is_observed(event) && is(event, "approval_status", "approved")
}

/// What stands in the way, or would if it were enforced by mode; nothing that is only tried out.
pub(super) fn in_the_way(event: &AuditEvent) -> impl Iterator<Item = &Check> {
    let stands = |check: &&Check| check.result != CheckResult::Passed && !check.shadow;
    event.policy_checks.iter().filter(stands)
}

/// How bad the worst of it is.
pub(super) fn worst(event: &AuditEvent) -> Option<Severity> {
    in_the_way(event).map(|check| check.severity).max()
}

/// What the tool said when it failed.
pub(super) fn error(event: &AuditEvent) -> Option<&str> {
    event.tool_result.as_ref()?.get("error")?.as_str()
}

pub(super) fn text<'a>(event: &'a AuditEvent, key: &str) -> Option<&'a str> {
    event.metadata.get(key)?.as_str()
}

fn is(event: &AuditEvent, key: &str, value: &str) -> bool {
    text(event, key) == Some(value)
}
