//! Where an approver shows their key.

use std::fmt;
use std::str::FromStr;

use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use syndic_gate::AuthenticationError;
use syndic_model::{ApprovalId, Caller, Vote};

use super::told::Told;
use super::viewer::SIGN_OUT;
use super::{Pages, Shared, origin};

/// Where somebody goes after they have signed in: one of our own pages and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Next {
    /// The inbox.
    #[default]
    Inbox,
    /// What was decided.
    History,
    /// One request, with what they were about to say.
    Request(ApprovalId, Option<Vote>),
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inbox => f.write_str("/approvals"),
            Self::History => f.write_str("/approvals/history"),
            Self::Request(id, None) => write!(f, "/approvals/{id}"),
            Self::Request(id, Some(vote)) => write!(f, "/{vote}/{id}"),
        }
    }
}

impl FromStr for Next {
    type Err = ();

    fn from_str(path: &str) -> Result<Self, ()> {
        let parts: Vec<&str> = path.split('/').collect();
        let id = |text: &str| text.parse().map_err(|_| ());
        match parts.as_slice() {
            ["", "approvals"] => Ok(Self::Inbox),
            ["", "approvals", "history"] => Ok(Self::History),
            ["", "approvals", request] => Ok(Self::Request(id(request)?, None)),
            ["", "approve", request] => Ok(Self::Request(id(request)?, Some(Vote::Approve))),
            ["", "reject", request] => Ok(Self::Request(id(request)?, Some(Vote::Reject))),
            _ => Err(()),
        }
    }
}

impl Next {
    /// Returns the path of the page to sign in, which leads back here.
    pub(crate) fn by_way_of_sign_in(self) -> String {
        format!("/sign-in?next={self}")
    }
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub(crate) struct Shown {
    #[serde(default)]
    key: String,
    #[serde(default)]
    next: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct SignOut {
    #[serde(default)]
    csrf: String,
}

pub(crate) async fn show(
    State(pages): State<Shared>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let next = asked.ok().and_then(|Query(asked)| asked.next.parse().ok()).unwrap_or_default();
    pages.sign_in_page(StatusCode::OK, next, None)
}

/// Opens a session for an approver key. No other key does: an agent never votes, and an administrator's or auditor's
/// has no business in a browser that reads mail.
pub(crate) async fn sign_in(
    State(pages): State<Shared>,
    headers: HeaderMap,
    shown: Result<Form<Shown>, FormRejection>,
) -> Response {
    let Ok(Form(Shown { key, next })) = shown else {
        return pages.tell(None, &Told::foreign_form());
    };
    if origin::is_foreign(&headers, pages.public_url().as_deref()) {
        return pages.tell(None, &Told::foreign_form());
    }
    let next: Next = next.parse().unwrap_or_default();
    let wrong = match pages.gate.authenticate(key.trim()) {
        Ok(Caller::Approver { person, .. }) if !pages.is_approver(&person) => {
            "This key is of somebody who is no approver any more."
        }
        Ok(Caller::Approver { key, .. }) => match pages.browsers.begin(&pages.gate, &key) {
            Some((cookie, _)) => {
                return ([(SET_COOKIE, cookie)], Redirect::to(&next.to_string())).into_response();
            }
            None => "This key opens nothing any more.",
        },
        Ok(Caller::Agent { .. } | Caller::Auditor { .. } | Caller::Admin { .. }) => {
            "Only an approver key signs in here; this is a key of another kind."
        }
        Err(AuthenticationError::Unknown) => "This key is not known here.",
        Err(AuthenticationError::Expired) => "This key has ended. Ask for a new one.",
        Err(AuthenticationError::Revoked) => "This key was revoked. Ask for a new one.",
    };
    if pages.wrong_key() {
        let wrong =
            "Too many wrong keys in the last minute. Wait a moment; a right key still opens.";
        return pages.sign_in_page(StatusCode::TOO_MANY_REQUESTS, next, Some(wrong));
    }
    pages.sign_in_page(StatusCode::FORBIDDEN, next, Some(wrong))
}

/// Takes the cookie away.
pub(crate) async fn sign_out(
    State(pages): State<Shared>,
    headers: HeaderMap,
    form: Result<Form<SignOut>, FormRejection>,
) -> Response {
    let viewer = pages.signed_in(&headers);
    let own = viewer
        .as_ref()
        .zip(form.ok())
        .is_some_and(|(viewer, Form(form))| pages.is_own_form(viewer, SIGN_OUT, &form.csrf));
    if viewer.is_some() && !own {
        return pages.tell(viewer.as_ref(), &Told::foreign_form());
    }
    ([(SET_COOKIE, pages.browsers.end())], Redirect::to("/sign-in")).into_response()
}

impl Pages {
    fn sign_in_page(&self, status: StatusCode, next: Next, wrong: Option<&str>) -> Response {
        self.slim(None, status, "Sign in", &render(next, wrong))
    }
}

fn render(next: Next, wrong: Option<&str>) -> Markup {
    html! {
        div.card.stack {
            div.stack.tight {
                h1 { "Sign in" }
                p.quiet { "To see and decide what agents wait for." }
            }
            @if let Some(wrong) = wrong { div.note.bad role="alert" { p { (wrong) } } }
            form.stack method="post" action="/sign-in" {
                input type="hidden" name="next" value=(next);
                div.field {
                    label for="key" { "Approver key" }
                    input #key type="password" name="key" required autocomplete="current-password" spellcheck="false" autocapitalize="none" aria-describedby="key-hint";
                    p.hint #key-hint { "It begins with " code { "syndic_" } ". An administrator makes one for you: " code { "syndic keys create --role approver --approver ID" } }
                }
                button type="submit" { "Sign in" }
            }
            p.hint { "You stay signed in for up to eight hours in this browser, and not after your key ends." }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Next;

    #[test]
    fn signing_in_leads_to_our_own_pages_only() {
        let id = "01a2b3c4-d5e6-7f80-9123-456789abcdef";
        for path in [
            "/approvals".to_owned(),
            "/approvals/history".to_owned(),
            format!("/approvals/{id}"),
            format!("/approve/{id}"),
            format!("/reject/{id}"),
        ] {
            assert_eq!(path.parse::<Next>().unwrap().to_string(), path);
        }
        for path in [
            "",
            "/",
            "//evil.example",
            "https://evil.example/approvals",
            "/approvals/../v1",
            "/approve/x",
            "/\\evil.example",
            "/approvals?x",
            "/approvals\r\nset-cookie: a=b",
        ] {
            assert!(path.parse::<Next>().is_err(), "{path}");
        }
    }
}
