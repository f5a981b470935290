//! The one form that decides something.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form as Posted, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use syndic_gate::{Refused, VoteError, WriteFailed};
use syndic_model::{ApprovalId, Vote};

use super::layout::Here;
use super::request::Form;
use super::show::{not_told, title};
use super::told::Told;
use super::viewer::{Viewer, voting_on};
use super::{Pages, Shared, origin};
use crate::problem::to_the_end;

#[derive(Debug, Deserialize)]
pub(crate) struct Ballot {
    #[serde(default)]
    vote: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    csrf: String,
    token: Option<String>,
}

pub(crate) async fn vote(
    State(pages): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<String>,
    ballot: Result<Posted<Ballot>, FormRejection>,
) -> Response {
    let (Ok(Posted(ballot)), Ok(id)) = (ballot, id.parse::<ApprovalId>()) else {
        return pages.tell(None, &Told::foreign_form());
    };
    if origin::is_foreign(&headers, pages.public_url().as_deref()) {
        return pages.tell(None, &Told::foreign_form());
    }
    // The page the form came from decides who votes: a link stays a link, signed in elsewhere or not.
    let viewer = match &ballot.token {
        Some(token) => pages.by_link(id, token).ok_or_else(Told::bad_link),
        None => {
            pages.signed_in(&headers).ok_or_else(|| Told::signed_out(id, ballot.vote.parse().ok()))
        }
    };
    let viewer = match viewer {
        Ok(viewer) => viewer,
        Err(told) => return pages.tell(None, &told),
    };
    if !pages.is_own_form(&viewer, &voting_on(id), &ballot.csrf) {
        return pages.tell(Some(&viewer), &Told::foreign_form());
    }
    cast(&pages, &viewer, id, ballot).await
}

async fn cast(pages: &Shared, viewer: &Viewer, id: ApprovalId, ballot: Ballot) -> Response {
    let Ok(vote) = ballot.vote.parse::<Vote>() else {
        let form = Form {
            reason: ballot.reason,
            wrong: Some("Choose Approve or Reject."),
            ..Form::default()
        };
        return pages.ask_again(viewer, id, form).await;
    };
    let (gate, voter, reason) = (pages.gate.clone(), viewer.voter.clone(), ballot.reason.clone());
    let taken = to_the_end(async move { gate.vote(&voter, id, vote, Some(&reason)).await }).await;
    let error = match taken {
        Ok(Ok(_)) => return Redirect::to(&answered_path(viewer, id)).into_response(),
        Ok(Err(error)) => error,
        Err(failure) => return failure.into_response(),
    };
    let wrong = match &error {
        VoteError::Refused(Refused::ReasonNeeded(Vote::Reject)) => {
            Some("Say why you reject it. The agent is told.")
        }
        VoteError::Refused(Refused::ReasonNeeded(Vote::Approve)) => {
            Some("At this risk, say why you approve it.")
        }
        VoteError::LongReason => Some("The reason is too long. Shorten it."),
        VoteError::Clock => Some("The server's clock is wrong. Approve once it is right again."),
        VoteError::Refused(_) | VoteError::Lookup(_) | VoteError::Write(_) => None,
    };
    match wrong {
        Some(wrong) => {
            let form = Form {
                choice: Some(vote),
                reason: ballot.reason,
                wrong: Some(wrong),
                ..Form::default()
            };
            pages.ask_again(viewer, id, form).await
        }
        None => pages.tell(Some(viewer), &told(pages, viewer, id, vote, &error).await),
    }
}

fn answered_path(viewer: &Viewer, id: ApprovalId) -> String {
    match viewer.token() {
        Some(token) => format!("/approvals/{id}/answered?token={token}"),
        None => format!("/approvals/{id}/answered"),
    }
}

impl Pages {
    /// Shows the form again with what was wrong; nothing was recorded.
    async fn ask_again(&self, viewer: &Viewer, id: ApprovalId, form: Form) -> Response {
        match self.show_request(viewer, id, form).await {
            Ok(body) => {
                let page = self.page(viewer, &title(id), Here::Elsewhere, &body);
                (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
            }
            Err(told) => self.tell(Some(viewer), &told),
        }
    }
}

/// Says why a vote changed nothing.
async fn told(
    pages: &Pages,
    viewer: &Viewer,
    id: ApprovalId,
    vote: Vote,
    error: &VoteError,
) -> Told {
    match error {
        VoteError::Refused(Refused::Ended(status)) => {
            let view = pages.gate.approval(id).await.ok();
            let own = view.is_some_and(|view| {
                view.votes
                    .iter()
                    .any(|cast| cast.person == viewer.voter.person && cast.vote == vote)
            });
            Told::too_late(*status, own)
        }
        VoteError::Refused(Refused::Twice(_)) => Told::twice(),
        VoteError::Refused(Refused::TooWeak(risk)) => Told::too_weak(id, *risk, Some(vote)),
        VoteError::Refused(Refused::NotAsked(..) | Refused::SelfApproval(..)) => Told::not_asked(),
        VoteError::Lookup(error) => not_told(viewer, error),
        VoteError::Refused(Refused::ReasonNeeded(_)) | VoteError::LongReason | VoteError::Clock => {
            Told::foreign_form()
        }
        VoteError::Write(WriteFailed::Busy | WriteFailed::Refused) => Told::not_recorded(
            "The record could not be written just now. Go back and answer again in a moment.",
        ),
        VoteError::Write(WriteFailed::Closed) => Told::not_recorded(
            "The record cannot be written, so no answer counts until an administrator has mended that.",
        ),
    }
}
