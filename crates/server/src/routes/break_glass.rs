//! Break-glass: asked for by one person, opened by another, signed by a third.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::SignedDuration;
use syndic_api::{AskBreakGlass, BreakGlassBody, BreakGlasses, Problem, ReviewBreakGlass};
use syndic_gate::{BreakGlass, BreakGlassView, Wish};
use syndic_model::BreakGlassId;

use crate::app::App;
use crate::auth::{Approver, Overseer};
use crate::body::Body;
use crate::problem::{Failure, to_the_end};

/// Asks for one. Nothing changes until somebody else opens it.
#[utoipa::path(
    post,
    path = "/v1/break-glass",
    request_body = AskBreakGlass,
    responses(
        (status = 201, body = BreakGlassBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn ask(
    State(gate): State<App>,
    Approver { person, key }: Approver,
    Body(wire): Body<AskBreakGlass>,
) -> Result<(StatusCode, Json<BreakGlassBody>), Failure> {
    let length = SignedDuration::from_secs(i64::try_from(wire.length_s).unwrap_or(i64::MAX));
    let wish = Wish { agent: wire.agent.parse()?, reason: wire.reason, length };
    let asked = async move { gate.ask_break_glass(&person, &key, wish).await };
    let view = to_the_end(asked).await??;
    Ok((StatusCode::CREATED, Json(body(view))))
}

/// Lists those that live, those that wait for their review, and the last that are over.
#[utoipa::path(get, path = "/v1/break-glass", responses((status = 200, body = BreakGlasses)))]
pub(crate) async fn list(State(gate): State<App>, _: Overseer) -> Json<BreakGlasses> {
    Json(BreakGlasses { break_glass: gate.break_glasses().into_iter().map(body).collect() })
}

/// Opens one that somebody else asked for.
#[utoipa::path(
    post,
    path = "/v1/break-glass/{id}/open",
    params(("id" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = BreakGlassBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn open(
    State(gate): State<App>,
    Approver { person, key }: Approver,
    Path(id): Path<String>,
) -> Result<Json<BreakGlassBody>, Failure> {
    let id = known(&id)?;
    let opened = async move { gate.open_break_glass(&person, &key, id).await };
    Ok(Json(body(to_the_end(opened).await??)))
}

/// Signs what was done under one that has ended; by neither of those who asked for it and opened it.
#[utoipa::path(
    post,
    path = "/v1/break-glass/{id}/review",
    params(("id" = String, Path, description = "Its id")),
    request_body = ReviewBreakGlass,
    responses(
        (status = 200, body = BreakGlassBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn review(
    State(gate): State<App>,
    Approver { person, key }: Approver,
    Path(id): Path<String>,
    Body(wire): Body<ReviewBreakGlass>,
) -> Result<Json<BreakGlassBody>, Failure> {
    let id = known(&id)?;
    let signed = async move { gate.review_break_glass(&person, &key, id, &wire.note).await };
    Ok(Json(body(to_the_end(signed).await??)))
}

fn known(id: &str) -> Result<BreakGlassId, Failure> {
    id.parse().map_err(|_| {
        let shown: String = id.chars().take(64).flat_map(char::escape_default).collect();
        Failure(Problem::new(
            404,
            "unknown-break-glass",
            format!("there is no break-glass `{shown}`"),
        ))
    })
}

fn body(view: BreakGlassView) -> BreakGlassBody {
    let BreakGlassView { is, status } = view;
    let BreakGlass { id, wish, asked_by, asked, expires, opening, signature, lifted } = is;
    BreakGlassBody {
        id: id.to_string(),
        agent: wish.agent.to_string(),
        status: status.to_string(),
        reason: wish.reason,
        length_s: u64::try_from(wish.length.as_secs()).unwrap_or_default(),
        asked_by: asked_by.to_string(),
        asked_at: asked,
        expires_at: expires,
        opened_by: opening.as_ref().map(|opening| opening.person.to_string()),
        opened_at: opening.as_ref().map(|opening| opening.at),
        until: opening.as_ref().map(|opening| opening.until),
        lifted,
        reviewed_by: signature.as_ref().map(|signature| signature.person.to_string()),
        reviewed_at: signature.as_ref().map(|signature| signature.at),
        note: signature.map(|signature| signature.note),
    }
}
