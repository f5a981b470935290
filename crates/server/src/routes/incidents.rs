//! What went wrong, by when it must be reported, and what is on record of it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use syndic_api::{
    CloseIncident, CorrectiveBody, IncidentBody, IncidentBundle, IncidentClockBody,
    IncidentClosedBody, IncidentCorrectiveBody, IncidentUpdateBody, Incidents, OpenIncident,
    Problem, ProvedRecord, SetCorrective, UpdateIncident,
};
use syndic_gate::{
    ClockState, Corrective, CorrectiveChange, IncidentChange, IncidentClock, IncidentCorrective,
    IncidentRequest, IncidentView,
};

use crate::app::App;
use crate::auth::{Administrator, Reader};
use crate::body::Body;
use crate::problem::{Failure, off_the_loop, to_the_end};
use crate::streams::record;

/// Lists every incident, newest first.
#[utoipa::path(get, path = "/v1/incidents", responses((status = 200, body = Incidents)))]
pub(crate) async fn list(State(gate): State<App>, _: Reader) -> Result<Json<Incidents>, Failure> {
    let incidents = off_the_loop(move || gate.incidents()).await?;
    Ok(Json(Incidents { incidents: incidents.into_iter().map(body).collect() }))
}

/// Opens an incident, and holds the agent's records from being dropped and erased.
#[utoipa::path(
    post,
    path = "/v1/incidents",
    request_body = OpenIncident,
    responses(
        (status = 201, body = IncidentBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn open(
    State(gate): State<App>,
    Administrator(by): Administrator,
    Body(wire): Body<OpenIncident>,
) -> Result<(StatusCode, Json<IncidentBody>), Failure> {
    let OpenIncident { agent, class, title, aware, since } = wire;
    let request = IncidentRequest { agent, class: class.parse()?, title, aware, since };
    let opened = to_the_end(async move { gate.open_incident(request, &by).await }).await??;
    Ok((StatusCode::CREATED, Json(body(opened))))
}

/// Shows one incident.
#[utoipa::path(
    get,
    path = "/v1/incidents/{id}",
    params(("id" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = IncidentBody),
        (status = 404, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn show(
    State(gate): State<App>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<IncidentBody>, Failure> {
    Ok(Json(body(gate.incident(&id)?)))
}

/// Records what more is known of an incident.
#[utoipa::path(
    post,
    path = "/v1/incidents/{id}/updates",
    params(("id" = String, Path, description = "Its id")),
    request_body = UpdateIncident,
    responses(
        (status = 200, body = IncidentBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn update(
    State(gate): State<App>,
    Administrator(by): Administrator,
    Path(id): Path<String>,
    Body(wire): Body<UpdateIncident>,
) -> Result<Json<IncidentBody>, Failure> {
    let UpdateIncident { note, class, reported, authority, corrective } = wire;
    let class = class.map(|class| class.parse()).transpose()?;
    let corrective =
        corrective.map(|SetCorrective { name, due, done }| CorrectiveChange { name, due, done });
    let change = IncidentChange { class, note, reported, authority, corrective };
    let updated = async move { gate.update_incident(&id, change, &by).await };
    Ok(Json(body(to_the_end(updated).await??)))
}

/// Records that an incident is over. Its records stay held until somebody releases the hold.
#[utoipa::path(
    post,
    path = "/v1/incidents/{id}/close",
    params(("id" = String, Path, description = "Its id")),
    request_body = CloseIncident,
    responses(
        (status = 200, body = IncidentBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn close(
    State(gate): State<App>,
    Administrator(by): Administrator,
    Path(id): Path<String>,
    Body(wire): Body<CloseIncident>,
) -> Result<Json<IncidentBody>, Failure> {
    let closed = async move { gate.close_incident(&id, wire.summary, &by).await };
    Ok(Json(body(to_the_end(closed).await??)))
}

/// Tells an incident with all that happened to the agent since its records are held, and proofs of it.
#[utoipa::path(
    get,
    path = "/v1/incidents/{id}/bundle",
    params(("id" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = IncidentBundle),
        (status = 404, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn bundle(
    State(gate): State<App>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<IncidentBundle>, Failure> {
    let syndic_gate::IncidentBundle { incident, timeline, left_out, proofs, checkpoint, keys } =
        gate.incident_bundle(&id).await?;
    let proofs = proofs.into_iter().map(|one| ProvedRecord { index: one.index, proof: one.proof });
    Ok(Json(IncidentBundle {
        incident: body(incident),
        timeline: timeline.iter().map(record).collect(),
        left_out,
        proofs: proofs.collect(),
        checkpoint,
        keys,
    }))
}

fn body(view: IncidentView) -> IncidentBody {
    let IncidentView { opened, at, record, class, updates, closed, correctives, clocks } = view;
    let updates = updates.into_iter().map(|(record, at, update)| IncidentUpdateBody {
        record,
        at,
        note: update.note,
        class: update.class,
        reported: update.reported,
        authority: update.authority,
        corrective: update.corrective.map(|Corrective { name, due, done }| CorrectiveBody {
            name,
            due,
            done,
        }),
        by: update.by,
    });
    let closed = closed.map(|(record, at, closed)| IncidentClosedBody {
        record,
        at,
        summary: closed.summary,
        by: closed.by,
    });
    IncidentBody {
        id: opened.id,
        agent: opened.agent,
        class,
        title: opened.title,
        aware: opened.aware,
        since: opened.since,
        hold: opened.hold,
        size: opened.size,
        root: opened.root,
        by: opened.by,
        at,
        record,
        updates: updates.collect(),
        closed,
        correctives: correctives.into_iter().map(corrective).collect(),
        clocks: clocks.into_iter().map(clock).collect(),
    }
}

fn corrective(corrective: IncidentCorrective) -> IncidentCorrectiveBody {
    let IncidentCorrective { name, due, done, overdue } = corrective;
    IncidentCorrectiveBody { name, due, done, overdue }
}

fn clock(clock: IncidentClock) -> IncidentClockBody {
    let IncidentClock { class, control, due, basis, only_where, reported, state } = clock;
    let (state, seconds) = match state {
        ClockState::Running { left } => ("running", Some(left.as_secs())),
        ClockState::Met { .. } => ("met", None),
        ClockState::Late { by } => ("late", Some(by.as_secs())),
    };
    let state = state.to_owned();
    IncidentClockBody { class, control, due, basis, only_where, reported, state, seconds }
}
