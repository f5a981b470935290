//! Writing, reading, keeping and erasing what is on record.

use syndic_gate::{
    BackupRefused, EventsError, HoldError, ProofError, PruneError, RedactError, RotateError,
    WriteFailed,
};
use syndic_relay::ReplayError;

use super::{Failure, problem};

impl From<WriteFailed> for Failure {
    fn from(error: WriteFailed) -> Self {
        match error {
            WriteFailed::Busy => problem(503, "busy", &error),
            WriteFailed::Refused => problem(422, "record-refused", &error),
            WriteFailed::Closed => problem(503, "ledger-closed", &error),
        }
    }
}

impl From<EventsError> for Failure {
    fn from(error: EventsError) -> Self {
        match error {
            EventsError::Behind => problem(503, "index-behind", &error),
            EventsError::Unsigned => problem(503, "not-signed-yet", &error),
            EventsError::Unreadable(_) => problem(500, "ledger-unreadable", &error),
        }
    }
}

impl From<ProofError> for Failure {
    fn from(error: ProofError) -> Self {
        match error {
            ProofError::Unknown(_) => problem(404, "unknown-action", &error),
            ProofError::Sample(_) => problem(400, "bad-query", &error),
            ProofError::Beyond { .. } => problem(409, "beyond-the-log", &error),
            ProofError::Many(_) => problem(409, "too-many-records", &error),
            ProofError::Lookup(error) => error.into(),
        }
    }
}

impl From<RotateError> for Failure {
    fn from(error: RotateError) -> Self {
        match error {
            RotateError::Key(_) => problem(503, "not-rotated", &error),
            RotateError::Write(error) => error.into(),
        }
    }
}

impl From<BackupRefused> for Failure {
    fn from(error: BackupRefused) -> Self {
        match error {
            BackupRefused::Relative(_) | BackupRefused::Governance(_) => {
                problem(422, "bad-request", &error)
            }
            BackupRefused::Running(_) => problem(409, "backup-running", &error),
        }
    }
}

impl From<ReplayError> for Failure {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Unknown(_) => problem(404, "unknown-sink", &error),
            ReplayError::Beyond(_) => problem(422, "bad-request", &error),
            ReplayError::Stopped => problem(503, "not-carried", &error),
        }
    }
}

impl From<RedactError> for Failure {
    fn from(error: RedactError) -> Self {
        match error {
            RedactError::User | RedactError::NamesUser => problem(422, "bad-request", &error),
            RedactError::Reason => problem(422, "reason-needed", &error),
            RedactError::Young { .. } => problem(409, "retention", &error),
            RedactError::Held { .. } => problem(409, "held-back", &error),
            RedactError::Changed => problem(503, "busy", &error),
            RedactError::Erase { .. } => problem(500, "not-erased", &error),
            RedactError::Lookup(error) => error.into(),
            RedactError::Write(error) => error.into(),
        }
    }
}

impl From<HoldError> for Failure {
    fn from(error: HoldError) -> Self {
        match error {
            HoldError::Reason => problem(422, "reason-needed", &error),
            HoldError::Name(_) | HoldError::Time => problem(422, "bad-request", &error),
            HoldError::Unknown(_) => problem(404, "unknown-hold", &error),
            HoldError::Crowded => problem(409, "crowded", &error),
            HoldError::Write(error) => error.into(),
        }
    }
}

impl From<PruneError> for Failure {
    fn from(error: PruneError) -> Self {
        match error {
            PruneError::Clock => problem(503, "clock", &error),
            PruneError::Busy => problem(409, "holds-changed", &error),
            PruneError::NoArchive
            | PruneError::Archive(_)
            | PruneError::Store(_)
            | PruneError::Interrupted => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "old segments are not dropped"
                );
                problem(503, "not-dropped", &error)
            }
            PruneError::Write(error) => error.into(),
        }
    }
}
