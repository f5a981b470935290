//! Where a request belongs in its caller's trace.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use syndic_model::TraceParent;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The caller's place in a trace (W3C Trace Context); one that is malformed is as none.
#[derive(Debug)]
pub(crate) struct Traced(pub(crate) Option<TraceParent>);

impl<S: Sync> FromRequestParts<S> for Traced {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parent(&parts.headers)))
    }
}

fn parent(headers: &HeaderMap) -> Option<TraceParent> {
    let mut parents = headers.get_all(TRACEPARENT).iter();
    let parent: TraceParent = parents.next()?.to_str().ok()?.parse().ok()?;
    if parents.next().is_some() {
        return None;
    }
    let states: Result<Vec<_>, _> =
        headers.get_all(TRACESTATE).iter().map(|state| state.to_str()).collect();
    Some(parent.with_state(&states.unwrap_or_default().join(",")))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::parent;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn one_parent_is_taken_and_two_are_none() {
        assert!(parent(&headers(&[("traceparent", PARENT)])).is_some());
        assert!(parent(&headers(&[("tracestate", "a=b")])).is_none());
        let mut twice = headers(&[("traceparent", PARENT)]);
        twice.append("traceparent", PARENT.parse().unwrap());
        assert!(parent(&twice).is_none());
    }

    #[test]
    fn states_of_several_lines_are_one() {
        let mut lines = headers(&[("traceparent", PARENT), ("tracestate", "a=b")]);
        lines.append("tracestate", "c=d".parse().unwrap());
        assert_eq!(parent(&lines).unwrap().state.as_deref(), Some("a=b,c=d"));
    }
}
