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

/// Decisions can be recorded. What else is broken is told, and keeps nobody from asking.
pub(crate) async fn ready(State(gate): State<App>) -> (StatusCode, &'static str) {
    let health = gate.health();
    match (health.ledger_open, health.index_follows) {
        (false, _) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the ledger cannot be written: everything is denied until a restart\n",
        ),
        (true, false) => (
            StatusCode::OK,
            "ready; the index stopped: repeats, late outcomes and audit events fail until a restart\n",
        ),
        (true, true) => (StatusCode::OK, "ready\n"),
    }
}

/// Returns the JWK set (RFC 7517) that verifies permits.
#[utoipa::path(get, path = "/.well-known/jwks.json", responses((status = 200, body = Object)), security(()))]
pub(crate) async fn key_set(State(gate): State<App>) -> Json<Value> {
    Json(gate.key_set())
}
