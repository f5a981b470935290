//! Who acts, and the stop button.

use axum::Json;
use axum::extract::{Path, State};
use syndic_api::{
    AgentBody, Agents, Problem, PromoteAgent, PromotedAgent, RecordBody, SwitchAgent, Switched,
};
use syndic_gate::{Promotion, Switch};

use crate::app::App;
use crate::auth::{Administrator, Reader};
use crate::body::Body;
use crate::problem::{Failure, to_the_end};

/// Lists all agents, by id.
#[utoipa::path(get, path = "/v1/agents", responses((status = 200, body = Agents)))]
pub(crate) async fn list(State(gate): State<App>, _: Reader) -> Json<Agents> {
    let agents = gate.agents();
    let agents = agents
        .iter()
        .map(|view| AgentBody::new(&view.profile, view.suspended.as_deref()))
        .collect();
    Json(Agents { agents })
}

/// Shows one agent.
#[utoipa::path(
    get,
    path = "/v1/agents/{id}",
    params(("id" = String, Path, description = "The agent's id")),
    responses(
        (status = 200, body = AgentBody),
        (status = 404, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn show(
    State(gate): State<App>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<AgentBody>, Failure> {
    let agents = gate.agents();
    let view = agents.iter().find(|view| view.profile.id.as_str() == id);
    view.map(|view| Json(AgentBody::new(&view.profile, view.suspended.as_deref()))).ok_or_else(
        || {
            let shown: String = id.chars().take(64).flat_map(char::escape_default).collect();
            Failure(Problem::new(
                404,
                "unknown-agent",
                format!("agent `{shown}` is not registered"),
            ))
        },
    )
}

/// Stops an agent from its next decision on; `*` stops all.
#[utoipa::path(
    post,
    path = "/v1/agents/{id}/suspend",
    params(("id" = String, Path, description = "The agent's id, or `*`")),
    request_body = SwitchAgent,
    responses(
        (status = 200, body = Switched),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn suspend(
    State(gate): State<App>,
    Administrator(key): Administrator,
    Path(id): Path<String>,
    Body(wire): Body<SwitchAgent>,
) -> Result<Json<Switched>, Failure> {
    let switch = switch(&id)?;
    let index =
        to_the_end(async move { gate.suspend(&switch, &wire.reason, &key).await }).await??;
    Ok(Json(Switched { agent: id, suspended: true, record: RecordBody { index } }))
}

/// Lets an agent act again; `*` lets all.
#[utoipa::path(
    post,
    path = "/v1/agents/{id}/resume",
    params(("id" = String, Path, description = "The agent's id, or `*`")),
    request_body = SwitchAgent,
    responses(
        (status = 200, body = Switched),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn resume(
    State(gate): State<App>,
    Administrator(key): Administrator,
    Path(id): Path<String>,
    Body(wire): Body<SwitchAgent>,
) -> Result<Json<Switched>, Failure> {
    let switch = switch(&id)?;
    let index = to_the_end(async move { gate.resume(&switch, &wire.reason, &key).await }).await??;
    Ok(Json(Switched { agent: id, suspended: false, record: RecordBody { index } }))
}

/// Records who signs that an agent's verdicts be enforced. Its file switches it, once that is reloaded.
#[utoipa::path(
    post,
    path = "/v1/agents/{id}/promote",
    params(("id" = String, Path, description = "The agent's id")),
    request_body = PromoteAgent,
    responses(
        (status = 200, body = PromotedAgent),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn promote(
    State(gate): State<App>,
    Administrator(key): Administrator,
    Path(id): Path<String>,
    Body(wire): Body<PromoteAgent>,
) -> Result<Json<PromotedAgent>, Failure> {
    let PromoteAgent { signed_by, since, actions, denied, held } = wire;
    let agent = id.parse()?;
    let promotion = Promotion { agent, signed_by, since, actions, denied, held };
    let index = to_the_end(async move { gate.promote(&promotion, &key).await }).await??;
    Ok(Json(PromotedAgent { agent: id, record: RecordBody { index } }))
}

fn switch(id: &str) -> Result<Switch, Failure> {
    match id {
        "*" => Ok(Switch::Every),
        _ => Ok(Switch::Agent(id.parse()?)),
    }
}
