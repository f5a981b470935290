//! One cluster over HTTP: who asks, whom to trust, and what an answer that is no success means.

use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Certificate, Method, Response, Url};
use serde_json::Value;
use syndic_governance::{ElasticsearchSink, SinkAuth};

use crate::answer;
use crate::plain::plain;
use crate::sink::Failure;

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// The most of an answer that is read; each event of a batch may fail at length.
const MOST_ANSWER_BYTES: usize = 16 << 20;
/// The longest a cluster is left alone because it asked for it.
const MOST_RETRY_AFTER: Duration = Duration::from_secs(3600);
/// The most characters of what a cluster said that are told on.
const MOST_SAID: usize = 300;
const MOST_CA_BYTES: u64 = 1 << 20;

/// One cluster.
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    authorization: Option<HeaderValue>,
    /// What must never be told on, should the other side repeat it.
    secrets: Vec<String>,
}

/// What is sent.
pub(super) enum Content {
    None,
    Json(Value),
    Lines(Vec<u8>),
}

/// What was answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    retry_after: Option<Duration>,
    secrets: Vec<String>,
}

/// Why, in the words of the cluster.
pub(super) enum Cause {
    Said(String),
    /// It did not answer as Elasticsearch does.
    Unreadable,
}

impl Content {
    /// Zips lines on a thread that may block.
    pub(super) async fn zipped(lines: String) -> Result<Self, Failure> {
        let zip = move || -> io::Result<Vec<u8>> {
            let mut zipped = GzEncoder::new(Vec::new(), Compression::fast());
            zipped.write_all(lines.as_bytes())?;
            zipped.finish()
        };
        match tokio::task::spawn_blocking(zip).await {
            Ok(Ok(zipped)) => Ok(Self::Lines(zipped)),
            Ok(Err(_)) | Err(_) => Err(Failure::passing("the events could not be zipped")),
        }
    }
}

impl Client {
    pub(super) fn new(
        settings: &ElasticsearchSink,
        secret: &dyn Fn(&str) -> Option<String>,
        within: Duration,
    ) -> Result<Self, Failure> {
        let base: Option<Url> = settings.url.parse().ok();
        let base = base.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let base =
            base.ok_or_else(|| Failure::stopped("`url` is no address over http or https"))?;
        if !base.username().is_empty() || base.password().is_some() {
            let why = "`url` has a user in it; write `username` and `password_env` instead";
            return Err(Failure::stopped(why));
        }
        let (authorization, secrets) = match &settings.auth {
            Some(auth) => {
                let (header, secrets) = authorization(auth, secret).map_err(Failure::stopped)?;
                (Some(header), secrets)
            }
            None => (None, Vec::new()),
        };
        // The first caller installs the provider; later ones find it in place.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("syndic/", env!("CARGO_PKG_VERSION")))
            .timeout(within)
            .connect_timeout(CONNECT_WITHIN);
        if let Some(path) = &settings.ca_file {
            let certificates = certificates(path).map_err(|why| {
                Failure::stopped(format!("`ca_file` `{}`: {why}", path.display()))
            })?;
            builder = builder.tls_certs_merge(certificates);
        }
        let http = builder.build();
        let http = http
            .map_err(|_| Failure::stopped("no client for it could be made; is `ca_file` right?"))?;
        Ok(Self { http, base, authorization, secrets })
    }

    /// Asks once. An answer of any status is one.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &[&str],
        query: &str,
        content: Content,
    ) -> Result<Answer, Failure> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url.set_query((!query.is_empty()).then_some(query));
        let mut request = self.http.request(method, url);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        request = match content {
            Content::None => request,
            Content::Json(body) => {
                request.header(CONTENT_TYPE, "application/json").body(body.to_string())
            }
            Content::Lines(zipped) => request
                .header(CONTENT_TYPE, "application/x-ndjson")
                .header(CONTENT_ENCODING, "gzip")
                .body(zipped),
        };
        let response = request.send().await.map_err(|error| unreachable(&error))?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER);
        let retry_after =
            retry_after.and_then(|seconds| seconds.to_str().ok()?.trim().parse().ok());
        let retry_after = retry_after.map(|after| Duration::from_secs(after).min(MOST_RETRY_AFTER));
        let body = read(response).await?;
        Ok(Answer { status, body, retry_after, secrets: self.secrets.clone() })
    }
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(super) fn cause(&self) -> Cause {
        let answer = self.json();
        let Some(error) = answer.get("error") else { return Cause::Unreadable };
        let text = |key: &str| error.get(key).and_then(Value::as_str);
        match (error.as_str(), text("type"), text("reason")) {
            (Some(said), ..) => Cause::Said(self.plain(said)),
            (None, Some(kind), reason) => {
                Cause::Said(self.plain(&format!("{kind}: {}", reason.unwrap_or_default())))
            }
            (None, None, _) => Cause::Unreadable,
        }
    }

    /// Tells what an answer means that is no success, when syndic wanted to `want`.
    pub(super) fn failure(&self, want: &str) -> Failure {
        let status = self.status;
        let said = match self.cause() {
            Cause::Said(said) => format!(": {said}"),
            Cause::Unreadable => String::new(),
        };
        let reason = match status {
            300..=399 => format!("it answered {status}, another address; write that into `url`"),
            401 => format!("it does not know who asks (401); mend the credentials{said}"),
            403 => format!("who asks may not {want} (403); give the role that privilege{said}"),
            404 => format!("there is nothing at `url` to {want} (404){said}"),
            408 | 429 | 500..=599 => {
                let (reason, retry_after) =
                    (format!("it answered {status}{said}"), self.retry_after);
                return Failure::Passing { reason, retry_after };
            }
            // What stands between answers so for a while, and no Elasticsearch does.
            _ if said.is_empty() => return Failure::passing(format!("it answered {status}")),
            _ => format!("it refuses to {want} ({status}){said}"),
        };
        Failure::stopped(reason)
    }

    /// Makes what the other side said fit to be told on.
    pub(super) fn plain(&self, said: &str) -> String {
        let hidden =
            self.secrets.iter().fold(said.to_owned(), |said, secret| said.replace(secret, "…"));
        plain(&hidden, MOST_SAID)
    }
}

/// Makes the header, and lists what of it is secret.
fn authorization(
    auth: &SinkAuth,
    secret: &dyn Fn(&str) -> Option<String>,
) -> Result<(HeaderValue, Vec<String>), String> {
    let read = |name: &str| match secret(name).as_deref().map(str::trim) {
        None | Some("") => {
            Err(format!("the environment variable `{name}` is not set; it has the secret"))
        }
        Some(value) => Ok(value.to_owned()),
    };
    let (name, scheme, secret, more) = match auth {
        SinkAuth::Bearer { token_env } => (token_env, "Bearer", read(token_env)?, None),
        SinkAuth::ApiKey { key_env } => (key_env, "ApiKey", read(key_env)?, None),
        SinkAuth::Basic { username, password_env } => {
            if username.contains(':') {
                return Err("`username` has a colon in it, which HTTP does not allow".to_owned());
            }
            let password = read(password_env)?;
            let both = STANDARD.encode(format!("{username}:{password}"));
            (password_env, "Basic", both, Some(password))
        }
    };
    let header = HeaderValue::from_str(&format!("{scheme} {secret}"));
    let mut header = header.map_err(|_| {
        format!("what the environment variable `{name}` has cannot stand in a header")
    })?;
    header.set_sensitive(true);
    Ok((header, more.into_iter().chain([secret]).collect()))
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, String> {
    use std::io::Read as _;
    let mut pem = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(MOST_CA_BYTES).read_to_end(&mut pem).map_err(|error| error.to_string())?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err("there is no certificate in it, in PEM".to_owned()),
        Err(_) => Err("it is not in PEM".to_owned()),
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > MOST_ANSWER_BYTES {
            return Err(Failure::passing("its answer is longer than any of `_bulk`"));
        }
    }
    Ok(body)
}

/// Tells a certificate that a person has to mend from all else that keeps an answer away.
fn unreachable(error: &reqwest::Error) -> Failure {
    if let Some(why) = answer::distrust(error) {
        return Failure::stopped(format!(
            "its certificate is not trusted: {why}; mend it, or name who signed it in `ca_file`"
        ));
    }
    if error.is_timeout() {
        return Failure::passing("it did not answer in time");
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    Failure::passing(format!("it cannot be reached: {}", plain(&cause.to_string(), MOST_SAID)))
}
