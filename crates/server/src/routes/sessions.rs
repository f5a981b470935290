//! Sessions.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use syndic_api::{OpenSession, OpenedSession, Problem};

use crate::app::App;
use crate::auth::Asker;
use crate::body::Body;
use crate::problem::{Failure, to_the_end};

/// Opens a session that belongs to the asking key.
#[utoipa::path(
    post,
    path = "/v1/sessions",
    request_body = OpenSession,
    responses(
        (status = 201, body = OpenedSession),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn open(
    State(gate): State<App>,
    Asker(caller): Asker,
    Body(wire): Body<OpenSession>,
) -> Result<(StatusCode, Json<OpenedSession>), Failure> {
    let agent = wire.agent.parse()?;
    let session = to_the_end(async move { gate.open_session(&caller, &agent).await }).await??;
    Ok((
        StatusCode::CREATED,
        Json(OpenedSession { session_id: session.to_string(), agent: wire.agent }),
    ))
}
