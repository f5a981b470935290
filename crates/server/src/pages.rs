//! Pages for approvers: rendered here, plain forms, no script.
//!
//! No GET changes anything. That somebody looked at a request is recorded; the request stays as it is.

mod arguments;
mod attempts;
pub(crate) mod browsers;
mod code;
pub(crate) mod headers;
mod history;
mod inbox;
mod layout;
pub(crate) mod origin;
mod request;
mod reveal;
mod session;
mod show;
mod sign_in;
mod style;
mod time;
mod told;
mod viewer;
mod vote;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use maud::Markup;

use self::browsers::Browsers;
use self::layout::{Here, Page};
use self::told::Told;
use self::viewer::Viewer;
use crate::app::App;

/// The most a form may have: a reason, a key, and what proves where it came from.
const MOST_FORM_BYTES: usize = 32 * 1024;

type Shared = Arc<Pages>;

/// What every page gets.
struct Pages {
    gate: App,
    browsers: Arc<Browsers>,
}

pub(crate) fn router(gate: App, browsers: Arc<Browsers>) -> Router {
    let pages = Pages { gate, browsers };
    Router::new()
        .route("/approvals", get(show::inbox))
        .route("/approvals/history", get(show::history))
        .route("/approvals/{id}", get(show::request))
        .route("/approve/{id}", get(show::approve))
        .route("/reject/{id}", get(show::reject))
        .route("/approvals/{id}/vote", post(vote::vote))
        .route("/approvals/{id}/answered", get(show::answered))
        .route("/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route(style::path(), get(style::sheet))
        .layer(DefaultBodyLimit::max(MOST_FORM_BYTES))
        .layer(axum::middleware::from_fn(headers::add))
        .with_state(Arc::new(pages))
}

impl Pages {
    fn public_url(&self) -> Option<String> {
        self.gate.governance().settings.public_url.clone()
    }

    /// Counts a wrong key, and tells whether there were too many.
    fn wrong_key(&self) -> bool {
        self.browsers.wrong(self.gate.now())
    }

    /// Puts a page into the frame that all share.
    fn page(&self, viewer: &Viewer, title: &str, here: Here, body: &Markup) -> Response {
        let person = self.shown(viewer);
        let page = Page { title, person: person.as_ref(), here, is_slim: false, body };
        Html(page.render().into_string()).into_response()
    }

    /// Says one thing.
    fn tell(&self, viewer: Option<&Viewer>, told: &Told) -> Response {
        let body = told.render();
        self.slim(viewer, told.status, told.title, &body)
    }

    fn slim(
        &self,
        viewer: Option<&Viewer>,
        status: StatusCode,
        title: &str,
        body: &Markup,
    ) -> Response {
        let person = viewer.and_then(|viewer| self.shown(viewer));
        let here = Here::Elsewhere;
        let page = Page { title, person: person.as_ref(), here, is_slim: true, body };
        (status, Html(page.render().into_string())).into_response()
    }
}
