//! What agents ask and tell, and why it is refused.

use syndic_api::InvalidRequest;
use syndic_gate::{
    AuthenticationError, FilterError, ReportError, SessionError, SubmitError, ToolsError,
};
use syndic_model::NameError;

use super::{Failure, problem};

impl From<InvalidRequest> for Failure {
    fn from(error: InvalidRequest) -> Self {
        problem(422, "bad-request", &error)
    }
}

impl From<NameError> for Failure {
    fn from(error: NameError) -> Self {
        problem(422, "bad-request", &error)
    }
}

impl From<AuthenticationError> for Failure {
    fn from(error: AuthenticationError) -> Self {
        let code = match error {
            AuthenticationError::Unknown => "unknown-key",
            AuthenticationError::Expired => "expired-key",
            AuthenticationError::Revoked => "revoked-key",
        };
        problem(401, code, &error)
    }
}

impl From<SubmitError> for Failure {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Role => problem(403, "wrong-role", &error),
            SubmitError::OtherAgent { .. } => problem(403, "other-agent", &error),
            SubmitError::ForeignSession => problem(403, "foreign-session", &error),
            SubmitError::OtherBody => problem(422, "idempotency-key-reused", &error),
            SubmitError::StillDeciding => problem(409, "still-deciding", &error),
            SubmitError::Crowded => problem(503, "crowded", &error),
            SubmitError::Lookup(error) => error.into(),
            SubmitError::Approval(error) => error.into(),
            SubmitError::Write(error) => error.into(),
        }
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Role => problem(403, "wrong-role", &error),
            ReportError::Unknown(_) => problem(404, "unknown-action-id", &error),
            ReportError::Foreign => problem(403, "foreign-action", &error),
            ReportError::OtherArguments => problem(422, "other-arguments", &error),
            ReportError::NotAllowed => problem(409, "not-allowed", &error),
            ReportError::Second => problem(409, "second-outcome", &error),
            ReportError::Lookup(error) => error.into(),
            ReportError::Write(error) => error.into(),
        }
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Role => problem(403, "wrong-role", &error),
            SessionError::OtherAgent(_) => problem(403, "other-agent", &error),
            SessionError::UnknownAgent(_) => problem(404, "unknown-agent", &error),
            SessionError::Crowded => problem(503, "crowded", &error),
            SessionError::Write(error) => error.into(),
        }
    }
}

impl From<ToolsError> for Failure {
    fn from(error: ToolsError) -> Self {
        match error {
            ToolsError::Role => problem(403, "wrong-role", &error),
            ToolsError::OtherAgent(_) => problem(403, "other-agent", &error),
            ToolsError::UnknownAgent(_) => problem(404, "unknown-agent", &error),
            ToolsError::Name(_) | ToolsError::TooMany => problem(422, "invalid-definition", &error),
            ToolsError::Lookup(error) => error.into(),
            ToolsError::Write(error) => error.into(),
        }
    }
}

impl From<FilterError> for Failure {
    fn from(error: FilterError) -> Self {
        match error {
            FilterError::Role => problem(403, "wrong-role", &error),
            FilterError::OtherAgent { .. } => problem(403, "other-agent", &error),
            FilterError::UnknownAgent(_) => problem(404, "unknown-agent", &error),
            FilterError::OverBudget(_) => problem(422, "too-costly", &error),
        }
    }
}
