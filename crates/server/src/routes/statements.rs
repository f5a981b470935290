//! What people answer for about an agent.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use syndic_api::{MakeStatement, Problem, StatementBody, Statements, WithdrawStatement};
use syndic_gate::{Attestation, StatementView};
use syndic_model::StatementValue;

use crate::app::App;
use crate::auth::{Answering, Overseer};
use crate::body::Body;
use crate::problem::{Failure, Named, off_the_loop, to_the_end};

/// Lists what is stated about an agent in the ledger, by field.
#[utoipa::path(
    get,
    path = "/v1/agents/{id}/statements",
    params(("id" = String, Path, description = "The agent's id")),
    responses(
        (status = 200, body = Statements),
        (status = 404, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list(
    State(gate): State<App>,
    _: Overseer,
    Named(id): Named,
) -> Result<Json<Statements>, Failure> {
    let statements = off_the_loop(move || gate.statements(&id)).await??;
    Ok(Json(Statements { statements: statements.into_iter().map(body).collect() }))
}

/// Records what somebody answers for; it replaces what was stated about the field.
#[utoipa::path(
    post,
    path = "/v1/agents/{id}/statements",
    params(("id" = String, Path, description = "The agent's id")),
    request_body = MakeStatement,
    responses(
        (status = 201, body = StatementBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn make(
    State(gate): State<App>,
    Answering(by): Answering,
    Named(agent): Named,
    Body(wire): Body<MakeStatement>,
) -> Result<(StatusCode, Json<StatementBody>), Failure> {
    let MakeStatement { field, value, reason, name, function, expires, document } = wire;
    let (field, value) = (field.parse()?, StatementValue::read(&value, reason.as_deref()));
    let stated = Attestation { agent, field, value, name, function, expires, document };
    let made = to_the_end(async move { gate.attest(stated, &by).await }).await??;
    Ok((StatusCode::CREATED, Json(body(made))))
}

/// Withdraws what is stated about a field; answers with what that was.
#[utoipa::path(
    post,
    path = "/v1/agents/{id}/statements/withdraw",
    params(("id" = String, Path, description = "The agent's id")),
    request_body = WithdrawStatement,
    responses(
        (status = 200, body = StatementBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn withdraw(
    State(gate): State<App>,
    Answering(by): Answering,
    Named(agent): Named,
    Body(wire): Body<WithdrawStatement>,
) -> Result<Json<StatementBody>, Failure> {
    let field = wire.field.parse()?;
    let withdrawn = async move { gate.withdraw_statement(&agent, &field, &wire.reason, &by).await };
    Ok(Json(body(to_the_end(withdrawn).await??)))
}

fn body(view: StatementView) -> StatementBody {
    let reason = view.value.reason().map(str::to_owned);
    StatementBody {
        id: view.id,
        agent: view.agent,
        field: view.field,
        value: view.value.as_text().to_owned(),
        reason,
        name: view.name,
        function: view.function,
        by: view.by,
        at: view.at,
        expires: view.expires,
        document: view.document,
        record: view.record,
        stale: view.stale.into_iter().map(str::to_owned).collect(),
    }
}
