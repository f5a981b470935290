//! Records as they happen, by server-sent events.
#![expect(unused_qualifications, reason = "the expansion of `params` names the type by its path")]

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse as _, Response};
use hyper::body::{Body as HttpBody, Frame};
use serde::Deserialize;
use syndic_api::{Problem, StreamRecord};
use syndic_gate::TailFilter;
use tokio::sync::mpsc;
use utoipa::IntoParams;

use crate::app::App;
use crate::auth::Watcher;
use crate::connection::Connection;
use crate::problem::Failure;
use crate::routes::audit::bad_query;
use crate::streams::{MOST, Streams};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Tells proxies to pass on at once what they are sent.
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// What to watch.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Watch {
    /// What is about this agent alone, or about all of them.
    agent: Option<String>,
    /// Kinds of records, with commas between them: `decision,outcome`. All when left out.
    kinds: Option<String>,
    /// Begins after this record; `Last-Event-ID` goes before it. From now on when left out.
    after: Option<u64>,
}

/// Sends every record a moment after it became durable, once and in order, as an event `record` whose id is the
/// record's index. `Last-Event-ID` goes on after a record; where that is more than 10,000 records back, an event `reset`
/// comes first, and then what follows it.
#[utoipa::path(
    get,
    path = "/v1/stream",
    params(Watch, ("last-event-id" = Option<u64>, Header, description = "The record to go on after, as browsers send it by themselves")),
    responses(
        (status = 200, body = StreamRecord, content_type = "text/event-stream"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn stream(
    State(gate): State<App>,
    watcher: Watcher,
    Extension(streams): Extension<Arc<Streams>>,
    Extension(connection): Extension<Arc<Connection>>,
    headers: HeaderMap,
    watch: Result<Query<Watch>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(watch) = watch.map_err(|error| bad_query(error.body_text()))?;
    let after = last_event_id(&headers)?.or(watch.after);
    let kinds = watch.kinds.as_deref().unwrap_or_default();
    let kinds = kinds.split(',').filter(|kind| !kind.is_empty());
    let filter = TailFilter::new(watch.agent.filter(|agent| !agent.is_empty()), kinds);
    let filter = filter.map_err(|error| bad_query(error.to_string()))?;
    let place = streams.place().ok_or_else(full)?;
    // A stream has a place among streams, and leaves that of a connection to those who ask for something.
    connection.leave();
    let sent = streams.begin(place, &gate, gate.tail(after, filter), watcher, connection);
    let headers = [
        (CONTENT_TYPE, "text/event-stream"),
        (CACHE_CONTROL, "no-store"),
        (CONNECTION, "close"),
        (UNBUFFERED, "no"),
    ];
    Ok((headers, Body::new(Sent(sent))).into_response())
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Failure> {
    let Some(id) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let id = id.to_str().ok().filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
    match id {
        Some("") => Ok(None),
        // A number that no record has is one from another ledger: whoever sends it is told to begin again.
        Some(id) => Ok(Some(id.parse().unwrap_or(u64::MAX))),
        None => Err(bad_query("`Last-Event-ID` is the index of a record, as the stream sent it")),
    }
}

fn full() -> Failure {
    let detail = format!("{MOST} watch already; close a page that is not looked at, or try again");
    Failure(Problem::new(503, "crowded", detail))
}

/// What is sent, as it comes.
struct Sent(mpsc::Receiver<Bytes>);

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.get_mut().0.poll_recv(context).map(|sent| sent.map(|text| Ok(Frame::data(text))))
    }
}
