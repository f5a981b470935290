//! What is looked at before an agent is deployed.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use syndic_api::{ChecklistBody, ChecklistItemBody, JudgedChecklistBody, Problem};
use syndic_gate::{Checklist, ChecklistItem, JudgedChecklist};

use crate::app::App;
use crate::auth::{Overseer, Reader};
use crate::problem::{Failure, Named, to_the_end};

/// Looks at every item of an agent's checklist, as the evidence shows it now; nothing is recorded.
#[utoipa::path(
    get,
    path = "/v1/agents/{id}/checklist",
    params(("id" = String, Path, description = "The agent's id")),
    responses(
        (status = 200, body = ChecklistBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn show(
    State(gate): State<App>,
    _: Overseer,
    Named(agent): Named,
) -> Result<Json<ChecklistBody>, Failure> {
    Ok(Json(body(to_the_end(async move { gate.checklist(&agent).await }).await??)))
}

/// Judges by its checklist whether an agent may be deployed, and records what came of it.
#[utoipa::path(
    post,
    path = "/v1/agents/{id}/checklist",
    params(("id" = String, Path, description = "The agent's id")),
    responses(
        (status = 201, body = JudgedChecklistBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn judge(
    State(gate): State<App>,
    Reader(by): Reader,
    Named(agent): Named,
) -> Result<(StatusCode, Json<JudgedChecklistBody>), Failure> {
    let judged = to_the_end(async move { gate.judge_checklist(&agent, &by).await }).await??;
    let JudgedChecklist { checklist, record } = judged;
    Ok((StatusCode::CREATED, Json(JudgedChecklistBody { checklist: body(checklist), record })))
}

fn body(checklist: Checklist) -> ChecklistBody {
    let Checklist { agent, risk_level, passed, open_required, items } = checklist;
    let items = items.into_iter().map(item).collect();
    ChecklistBody { agent, risk_level, passed, open_required, items }
}

fn item(item: ChecklistItem) -> ChecklistItemBody {
    let ChecklistItem { id, section, title, state, required, why, by, probes, closes } = item;
    let state = state.as_str().to_owned();
    ChecklistItemBody { id, section, title, state, required, why, by, probes, closes }
}
