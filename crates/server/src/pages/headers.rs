//! Headers of every page: nothing from elsewhere, no frame around it, nothing kept, and no script but the dashboard's.

use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// What a page may do: show our stylesheet, and send forms to us.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What the dashboard may do besides: run the scripts of files that are ours, and talk to us.
const DASHBOARD_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                                img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'self'; \
                                frame-ancestors 'none'";

/// What a document of its own may do: look as it says itself, and nothing else.
const DOCUMENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                               frame-ancestors 'none'";

const HEADERS: [(&str, &str); 5] = [
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("x-robots-tag", "noindex"),
];

/// Adds the headers; a page that says how long it may be kept is left that.
pub(crate) async fn add(request: Request, next: Next) -> Response {
    added(POLICY, next.run(request).await)
}

/// Adds the headers of the dashboard.
pub(crate) async fn add_dashboard(request: Request, next: Next) -> Response {
    added(DASHBOARD_POLICY, next.run(request).await)
}

/// Adds the headers of a document of its own.
pub(crate) fn add_document(response: Response) -> Response {
    added(DOCUMENT_POLICY, response)
}

fn added(policy: &'static str, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert("content-security-policy", HeaderValue::from_static(policy));
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
