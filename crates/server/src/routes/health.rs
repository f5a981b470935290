//! What anybody may ask.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;

use crate::app::App;

/// The process runs.
pub(crate) async fn alive() -> StatusCode {
    StatusCode::OK
}

/// Decisions can be recorded.
pub(crate) async fn ready(State(gate): State<App>) -> StatusCode {
    if gate.health().ledger_open { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// Returns the JWK set (RFC 7517) that verifies permits.
#[utoipa::path(get, path = "/.well-known/jwks.json", responses((status = 200, body = Object)), security(()))]
pub(crate) async fn key_set(State(gate): State<App>) -> Json<Value> {
    Json(gate.key_set())
}
