//! The server behind the proxy, over HTTP.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fmt, io};

use axum::body::Bytes;
use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use reqwest::{Certificate, Response, Url};
use thiserror::Error;

use super::agree::{METHOD, NAME, VERSION};
use super::credential::{self, HeaderFileError};
use super::mirrors::PARAM;

pub(crate) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
pub(crate) const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// How long the server may think before its answer begins; what has begun may take as long as it takes.
const BEGIN_WITHIN: Duration = Duration::from_secs(600);
const IDLE_CONNECTIONS: usize = 256;
/// Shorter than the five seconds after which Node's servers close an idle connection: a call on one that is just being
/// closed would be lost, and nobody would know whether it ran.
const IDLE_FOR: Duration = Duration::from_secs(4);
/// What of a client's request goes on; nothing else does, least of all what opens the proxy.
const PASSED_ON: [HeaderName; 10] = [
    ACCEPT,
    USER_AGENT,
    VERSION,
    METHOD,
    NAME,
    SESSION,
    LAST_EVENT,
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static("baggage"),
];

/// Which server the proxy stands in front of, and what opens it.
#[derive(Debug, Clone)]
pub struct UpstreamSettings {
    /// Its MCP endpoint, an `http` or `https` URL.
    pub url: String,
    /// A file of header lines that every request carries, such as `Authorization: Bearer …`.
    pub header_file: Option<PathBuf>,
    /// Certificates (PEM) to trust instead of the platform's.
    pub ca: Option<PathBuf>,
}

/// Says why the server behind the proxy cannot be set up.
#[derive(Debug, Error)]
pub enum UpstreamError {
    /// The address is none.
    #[error("`{0}` is not an http or https URL")]
    Url(String),
    /// A password on the command line, where every process sees it.
    #[error(
        "the upstream URL carries a user or password: put it into a file and name that with `--upstream-header-file`"
    )]
    CredentialInUrl,
    /// The header file cannot be used.
    #[error(transparent)]
    Headers(#[from] HeaderFileError),
    /// The certificates cannot be used.
    #[error("cannot use the certificates in `{}`: {reason}", path.display())]
    Certificates {
        /// Their file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// No connection can be set up at all.
    #[error("cannot set up connections to `{0}`")]
    Setup(String, #[source] reqwest::Error),
}

/// The server behind the proxy.
#[derive(Clone)]
pub(crate) struct Upstream {
    http: reqwest::Client,
    url: Url,
    own: HeaderMap,
}

/// Says why the server gave no answer that can be passed on.
#[derive(Debug, Error)]
pub(crate) enum NoAnswer {
    #[error(
        "cannot reach the MCP server at `{at}`: {reason}; check that it runs, and `--upstream`"
    )]
    Unreachable { at: String, reason: String },
    #[error("the MCP server at `{at}` did not begin to answer within {} s", BEGIN_WITHIN.as_secs())]
    TooSlow { at: String },
    #[error(
        "the MCP server at `{at}` refuses the proxy (status {status}): put what opens it into a file, as a line \
         `Authorization: Bearer …`, and start the proxy with `--upstream-header-file` and that file"
    )]
    Refused { at: String, status: u16 },
    #[error(
        "the MCP server at `{at}` has moved to `{to}`: start the proxy with `--upstream` and that address"
    )]
    Moved { at: String, to: String },
}

impl Upstream {
    /// Sets up connections to the server; whether it answers shows with the first request.
    pub(crate) fn new(settings: &UpstreamSettings) -> Result<Self, UpstreamError> {
        let no_url = || UpstreamError::Url(settings.url.clone());
        let url = Url::parse(&settings.url).map_err(|_| no_url())?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(no_url());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UpstreamError::CredentialInUrl);
        }
        let own = settings.header_file.as_deref().map(credential::read).transpose()?;
        // Another part of the process may have installed the same provider already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = reqwest::Client::builder()
            // What opens one server is not shown to another.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_WITHIN)
            .tcp_nodelay(true)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .pool_idle_timeout(IDLE_FOR);
        if let Some(path) = &settings.ca {
            builder = builder.tls_certs_only(certificates(path)?);
        } else if url.scheme() == "http" {
            builder = builder.no_proxy().tls_certs_only([]);
        }
        let http = builder.build().map_err(|error| UpstreamError::Setup(shown(&url), error))?;
        Ok(Self { http, url, own: own.unwrap_or_default() })
    }

    /// Tells whether a credential would cross a network unencrypted.
    pub(crate) fn is_in_clear(&self) -> bool {
        let host = self.url.host_str().unwrap_or_default();
        let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        let local = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
        self.url.scheme() == "http" && !local && !self.own.is_empty()
    }

    /// Returns the server's address, without what may be secret in it.
    pub(crate) fn at(&self) -> String {
        shown(&self.url)
    }

    /// Sends a request with those of the client's headers that may go on, and returns the answer as soon as it begins.
    pub(crate) async fn send(
        &self,
        method: Method,
        from_client: &HeaderMap,
        body: Option<Bytes>,
    ) -> Result<Response, NoAnswer> {
        let mut request =
            self.http.request(method, self.url.clone()).headers(self.passed_on(from_client));
        if let Some(body) = body {
            request = request
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(body);
        }
        let sent = tokio::time::timeout(BEGIN_WITHIN, request.send()).await;
        let response = sent
            .map_err(|_| NoAnswer::TooSlow { at: self.at() })?
            .map_err(|error| NoAnswer::Unreachable { at: self.at(), reason: reason(&error) })?;
        let status = response.status();
        if matches!(status.as_u16(), 401 | 403 | 407) {
            return Err(NoAnswer::Refused { at: self.at(), status: status.as_u16() });
        }
        if status.is_redirection() {
            let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            let to =
                to.and_then(|to| self.url.join(to).ok()).map_or_else(String::new, |to| shown(&to));
            return Err(NoAnswer::Moved { at: self.at(), to });
        }
        Ok(response)
    }

    fn passed_on(&self, from_client: &HeaderMap) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(16);
        for (name, value) in from_client {
            if PASSED_ON.contains(name) || name.as_str().starts_with(PARAM) {
                headers.append(name.clone(), value.clone());
            }
        }
        for name in self.own.keys() {
            headers.remove(name);
        }
        for (name, value) in &self.own {
            headers.append(name.clone(), value.clone());
        }
        headers
    }
}

/// Says why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum BadBody {
    #[error("the MCP server broke off its answer")]
    BrokenOff,
    #[error("the MCP server's answer has more than {0} bytes")]
    TooLarge(usize),
}

/// Reads a body to its end.
pub(crate) async fn whole(mut response: Response, most_bytes: usize) -> Result<Bytes, BadBody> {
    let first = response.chunk().await.map_err(|_| BadBody::BrokenOff)?.unwrap_or_default();
    let mut next = response.chunk().await.map_err(|_| BadBody::BrokenOff)?;
    if next.is_none() && first.len() <= most_bytes {
        return Ok(first);
    }
    let mut body = first.to_vec();
    while body.len() <= most_bytes {
        let Some(chunk) = next else { return Ok(body.into()) };
        body.extend_from_slice(&chunk);
        next = response.chunk().await.map_err(|_| BadBody::BrokenOff)?;
    }
    Err(BadBody::TooLarge(most_bytes))
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream").field("at", &self.at()).finish_non_exhaustive()
    }
}

/// Shows an address without its query, which may hold a token.
fn shown(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let host = url.host_str().unwrap_or_default();
    format!("{}://{host}{port}{}", url.scheme(), url.path()).chars().take(200).collect()
}

/// Returns the innermost cause, which says most.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, UpstreamError> {
    let bad = |reason: String| UpstreamError::Certificates { path: path.to_owned(), reason };
    let pem = std::fs::read(path).map_err(|error: io::Error| bad(error.to_string()))?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(bad("it holds none in PEM form".to_owned())),
        Err(error) => Err(bad(reason(&error))),
    }
}
