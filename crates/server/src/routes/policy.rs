//! The governance directory in force.

use axum::extract::State;
use axum::{Extension, Json};
use syndic_api::{
    FailedReload, FileFinding, HeldPolicy, LoosenedBody, PolicyStatus, Problem, RecordBody,
    ReloadPolicy, ReloadedPolicy,
};
use syndic_gate::{Failed, Held, Loosened, ReloadBy, Standing};
use syndic_model::{Finding, Level};
use syndic_relay::SinkControl;

use crate::app::App;
use crate::auth::Administrator;
use crate::body::Body;
use crate::problem::{Failure, to_the_end};

/// Reads the governance directory anew and puts it in force. Files with errors change nothing (422), and outside
/// `dev` neither does what loosens anything (409) until a second administrator accepts exactly that revision.
#[utoipa::path(
    post,
    path = "/v1/policy/reload",
    request_body = ReloadPolicy,
    responses(
        (status = 200, body = ReloadedPolicy),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn reload(
    State(gate): State<App>,
    Administrator(key): Administrator,
    Extension(sinks): Extension<SinkControl>,
    Body(wire): Body<ReloadPolicy>,
) -> Result<Json<ReloadedPolicy>, Failure> {
    let reload = async move {
        let by = ReloadBy::Admin(key);
        gate.reload(&by, wire.accept_loosening.as_deref()).await
    };
    let reloaded = to_the_end(reload).await??;
    // What a sink needs may be there now, in a file beside them.
    sinks.reopen();
    Ok(Json(ReloadedPolicy {
        revision: reloaded.revision,
        former: reloaded.former,
        record: reloaded.record.map(|index| RecordBody { index }),
        loosened: reloaded.loosened.iter().map(loosened_body).collect(),
        restart_needed: reloaded.restart_needed,
    }))
}

pub(crate) fn status(standing: Standing) -> PolicyStatus {
    let Standing { held, failed, restart_needed } = standing;
    PolicyStatus {
        held: held.as_ref().map(held_body),
        failed: failed.map(|Failed { at, errors, first }| {
            let errors = u64::try_from(errors).unwrap_or(u64::MAX);
            FailedReload { at, errors, first }
        }),
        restart_needed,
    }
}

pub(crate) fn held_body(held: &Held) -> HeldPolicy {
    HeldPolicy {
        revision: held.revision.clone(),
        proposed_by: held.proposed_by.clone(),
        at: held.at,
        loosened: held.loosened.iter().map(loosened_body).collect(),
    }
}

fn loosened_body(loosened: &Loosened) -> LoosenedBody {
    LoosenedBody {
        agent: loosened.agent.as_ref().map(ToString::to_string),
        action: loosened.action.as_ref().map(ToString::to_string),
        what: loosened.what.clone(),
        witness: loosened.witness.clone(),
    }
}

/// Tells errors alone: what is only probably not meant stops no reload.
pub(crate) fn findings(findings: &[Finding]) -> Vec<FileFinding> {
    let errors = findings.iter().filter(|finding| finding.level == Level::Error);
    errors
        .map(|finding| FileFinding {
            file: finding.place.file.clone(),
            line: finding.place.position.map(|(line, _)| line),
            column: finding.place.position.map(|(_, column)| column),
            code: finding.code.to_owned(),
            message: finding.message.clone(),
            hint: finding.hint.clone(),
        })
        .collect()
}
