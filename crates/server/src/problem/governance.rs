//! Agents, keys, and the files that govern.

use syndic_gate::{KeyError, PromoteError, ReloadError, RevisionError, SwitchError, UnknownName};

use super::{Failure, internal, problem};
use crate::routes::policy;

impl From<UnknownName> for Failure {
    fn from(error: UnknownName) -> Self {
        let code = match error.what {
            "agent" => "unknown-agent",
            "policy" => "unknown-policy",
            _ => "unknown-revision",
        };
        problem(404, code, &error)
    }
}

impl From<SwitchError> for Failure {
    fn from(error: SwitchError) -> Self {
        match error {
            SwitchError::UnknownAgent(_) => problem(404, "unknown-agent", &error),
            SwitchError::Reason => problem(422, "reason-needed", &error),
            SwitchError::AllSuspended => problem(409, "all-suspended", &error),
            SwitchError::Write(error) => error.into(),
        }
    }
}

impl From<PromoteError> for Failure {
    fn from(error: PromoteError) -> Self {
        match error {
            PromoteError::UnknownAgent(_) => problem(404, "unknown-agent", &error),
            PromoteError::Signature => problem(422, "bad-request", &error),
            PromoteError::Write(error) => error.into(),
        }
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Holder | KeyError::Days => problem(422, "bad-request", &error),
            KeyError::UnknownAgent(_) => problem(422, "unknown-agent", &error),
            KeyError::UnknownPerson(..) => problem(422, "unknown-person", &error),
            KeyError::UnknownKey(_) => problem(404, "unknown-key-id", &error),
            KeyError::LastAdmin(_) => problem(409, "last-admin", &error),
            KeyError::Crowded => problem(409, "crowded", &error),
            KeyError::Write(error) => error.into(),
        }
    }
}

impl From<RevisionError> for Failure {
    fn from(error: RevisionError) -> Self {
        match error {
            RevisionError::Unknown(unknown) => unknown.into(),
            RevisionError::Ambiguous(_) => problem(409, "ambiguous-revision", &error),
            RevisionError::Files(_) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "files of a revision cannot be told"
                );
                problem(500, "files-unreadable", &error)
            }
            RevisionError::Interrupted => internal(),
        }
    }
}

impl From<ReloadError> for Failure {
    fn from(error: ReloadError) -> Self {
        let told = |code| problem(409, code, &error);
        match &error {
            ReloadError::Invalid(findings) => {
                let mut failure = problem(422, "invalid-policy", &error);
                failure.0.findings = policy::findings(findings);
                failure
            }
            ReloadError::Loosens(held) => {
                let mut failure = told("loosens");
                failure.0.held = Some(Box::new(policy::held_body(held)));
                failure
            }
            ReloadError::Restart(_) => told("needs-restart"),
            ReloadError::OwnProposal(_) => told("own-proposal"),
            ReloadError::YoungKey(_) => told("young-key"),
            ReloadError::OtherRevision { .. } => told("other-revision"),
            ReloadError::NotProposed(_) => told("not-proposed"),
            ReloadError::NotWatched => told("not-watched"),
            ReloadError::Keep(_) => problem(503, "not-kept", &error),
            ReloadError::Write(error) => (*error).into(),
        }
    }
}
