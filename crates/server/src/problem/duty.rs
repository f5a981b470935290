//! What is reported, stated and tried out, and what went wrong.

use syndic_gate::{
    AttestError, ComplianceError, DrillError, IncidentBundleError, IncidentClassError,
    IncidentError,
};
use syndic_model::{StatementFieldError, UnknownWord};

use super::{Failure, internal, problem};

impl From<ComplianceError> for Failure {
    fn from(error: ComplianceError) -> Self {
        match error {
            ComplianceError::Unknown(error) => error.into(),
            ComplianceError::Request(_) => problem(400, "bad-query", &error),
            ComplianceError::Changed => problem(409, "policy-changed", &error),
            ComplianceError::Checkpoint(_) => problem(503, "not-signed", &error),
            ComplianceError::Write(error) => error.into(),
            ComplianceError::Catalogue(_)
            | ComplianceError::Log(_)
            | ComplianceError::Record(_)
            | ComplianceError::Tests(_)
            | ComplianceError::Form(_) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a report could not be made"
                );
                problem(500, "no-report", &error)
            }
            ComplianceError::Interrupted => internal(),
        }
    }
}

impl From<StatementFieldError> for Failure {
    fn from(error: StatementFieldError) -> Self {
        problem(422, "unknown-field", &error)
    }
}

impl From<UnknownWord> for Failure {
    fn from(error: UnknownWord) -> Self {
        problem(422, "bad-request", &error)
    }
}

impl From<AttestError> for Failure {
    fn from(error: AttestError) -> Self {
        match error {
            AttestError::Unknown(error) => error.into(),
            AttestError::Nothing { .. } => problem(404, "nothing-stated", &error),
            AttestError::Reason => problem(422, "reason-needed", &error),
            AttestError::Value
            | AttestError::Name
            | AttestError::Expires
            | AttestError::Placeholder(_)
            | AttestError::Day(_)
            | AttestError::YesOrNo(_)
            | AttestError::Document => problem(422, "bad-request", &error),
            AttestError::Control(_) => problem(422, "unknown-field", &error),
            AttestError::Measured { .. } => problem(422, "measured-field", &error),
            AttestError::Crowded => problem(409, "crowded", &error),
            AttestError::Write(error) => error.into(),
        }
    }
}

impl From<IncidentClassError> for Failure {
    fn from(error: IncidentClassError) -> Self {
        problem(422, "bad-request", &error)
    }
}

impl From<IncidentError> for Failure {
    fn from(error: IncidentError) -> Self {
        match error {
            IncidentError::Agent(error) => error.into(),
            IncidentError::Unknown(_) => problem(404, "unknown-incident", &error),
            IncidentError::Title
            | IncidentError::Note
            | IncidentError::Aware(_)
            | IncidentError::Since(_)
            | IncidentError::ReportedAhead(_)
            | IncidentError::ReportedBefore(_)
            | IncidentError::Due(_) => problem(422, "bad-request", &error),
            IncidentError::Closed(_) => problem(409, "closed", &error),
            IncidentError::Crowded => problem(409, "crowded", &error),
            IncidentError::Hold(error) => error.into(),
            IncidentError::Write(error) => error.into(),
        }
    }
}

impl From<IncidentBundleError> for Failure {
    fn from(error: IncidentBundleError) -> Self {
        match error {
            IncidentBundleError::Incident(error) => error.into(),
            IncidentBundleError::Lookup(error) => error.into(),
        }
    }
}

impl From<DrillError> for Failure {
    fn from(error: DrillError) -> Self {
        match error {
            DrillError::Unknown(error) => error.into(),
            DrillError::NoAgent(..) | DrillError::AboutAll(_) => {
                problem(422, "bad-request", &error)
            }
            DrillError::NotBackup(_) => problem(422, "not-a-backup", &error),
            DrillError::Running => problem(409, "drill-running", &error),
            DrillError::Suspended(_)
            | DrillError::NoProbe
            | DrillError::NoCanary
            | DrillError::NoKnocker
            | DrillError::NoBackup
            | DrillError::NoLimit(_)
            | DrillError::NoLimitTried(_)
            | DrillError::NoOutputFilter(_)
            | DrillError::NoSeed(_) => problem(409, "no-drill", &error),
            DrillError::Place(_) | DrillError::Scratch(_) | DrillError::Interrupted => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "nothing was tried out");
                problem(503, "no-drill", &error)
            }
            DrillError::Lookup(error) => error.into(),
            DrillError::Proof(error) => error.into(),
            DrillError::Switch(error) => error.into(),
            DrillError::Submit(error) => error.into(),
            DrillError::Report(error) => error.into(),
            DrillError::Incident(error) => error.into(),
            DrillError::Told(error) => error.into(),
            DrillError::Write(error) => error.into(),
        }
    }
}
