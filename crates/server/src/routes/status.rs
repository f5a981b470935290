//! How the daemon is, for people and for Prometheus.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::{Extension, Json};
use jiff::Timestamp;
use syndic_api::{ComponentBody, Status, WitnessBody};
use syndic_gate::Component;
use syndic_model::WitnessState;

use crate::app::App;
use crate::auth::Reader;
use crate::problem::{Failure, internal};
use crate::routes::policy;
use crate::streams::Streams;

/// Tells how the daemon is.
#[utoipa::path(get, path = "/v1/status", responses((status = 200, body = Status)))]
pub(crate) async fn status(State(gate): State<App>, _: Reader) -> Result<Json<Status>, Failure> {
    let components = components(&gate).await?;
    let health = gate.health();
    let (governance, now) = (gate.governance(), gate.now());
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    Ok(Json(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        environment: governance.settings.environment.as_str().to_owned(),
        policy_revision: governance.revision.clone(),
        durability: governance.settings.durability.as_str().to_owned(),
        ledger_open: health.ledger_open,
        records: health.records,
        indexed_through: health.indexed_through,
        index_follows: health.index_follows,
        agents: count(governance.agents.len()),
        suspended: health.suspended,
        approvals_pending: count(health.approvals_pending),
        oldest_approval: health.oldest_approval,
        break_glass_open: health.break_glass_open,
        break_glass_reviews: count(health.break_glass_reviews),
        open_actions: count(health.open_actions),
        clock_sane: health.clock_sane,
        witnesses: health.witnesses.into_iter().map(|state| witness(state, now)).collect(),
        policy: policy::status(gate.policy_standing()),
        components,
    }))
}

/// Tells how each part is that governance stands on.
pub(crate) async fn components(gate: &App) -> Result<Vec<ComponentBody>, Failure> {
    let gate = Arc::clone(gate);
    let told = tokio::task::spawn_blocking(move || gate.components()).await;
    let body = |one: Component| ComponentBody {
        component: one.component.to_owned(),
        state: one.state.as_str().to_owned(),
        told: one.told,
        remedy: one.remedy,
    };
    Ok(told.map_err(|_| internal())?.into_iter().map(body).collect())
}

fn witness(state: WitnessState, now: Timestamp) -> WitnessBody {
    WitnessBody {
        up: state.is_up(),
        lag_seconds: u64::try_from(state.lag(now).as_secs()).unwrap_or_default(),
        name: state.name,
        url: state.url,
        cosigned: state.cosigned,
        failure: state.failure,
        contradiction: state.contradiction,
    }
}

/// Returns the metrics (`OpenMetrics` text).
#[utoipa::path(
    get,
    path = "/metrics",
    responses((status = 200, body = String, content_type = "application/openmetrics-text"))
)]
pub(crate) async fn metrics(
    State(gate): State<App>,
    _: Reader,
    Extension(streams): Extension<Arc<Streams>>,
) -> Result<impl IntoResponse, Failure> {
    gate.stream_clients(streams.count());
    let text = tokio::task::spawn_blocking(move || gate.metrics_text()).await;
    let text = text.map_err(|_| internal())?;
    Ok(([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text))
}
