//! How the process ends.

use std::process::{ExitCode, Termination};

use syndic_model::Effect;

/// The code of [`Exit::Taken`].
pub(crate) const TAKEN: u8 = 3;

/// What the exit code tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It is done, or the action is allowed.
    Success,
    /// It failed, or there are findings.
    Failure,
    /// What was typed or given cannot be read.
    Usage,
    /// Another process has the data directory; only a daemon in the background ends so.
    Taken,
    /// The action is denied.
    Deny,
    /// The action is held.
    Hold,
    /// A server ended so.
    Server(u8),
}

impl From<Effect> for Exit {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Allow => Self::Success,
            Effect::Deny => Self::Deny,
            Effect::Hold => Self::Hold,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Taken => TAKEN,
            Self::Deny => 10,
            Self::Hold => 11,
            Self::Server(code) => code,
        })
    }
}
