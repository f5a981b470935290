//! Pages that are looked at.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::Markup;
use serde::Deserialize;
use syndic_gate::{
    ApprovalDetails, ApprovalError, ApprovalFilter, ApprovalView, EventsError, Refused,
};
use syndic_model::{AgentId, ApprovalId, ApprovalStatus, Vote};

use super::history::{History, Wanted};
use super::inbox::Inbox;
use super::layout::Here;
use super::request::{AgentShown, Form, RequestPage, Standing};
use super::sign_in::Next;
use super::told::Told;
use super::viewer::{Viewer, voting_on};
use super::words;
use super::{Pages, Shared};

/// How many requests are on one page.
const ON_A_PAGE: usize = 50;

/// How many pending requests are read at once.
const AT_ONCE: usize = 1000;

/// What the query of a request's page says.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Opened {
    pub(crate) token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct From {
    #[serde(default)]
    from: usize,
}

pub(crate) async fn inbox(
    State(pages): State<Shared>,
    headers: HeaderMap,
    from: Result<Query<From>, QueryRejection>,
) -> Response {
    let Some(viewer) = pages.signed_in(&headers) else { return to_sign_in(Next::Inbox) };
    let from = from.map_or(0, |Query(from)| from.from);
    match read_inbox(&pages, &viewer, from).await {
        Ok(inbox) => pages.page(&viewer, "Inbox", Here::Inbox, &inbox.render()),
        Err(error) => pages.tell(Some(&viewer), &unreadable(&error)),
    }
}

/// Reads everything that is pending: what this person may vote on stands first, and what ends first before the rest.
async fn read_inbox(pages: &Pages, viewer: &Viewer, from: usize) -> Result<Inbox, EventsError> {
    let (mut yours, mut others) = (Vec::new(), Vec::new());
    let ballots = pages.gate.ballots(&viewer.voter);
    let mut cursor = None;
    loop {
        let status = Some(ApprovalStatus::Pending);
        let filter = ApprovalFilter { status, cursor, limit: AT_ONCE, ..ApprovalFilter::default() };
        let page = pages.gate.approvals(filter).await?;
        for view in page.approvals {
            let own = ballots.may_vote(view.id).is_ok();
            if own { yours.push(view) } else { others.push(view) }
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let soonest = |view: &ApprovalView| (view.expires, view.id);
    yours.sort_by_key(soonest);
    others.sort_by_key(soonest);
    let (asked, pending) = (yours.len(), yours.len() + others.len());
    let shown_of_yours = asked.saturating_sub(from).min(ON_A_PAGE);
    let next = from.saturating_add(ON_A_PAGE);
    Ok(Inbox {
        now: pages.gate.now(),
        yours: yours.into_iter().skip(from).take(ON_A_PAGE).collect(),
        others: others
            .into_iter()
            .skip(from.saturating_sub(asked))
            .take(ON_A_PAGE - shown_of_yours)
            .collect(),
        asked,
        pending,
        from,
        next: (next < pending).then_some(next),
    })
}

pub(crate) async fn history(
    State(pages): State<Shared>,
    headers: HeaderMap,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let Some(viewer) = pages.signed_in(&headers) else { return to_sign_in(Next::History) };
    let wanted = wanted.map_or_else(|_| Wanted::default(), |Query(wanted)| wanted);
    let (filter, wrong) = wanted.read();
    let filter = ApprovalFilter {
        agent: filter.agent,
        action: filter.action,
        status: filter.status,
        since: filter.since,
        cursor: filter.cursor,
        limit: ON_A_PAGE,
        ..ApprovalFilter::default()
    };
    match pages.gate.approvals(filter).await {
        Ok(page) => {
            let (views, next) = (page.approvals, page.next);
            let history = History { now: pages.gate.now(), wanted: &wanted, views, next };
            pages.page(&viewer, "History", Here::History, &history.render(&wrong))
        }
        Err(error) => pages.tell(Some(&viewer), &unreadable(&error)),
    }
}

pub(crate) async fn request(
    pages: State<Shared>,
    method: Method,
    headers: HeaderMap,
    id: Path<String>,
    query: Result<Query<Opened>, QueryRejection>,
) -> Response {
    open(pages.0, &method, &headers, &id, token(query), None).await
}

pub(crate) async fn approve(
    pages: State<Shared>,
    method: Method,
    headers: HeaderMap,
    id: Path<String>,
    query: Result<Query<Opened>, QueryRejection>,
) -> Response {
    open(pages.0, &method, &headers, &id, token(query), Some(Vote::Approve)).await
}

pub(crate) async fn reject(
    pages: State<Shared>,
    method: Method,
    headers: HeaderMap,
    id: Path<String>,
    query: Result<Query<Opened>, QueryRejection>,
) -> Response {
    open(pages.0, &method, &headers, &id, token(query), Some(Vote::Reject)).await
}

/// Opens a request for whoever is signed in, or for whom the link was made; nobody else learns whether there is one.
async fn open(
    pages: Shared,
    method: &Method,
    headers: &HeaderMap,
    id: &str,
    token: Option<String>,
    choice: Option<Vote>,
) -> Response {
    let viewer = match pages.known(headers, id, token, choice) {
        Ok(viewer) => viewer,
        Err(answer) => return *answer,
    };
    let Ok(id) = id.parse() else {
        return pages.tell(Some(&viewer), &Told::no_such_request());
    };
    let form = Form { choice, ..Form::default() };
    let shown = pages.show_request(&viewer, id, form).await;
    let looked = shown.is_ok() && *method == Method::GET && !is_prefetch(headers);
    if looked && let Err(error) = pages.gate.viewed(&viewer.voter, id).await {
        tracing::warn!(%error, "that somebody looked at a request could not be recorded");
    }
    match shown {
        Ok(body) => pages.page(&viewer, &title(id), Here::Elsewhere, &body),
        Err(told) => pages.tell(Some(&viewer), &told),
    }
}

/// A page that tells what became of a vote that was just given.
pub(crate) async fn answered(
    State(pages): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<String>,
    query: Result<Query<Opened>, QueryRejection>,
) -> Response {
    let viewer = match pages.known(&headers, &id, token(query), None) {
        Ok(viewer) => viewer,
        Err(answer) => return *answer,
    };
    let Ok(id) = id.parse() else {
        return pages.tell(Some(&viewer), &Told::no_such_request());
    };
    match pages.gate.approval(id).await {
        Ok(view) => pages.tell(Some(&viewer), &answer_told(&viewer, &view)),
        Err(error) => pages.tell(Some(&viewer), &not_told(&viewer, &error)),
    }
}

fn answer_told(viewer: &Viewer, view: &ApprovalView) -> Told {
    let own = view.votes.iter().find(|vote| vote.person == viewer.voter.person);
    let Some(own) = own else {
        return Told::new(StatusCode::OK, "You have not answered", words::consequence(view.status))
            .then(request_path(viewer, view.id), "Open the request");
    };
    let title = match own.vote {
        Vote::Approve => "You approved it",
        Vote::Reject => "You rejected it",
    };
    let told = Told::new(
        StatusCode::OK,
        title,
        format!("Your answer is on the record. {}", words::stands(view.status)),
    );
    if viewer.is_signed_in() { told.then("/approvals", "Go to the inbox") } else { told }
}

impl Pages {
    /// Tells who asks for a request's page, or where they are sent.
    fn known(
        &self,
        headers: &HeaderMap,
        id: &str,
        token: Option<String>,
        choice: Option<Vote>,
    ) -> Result<Viewer, Box<Response>> {
        if let Some(viewer) = self.signed_in(headers) {
            return Ok(viewer);
        }
        let id: Option<ApprovalId> = id.parse().ok();
        match (token, id) {
            (Some(token), id) => id
                .and_then(|id| self.by_link(id, &token))
                .ok_or_else(|| Box::new(self.tell(None, &Told::bad_link()))),
            (None, Some(id)) => Err(Box::new(to_sign_in(Next::Request(id, choice)))),
            (None, None) => Err(Box::new(to_sign_in(Next::Inbox))),
        }
    }

    /// Makes the page of a request, or says why this viewer does not see it.
    pub(crate) async fn show_request(
        &self,
        viewer: &Viewer,
        id: ApprovalId,
        form: Form,
    ) -> Result<Markup, Told> {
        let may = self.gate.may_vote(&viewer.voter, id);
        if viewer.token().is_some() {
            let view = self.gate.approval(id).await.map_err(|error| not_told(viewer, &error))?;
            refuse_link(&view, &may, form.choice)?;
        }
        let mut details =
            self.gate.approval_details(id).await.map_err(|error| not_told(viewer, &error))?;
        // Time may be over a moment before that is recorded.
        if details.view.status == ApprovalStatus::Pending
            && let Err(Refused::Ended(status)) = may
        {
            details.view.status = status;
        }
        let earlier = details.view.votes.iter().find(|vote| vote.person == viewer.voter.person);
        let form = Form {
            csrf: self.csrf(viewer, &voting_on(id)),
            token: viewer.token().map(str::to_owned),
            earlier: earlier.map(|vote| vote.vote),
            ..form
        };
        Ok(RequestPage {
            now: self.gate.now(),
            agent: self.agent(&details),
            details: &details,
            standing: standing(&may, form),
            is_signed_in: viewer.is_signed_in(),
        }
        .render())
    }

    fn agent(&self, details: &ApprovalDetails) -> AgentShown {
        let governance = self.gate.governance();
        let id: Option<AgentId> = details.view.agent.parse().ok();
        match id.and_then(|id| governance.agents.get(&id)) {
            None => AgentShown::default(),
            Some(profile) => AgentShown {
                name: Some(profile.name.clone()),
                owner: Some(profile.owner.person.clone()),
                contact: Some(profile.owner.contact.clone()),
            },
        }
    }
}

/// A link shows a request to those it asks, while it waits, up to medium risk; else it says why not and nothing more.
fn refuse_link(
    view: &ApprovalView,
    may: &Result<(), Refused>,
    choice: Option<Vote>,
) -> Result<(), Told> {
    match may {
        Ok(()) | Err(Refused::Twice(_) | Refused::ReasonNeeded(_)) => Ok(()),
        Err(Refused::Ended(status)) if view.status == ApprovalStatus::Pending => {
            Err(Told::ended(*status))
        }
        Err(Refused::Ended(_)) => Err(Told::ended(view.status)),
        Err(Refused::TooWeak(risk)) => Err(Told::too_weak(view.id, *risk, choice)),
        Err(Refused::SelfApproval(..) | Refused::NotAsked(..)) => Err(Told::not_asked()),
    }
}

fn standing(may: &Result<(), Refused>, form: Form) -> Standing {
    match may {
        Ok(()) | Err(Refused::Twice(_) | Refused::ReasonNeeded(_)) => Standing::May(form),
        Err(Refused::Ended(_)) => Standing::Ended,
        Err(Refused::SelfApproval(..)) => Standing::MayNot(
            "You answer for this agent, or it acts for you. Somebody else must decide.",
        ),
        Err(Refused::NotAsked(..)) => {
            Standing::MayNot("You are in no group that is asked. You can look, and not answer.")
        }
        Err(Refused::TooWeak(_)) => Standing::MayNot("Sign in to answer."),
    }
}

/// Tells a viewer that there is no request; somebody with a link is told no more than with a wrong one.
pub(crate) fn not_told(viewer: &Viewer, error: &ApprovalError) -> Told {
    match error {
        ApprovalError::Unknown(_) if viewer.is_signed_in() => Told::no_such_request(),
        ApprovalError::Unknown(_) => Told::bad_link(),
        ApprovalError::Lookup(error) => unreadable(error),
    }
}

fn unreadable(error: &EventsError) -> Told {
    tracing::warn!(%error, "a page could not be shown");
    Told::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "Not readable at the moment",
        "The record cannot be read, or is still being read in. Nothing was changed. Try again in a moment.",
    )
}

/// Returns the path of a request's page, for somebody with a link with its token.
pub(crate) fn request_path(viewer: &Viewer, id: ApprovalId) -> String {
    match viewer.token() {
        Some(token) => format!("/approvals/{id}?token={token}"),
        None => format!("/approvals/{id}"),
    }
}

pub(crate) fn title(id: ApprovalId) -> String {
    let id = id.to_string();
    format!("Request …{}", id.rsplit('-').next().unwrap_or_default())
}

fn token(query: Result<Query<Opened>, QueryRejection>) -> Option<String> {
    query.ok().and_then(|Query(query)| query.token)
}

fn to_sign_in(next: Next) -> Response {
    Redirect::to(&next.by_way_of_sign_in()).into_response()
}

/// Tells whether a program fetches a page before anybody has asked for it.
fn is_prefetch(headers: &HeaderMap) -> bool {
    let says = |name: &str| {
        headers.get(name).is_some_and(|value| value.as_bytes().starts_with(b"prefetch"))
    };
    says("sec-purpose") || says("purpose")
}
