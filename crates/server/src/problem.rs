//! Every error as a problem document, made in one place.

use std::any::Any;
use std::time::Duration;

use axum::Json;
use axum::extract::{FromRequestParts, Path, Request};
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use syndic_api::{InvalidRequest, Problem};
use syndic_gate::{
    ApprovalError, AskRefused, AttestError, AuthenticationError, BackupRefused, BreakGlassError,
    CancelError, ComplianceError, DrillError, EventsError, FilterError, HoldError,
    IncidentBundleError, IncidentClassError, IncidentError, KeyError, OpenRefused, PromoteError,
    ProofError, PruneError, RedactError, Refused, ReloadError, ReportError, ReviewRefused,
    RevisionError, RotateError, SessionError, SubmitError, SwitchError, ToolsError, UnknownName,
    VoteError, WriteFailed,
};
use syndic_model::{EventId, NameError, StatementFieldError, UnknownWord};
use syndic_relay::{ReplayError, SlackRefused};

use crate::routes::{approvals, policy};

const REQUEST_WITHIN: Duration = Duration::from_secs(30);
/// What drops or erases records reads all of them, and may wait for an archive.
const REMOVAL_WITHIN: Duration = Duration::from_hours(1);

/// A request that failed, as its answer.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) Problem);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.0)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

pub(crate) async fn no_such_route(method: Method, uri: Uri) -> Failure {
    Failure(Problem::new(404, "no-such-route", format!("there is no `{method} {}`", uri.path())))
}

pub(crate) async fn no_such_method(method: Method, uri: Uri) -> Failure {
    Failure(Problem::new(405, "no-such-method", format!("`{}` does not take {method}", uri.path())))
}

/// Ends a request that takes too long, beside what it says it waits for people. What it had enqueued is recorded all
/// the same; nothing is permitted.
pub(crate) async fn in_time(request: Request, next: Next) -> Response {
    let within = match request.uri().path() {
        "/v1/audit/prunes" | "/v1/audit/redactions" | "/v1/drills" => REMOVAL_WITHIN,
        _ => REQUEST_WITHIN + approvals::waits(request.uri()),
    };
    match tokio::time::timeout(within, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure(Problem::new(
            503,
            "too-slow",
            "the request took too long; nothing was permitted",
        ))
        .into_response(),
    }
}

/// Runs to its end even when the client goes away or is told that it took too long: what is recorded is also applied
/// and counted.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Failure> {
    tokio::spawn(work).await.map_err(|_| internal())
}

/// Works on a thread that may be kept busy for a while.
pub(crate) async fn off_the_loop<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|_| internal())
}

/// Tells the client nothing of a bug but that there is one.
pub(crate) fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a request handler panicked; the action it decided was not permitted");
    internal().into_response()
}

pub(crate) fn internal() -> Failure {
    Failure(Problem::new(500, "internal", "syndic failed; nothing was permitted"))
}

/// Makes the problem of a text that is not an action's id.
pub(crate) fn not_an_id(text: &str) -> Failure {
    let shown: String = text.chars().take(64).flat_map(char::escape_default).collect();
    Failure(Problem::new(404, "unknown-action-id", format!("there is no action `{shown}`")))
}

/// Reads an action's id from a path.
pub(crate) fn event_id(text: &str) -> Result<EventId, Failure> {
    text.parse().map_err(|_| not_an_id(text))
}

fn problem(status: u16, code: &str, error: &impl ToString) -> Failure {
    Failure(Problem::new(status, code, error.to_string()))
}

/// Tells that no app at Slack is set up to be believed.
pub(crate) fn no_slack() -> Failure {
    Failure(Problem::new(
        404,
        "no-slack",
        "`notify.slack` of syndic.yaml names no `signing_secret_env`, or a variable it names is not set",
    ))
}

impl From<SlackRefused> for Failure {
    fn from(error: SlackRefused) -> Self {
        match error {
            SlackRefused::Stale | SlackRefused::Forged => problem(401, "not-slack", &error),
            SlackRefused::Meaningless => problem(400, "bad-request", &error),
        }
    }
}

/// A name in a path, whatever it is.
#[derive(Debug)]
pub(crate) struct Named(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let read = Path::<String>::from_request_parts(parts, state).await;
        read.map(|Path(name)| Self(name))
            .map_err(|error| problem(400, "bad-path", &error.body_text()))
    }
}

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

impl From<NameError> for Failure {
    fn from(error: NameError) -> Self {
        problem(422, "bad-request", &error)
    }
}

impl From<InvalidRequest> for Failure {
    fn from(error: InvalidRequest) -> Self {
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

impl From<ApprovalError> for Failure {
    fn from(error: ApprovalError) -> Self {
        match error {
            ApprovalError::Unknown(_) => problem(404, "unknown-approval", &error),
            ApprovalError::Lookup(error) => error.into(),
        }
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

impl From<RotateError> for Failure {
    fn from(error: RotateError) -> Self {
        match error {
            RotateError::Key(_) => problem(503, "not-rotated", &error),
            RotateError::Write(error) => error.into(),
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

impl From<PromoteError> for Failure {
    fn from(error: PromoteError) -> Self {
        match error {
            PromoteError::UnknownAgent(_) => problem(404, "unknown-agent", &error),
            PromoteError::Signature => problem(422, "bad-request", &error),
            PromoteError::Write(error) => error.into(),
        }
    }
}

impl From<StatementFieldError> for Failure {
    fn from(error: StatementFieldError) -> Self {
        problem(422, "unknown-field", &error)
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
            | AttestError::Document => problem(422, "bad-request", &error),
            AttestError::Control(_) => problem(422, "unknown-field", &error),
            AttestError::Crowded => problem(409, "crowded", &error),
            AttestError::Write(error) => error.into(),
        }
    }
}

impl From<UnknownWord> for Failure {
    fn from(error: UnknownWord) -> Self {
        problem(422, "bad-request", &error)
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
            DrillError::NoAgent(_) | DrillError::AboutAll(_) => problem(422, "bad-request", &error),
            DrillError::NotBackup(_) => problem(422, "not-a-backup", &error),
            DrillError::Running => problem(409, "drill-running", &error),
            DrillError::Suspended(_)
            | DrillError::NoProbe
            | DrillError::NoCanary
            | DrillError::NoKnocker
            | DrillError::NoBackup => problem(409, "no-drill", &error),
            DrillError::Place(_) | DrillError::Scratch(_) | DrillError::Interrupted => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "nothing was tried out");
                problem(503, "no-drill", &error)
            }
            DrillError::Lookup(error) => error.into(),
            DrillError::Proof(error) => error.into(),
            DrillError::Switch(error) => error.into(),
            DrillError::Submit(error) => error.into(),
            DrillError::Write(error) => error.into(),
        }
    }
}

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
