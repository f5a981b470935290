//! Who acts, and the stop button.

use axum::Json;
use axum::extract::{Path, State};
use syndic_api::{
    AgentBody, AgentLimits, AgentPolicies, AgentStanding, Agents, LimitBody, Problem, PromoteAgent,
    PromotedAgent, RecordBody, SwitchAgent, Switched,
};
use syndic_gate::{AgentDetails, AgentView, LimitUse, Promotion, Switch};

use crate::app::App;
use crate::auth::{Administrator, Reader};
use crate::body::Body;
use crate::problem::{Failure, Named, off_the_loop, to_the_end};
use crate::routes::policies;

/// Lists all agents, by id.
#[utoipa::path(get, path = "/v1/agents", responses((status = 200, body = Agents)))]
pub(crate) async fn list(State(gate): State<App>, _: Reader) -> Json<Agents> {
    let agents = gate.agents().into_iter().map(body).collect();
    Json(Agents { agents })
}

/// Shows one agent, with the actions it may ask for.
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
    Named(id): Named,
) -> Result<Json<AgentBody>, Failure> {
    let AgentDetails { view, actions, file } = off_the_loop(move || gate.agent(&id)).await??;
    let actions = actions.iter().map(ToString::to_string).collect();
    Ok(Json(AgentBody { actions: Some(actions), file, ..body(view) }))
}

/// Shows the policies in force that can speak about an agent, as they are evaluated.
#[utoipa::path(
    get,
    path = "/v1/agents/{id}/policies",
    params(("id" = String, Path, description = "The agent's id")),
    responses(
        (status = 200, body = AgentPolicies),
        (status = 404, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn policies(
    State(gate): State<App>,
    _: Reader,
    Named(id): Named,
) -> Result<Json<AgentPolicies>, Failure> {
    let policies = off_the_loop(move || gate.agent_policies(&id)).await??;
    Ok(Json(AgentPolicies { policies: policies.into_iter().map(policies::text).collect() }))
}

/// Tells how much of its limits an agent has used.
#[utoipa::path(
    get,
    path = "/v1/agents/{id}/limits",
    params(("id" = String, Path, description = "The agent's id")),
    responses(
        (status = 200, body = AgentLimits),
        (status = 404, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn limits(
    State(gate): State<App>,
    _: Reader,
    Named(id): Named,
) -> Result<Json<AgentLimits>, Failure> {
    let used = gate.agent_limits(&id)?;
    Ok(Json(AgentLimits { limits: used.iter().map(limit).collect() }))
}

fn body(view: AgentView) -> AgentBody {
    let AgentView { profile, suspended, state, last_seen, grade } = view;
    let standing = AgentStanding {
        suspended,
        state: state.as_str().to_owned(),
        last_seen,
        grade: grade.map(|grade| grade.to_string()),
    };
    AgentBody::new(&profile, standing)
}

fn limit(used: &LimitUse) -> LimitBody {
    LimitBody {
        limit: format!("limit_{}", used.number),
        per: used.per.to_string(),
        counts: used.counts.clone(),
        unit: used.measure.unit(),
        window_s: used.window_s,
        used: used.used.to_string(),
        over: used.over,
        most: used.most.to_string(),
        apart: used.apart.map(|count| u64::try_from(count).unwrap_or(u64::MAX)),
        whole: used.whole,
        eases_at: used.eases_at,
        resets_at: used.resets_at,
    }
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
