//! Copies of the data directory.

use std::path::Path;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use syndic_api::{BackupBody, Backups, MadeBackup, MakeBackup, Problem};
use syndic_gate::{BackedUp, BackupState, BackupView};

use crate::app::App;
use crate::auth::Administrator;
use crate::body::Body;
use crate::problem::Failure;

/// Begins to copy the data directory to a directory of the daemon's machine. Nothing waits for it; the list of backups
/// tells what becomes of it.
#[utoipa::path(
    post,
    path = "/v1/backups",
    request_body = MakeBackup,
    responses(
        (status = 202, body = BackupBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn make(
    State(gate): State<App>,
    Administrator(key): Administrator,
    Body(wire): Body<MakeBackup>,
) -> Result<(StatusCode, Json<BackupBody>), Failure> {
    let view = gate.begin_backup(Path::new(&wire.path), !wire.without_secrets, &key)?;
    Ok((StatusCode::ACCEPTED, Json(body(view))))
}

/// Lists the backups that were asked for since the start, newest first.
#[utoipa::path(get, path = "/v1/backups", responses((status = 200, body = Backups)))]
pub(crate) async fn list(State(gate): State<App>, _: Administrator) -> Json<Backups> {
    Json(Backups { backups: gate.backups().into_iter().map(body).collect() })
}

fn body(view: BackupView) -> BackupBody {
    let (status, error, made) = match view.state {
        BackupState::Running => ("running", None, None),
        BackupState::Done(made) => ("done", None, Some(made_body(made))),
        BackupState::Failed(error) => ("failed", Some(error), None),
    };
    BackupBody {
        path: view.path.display().to_string(),
        status: status.to_owned(),
        by: view.by,
        started_at: view.started_at,
        error,
        made,
    }
}

fn made_body(made: BackedUp) -> MadeBackup {
    MadeBackup {
        root: made.root_text(),
        origin: made.origin,
        records: made.size,
        files: u64::try_from(made.files).unwrap_or(u64::MAX),
        bytes: made.bytes,
        secrets: made.secrets,
        master_key: made.master_key,
    }
}
