//! Who may talk to syndic.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use syndic_api::{CreateKey, CreatedKey, KeyBody, Keys, Problem};
use syndic_gate::{KeyRequest, KeyStatus};
use syndic_model::{EnforcementGrade, Role, UnknownWord};

use crate::app::App;
use crate::auth::{Administrator, Reader};
use crate::body::Body;
use crate::problem::{Failure, to_the_end};

/// Lists all keys, without their secrets.
#[utoipa::path(get, path = "/v1/keys", responses((status = 200, body = Keys)))]
pub(crate) async fn list(State(gate): State<App>, _: Reader) -> Json<Keys> {
    let keys = gate.keys().into_iter().map(|key| KeyBody {
        id: key.id,
        role: key.role.to_string(),
        holder: key.holder,
        grade: key.grade.map(|grade| grade.to_string()),
        expires_at: key.expires,
        status: match key.status {
            KeyStatus::Active => "active",
            KeyStatus::Expired => "expired",
            KeyStatus::Revoked => "revoked",
        }
        .to_owned(),
    });
    Json(Keys { keys: keys.collect() })
}

/// Makes a key; this answer alone shows it.
#[utoipa::path(
    post,
    path = "/v1/keys",
    request_body = CreateKey,
    responses(
        (status = 201, body = CreatedKey),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn create(
    State(gate): State<App>,
    Administrator(by): Administrator,
    Body(wire): Body<CreateKey>,
) -> Result<(StatusCode, Json<CreatedKey>), Failure> {
    let role = wire.role.parse().map_err(|error| unknown_word(&error))?;
    if (wire.approver.is_some() && role != Role::Approver)
        || (wire.grade.is_some() && role != Role::Agent)
    {
        let detail = "`grade` is for agent keys and `approver` for approver keys";
        return Err(Failure(Problem::new(422, "bad-request", detail)));
    }
    let request = KeyRequest {
        role,
        agent: wire.agent.map(|text| text.parse()).transpose()?,
        person: wire.approver.map(|text| text.parse()).transpose()?,
        grade: match wire.grade {
            Some(grade) => grade.parse().map_err(|error| unknown_word(&error))?,
            None => EnforcementGrade::Cooperative,
        },
        days: wire.days.unwrap_or(90),
    };
    let new = to_the_end(async move { gate.create_key(&request, &by).await }).await??;
    Ok((
        StatusCode::CREATED,
        Json(CreatedKey { id: new.id, key: new.key, expires_at: new.expires }),
    ))
}

/// Withdraws a key at once.
#[utoipa::path(
    delete,
    path = "/v1/keys/{id}",
    params(("id" = String, Path, description = "The key's id")),
    responses(
        (status = 204),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn revoke(
    State(gate): State<App>,
    Administrator(by): Administrator,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    to_the_end(async move { gate.revoke_key(&id, &by).await }).await??;
    Ok(StatusCode::NO_CONTENT)
}

fn unknown_word(error: &UnknownWord) -> Failure {
    Failure(Problem::new(422, "bad-request", error.to_string()))
}
