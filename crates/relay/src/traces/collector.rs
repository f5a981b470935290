//! The collector: one try to deliver, and what it says of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use serde_json::Value;

use crate::channel::Failure;
use crate::plain::plain;
use crate::traces::Exported;
use crate::{answer, headers_file};

const REQUEST_WITHIN: Duration = Duration::from_secs(10);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

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
            Failure::passing(format!("it cannot be reached: {}", answer::cause(error)))
        })?;
        let status = sent.status();
        if !status.is_success() {
            return Err(Failure {
                // OTLP/HTTP names these four as those to try again.
                is_lasting: !matches!(status.as_u16(), 429 | 502..=504),
                is_distrusted: false,
                reason: format!("it answered {}", status.as_u16()),
                retry_after: answer::retry_after(sent.headers()),
            });
        }
        if self.fails.swap(false, Ordering::Relaxed) {
            tracing::warn!("the collector of traces takes spans again");
        }
        Ok(rejected(&answer::body(sent).await))
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
        let mut headers = match &self.exported.telemetry.headers_file {
            Some(path) => headers_file::read(path).await.map_err(Failure::passing)?,
            None => HeaderMap::new(),
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let agent = HeaderValue::from_static(concat!("syndic/", env!("CARGO_PKG_VERSION")));
        headers.insert(USER_AGENT, agent);
        Ok(headers)
    }
}

/// Returns how many spans a collector that took the batch did not want, and says why.
fn rejected(body: &[u8]) -> u64 {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
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
    use super::rejected;

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
