//! What was decided on, and why so.

use axum::Json;
use axum::extract::{Path, Query, State};
use syndic_api::{
    CheckBody, DecisionBody, Decisions, Event, Explanation, NowBody, ObstacleBody, Problem,
};
use syndic_gate::{Obstacle, RecordedDecision};

use crate::app::App;
use crate::auth::Reader;
use crate::problem::{Failure, event_id, internal, not_an_id};
use crate::routes::audit::{Filter, bad_query};

/// The most decisions of one page: each can have a megabyte of arguments.
const MOST_DECISIONS: usize = 100;

/// Lists decisions with what they were decided on, newest first where not asked otherwise; `limit` is 1 to 100.
#[utoipa::path(
    get,
    path = "/v1/audit/decisions",
    params(Filter),
    responses(
        (status = 200, body = Decisions),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn decisions(
    State(gate): State<App>,
    _: Reader,
    filter: Result<Query<Filter>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Decisions>, Failure> {
    let Query(filter) = filter.map_err(|error| bad_query(error.body_text()))?;
    let filter = filter.read()?;
    if filter.limit > MOST_DECISIONS {
        return Err(bad_query(format!("`limit` is 1 to {MOST_DECISIONS}")));
    }
    let page = gate.decisions(filter).await?;
    Ok(Json(Decisions {
        decisions: page.decisions.into_iter().map(decision).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
        indexed_through: page.indexed_through,
    }))
}

/// Tells why an action was decided as it was, and what would have let it pass, by the files in force.
#[utoipa::path(
    get,
    path = "/v1/audit/events/{id}/explanation",
    params(("id" = String, Path, description = "The action's id")),
    responses(
        (status = 200, body = Explanation),
        (status = 404, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn explanation(
    State(gate): State<App>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<Explanation>, Failure> {
    let recorded = gate.recorded_decision(event_id(&id)?).await?.ok_or_else(|| not_an_id(&id))?;
    let asked = recorded.clone();
    // Asking again and again takes a while: not on a thread that answers agents.
    let explained = tokio::task::spawn_blocking(move || gate.explain(&asked)).await;
    let explained = explained.map_err(|_| internal())?;
    let unreadable = explained.as_ref().err().map(ToString::to_string);
    let now = explained.ok().map(|explained| NowBody {
        policy_revision: explained.decided.revision.clone(),
        effect: explained.decided.effect.to_string(),
        allowed: explained.decided.allowed,
        obstacles: explained.obstacles.into_iter().map(obstacle).collect(),
        together: explained.together.map(|effect| effect.to_string()),
    });
    Ok(Json(Explanation { decision: decision(recorded), now, unreadable }))
}

fn decision(recorded: RecordedDecision) -> DecisionBody {
    let RecordedDecision { event, record, asked_by, revision, args, context } = recorded;
    let event = Event::from(event);
    DecisionBody { event, record, asked_by, policy_revision: revision, args, context }
}

fn obstacle(obstacle: Obstacle) -> ObstacleBody {
    let Obstacle { check, origin, approval, change, advice } = obstacle;
    ObstacleBody { check: CheckBody::from(&check), origin, approval, change, advice }
}
