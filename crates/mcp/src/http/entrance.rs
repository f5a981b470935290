//! Who comes in: no web page, and nobody without a key.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_HEADERS, HOST, ORIGIN, RETRY_AFTER, VARY,
    WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::caller::{Caller, Unwelcome};
use super::desk::Desk;
use super::reply::{Refused, error, json as json_reply};
use super::routes::ENDPOINT;
use crate::UNDECIDED;

/// Where the proxy describes itself (RFC 9728).
pub(crate) const RESOURCE: &str = "/.well-known/oauth-protected-resource";

/// Lets in nothing that a web page made a browser send, and tells browsers which pages may.
pub(crate) async fn guarded(
    State(desk): State<Arc<Desk>>,
    request: Request,
    next: Next,
) -> Response {
    if let Err(intruder) = desk.guard.check(request.headers(), request.uri()) {
        return error(StatusCode::FORBIDDEN, -32600, &intruder.to_string());
    }
    let origin = request.headers().get(ORIGIN).cloned();
    let asked = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let mut response = match *request.method() {
        Method::OPTIONS if origin.is_some() => StatusCode::NO_CONTENT.into_response(),
        _ => next.run(request).await,
    };
    if let Some(origin) = origin {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(VARY, HeaderValue::from_static("origin"));
        let methods = HeaderValue::from_static("GET, POST, DELETE");
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
        let exposed = HeaderValue::from_static("mcp-session-id, www-authenticate");
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        headers.extend(asked.map(|asked| (ACCESS_CONTROL_ALLOW_HEADERS, asked)));
    }
    response
}

/// Lets in an agent by its key.
pub(crate) async fn admitted(desk: &Desk, headers: &HeaderMap) -> Result<Arc<Caller>, Refused> {
    desk.callers.admit(headers).await.map_err(|unwelcome| {
        let text = unwelcome.to_string();
        let refused = |status| Refused::new(status, UNDECIDED, &text);
        match unwelcome {
            Unwelcome::NoKey | Unwelcome::BadKey(_) => {
                refused(StatusCode::UNAUTHORIZED).with(WWW_AUTHENTICATE, challenge(headers))
            }
            Unwelcome::NotThisAgent(..) => refused(StatusCode::FORBIDDEN),
            Unwelcome::Undecided(_) => refused(StatusCode::SERVICE_UNAVAILABLE)
                .with(RETRY_AFTER, HeaderValue::from_static("1")),
        }
    })
}

/// Says what opens the proxy (RFC 9728 § 5.1). The guard has made sure that `Host` is a name of ours.
fn challenge(headers: &HeaderMap) -> HeaderValue {
    let text = format!("Bearer resource_metadata=\"http://{}{RESOURCE}{ENDPOINT}\"", host(headers));
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("Bearer"))
}

/// Describes the proxy as a protected resource: keys are made by hand, so no authorization server is named.
pub(crate) async fn resource(headers: HeaderMap) -> Response {
    let body = json!({
        "resource": format!("http://{}{ENDPOINT}", host(&headers)),
        "resource_name": "syndic MCP proxy",
        "bearer_methods_supported": ["header"],
    });
    json_reply(StatusCode::OK, body.to_string().into())
}

fn host(headers: &HeaderMap) -> &str {
    headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()
}
