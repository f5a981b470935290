//! Every error as a problem document, made in one place.

mod action;
mod duty;
mod governance;
mod ledger;
mod person;

use std::any::Any;
use std::time::Duration;

use axum::Json;
use axum::extract::{FromRequestParts, Path, Request};
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use syndic_api::Problem;
use syndic_model::EventId;

use crate::routes::approvals;

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
