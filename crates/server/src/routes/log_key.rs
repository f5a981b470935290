//! The log's key.

use axum::Json;
use axum::extract::State;
use syndic_api::{Problem, RecordBody, RotatedLogKey};

use crate::app::App;
use crate::auth::Administrator;
use crate::problem::{Failure, to_the_end};

/// Makes another key for the log; the former one signs too until the next time.
#[utoipa::path(
    post,
    path = "/v1/log/rotations",
    responses(
        (status = 200, body = RotatedLogKey),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn rotate(
    State(gate): State<App>,
    Administrator(key): Administrator,
) -> Result<Json<RotatedLogKey>, Failure> {
    let rotated = to_the_end(async move { gate.rotate_log_key(&key).await }).await??;
    let syndic_gate::RotatedLogKey { from, to, record: index } = rotated;
    Ok(Json(RotatedLogKey { from, to, record: RecordBody { index } }))
}
