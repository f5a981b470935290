//! Reading a JSON body strictly, with errors that say what to mend.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use syndic_api::Problem;

use crate::app::{App, MOST_BODY_BYTES};
use crate::problem::Failure;

/// A JSON body of type `T`.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, gate: &App) -> Result<Self, Failure> {
        let content_type =
            request.headers().get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
        let essence = content_type.map(|kind| kind.split(';').next().unwrap_or_default().trim());
        if essence.is_some_and(|kind| !kind.eq_ignore_ascii_case("application/json")) {
            return Err(Failure(Problem::new(
                415,
                "not-json",
                "send `Content-Type: application/json`",
            )));
        }
        let bytes = Bytes::from_request(request, gate).await.map_err(|rejection| {
            let status = rejection.status().as_u16();
            let detail = match status {
                413 => format!("a request body has at most {MOST_BODY_BYTES} bytes"),
                _ => "the body could not be read".to_owned(),
            };
            Failure(Problem::new(status, "unreadable-body", detail))
        })?;
        if bytes.trim_ascii_start().first() == Some(&b'[') {
            let detail = "the body is a JSON object, not a list";
            return Err(Failure(Problem::new(422, "bad-request", detail)));
        }
        serde_json::from_slice(&bytes).map(Self).map_err(|error| Failure(malformed(&error)))
    }
}

/// A JSON body of a standard that knows one status for all that is wrong with it, and that wants to hear which type it
/// is.
#[derive(Debug)]
pub(crate) struct StandardBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for StandardBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, gate: &App) -> Result<Self, Failure> {
        if !request.headers().contains_key(CONTENT_TYPE) {
            let detail = "send `Content-Type: application/json`";
            return Err(Failure(Problem::new(400, "not-json", detail)));
        }
        let body = Body::from_request(request, gate).await;
        body.map(|Body(body)| Self(body)).map_err(|Failure(problem)| match problem.status {
            415 | 422 => Failure(Problem { status: 400, ..problem }),
            _ => Failure(problem),
        })
    }
}

fn malformed(error: &serde_json::Error) -> Problem {
    let place = format!("line {} column {}", error.line(), error.column());
    match error.classify() {
        // The text of a data error names fields, and is cut at the position that the library adds.
        Category::Data => {
            let text = error.to_string();
            let text = text.split(" at line ").next().unwrap_or_default();
            Problem::new(422, "bad-request", format!("{text} ({place})"))
        }
        Category::Syntax | Category::Eof | Category::Io => {
            Problem::new(400, "not-json", format!("the body is not JSON ({place})"))
        }
    }
}
