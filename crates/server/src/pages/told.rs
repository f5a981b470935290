//! Pages that say one thing.

use axum::http::StatusCode;
use maud::{Markup, html};
use syndic_model::{ApprovalId, ApprovalStatus, RiskLevel, Vote};

use super::sign_in::Next;
use super::words;

/// Something a person is told in place of a page.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) title: &'static str,
    pub(crate) text: String,
    /// Where they may go on.
    pub(crate) then: Option<(String, &'static str)>,
}

impl Told {
    pub(crate) fn new(status: StatusCode, title: &'static str, text: impl Into<String>) -> Self {
        Self { status, title, text: text.into(), then: None }
    }

    pub(crate) fn then(self, path: impl Into<String>, text: &'static str) -> Self {
        Self { then: Some((path.into(), text)), ..self }
    }

    /// A link that opens nothing: forged, cut short, of another request, or of one that never was.
    pub(crate) fn bad_link() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "This link opens nothing",
            "It may have been cut short, or it is not a link of this request. Open it from the message again, or sign in \
             with your approver key.",
        )
        .then("/sign-in", "Sign in")
    }

    pub(crate) fn no_such_request() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is no such request", "It may have been mistyped.")
            .then("/approvals", "Go to the inbox")
    }

    /// A form that did not come from a page of this person's.
    pub(crate) fn foreign_form() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Nothing was changed",
            "This form did not come from a page that you opened here, or you have signed in anew since. Open the page \
             again and repeat it.",
        )
        .then("/approvals", "Go to the inbox")
    }

    /// A link of a request that has ended.
    pub(crate) fn ended(status: ApprovalStatus) -> Self {
        Self::new(StatusCode::GONE, ended_title(status), words::consequence(status))
    }

    /// A vote on a request that has ended; `own` where it ended as this person had said.
    pub(crate) fn too_late(status: ApprovalStatus, own: bool) -> Self {
        let text = if own {
            "Your answer was recorded before, and counts once. Nothing was changed."
        } else {
            "It was decided before your answer came. Your answer changes nothing."
        };
        Self::new(
            StatusCode::CONFLICT,
            ended_title(status),
            format!("{text} {}", words::consequence(status)),
        )
        .then("/approvals", "Go to the inbox")
    }

    pub(crate) fn twice() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "You have said so already",
            "Your answer was recorded before, and counts once. Others must answer too before anything runs.",
        )
        .then("/approvals", "Go to the inbox")
    }

    pub(crate) fn too_weak(id: ApprovalId, risk: RiskLevel, choice: Option<Vote>) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Sign in to see this request",
            format!(
                "At {risk} risk a link is not enough, since whoever reads your messages has it too. Your approver key \
                 shows that it is you."
            ),
        )
        .then(Next::Request(id, choice).by_way_of_sign_in(), "Sign in")
    }

    pub(crate) fn not_asked() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "You are not asked",
            "You may not answer this request: you are in no group that is asked now, you answer for the agent, or it acts \
             for you. Nothing was changed.",
        )
    }

    /// A form that was sent after the session had ended.
    pub(crate) fn signed_out(id: ApprovalId, choice: Option<Vote>) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "You are signed out",
            "Your answer was not recorded. Sign in and give it again.",
        )
        .then(Next::Request(id, choice).by_way_of_sign_in(), "Sign in")
    }

    pub(crate) fn not_recorded(text: &'static str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Your answer was not recorded", text)
    }

    pub(crate) fn render(&self) -> Markup {
        html! {
            div.card.result {
                h1 { (self.title) }
                p { (self.text) }
                @if let Some((path, text)) = &self.then { a.button href=(path) { (text) } }
            }
        }
    }
}

const fn ended_title(status: ApprovalStatus) -> &'static str {
    match status {
        ApprovalStatus::Pending => "It still waits",
        ApprovalStatus::Approved => "It is approved",
        ApprovalStatus::Rejected => "It is rejected",
        ApprovalStatus::Timeout => "Its time is over",
        ApprovalStatus::Cancelled => "It was cancelled",
    }
}
