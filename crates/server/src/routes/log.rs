//! The log as c2sp.org/tlog-tiles has it: a checkpoint, and files that never change.

use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use syndic_api::Problem;
use syndic_gate::TilePath;

use crate::app::App;
use crate::auth::LogReader;
use crate::problem::Failure;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

/// Returns the newest signed checkpoint; with witnesses, the newest that they cosigned, if it is at most a minute older.
#[utoipa::path(
    get,
    path = "/log/checkpoint",
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn checkpoint(State(gate): State<App>, _: LogReader) -> Response {
    ([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, NO_CACHE)], gate.log_checkpoint()).into_response()
}

/// Returns the keys that verify checkpoints, one a line, the current one first.
#[utoipa::path(
    get,
    path = "/log/vkey",
    responses((status = 200, body = String, content_type = "text/plain")),
    security(())
)]
pub(crate) async fn verifier_keys(State(gate): State<App>) -> Response {
    let lines: String = gate.log_keys().into_iter().map(|key| key + "\n").collect();
    ([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, NO_CACHE)], lines).into_response()
}

/// Returns a tile of hashes, or a bundle of leaves: each after its length in two bytes, the higher first.
#[utoipa::path(
    get,
    path = "/log/tile/{tile}",
    params(("tile" = String, Path, description = "`<level>/<n>` or `entries/<n>`, like `0/x001/234`; with `.p/<width>` behind where it is not full")),
    responses(
        (status = 200, body = String, content_type = "application/octet-stream"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn tile(
    State(gate): State<App>,
    _: LogReader,
    Path(path): Path<String>,
) -> Result<Response, Failure> {
    let none = || {
        let shown: String = path.chars().take(64).flat_map(char::escape_default).collect();
        let detail = format!("the log has no tile `{shown}` that its newest checkpoint covers");
        Failure(Problem::new(404, "no-such-tile", detail))
    };
    let tile: TilePath = path.parse().map_err(|_| none())?;
    let bytes = gate.log_tile(tile).await?.ok_or_else(none)?;
    // What needs a key is kept by nobody in between.
    let cache = HeaderValue::from_static(if gate.log_is_public() {
        "public, max-age=31536000, immutable"
    } else {
        "private, max-age=31536000, immutable"
    });
    Ok(([(CONTENT_TYPE, BYTES), (CACHE_CONTROL, cache)], bytes).into_response())
}
