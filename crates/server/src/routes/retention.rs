//! What is held back from being dropped and erased, what is dropped, and compacting what is left of what was erased.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use syndic_api::{
    AddHold, CompactionBody, Problem, PruneSegments, PruningBody, ReleaseHold, RetentionHoldBody,
    RetentionHolds,
};
use syndic_gate::{Compaction, HoldRequest, KeptBy, Pruning, RetentionHold};

use crate::app::App;
use crate::auth::{Administrator, Reader};
use crate::body::Body;
use crate::problem::{Failure, to_the_end};

/// Holds records back: they are neither dropped nor erased until it is released.
#[utoipa::path(
    post,
    path = "/v1/audit/holds",
    request_body = AddHold,
    responses(
        (status = 201, body = RetentionHoldBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn hold(
    State(gate): State<App>,
    Administrator(by): Administrator,
    Body(wire): Body<AddHold>,
) -> Result<(StatusCode, Json<RetentionHoldBody>), Failure> {
    let AddHold { agent, user, session, since, until, reason } = wire;
    let request = HoldRequest { agent, user, session, since, until, reason };
    let held = async move { gate.hold_records(request, &by).await };
    Ok((StatusCode::CREATED, Json(body(to_the_end(held).await??))))
}

/// Lists the holds that were not released, oldest first.
#[utoipa::path(get, path = "/v1/audit/holds", responses((status = 200, body = RetentionHolds)))]
pub(crate) async fn holds(State(gate): State<App>, _: Reader) -> Json<RetentionHolds> {
    Json(RetentionHolds { holds: gate.retention_holds().into_iter().map(body).collect() })
}

/// Releases a hold; answers with what it held.
#[utoipa::path(
    post,
    path = "/v1/audit/holds/{id}/release",
    params(("id" = String, Path, description = "Its id")),
    request_body = ReleaseHold,
    responses(
        (status = 200, body = RetentionHoldBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn release(
    State(gate): State<App>,
    Administrator(by): Administrator,
    Path(id): Path<String>,
    Body(wire): Body<ReleaseHold>,
) -> Result<Json<RetentionHoldBody>, Failure> {
    let released = async move { gate.release_hold(&id, &wire.reason, &by).await };
    Ok(Json(body(to_the_end(released).await??)))
}

/// How long a request waits for the end of what it started.
const PATIENCE: Duration = Duration::from_secs(10);

/// Drops sealed parts whose key was destroyed, so that even a copy of the key opens nothing. Joins what is under way, and
/// waits for its end ten seconds at most.
#[utoipa::path(
    post,
    path = "/v1/audit/compactions",
    responses(
        (status = 200, body = CompactionBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn compact(
    State(gate): State<App>,
    Administrator(by): Administrator,
) -> Json<CompactionBody> {
    tracing::info!(by, "compacting is asked for");
    Json(compaction_body(gate.compact(PATIENCE).await))
}

/// Tells how the last compaction since the start stands.
#[utoipa::path(get, path = "/v1/audit/compactions", responses((status = 200, body = CompactionBody)))]
pub(crate) async fn compaction(State(gate): State<App>, _: Reader) -> Json<CompactionBody> {
    Json(compaction_body(gate.compaction()))
}

fn compaction_body(compaction: Compaction) -> CompactionBody {
    let Compaction { running, done, of, result } = compaction;
    let (state, came, error) = match result {
        _ if running => ("running", None, None),
        None => ("none", None, None),
        Some(Ok(came)) => ("done", Some(came), None),
        Some(Err(error)) => ("failed", None, Some(error)),
    };
    let came = came.unwrap_or_default();
    CompactionBody {
        state: state.to_owned(),
        segments: done,
        of,
        rewritten: came.rewritten,
        records: came.records,
        bytes: came.bytes,
        error,
    }
}

/// Drops the segments of which every record is older than retention asks for and none is held back. What of them still
/// governs stays, and so do their hashes.
#[utoipa::path(
    post,
    path = "/v1/audit/prunes",
    request_body = PruneSegments,
    responses(
        (status = 200, body = PruningBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn prune(
    State(gate): State<App>,
    Administrator(by): Administrator,
    Body(wire): Body<PruneSegments>,
) -> Result<Json<PruningBody>, Failure> {
    let pruned = async move { gate.prune(wire.dry_run, &by).await };
    let Pruning { at, before, found, dropped, record } = to_the_end(pruned).await??;
    let (kept_by, keeping) = match found.kept_by {
        KeptBy::Open => ("open", None),
        KeptBy::Age(index) => ("age", Some(index)),
        KeptBy::Hold(index) => ("hold", Some(index)),
        KeptBy::Follower(index) => ("follower", Some(index)),
    };
    Ok(Json(PruningBody {
        dropped,
        from: found.from,
        to: found.to,
        segments: found.segments,
        bytes: found.bytes,
        at,
        before,
        kept_by: kept_by.to_owned(),
        keeping,
        record,
    }))
}

fn body(hold: RetentionHold) -> RetentionHoldBody {
    let RetentionHold { id, at, agent, user_ref, session, since, until, reason, by } = hold;
    RetentionHoldBody { id, at, agent, user_ref, session, since, until, reason, by }
}
