//! Who may come in, and which message is whose.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request as HttpRequest, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use bytes::Bytes;

use super::caller::Caller;
use super::claims::Claims;
use super::desk::Desk;
use super::entrance::{RESOURCE, admitted, guarded, resource};
use super::exchange::Exchange;
use super::peer::Peer;
use super::reply::{Refused, answer_by, error, json};
use super::upstream::SESSION;
use crate::Message;
use crate::answer;

/// Where clients reach the proxy.
pub(crate) const ENDPOINT: &str = "/mcp";
/// The most that a message of a client may have; the daemon takes no larger arguments than a quarter of it.
const MOST_BYTES: usize = 4 << 20;
const BODY_WITHIN: Duration = Duration::from_secs(60);
/// The specification's code for headers that say otherwise than the body.
pub(crate) const HEADER_MISMATCH: i32 = -32020;

pub(crate) fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route(ENDPOINT, get(hear).post(say).delete(leave).fallback(no_such_method))
        .route(RESOURCE, get(resource))
        .route(&format!("{RESOURCE}{ENDPOINT}"), get(resource))
        .route("/healthz", get(|| async { "ok\n" }))
        .fallback(no_such_route)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&desk), guarded))
        .with_state(desk)
}

/// A client says something.
async fn say(State(desk): State<Arc<Desk>>, request: HttpRequest) -> Result<Response, Refused> {
    let caller = admitted(&desk, request.headers()).await?;
    let (parts, body) = request.into_parts();
    if !is_json(&parts.headers) {
        let text = "send `Content-Type: application/json`";
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, -32600, text));
    }
    let raw = read(body).await?;
    match Message::from_client(&raw) {
        Ok(message) => route(desk, caller, parts.headers, message).await,
        Err(malformed) => Ok(json(StatusCode::BAD_REQUEST, malformed.answer(&raw))),
    }
}

/// Finds out whose message it is, and what has to happen to it.
async fn route(
    desk: Arc<Desk>,
    caller: Arc<Caller>,
    headers: HeaderMap,
    message: Message,
) -> Result<Response, Refused> {
    let (claims, id) = match &message {
        Message::Request(request) => {
            (Some(Claims::of(&request.method, request.params.as_ref(), true)), Some(&request.id))
        }
        Message::Notification(notification) => {
            (Some(Claims::of(&notification.method, notification.params.as_ref(), false)), None)
        }
        Message::Response(_) => (None, None),
    };
    if let Some(Err(differs)) = claims.as_ref().map(|claims| claims.agree(&headers)) {
        let id = id.cloned().unwrap_or_else(crate::Id::null);
        let refusal = answer::error(&id, HEADER_MISMATCH, &differs.to_string(), None);
        return Ok(json(StatusCode::BAD_REQUEST, refusal));
    }
    let stateless = claims.and_then(|claims| claims.stateless(&headers));
    let exchange = exchange(desk, caller, headers, stateless)?;
    let headers = Arc::clone(&exchange.headers);
    Ok(match message {
        Message::Request(request) => answer_by(&headers, |out| exchange.ask(request, out)).await,
        Message::Notification(notification) => {
            answer_by(&headers, |out| exchange.notify(notification, out)).await
        }
        Message::Response(response) => {
            let other = exchange.peer.asked.take(response).err();
            let asked = other.and_then(|response| {
                Some((exchange.peer.server_asked(response.id.key())?, response))
            });
            match asked {
                Some((forwarded, response)) => {
                    answer_by(&headers, |out| exchange.answer(forwarded, response, out)).await
                }
                // It answers the proxy, or nobody.
                None => StatusCode::ACCEPTED.into_response(),
            }
        }
    })
}

/// A client wants to hear what the server says of its own accord.
async fn hear(State(desk): State<Arc<Desk>>, request: HttpRequest) -> Result<Response, Refused> {
    let caller = admitted(&desk, request.headers()).await?;
    let exchange = exchange(desk, caller, request.headers().clone(), None)?;
    Ok(answer_by(request.headers(), |out| exchange.hear(out)).await)
}

/// A client ends its session.
async fn leave(State(desk): State<Arc<Desk>>, request: HttpRequest) -> Result<Response, Refused> {
    let caller = admitted(&desk, request.headers()).await?;
    let exchange = exchange(desk, caller, request.headers().clone(), None)?;
    Ok(answer_by(request.headers(), |out| exchange.leave(out)).await)
}

/// Finds the session that the headers name, if its revision has any: it must be one of this key.
fn exchange(
    desk: Arc<Desk>,
    caller: Arc<Caller>,
    mut headers: HeaderMap,
    stateless: Option<String>,
) -> Result<Exchange, Refused> {
    if stateless.is_some() {
        headers.remove(SESSION);
    }
    let mut ids = headers.get_all(SESSION).iter();
    let peer = match (ids.next(), ids.next()) {
        (None, _) => Some(Arc::clone(&caller.peer)),
        (Some(id), None) => id.to_str().ok().and_then(|id| desk.sessions.find(id, &caller.key)),
        (Some(_), Some(_)) => None,
    };
    let peer: Arc<Peer> = peer.ok_or_else(|| {
        let text = "there is no such session of this key; begin one with `initialize`";
        Refused::new(StatusCode::NOT_FOUND, -32600, text)
    })?;
    let stateless = stateless.map(Arc::from);
    Ok(Exchange { desk, caller, peer, headers: Arc::new(headers), stateless })
}

async fn no_such_route() -> Response {
    error(StatusCode::NOT_FOUND, -32600, "there is nothing here; the MCP endpoint is `/mcp`")
}

async fn no_such_method() -> Response {
    error(StatusCode::METHOD_NOT_ALLOWED, -32600, "`/mcp` takes GET, POST and DELETE")
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

async fn read(body: Body) -> Result<Bytes, Refused> {
    match tokio::time::timeout(BODY_WITHIN, to_bytes(body, MOST_BYTES)).await {
        Ok(Ok(raw)) => Ok(raw),
        Ok(Err(_)) => {
            let text = format!("a message has at most {MOST_BYTES} bytes, and arrives whole");
            Err(Refused::new(StatusCode::PAYLOAD_TOO_LARGE, -32600, &text))
        }
        Err(_) => {
            let text = "the message did not arrive in time";
            Err(Refused::new(StatusCode::REQUEST_TIMEOUT, -32600, text))
        }
    }
}
