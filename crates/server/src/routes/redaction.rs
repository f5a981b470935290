//! Erasing what was recorded of a user.

use axum::Json;
use axum::extract::State;
use syndic_api::{Problem, RecordBody, RedactUser, RedactedUser};
use syndic_gate::{Redacted, Redaction};

use crate::app::App;
use crate::auth::Administrator;
use crate::body::Body;
use crate::problem::{Failure, to_the_end};

/// Erases what was recorded of a user until now. Final; what stays are the leaves, and with them every proof.
#[utoipa::path(
    post,
    path = "/v1/audit/redactions",
    request_body = RedactUser,
    responses(
        (status = 200, body = RedactedUser),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn redact(
    State(gate): State<App>,
    Administrator(key): Administrator,
    Body(wire): Body<RedactUser>,
) -> Result<Json<RedactedUser>, Failure> {
    let RedactUser { user, reason, override_retention, dry_run } = wire;
    let redaction = Redaction { user, reason, override_retention, dry_run };
    let redacted = to_the_end(async move { gate.redact(&redaction, &key).await }).await??;
    let Redacted { user_ref, record, records, keys, oldest, newest, young, unreached } = redacted;
    let record = record.map(|index| RecordBody { index });
    Ok(Json(RedactedUser {
        user_ref,
        dry_run,
        record,
        records,
        keys,
        oldest,
        newest,
        young,
        unreached,
    }))
}
