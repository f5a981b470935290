//! What anybody may ask.

use axum::Json;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use syndic_api::Readiness;

use crate::app::App;
use crate::auth::Reader;
use crate::routes::status::components;

/// The process runs.
pub(crate) async fn alive() -> StatusCode {
    StatusCode::OK
}

/// Decisions can be recorded. What else is broken is told, and keeps nobody from asking; each part of it with what
/// mends it, to those who may read.
pub(crate) async fn ready(State(gate): State<App>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    if Reader::from_request_parts(&mut parts, &gate).await.is_err() {
        return ready_or_not(&gate).into_response();
    }
    let ready = gate.health().ledger_open;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    match components(&gate).await {
        Ok(components) => (status, Json(Readiness { ready, components })).into_response(),
        Err(failure) => failure.into_response(),
    }
}

fn ready_or_not(gate: &App) -> (StatusCode, String) {
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
