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
pub(crate) async fn ready(State(gate): State<App>) -> (StatusCode, String) {
    let health = gate.health();
    if !health.ledger_open {
        let told = "the ledger cannot be written: everything is denied until a restart\n";
        return (StatusCode::SERVICE_UNAVAILABLE, told.to_owned());
    }
    let mut told = "ready".to_owned();
    if !health.index_follows {
        told.push_str(
            "; the index stopped: repeats, late outcomes and audit events fail until a restart",
        );
    }
    for witness in &health.witnesses {
        if witness.contradiction.is_some() {
            told.push_str(&format!(
                "; witness {} cosigned another history than this one",
                witness.name
            ));
        } else if !witness.is_up() {
            told.push_str(&format!("; witness {} does not cosign", witness.name));
        }
    }
    told.push('\n');
    (StatusCode::OK, told)
}

/// Returns the JWK set (RFC 7517) that verifies permits.
#[utoipa::path(get, path = "/.well-known/jwks.json", responses((status = 200, body = Object)), security(()))]
pub(crate) async fn key_set(State(gate): State<App>) -> Json<Value> {
    Json(gate.key_set())
}
