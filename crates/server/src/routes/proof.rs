//! Proofs of what is in the log.
#![expect(unused_qualifications, reason = "the expansion of `params` names the type by its path")]

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use syndic_api::Problem;
use utoipa::IntoParams;

use super::audit::bad_query;
use crate::app::App;
use crate::auth::Reader;
use crate::problem::{Failure, event_id};

/// Proves every record that the action has so far, as a text that can be verified offline.
#[utoipa::path(
    get,
    path = "/v1/audit/events/{id}/proof",
    operation_id = "event_proof",
    params(("id" = String, Path, description = "The action's id")),
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn event(
    State(gate): State<App>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<String, Failure> {
    Ok(gate.prove(event_id(&id)?).await?)
}

/// What to draw.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Draw {
    /// What the draw follows from: one line of 1 to 128 bytes.
    seed: String,
    /// How many records, 1 to 1000; 25 when left out.
    n: Option<u64>,
    /// Of the first so many records; of all that are signed for when left out.
    over: Option<u64>,
}

/// Draws records by a seed and proves each, as a text that can be verified offline.
#[utoipa::path(
    get,
    path = "/v1/audit/sample",
    operation_id = "sample",
    params(Draw),
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn sample(
    State(gate): State<App>,
    _: Reader,
    draw: Result<Query<Draw>, QueryRejection>,
) -> Result<String, Failure> {
    let Query(Draw { seed, n, over }) = draw.map_err(|error| bad_query(error.body_text()))?;
    Ok(gate.sample(&seed, n.unwrap_or(25), over).await?)
}
