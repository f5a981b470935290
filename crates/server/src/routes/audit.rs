//! The audit trail.
#![expect(unused_qualifications, reason = "the expansion of `params` names the type by its path")]

use axum::Json;
use axum::extract::{Path, Query, State};
use jiff::Timestamp;
use serde::Deserialize;
use syndic_api::{Event, Events, Problem};
use syndic_gate::{EventFilter, SearchError};
use utoipa::IntoParams;

use crate::app::App;
use crate::auth::Reader;
use crate::problem::{Failure, event_id, not_an_id};

/// Which events to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Of this agent.
    agent: Option<String>,
    /// Of this action.
    action: Option<String>,
    /// That were allowed, or were not.
    allowed: Option<bool>,
    /// Through this tool.
    tool: Option<String>,
    /// That this policy stood in the way of, or would have if it were enforced.
    policy: Option<String>,
    /// Of this session.
    session: Option<String>,
    /// For this user, as named with the action.
    user: Option<String>,
    /// Of agents that had this risk level: `low`, `medium`, `high` or `critical`.
    risk: Option<String>,
    /// With these words in their arguments, or in the reasons of what stood in the way; in double quotes, one after
    /// another. A page may have fewer than `limit` though more follow.
    q: Option<String>,
    /// From this time on (RFC 3339).
    since: Option<String>,
    /// Before this time (RFC 3339).
    until: Option<String>,
    /// At most this many, 1 to 1000; 100 when left out.
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    /// `newest` first, as when left out, or `oldest` first.
    order: Option<String>,
}

/// Lists events, newest first where not asked otherwise; open actions are among them.
#[utoipa::path(
    get,
    path = "/v1/audit/events",
    params(Filter),
    responses(
        (status = 200, body = Events),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn events(
    State(gate): State<App>,
    _: Reader,
    filter: Result<Query<Filter>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Events>, Failure> {
    let Query(filter) = filter.map_err(|error| bad_query(error.body_text()))?;
    let page = gate.events(filter.read()?).await?;
    Ok(Json(Events {
        events: page.events.into_iter().map(Event::from).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
        indexed_through: page.indexed_through,
    }))
}

/// Shows the event of one action.
#[utoipa::path(
    get,
    path = "/v1/audit/events/{id}",
    params(("id" = String, Path, description = "The action's id")),
    responses(
        (status = 200, body = Event),
        (status = 404, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn event(
    State(gate): State<App>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<Event>, Failure> {
    let event = gate.event(event_id(&id)?).await?;
    event.map(|event| Json(Event::from(event))).ok_or_else(|| not_an_id(&id))
}

impl Filter {
    pub(crate) fn read(self) -> Result<EventFilter, Failure> {
        let limit = self.limit.unwrap_or(100);
        if !(1..=1000).contains(&limit) {
            return Err(bad_query("`limit` is 1 to 1000"));
        }
        let cursor = self
            .cursor
            .map(|text| text.parse().map_err(|_| bad_query("`cursor` is not one of ours")));
        let oldest_first = match self.order.as_deref() {
            None | Some("newest") => false,
            Some("oldest") => true,
            Some(_) => return Err(bad_query("`order` is `newest` or `oldest`")),
        };
        let risk = self.risk.map(|text| {
            let wrong = || bad_query("`risk` is `low`, `medium`, `high` or `critical`");
            text.parse().map_err(|_| wrong())
        });
        let words = self.q.map(|text| {
            text.parse().map_err(|error: SearchError| bad_query(format!("`q`: {error}")))
        });
        Ok(EventFilter {
            oldest_first,
            agent: self.agent.map(|text| text.parse()).transpose()?,
            action: self.action.map(|text| text.parse()).transpose()?,
            allowed: self.allowed,
            tool: self.tool.map(|text| text.parse()).transpose()?,
            policy: self.policy.map(|text| text.parse()).transpose()?,
            session: self.session.map(|text| text.parse()).transpose()?,
            user: self.user,
            risk: risk.transpose()?,
            q: words.transpose()?,
            since: self.since.map(|text| time("since", &text)).transpose()?,
            until: self.until.map(|text| time("until", &text)).transpose()?,
            cursor: cursor.transpose()?,
            limit,
        })
    }
}

fn time(field: &str, text: &str) -> Result<Timestamp, Failure> {
    text.parse().map_err(|_| bad_query(format!("`{field}` is a time like `2026-11-22T09:00:00Z`")))
}

pub(crate) fn bad_query(detail: impl Into<String>) -> Failure {
    Failure(Problem::new(400, "bad-query", detail))
}
