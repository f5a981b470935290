//! Sinks of the audit trail.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::{Extension, Json};
use syndic_api::{Problem, ReplaySink, ReplayedSink, SinkBody, Sinks};
use syndic_relay::SinkControl;

use crate::app::App;
use crate::auth::{Administrator, Reader};
use crate::body::Body;
use crate::problem::Failure;

/// Tells where the audit trail goes beside the ledger, and how far it is.
#[utoipa::path(get, path = "/v1/sinks", responses((status = 200, body = Sinks)))]
pub(crate) async fn list(State(gate): State<App>, _: Reader) -> Json<Sinks> {
    let gate = Arc::clone(&gate);
    let views = tokio::task::spawn_blocking(move || gate.sink_views()).await.unwrap_or_default();
    let body = |(state, lag)| SinkBody::new(state, Some(lag));
    Json(Sinks { sinks: views.into_iter().map(body).collect() })
}

/// Has a sink go on from an earlier record: what is complete from there on goes again, with the same ids.
#[utoipa::path(
    post,
    path = "/v1/sinks/{sink}/replay",
    params(("sink" = String, Path, description = "Its name")),
    request_body = ReplaySink,
    responses(
        (status = 200, body = ReplayedSink),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn replay(
    Extension(sinks): Extension<SinkControl>,
    Path(sink): Path<String>,
    Administrator(by): Administrator,
    Body(wire): Body<ReplaySink>,
) -> Result<Json<ReplayedSink>, Failure> {
    let records = sinks.replay(&sink, wire.from).await?;
    tracing::info!(sink, from = wire.from, records, by, "a sink is replayed");
    Ok(Json(ReplayedSink { sink, from: wire.from, records }))
}
