//! What is tried out on the running system.

use std::path::PathBuf;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use syndic_api::{DrillBody, Drills, Problem, RunDrill};
use syndic_gate::{DrillRequest, DrillView};

use crate::app::App;
use crate::auth::{Administrator, Reader};
use crate::body::Body;
use crate::problem::{Failure, to_the_end};

/// Lists the newest run of each drill on each agent.
#[utoipa::path(get, path = "/v1/drills", responses((status = 200, body = Drills)))]
pub(crate) async fn list(State(gate): State<App>, _: Reader) -> Json<Drills> {
    Json(Drills { drills: gate.drills().into_iter().map(body).collect() })
}

/// Tries something out, and records what came of it, be it passed or failed.
#[utoipa::path(
    post,
    path = "/v1/drills",
    request_body = RunDrill,
    responses(
        (status = 201, body = DrillBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn run(
    State(gate): State<App>,
    Administrator(by): Administrator,
    Body(wire): Body<RunDrill>,
) -> Result<(StatusCode, Json<DrillBody>), Failure> {
    let RunDrill { drill, agent, backup } = wire;
    let request = DrillRequest { drill: drill.parse()?, agent, backup: backup.map(PathBuf::from) };
    let ran = to_the_end(async move { gate.drill(&request, &by).await }).await??;
    Ok((StatusCode::CREATED, Json(body(ran))))
}

fn body(view: DrillView) -> DrillBody {
    let DrillView { id, drill, agent, passed, figures, told, by, at, record } = view;
    DrillBody { id, drill, agent, passed, figures, told, by, at, record }
}
