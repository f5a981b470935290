//! Asking for an action, and reporting what became of it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use serde_json::value::RawValue;
use syndic_api::{
    Decided, FilteredOutput, OutcomeStatus, Problem, RecordBody, ReportOutcome, Reported,
    SubmitAction,
};
use syndic_gate::{Filtered, Report};
use syndic_model::ActionRequest;

use crate::app::{App, base_url};
use crate::auth::Asker;
use crate::body::Body;
use crate::problem::{Failure, event_id, to_the_end};
use crate::routes::approvals::{Places, Wait, hint, retry_after};
use crate::traced::Traced;

/// Decides one action and records the decision before it answers. With `wait`, a hold waits for people, and is decided
/// again when they have approved.
#[utoipa::path(
    post,
    path = "/v1/actions",
    params(
        Wait,
        ("traceparent" = Option<String>, Header, description = "The caller's place in a trace (W3C Trace Context)"),
    ),
    request_body = SubmitAction,
    responses(
        (status = 200, body = Decided),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn submit(
    State(gate): State<App>,
    Asker(caller): Asker,
    Extension(places): Extension<Places>,
    wait: Wait,
    Traced(trace): Traced,
    Body(wire): Body<SubmitAction>,
) -> Result<Response, Failure> {
    let request = ActionRequest { trace, ..ActionRequest::try_from(wire)? };
    let (within, _place) = wait.start(&places, &caller);
    let decided = gate.ask_again(within, || {
        let (gate, caller, request) = (Arc::clone(&gate), caller.clone(), request.clone());
        // What waits is given up with its client; what decides is not.
        async move {
            Ok::<_, Failure>(to_the_end(async move { gate.submit(&caller, request).await }).await??)
        }
    });
    let decided = decided.await?;
    let approval = hint(&decided, &base_url(&gate));
    let headers = retry_after(approval.as_ref().and_then(|approval| approval.retry_after_s));
    Ok((headers, Json(Decided::new(&decided, approval))).into_response())
}

/// Records the outcome of an allowed action, once, by the key that submitted it.
#[utoipa::path(
    post,
    path = "/v1/actions/{id}/outcome",
    params(("id" = String, Path, description = "The action's id")),
    request_body = ReportOutcome,
    responses(
        (status = 200, body = Reported),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn report(
    State(gate): State<App>,
    Asker(caller): Asker,
    Path(id): Path<String>,
    Body(wire): Body<ReportOutcome>,
) -> Result<Json<Reported>, Failure> {
    let event = event_id(&id)?;
    let report = Report {
        ok: wire.status == OutcomeStatus::Ok,
        args_digest: wire.args_digest,
        result: wire.result.map(|result| result.get().to_owned()),
        error: wire.error,
        duration_ms: wire.duration_ms,
        input_tokens: wire.input_tokens,
        output_tokens: wire.output_tokens,
        model: wire.model.map(|model| model.chars().take(128).collect()),
    };
    let reported = to_the_end(async move { gate.report(&caller, event, &report).await }).await??;
    Ok(Json(Reported {
        action_id: event.to_string(),
        record: RecordBody { index: reported.record },
        late: reported.late,
        output: reported.filtered.map(output),
    }))
}

/// Says what a filter left of a result.
fn output(filtered: Filtered) -> FilteredOutput {
    FilteredOutput {
        withheld: filtered.told(),
        result: filtered.result.and_then(|text| RawValue::from_string(text).ok()),
        error: filtered.error,
        redacted: filtered.redacted.into_iter().collect(),
    }
}
