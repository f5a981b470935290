//! The collector: one try to deliver, and what it says of it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Client, Response};
use serde_json::Value;

use crate::channel::Failure;
use crate::plain::plain;
use crate::traces::Exported;

const REQUEST_WITHIN: Duration = Duration::from_secs(10);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// The most of an answer that is read.
const MOST_ANSWER_BYTES: usize = 64 * 1024;
const MOST_HEADERS_BYTES: u64 = 16 * 1024;

/// One collector.
pub(super) struct Collector {
    exported: Exported,
    client: Option<Client>,
    /// It failed the last time: that is said once.
    fails: AtomicBool,
}

impl Collector {
    pub(super) fn new(exported: Exported) -> Self {
        // The first caller installs the provider; later ones find it in place.
        drop(rustls::crypto::ring::default_provider().install_default());
        let builder = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        let builder = builder.timeout(REQUEST_WITHIN).connect_timeout(CONNECT_WITHIN);
        Self { exported, client: builder.build().ok(), fails: AtomicBool::new(false) }
    }

    pub(super) const fn exported(&self) -> &Exported {
        &self.exported
    }

    /// Posts a batch; answers how many spans of it the collector did not want.
    pub(super) async fn post(&self, body: String) -> Result<u64, Failure> {
        let client = self.client.as_ref();
        let client = client.ok_or_else(|| Failure::lasting("no client for it could be made"))?;
        let request = client.post(&self.exported.telemetry.url).headers(self.headers().await?);
        let sent = request.body(body).send().await.map_err(|error| {
            Failure::passing(format!("it cannot be reached: {}", error.without_url()))
        })?;
        let status = sent.status();
        if !status.is_success() {
            let retry_after = sent.headers().get("retry-after");
            let retry_after = retry_after.and_then(|seconds| seconds.to_str().ok()?.parse().ok());
            return Err(Failure {
                // OTLP/HTTP names these four as those to try again.
                is_lasting: !matches!(status.as_u16(), 429 | 502..=504),
                reason: format!("it answered {}", status.as_u16()),
                retry_after: retry_after.map(Duration::from_secs),
            });
        }
        if self.fails.swap(false, Ordering::Relaxed) {
            tracing::warn!("the collector of traces takes spans again");
        }
        Ok(rejected(&answer(sent).await))
    }

    /// Says what went wrong, once until it goes well.
    pub(super) fn tell(&self, failure: &Failure) {
        if !self.fails.swap(true, Ordering::Relaxed) {
            let (url, reason) = (&self.exported.telemetry.url, &failure.reason);
            tracing::warn!(url, reason, "the collector of traces does not take spans");
        }
    }

    /// Reads the headers anew, so that a secret can be changed while syndic runs.
    async fn headers(&self) -> Result<HeaderMap, Failure> {
        let mut headers = match self.exported.telemetry.headers_file.clone() {
            Some(path) => {
                let read = tokio::task::spawn_blocking(move || read(&path)).await;
                let read = read.unwrap_or_else(|_| Err("reading it was interrupted".to_owned()));
                read.map_err(|why| Failure::passing(format!("its `headers_file`: {why}")))?
            }
            None => HeaderMap::new(),
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let agent = HeaderValue::from_static(concat!("syndic/", env!("CARGO_PKG_VERSION")));
        headers.insert(USER_AGENT, agent);
        Ok(headers)
    }
}

fn read(path: &Path) -> Result<HeaderMap, String> {
    use std::io::Read as _;
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let read = file.take(MOST_HEADERS_BYTES + 1).read_to_string(&mut text);
    read.map_err(|error| error.to_string())?;
    if text.len() as u64 > MOST_HEADERS_BYTES {
        return Err(format!("it has more than {MOST_HEADERS_BYTES} bytes"));
    }
    headers(&text)
}

/// Reads a `Name: value` each line; what stands there may be a secret and is not repeated.
fn headers(text: &str) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (number, line) in (1..).zip(text.lines().map(str::trim)) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let header = line.split_once(':').and_then(|(name, value)| {
            let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
            Some((name, HeaderValue::from_str(value.trim()).ok()?))
        });
        let wrong = || format!("line {number} is not `Name: value`");
        let (name, mut value) = header.ok_or_else(wrong)?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}

async fn answer(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > MOST_ANSWER_BYTES {
            return Vec::new();
        }
    }
    body
}

/// Returns how many spans a collector that took the batch did not want, and says why.
fn rejected(answer: &[u8]) -> u64 {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let Some(partial) = answer.get("partialSuccess") else { return 0 };
    let count = match partial.get("rejectedSpans") {
        Some(Value::String(count)) => count.parse().unwrap_or(0),
        Some(Value::Number(count)) => count.as_u64().unwrap_or(0),
        Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => 0,
    };
    let said = partial.get("errorMessage").and_then(Value::as_str).unwrap_or_default();
    if count > 0 {
        tracing::warn!(count, said = plain(said, 200), "the collector of traces refused spans");
    }
    count
}

#[cfg(test)]
mod tests {
    use super::{headers, rejected};

    #[test]
    fn headers_stand_one_a_line() {
        let read = headers("# of the collector\n\nAuthorization: Bearer a:b\r\nx-team:\tpay\n");
        let read = read.unwrap();
        assert_eq!(read["authorization"], "Bearer a:b");
        assert!(read["authorization"].is_sensitive());
        assert_eq!(read["x-team"], "pay");
        let wrong = headers("x-team: pay\nBearer secret").unwrap_err();
        assert_eq!(wrong, "line 2 is not `Name: value`");
        assert!(headers("bad name: a").is_err() && headers("a: b\u{7f}").is_err());
    }

    #[test]
    fn what_a_collector_did_not_want_is_counted() {
        for (answer, count) in [
            ("", 0),
            ("{}", 0),
            (r#"{"partialSuccess":{}}"#, 0),
            (r#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"no\nroom"}}"#, 3),
            (r#"{"partialSuccess":{"rejectedSpans":2}}"#, 2),
            (r#"{"partialSuccess":{"rejectedSpans":-2}}"#, 0),
            ("{{", 0),
        ] {
            assert_eq!(rejected(answer.as_bytes()), count, "{answer}");
        }
    }
}
