//! An OpenTelemetry collector: logs by OTLP over HTTP, as JSON (opentelemetry-proto 1.x, `ExportLogsServiceRequest`).
//!
//! It has no key against repeats: each record has the attribute `log.record.uid`, which a repeat keeps.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use serde_json::{Value, json};
use syndic_governance::{Environment, OtlpSink, SinkFormat};
use syndic_model::Clock;

use crate::plain::plain;
use crate::sink::{Failure, Fate, Most, Shaped};
use crate::{answer, headers_file};

const REQUEST_WITHIN: Duration = Duration::from_secs(20);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const MOST_EVENTS: usize = 1_000;
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// What a record has beside what it tells.
const OVERHEAD: usize = 256;
/// `SEVERITY_NUMBER_INFO`.
const INFO: u8 = 9;
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// One collector.
pub(crate) struct Otlp {
    client: Client,
    clock: Arc<dyn Clock>,
    url: String,
    headers_file: Option<PathBuf>,
    format: SinkFormat,
    /// What tells the records.
    resource: Value,
}

impl std::fmt::Debug for Otlp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Otlp").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Otlp {
    /// Gets ready; nothing is sent yet. Events come shaped as `format` says.
    pub(crate) fn new(
        settings: &OtlpSink,
        format: SinkFormat,
        environment: Environment,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Failure> {
        // The first caller installs the provider; later ones find it in place.
        drop(rustls::crypto::ring::default_provider().install_default());
        let builder = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        let client = builder.timeout(REQUEST_WITHIN).connect_timeout(CONNECT_WITHIN).build();
        let client =
            client.map_err(|_| Failure::passing("no client for the collector could be made"))?;
        let OtlpSink { url, headers_file, service_name } = settings.clone();
        let resource = json!({"attributes": [
            text("service.name", &service_name),
            text("service.version", VERSION),
            text("deployment.environment.name", environment.as_str()),
        ]});
        Ok(Self { client, clock, url, headers_file, format, resource })
    }

    pub(crate) const fn most(&self) -> Most {
        Most { events: MOST_EVENTS, bytes: MOST_BYTES, overhead: OVERHEAD }
    }

    pub(crate) async fn send(&mut self, events: &[Shaped]) -> Result<Vec<Fate>, Failure> {
        let request = self.client.post(&self.url).headers(self.headers().await?);
        let sent = request.body(self.body(events)).send().await;
        let sent = sent.map_err(|error| answer::unreachable("the collector", error))?;
        let (status, retry_after) = (sent.status(), answer::retry_after(sent.headers()));
        if status.is_success() {
            return partial(&answer::body(sent).await, events.len());
        }
        let reason = format!("the collector answered {}", status.as_u16());
        match status.as_u16() {
            400 | 422 => refused(reason, events.len()),
            413 => Err(Failure::TooLarge),
            408 | 429 | 500..=599 => Err(Failure::Passing { reason, retry_after }),
            _ => Err(Failure::stopped(format!(
                "{reason}: mend `url` or what stands in `headers_file`"
            ))),
        }
    }

    async fn headers(&self) -> Result<HeaderMap, Failure> {
        let mut headers = match &self.headers_file {
            Some(path) => headers_file::read(path).await.map_err(Failure::stopped)?,
            None => HeaderMap::new(),
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let agent = HeaderValue::from_static(concat!("syndic/", env!("CARGO_PKG_VERSION")));
        headers.insert(USER_AGENT, agent);
        Ok(headers)
    }

    /// Writes a request. A record is put in as it is, since it is JSON already.
    fn body(&self, events: &[Shaped]) -> String {
        let (resource, scope) = (&self.resource, json!({"name": "syndic", "version": VERSION}));
        let now = self.clock.now();
        let records = events.iter().map(|event| match self.format {
            SinkFormat::Otel => event.body.clone(),
            SinkFormat::Native | SinkFormat::Ocsf => record(event, now).to_string(),
        });
        let records = records.collect::<Vec<_>>().join(",");
        format!(
            r#"{{"resourceLogs":[{{"resource":{resource},"scopeLogs":[{{"scope":{scope},"logRecords":[{records}]}}]}}]}}"#
        )
    }
}

/// A record around an event that is none.
fn record(event: &Shaped, now: Timestamp) -> Value {
    json!({
        "timeUnixNano": nanoseconds(event.at),
        "observedTimeUnixNano": nanoseconds(now),
        "severityNumber": INFO,
        "severityText": "INFO",
        "eventName": "syndic.action",
        "body": {"stringValue": event.body},
        "attributes": [
            text("log.record.uid", &event.id),
            text("syndic.event_id", &event.id),
            text("gen_ai.agent.id", &event.agent),
            {"key": "syndic.record", "value": {"intValue": event.index.to_string()}},
        ],
    })
}

fn text(key: &str, value: &str) -> Value {
    json!({"key": key, "value": {"stringValue": value}})
}

/// Nanoseconds since 1970 as text, as JSON has integers of 64 bits.
fn nanoseconds(at: Timestamp) -> String {
    at.as_nanosecond().max(0).to_string()
}

/// Reads what a collector that took a request did not want of it.
fn partial(body: &[u8], events: usize) -> Result<Vec<Fate>, Failure> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let partial = body.get("partialSuccess");
    let count = match partial.and_then(|partial| partial.get("rejectedLogRecords")) {
        Some(Value::String(count)) => count.parse().unwrap_or(0),
        Some(Value::Number(count)) => count.as_u64().unwrap_or(0),
        Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => 0,
    };
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if count == 0 {
        return Ok(vec![Fate::Taken; events]);
    }
    let said = partial.and_then(|partial| partial.get("errorMessage")?.as_str());
    let said = plain(said.unwrap_or("no reason"), 300);
    let reason = format!("the collector rejected {count} of {events} records: {said}");
    if count >= events {
        return Ok(vec![Fate::Refused(reason); events]);
    }
    Err(Failure::Poisoned { reason })
}

/// Something was refused, and nobody says what unless it was all there was.
fn refused(reason: String, events: usize) -> Result<Vec<Fate>, Failure> {
    match events {
        1 => Ok(vec![Fate::Refused(reason)]),
        _ => Err(Failure::Poisoned { reason }),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use syndic_governance::{Environment, OtlpSink, SinkFormat};
    use syndic_testkit::{Receiver, TestClock};

    use super::{Otlp, partial};
    use crate::sink::{Failure, Fate, Shaped};

    fn events(count: u64) -> Vec<Shaped> {
        (0..count)
            .map(|index| Shaped {
                index,
                id: format!("e{index}"),
                at: "2026-11-23T12:00:00.5Z".parse().unwrap(),
                agent: "support\r\nX: \"y\"".to_owned(),
                body: r#"{"body":{"stringValue":"größe"}}"#.to_owned(),
            })
            .collect()
    }

    fn otlp(receiver: &Receiver, format: SinkFormat) -> Otlp {
        let url = format!("http://{}/v1/logs", receiver.address);
        let settings = OtlpSink { url, headers_file: None, service_name: "syndic".to_owned() };
        let clock = Arc::new(TestClock::at("2026-11-23T12:00:01Z"));
        Otlp::new(&settings, format, Environment::Staging, clock).unwrap()
    }

    #[tokio::test]
    async fn otlp_a_log_record_goes_as_it_is_and_any_other_event_is_the_body_of_one() {
        let mut receiver = Receiver::start([]).await;
        otlp(&receiver, SinkFormat::Otel).send(&events(2)).await.unwrap();
        let scope =
            |request: &serde_json::Value| request["resourceLogs"][0]["scopeLogs"][0].clone();
        let request = receiver.next().await.json();
        let resource = &request["resourceLogs"][0]["resource"]["attributes"];
        assert_eq!(resource[2]["value"]["stringValue"], "staging");
        assert_eq!(scope(&request)["logRecords"].as_array().unwrap().len(), 2);
        assert_eq!(scope(&request)["logRecords"][1]["body"]["stringValue"], "größe");
        otlp(&receiver, SinkFormat::Native).send(&events(1)).await.unwrap();
        let record = scope(&receiver.next().await.json())["logRecords"][0].clone();
        assert_eq!(record["timeUnixNano"], "1795435200500000000");
        assert_eq!(record["body"]["stringValue"], events(1)[0].body);
        assert_eq!(record["attributes"][0]["value"]["stringValue"], "e0");
        assert_eq!(record["attributes"][2]["value"]["stringValue"], events(1)[0].agent);
    }

    #[tokio::test]
    async fn otlp_an_answer_says_whether_the_same_may_be_sent_again() {
        let receiver = Receiver::start([]).await;
        let mut otlp = otlp(&receiver, SinkFormat::Otel);
        for (answer, events, expected) in [
            ("HTTP/1.1 503 no\r\nretry-after: 7\r\n\r\n", 2, "Passing"),
            ("HTTP/1.1 429 no\r\n\r\n", 2, "Passing"),
            ("HTTP/1.1 400 no\r\n\r\n", 2, "Poisoned"),
            ("HTTP/1.1 400 no\r\n\r\n", 1, "[Refused"),
            ("HTTP/1.1 413 no\r\n\r\n", 2, "TooLarge"),
            ("HTTP/1.1 401 no\r\n\r\n", 2, "Stopped"),
            ("HTTP/1.1 404 no\r\n\r\n", 2, "Stopped"),
            ("HTTP/1.1 302 no\r\nlocation: http://127.0.0.1/\r\n\r\n", 2, "Stopped"),
            ("HTTP/1.1 200 OK\r\n\r\n{}", 1, "[Taken]"),
        ] {
            receiver.then(answer);
            let sent = otlp.send(&self::events(events)).await;
            let shown =
                sent.as_ref().map_or_else(|e| format!("{e:?}"), |fates| format!("{fates:?}"));
            assert!(shown.starts_with(expected), "{answer}: {shown}");
            if let Err(Failure::Passing { retry_after: Some(after), .. }) = sent {
                assert_eq!(after, Duration::from_secs(7));
            }
        }
    }

    #[test]
    fn otlp_what_was_rejected_of_several_is_looked_for() {
        let of = |count: &str| format!(r#"{{"partialSuccess":{{"rejectedLogRecords":{count}}}}}"#);
        for (body, events, expected) in [
            (String::new(), 2, Ok(vec![Fate::Taken; 2])),
            (of("0"), 1, Ok(vec![Fate::Taken])),
            (of("\"-1\""), 1, Ok(vec![Fate::Taken])),
            (of("\"1\""), 2, Err(())),
            (of("1"), 3, Err(())),
        ] {
            assert_eq!(partial(body.as_bytes(), events).map_err(|_| ()), expected, "{body}");
        }
        for events in [1, 2] {
            let fates = partial(of("2").as_bytes(), events).unwrap();
            assert!(fates.iter().all(|fate| matches!(fate, Fate::Refused(_))), "{fates:?}");
        }
    }
}
