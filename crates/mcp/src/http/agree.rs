//! Whether the headers of a request say what its body says.
//!
//! The body is what is decided on. Headers that say otherwise would lead whoever routes or limits by them to see another
//! call than the one that was decided, so they are refused (revision 2026-07-28, "Server Validation").

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderName};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

pub(crate) const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
pub(crate) const METHOD: HeaderName = HeaderName::from_static("mcp-method");
pub(crate) const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// The first revision whose requests carry their own version, and whose headers repeat the body.
const FIRST_STATELESS: &str = "2026-07-28";
/// What the body of a request claims.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claimed<'a> {
    /// `io.modelcontextprotocol/protocolVersion` of its `_meta`.
    pub(crate) version: Option<&'a str>,
    /// Its method.
    pub(crate) method: &'a str,
    /// What it names: a tool, a prompt, a resource's URI or a task.
    pub(crate) name: Option<&'a str>,
    /// Which headers the specification demands of it.
    pub(crate) demanded: Demanded,
}

/// Which headers the stateless revisions demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Demanded {
    /// None: of a notification.
    Nothing,
    /// Version and method.
    Method,
    /// The name too.
    Name,
}

/// Says where headers and body differ.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("header mismatch: {0}")]
pub(crate) struct Disagreement(pub(crate) String);

/// Tells whether a revision is one whose requests carry their own version.
pub(crate) fn is_stateless(version: &str) -> bool {
    version >= FIRST_STATELESS && version.as_bytes().first().is_some_and(u8::is_ascii_digit)
}

/// Compares what the headers say with what the body claims.
///
/// A header that is there must agree in every revision; in the stateless ones those that the specification demands
/// must be there. That the body lacks its version is left to the server to say.
///
/// # Errors
/// Names the header that differs, is missing, is there twice or is not well formed.
pub(crate) fn agree(headers: &HeaderMap, claimed: &Claimed<'_>) -> Result<(), Disagreement> {
    let version = single(headers, &VERSION)?;
    let stateless = claimed.version.or(version).is_some_and(is_stateless);
    let demands = |what| stateless && claimed.demanded >= what;
    match (version, claimed.version) {
        (_, None) => {}
        (None, Some(_)) if !demands(Demanded::Method) => {}
        (version, Some(in_body)) => must_equal(&VERSION, version, in_body)?,
    }
    match single(headers, &METHOD)? {
        None if !demands(Demanded::Method) => {}
        method => must_equal(&METHOD, method, claimed.method)?,
    }
    match (decoded(&NAME, single(headers, &NAME)?)?, claimed.name) {
        (None, None) => {}
        (None, Some(_)) if !demands(Demanded::Name) => {}
        (Some(name), None) => {
            return Err(Disagreement(format!("{NAME} is `{name}`, and the body names nothing")));
        }
        (name, Some(in_body)) => must_equal(&NAME, name.as_deref(), in_body)?,
    }
    Ok(())
}

fn must_equal(header: &HeaderName, value: Option<&str>, in_body: &str) -> Result<(), Disagreement> {
    match value {
        Some(value) if value == in_body => Ok(()),
        Some(value) => Err(Disagreement(format!(
            "{header} is `{}`, and the body says `{}`",
            shown(value),
            shown(in_body)
        ))),
        None => {
            Err(Disagreement(format!("{header} is missing; the body says `{}`", shown(in_body))))
        }
    }
}

pub(crate) fn shown(text: &str) -> String {
    text.chars().take(100).flat_map(char::escape_debug).collect()
}

/// Returns the one value of a header; two of them are two sources of truth.
pub(crate) fn single(
    headers: &HeaderMap,
    name: impl AsRef<str>,
) -> Result<Option<&str>, Disagreement> {
    let name = name.as_ref();
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value
            .to_str()
            .map(|value| Some(value.trim_matches([' ', '\t'])))
            .map_err(|_| Disagreement(format!("{name} has characters a header must not have"))),
        (Some(_), Some(_)) => Err(Disagreement(format!("{name} is there more than once"))),
    }
}

/// Decodes `=?base64?…?=`, the form of a value that a header cannot hold.
pub(crate) fn decoded<'a>(
    name: impl AsRef<str>,
    value: Option<&'a str>,
) -> Result<Option<Cow<'a, str>>, Disagreement> {
    let Some(value) = value else { return Ok(None) };
    let inner = value.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?="));
    let Some(inner) = inner else { return Ok(Some(Cow::Borrowed(value))) };
    let text = STANDARD.decode(inner).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match text {
        Some(text) => Ok(Some(Cow::Owned(text))),
        None => Err(Disagreement(format!("{} is not valid Base64 of UTF-8", name.as_ref()))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Claimed, Demanded, agree};
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    const CALL: Claimed<'_> = Claimed {
        version: Some("2026-07-28"),
        method: "tools/call",
        name: Some("pay"),
        demanded: Demanded::Name,
    };

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        let pairs = lines.iter().map(|(name, value)| {
            (
                name.parse::<HeaderName>().unwrap(),
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            )
        });
        pairs.fold(HeaderMap::new(), |mut map, (name, value)| {
            map.append(name, value);
            map
        })
    }

    fn said(lines: &[(&str, &str)], claimed: &Claimed<'_>) -> String {
        match agree(&headers(lines), claimed) {
            Ok(()) => "agrees".to_owned(),
            Err(differs) => differs.to_string(),
        }
    }

    #[test]
    fn headers_and_body_of_a_stateless_request_must_agree() {
        const V: (&str, &str) = ("MCP-Protocol-Version", "2026-07-28");
        const M: (&str, &str) = ("mcp-method", "tools/call");
        const N: (&str, &str) = ("MCP-NAME", "pay");
        for (lines, expected) in [
            (&[V, M, N][..], "agrees"),
            (&[V, M, ("mcp-name", "=?base64?cGF5?=")], "agrees"),
            (&[V, M, ("mcp-name", "  pay ")], "agrees"),
            (
                &[M, N],
                "header mismatch: mcp-protocol-version is missing; the body says `2026-07-28`",
            ),
            (&[V, N], "header mismatch: mcp-method is missing; the body says `tools/call`"),
            (&[V, M], "header mismatch: mcp-name is missing; the body says `pay`"),
            (
                &[("mcp-protocol-version", "2025-11-25"), M, N],
                "header mismatch: mcp-protocol-version is `2025-11-25`, and the body says `2026-07-28`",
            ),
            (
                &[V, ("mcp-method", "tools/list"), N],
                "header mismatch: mcp-method is `tools/list`, and the body says `tools/call`",
            ),
            (
                &[V, ("mcp-method", "TOOLS/CALL"), N],
                "header mismatch: mcp-method is `TOOLS/CALL`, and the body says `tools/call`",
            ),
            (
                &[V, M, ("mcp-name", "read")],
                "header mismatch: mcp-name is `read`, and the body says `pay`",
            ),
            (&[V, M, N, N], "header mismatch: mcp-name is there more than once"),
            (
                &[V, M, ("mcp-name", "=?base64?cGF5")],
                "header mismatch: mcp-name is `=?base64?cGF5`, and the body says `pay`",
            ),
            (
                &[V, M, ("mcp-name", "=?base64?cGF?=")],
                "header mismatch: mcp-name is not valid Base64 of UTF-8",
            ),
            (
                &[V, M, ("mcp-name", "p\u{e4}y")],
                "header mismatch: mcp-name has characters a header must not have",
            ),
        ] {
            assert_eq!(said(lines, &CALL), expected, "{lines:?}");
        }
    }

    #[test]
    fn a_body_without_a_version_is_the_servers_to_refuse() {
        let claimed = Claimed { version: None, ..CALL };
        let version = ("mcp-protocol-version", "2026-07-28");
        let right = [version, ("mcp-method", "tools/call"), ("mcp-name", "pay")];
        assert_eq!(said(&right, &claimed), "agrees");
        let wrong = [version, ("mcp-method", "tools/call"), ("mcp-name", "read")];
        assert_ne!(said(&wrong, &claimed), "agrees");
    }

    #[test]
    fn before_2026_07_28_headers_may_be_missing_but_must_not_lie() {
        let claimed = Claimed { version: None, ..CALL };
        assert_eq!(said(&[], &claimed), "agrees");
        assert_eq!(said(&[("mcp-protocol-version", "2025-11-25")], &claimed), "agrees");
        assert_ne!(said(&[("mcp-name", "read")], &claimed), "agrees");
        assert_ne!(said(&[("mcp-method", "tools/list")], &claimed), "agrees");
        let list = Claimed { version: None, method: "tools/list", name: None, ..CALL };
        assert_ne!(said(&[("mcp-name", "pay")], &list), "agrees");
    }

    #[test]
    fn a_task_may_be_named_and_a_notification_says_nothing_in_headers() {
        let version = ("mcp-protocol-version", "2026-07-28");
        let task = Claimed {
            method: "tasks/get",
            name: Some("task-1"),
            demanded: Demanded::Method,
            ..CALL
        };
        let method = ("mcp-method", "tasks/get");
        assert_eq!(said(&[version, method], &task), "agrees");
        assert_eq!(said(&[version, method, ("mcp-name", "task-1")], &task), "agrees");
        assert_ne!(said(&[version, method, ("mcp-name", "task-2")], &task), "agrees");
        let notification = Claimed { name: None, demanded: Demanded::Nothing, ..CALL };
        assert_eq!(said(&[], &notification), "agrees");
        assert_ne!(said(&[method], &notification), "agrees");
    }
}
