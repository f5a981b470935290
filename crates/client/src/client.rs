//! One connection, and how a request goes over it.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use syndic_api::Problem;

use crate::{ClientError, Stream};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// A stream goes on for as long as the daemon does.
const STREAM_TIMEOUT: Duration = Duration::from_secs(365 * 86_400);
/// Shorter than the ten seconds after which the daemon closes an idle connection: a request on one that is just being
/// closed would be lost, and nobody would know whether it was decided.
const IDLE_FOR: Duration = Duration::from_secs(5);

/// A client of one daemon, with at most one key.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    at: String,
    key: Option<Key>,
}

/// A bearer key; never shown.
#[derive(Clone)]
struct Key(String);

impl Client {
    /// Connects to `url`; its path, if any, is kept as a prefix.
    ///
    /// # Errors
    /// When `url` is not an `http` or `https` URL, or the host's certificates cannot be read.
    pub fn tcp(url: &str, key: Option<String>) -> Result<Self, ClientError> {
        let base = Url::parse(url).map_err(|_| ClientError::Url(url.to_owned()))?;
        let builder = match base.scheme() {
            "https" => builder(),
            "http" => without_tls(),
            _ => return Err(ClientError::Url(url.to_owned())),
        };
        Self::new(builder, base, url.to_owned(), key)
    }

    /// Connects to the daemon that listens on the socket at `path`.
    ///
    /// # Errors
    /// When the connection cannot be set up; whether anybody listens shows with the first call.
    pub fn unix(path: &Path, key: Option<String>) -> Result<Self, ClientError> {
        let at = path.display().to_string();
        let base = Url::parse("http://localhost").map_err(|_| ClientError::Url(at.clone()))?;
        Self::new(without_tls().unix_socket(path), base, at, key)
    }

    /// Tells whether a key would cross a network unencrypted.
    #[must_use]
    pub fn is_in_clear(&self) -> bool {
        let host = self.base.host_str().unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let local = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
        self.base.scheme() == "http" && !local
    }

    /// Returns the same connection with another key.
    #[must_use]
    pub fn with_key(&self, key: impl Into<String>) -> Self {
        Self { key: Some(Key(key.into())), ..self.clone() }
    }

    fn new(
        builder: reqwest::ClientBuilder,
        base: Url,
        at: String,
        key: Option<String>,
    ) -> Result<Self, ClientError> {
        match builder.build() {
            Ok(http) => Ok(Self { http, base, at, key: key.map(Key) }),
            Err(source) => Err(ClientError::Unreachable { at, source }),
        }
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, ClientError> {
        json(&self.at, self.send(self.request(Method::GET, path)).await?).await
    }

    pub(crate) async fn find<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, String)],
    ) -> Result<T, ClientError> {
        json(&self.at, self.send(self.request(Method::GET, path).query(query)).await?).await
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        json(&self.at, self.send(self.request(Method::POST, path).json(body)).await?).await
    }

    /// Posts a request that may take so long.
    pub(crate) async fn post_within<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
        timeout: Duration,
    ) -> Result<T, ClientError> {
        let request = self.request(Method::POST, path).json(body).timeout(timeout);
        json(&self.at, self.send(request).await?).await
    }

    /// Posts a request that may wait so long for people, beside what it takes.
    pub(crate) async fn post_waiting<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
        wait: Duration,
    ) -> Result<T, ClientError> {
        let request = self.request(Method::POST, path).json(body);
        json(&self.at, self.send(waiting(request, wait)).await?).await
    }

    /// Asks for something that may wait so long for people.
    pub(crate) async fn get_waiting<T: DeserializeOwned>(
        &self,
        path: &[&str],
        wait: Duration,
    ) -> Result<T, ClientError> {
        json(&self.at, self.send(waiting(self.request(Method::GET, path), wait)).await?).await
    }

    pub(crate) async fn take_back<T: DeserializeOwned>(
        &self,
        path: &[&str],
    ) -> Result<T, ClientError> {
        json(&self.at, self.send(self.request(Method::DELETE, path)).await?).await
    }

    pub(crate) async fn delete(&self, path: &[&str]) -> Result<(), ClientError> {
        self.send(self.request(Method::DELETE, path)).await.map(drop)
    }

    pub(crate) async fn text(&self, path: &[&str]) -> Result<String, ClientError> {
        let response = self.send(self.request(Method::GET, path)).await?;
        response.text().await.map_err(|source| self.unreachable(source))
    }

    pub(crate) async fn bytes(&self, path: &[&str]) -> Result<Vec<u8>, ClientError> {
        let response = self.send(self.request(Method::GET, path)).await?;
        let bytes = response.bytes().await.map_err(|source| self.unreachable(source))?;
        Ok(bytes.into())
    }

    pub(crate) async fn find_text(
        &self,
        path: &[&str],
        query: &[(&str, String)],
    ) -> Result<String, ClientError> {
        let response = self.send(self.request(Method::GET, path).query(query)).await?;
        response.text().await.map_err(|source| self.unreachable(source))
    }

    pub(crate) async fn stream_of(
        &self,
        path: &[&str],
        query: &[(&str, String)],
    ) -> Result<Stream, ClientError> {
        let request = self.request(Method::GET, path).query(query).timeout(STREAM_TIMEOUT);
        Ok(Stream::new(self.at.clone(), self.send(request).await?))
    }

    /// Builds a request; every element of `path` is one segment, whatever it contains.
    fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let request = self.http.request(method, url);
        match &self.key {
            Some(Key(key)) => request.bearer_auth(key),
            None => request,
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        let response = request.send().await.map_err(|source| self.unreachable(source))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        match response.json::<Problem>().await {
            Ok(problem) => Err(ClientError::Refused(problem)),
            Err(_) => Err(ClientError::Foreign { at: self.at.clone(), status: status.as_u16() }),
        }
    }

    fn unreachable(&self, source: reqwest::Error) -> ClientError {
        ClientError::Unreachable { at: self.at.clone(), source: source.without_url() }
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// A key goes to the daemon that was named and nowhere else, so redirects are not followed.
pub(crate) fn builder() -> reqwest::ClientBuilder {
    // Another part of the process may have installed the same provider already.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_FOR)
        .timeout(REQUEST_TIMEOUT)
}

/// Without `https` the host needs no certificates, so none are read.
pub(crate) fn without_tls() -> reqwest::ClientBuilder {
    builder().no_proxy().tls_certs_only([])
}

fn waiting(request: RequestBuilder, wait: Duration) -> RequestBuilder {
    request.query(&[("wait", format!("{}s", wait.as_secs()))]).timeout(REQUEST_TIMEOUT + wait)
}

async fn json<T: DeserializeOwned>(at: &str, response: Response) -> Result<T, ClientError> {
    let status = response.status().as_u16();
    response.json().await.map_err(|source| {
        if source.is_decode() {
            ClientError::Foreign { at: at.to_owned(), status }
        } else {
            ClientError::Unreachable { at: at.to_owned(), source: source.without_url() }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use reqwest::Method;

    use super::Client;
    use crate::ClientError;

    #[test]
    fn a_segment_stays_one_segment() {
        let client = Client::tcp("http://127.0.0.1:1/prefix/", None).unwrap();
        for (id, path) in [
            ("customer-support", "/prefix/v1/agents/customer-support"),
            ("../keys", "/prefix/v1/agents/..%2Fkeys"),
            ("a?b#c", "/prefix/v1/agents/a%3Fb%23c"),
            ("*", "/prefix/v1/agents/*"),
        ] {
            let request = client.request(Method::GET, &["v1", "agents", id]).build().unwrap();
            assert_eq!(request.url().path(), path);
            assert_eq!(request.url().query(), None);
        }
    }

    #[test]
    fn a_key_is_sent_and_never_shown() {
        let client = Client::tcp("http://127.0.0.1:1", Some("secret".to_owned())).unwrap();
        let request = client.request(Method::GET, &["v1", "status"]).build().unwrap();
        assert_eq!(request.headers()["authorization"], "Bearer secret");
        assert!(!format!("{client:?}").contains("secret"));
    }

    #[test]
    fn only_a_network_in_between_is_in_clear() {
        for (url, in_clear) in [
            ("http://127.0.0.1:7860", false),
            ("http://[::1]:7860", false),
            ("http://localhost", false),
            ("http://192.0.2.1", true),
            ("http://127.0.0.1.example.com", true),
            ("https://192.0.2.1", false),
        ] {
            assert_eq!(Client::tcp(url, None).unwrap().is_in_clear(), in_clear, "{url}");
        }
        assert!(!Client::unix(Path::new("/socket"), None).unwrap().is_in_clear());
    }

    #[test]
    fn only_http_urls_are_urls() {
        for url in ["127.0.0.1:7860", "ftp://host", "", "/path"] {
            assert!(matches!(Client::tcp(url, None), Err(ClientError::Url(_))), "{url}");
        }
    }
}
