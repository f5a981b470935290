//! What people are asked for and decide.

use syndic_gate::{
    ApprovalError, AskRefused, BreakGlassError, CancelError, OpenRefused, Refused, ReviewRefused,
    VoteError,
};
use syndic_relay::SlackRefused;

use super::{Failure, problem};

impl From<ApprovalError> for Failure {
    fn from(error: ApprovalError) -> Self {
        match error {
            ApprovalError::Unknown(_) => problem(404, "unknown-approval", &error),
            ApprovalError::Lookup(error) => error.into(),
        }
    }
}

impl From<VoteError> for Failure {
    fn from(error: VoteError) -> Self {
        match error {
            VoteError::Lookup(error) => error.into(),
            VoteError::Refused(refused) => {
                let (status, code) = match &refused {
                    Refused::Ended(_) => (409, "approval-ended"),
                    Refused::Twice(_) => (409, "voted-already"),
                    Refused::NotAsked(..) => (403, "not-asked"),
                    Refused::SelfApproval(..) => (403, "self-approval"),
                    Refused::TooWeak(_) => (403, "sign-in-needed"),
                    Refused::ReasonNeeded(_) => (422, "reason-needed"),
                };
                problem(status, code, &refused)
            }
            VoteError::LongReason => problem(422, "bad-request", &error),
            VoteError::Clock => problem(503, "clock", &error),
            VoteError::Write(error) => error.into(),
        }
    }
}

impl From<CancelError> for Failure {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::Lookup(error) => error.into(),
            CancelError::Foreign => problem(403, "foreign-approval", &error),
            CancelError::Ended(_) => problem(409, "approval-ended", &error),
            CancelError::Write(error) => error.into(),
        }
    }
}

impl From<BreakGlassError> for Failure {
    fn from(error: BreakGlassError) -> Self {
        use BreakGlassError::{Ask, Open, Review, Unknown, UnknownAgent, Write};
        match &error {
            UnknownAgent(_) => problem(404, "unknown-agent", &error),
            Unknown(_) => problem(404, "unknown-break-glass", &error),
            Ask(AskRefused::Unknown(_))
            | Open(OpenRefused::Unknown(_))
            | Review(ReviewRefused::Unknown(_)) => problem(403, "unknown-person", &error),
            Open(OpenRefused::OwnRequest(_)) => problem(403, "own-request", &error),
            Review(ReviewRefused::Involved(_)) => problem(403, "involved", &error),
            Ask(AskRefused::Reason) => problem(422, "reason-needed", &error),
            Review(ReviewRefused::Note) => problem(422, "note-needed", &error),
            Ask(AskRefused::Length) => problem(422, "bad-request", &error),
            Ask(AskRefused::Living(..)) => problem(409, "break-glass-lives", &error),
            Ask(AskRefused::Unreviewed(_)) => problem(409, "review-first", &error),
            Ask(AskRefused::Crowded(_)) => problem(409, "crowded", &error),
            Open(OpenRefused::Status(_)) | Review(ReviewRefused::Status(_)) => {
                problem(409, "wrong-status", &error)
            }
            Write(error) => (*error).into(),
        }
    }
}

impl From<SlackRefused> for Failure {
    fn from(error: SlackRefused) -> Self {
        match error {
            SlackRefused::Stale | SlackRefused::Forged => problem(401, "not-slack", &error),
            SlackRefused::Meaningless => problem(400, "bad-request", &error),
        }
    }
}
