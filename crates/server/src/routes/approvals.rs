//! What people are asked, and what they say.
#![expect(unused_qualifications, reason = "the expansion of `params` names the type by its path")]

mod body;
mod places;
mod wait;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use syndic_api::{ApprovalBody, Approvals, CastVote, Problem};
use syndic_gate::{ApprovalFilter, ApprovalView, Gate};
use syndic_model::{ApprovalId, ApprovalStatus, Caller, Vote};
use utoipa::IntoParams;

use crate::app::{App, base_url};
use crate::auth::{Asker, Voting, in_force};
use crate::body::Body;
use crate::problem::{Failure, to_the_end};
use crate::routes::audit::bad_query;

pub(crate) use body::{hint, retry_after};
pub(crate) use places::Places;
pub(crate) use wait::{Wait, waits};

/// The most requests of one page.
const MOST_LISTED: usize = 1000;

/// Which requests to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// With this status: `pending`, `approved`, `rejected`, `timeout` or `cancelled`.
    status: Option<String>,
    /// Of this agent.
    agent: Option<String>,
    /// About this action.
    action: Option<String>,
    /// At most this many, 1 to 1000; 100 when left out.
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists requests for approval, newest first. An agent key sees its own alone, without votes.
#[utoipa::path(
    get,
    path = "/v1/approvals",
    params(Filter),
    responses(
        (status = 200, body = Approvals),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list(
    State(gate): State<App>,
    Asker(caller): Asker,
    filter: Result<Query<Filter>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Approvals>, Failure> {
    let sight = Sight::of(&gate, &caller)?;
    let Query(filter) = filter.map_err(|error| bad_query(error.body_text()))?;
    let page = gate.approvals(filter.read(&caller)?).await?;
    let base = base_url(&gate);
    let views = page.approvals.iter();
    Ok(Json(Approvals {
        approvals: views.map(|view| body::summary(view, &base, sight)).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
        pending: (sight == Sight::Whole).then(|| u64::try_from(page.pending).unwrap_or(u64::MAX)),
    }))
}

/// Shows one request; `wait` holds the answer back until it has ended. The agent key that asked sees how it stands,
/// everybody else all that there is to decide by.
#[utoipa::path(
    get,
    path = "/v1/approvals/{id}",
    params(("id" = String, Path, description = "The approval's id"), Wait),
    responses(
        (status = 200, body = ApprovalBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn show(
    State(gate): State<App>,
    Asker(caller): Asker,
    Extension(places): Extension<Places>,
    Path(id): Path<String>,
    wait: Wait,
) -> Result<Response, Failure> {
    let (sight, id) = (Sight::of(&gate, &caller)?, approval_id(&id)?);
    let view = visible(&gate, &caller, sight, id).await?;
    let view = match view.status {
        ApprovalStatus::Pending => {
            let (within, _place) = wait.start(&places, &caller);
            gate.await_answer(id, within).await?;
            gate.approval(id).await?
        }
        ApprovalStatus::Approved
        | ApprovalStatus::Rejected
        | ApprovalStatus::Timeout
        | ApprovalStatus::Cancelled => view,
    };
    let base = base_url(&gate);
    let shown = match sight {
        Sight::Own => body::summary(&view, &base, sight),
        Sight::Whole => body::details(gate.approval_details(id).await?, &base),
    };
    Ok((StatusCode::OK, body::retry_after(shown.retry_after_s), Json(shown)).into_response())
}

/// Takes a person's vote, once it is on disk.
#[utoipa::path(
    post,
    path = "/v1/approvals/{id}/votes",
    params(("id" = String, Path, description = "The approval's id")),
    request_body = CastVote,
    responses(
        (status = 201, body = ApprovalBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn vote(
    State(gate): State<App>,
    Voting(voter): Voting,
    Path(id): Path<String>,
    Body(cast): Body<CastVote>,
) -> Result<(StatusCode, Json<ApprovalBody>), Failure> {
    let id = approval_id(&id)?;
    let vote: Vote = cast.vote.parse().map_err(|error: syndic_model::UnknownWord| {
        Failure(Problem::new(422, "bad-request", error.to_string()))
    })?;
    let base = base_url(&gate);
    let voted =
        to_the_end(async move { gate.vote(&voter, id, vote, cast.reason.as_deref()).await });
    Ok((StatusCode::CREATED, Json(body::summary(&voted.await??, &base, Sight::Whole))))
}

/// Takes a request back, by the agent key that asked.
#[utoipa::path(
    delete,
    path = "/v1/approvals/{id}",
    params(("id" = String, Path, description = "The approval's id")),
    responses(
        (status = 200, body = ApprovalBody),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn cancel(
    State(gate): State<App>,
    Asker(caller): Asker,
    Path(id): Path<String>,
) -> Result<Json<ApprovalBody>, Failure> {
    let (sight, id) = (Sight::of(&gate, &caller)?, approval_id(&id)?);
    visible(&gate, &caller, sight, id).await?;
    let base = base_url(&gate);
    let cancelled = to_the_end(async move { gate.cancel(&caller, id).await }).await??;
    Ok(Json(body::summary(&cancelled, &base, Sight::Own)))
}

/// How much of a request somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// How their own requests stand.
    Own,
    /// Everything.
    Whole,
}

impl Sight {
    /// A person whom the files in force do not name sees nothing.
    fn of(gate: &Gate, caller: &Caller) -> Result<Self, Failure> {
        match caller {
            Caller::Agent { .. } => Ok(Self::Own),
            Caller::Auditor { .. } | Caller::Admin { .. } => Ok(Self::Whole),
            Caller::Approver { person, .. } => in_force(gate, person).map(|()| Self::Whole),
        }
    }
}

/// Finds a request; to an agent, one of another key does not exist.
async fn visible(
    gate: &Gate,
    caller: &Caller,
    sight: Sight,
    id: ApprovalId,
) -> Result<ApprovalView, Failure> {
    let view = gate.approval(id).await?;
    match sight {
        Sight::Own if !caller.owns(&view.asked_by) => Err(no_approval(&id.to_string())),
        Sight::Own | Sight::Whole => Ok(view),
    }
}

impl Filter {
    fn read(self, caller: &Caller) -> Result<ApprovalFilter, Failure> {
        let limit = self.limit.unwrap_or(100);
        if !(1..=MOST_LISTED).contains(&limit) {
            return Err(bad_query(format!("`limit` is 1 to {MOST_LISTED}")));
        }
        let agent = self.agent.map(|text| text.parse()).transpose()?;
        let asked_by = match (caller, &agent) {
            (Caller::Agent { agent: None, .. }, None) => {
                return Err(bad_query("without a key, `agent` says whose requests to list"));
            }
            (Caller::Agent { agent: None, .. }, Some(agent)) => Some(caller.key_as(agent)),
            (Caller::Agent { key, .. }, _) => Some(key.clone()),
            (Caller::Approver { .. } | Caller::Auditor { .. } | Caller::Admin { .. }, _) => None,
        };
        let status = self.status.map(|text| text.parse()).transpose();
        Ok(ApprovalFilter {
            agent,
            action: self.action.map(|text| text.parse()).transpose()?,
            asked_by,
            status: status.map_err(|error: syndic_model::UnknownWord| {
                bad_query(format!("`status`: {error}"))
            })?,
            since: None,
            cursor: self
                .cursor
                .map(|text| text.parse().map_err(|_| bad_query("`cursor` is not one of ours")))
                .transpose()?,
            limit,
        })
    }
}

fn approval_id(text: &str) -> Result<ApprovalId, Failure> {
    text.parse().map_err(|_| no_approval(text))
}

fn no_approval(text: &str) -> Failure {
    let shown: String = text.chars().take(64).flat_map(char::escape_default).collect();
    Failure(Problem::new(404, "unknown-approval", format!("there is no approval `{shown}`")))
}
