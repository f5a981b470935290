//! An error that says that something forbids an action.

use std::fmt;

use syndic_gate::Refusal;
use syndic_model::{ApprovalId, EventId, Severity};
use thiserror::Error;

/// Says that something forbids an action: a check of the program's own, or syndic's verdict about a governed function.
///
/// An audited function that returns it, or an error whose `source` it is, is recorded as not allowed, with `policy`
/// among the violations.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{policy}: {reason}")]
pub struct Refused {
    /// What forbids it. In records, characters that no policy's name has are replaced by `-`.
    pub policy: String,
    /// Why.
    pub reason: String,
    /// How bad it is that it was asked for.
    pub severity: Severity,
    /// What a model may be told; of a governed function.
    pub message: Option<String>,
    /// The recorded action; of a governed function.
    pub action_id: Option<EventId>,
    /// The request for approval that people have not granted; of a governed function.
    pub approval: Option<ApprovalId>,
}

impl Refused {
    /// Says that `policy` forbids an action, of high severity.
    #[must_use]
    pub fn new(policy: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            policy: policy.into(),
            reason: reason.into(),
            severity: Severity::High,
            message: None,
            action_id: None,
            approval: None,
        }
    }

    /// Says how bad it is.
    #[must_use]
    pub fn severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    pub(crate) fn refusal(self) -> Refusal {
        Refusal { policy: self.policy, reason: self.reason, severity: self.severity }
    }
}

/// An error that may say that something forbids an action. For errors of a program that cannot have a [`Refused`] as
/// their `source`.
pub trait AsRefused: fmt::Display {
    /// Says what forbids it; nothing where it failed in another way.
    fn as_refused(&self) -> Option<Refused>;
}

impl AsRefused for Refused {
    fn as_refused(&self) -> Option<Refused> {
        Some(self.clone())
    }
}
