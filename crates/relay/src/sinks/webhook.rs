//! A receiver of Standard Webhooks: a message an event, in the order of the ledger. A repeat has the same `webhook-id`.

use std::sync::Arc;

use syndic_governance::WebhookSink;
use syndic_model::Clock;

use crate::channel::{self, TRY_WITHIN};
use crate::in_force::Endpoint;
use crate::sink::{Failure, Fate, Most, Shaped};
use crate::webhook::{Answered, Webhook};

/// How many messages go before it is known what became of them: each may take seconds.
const MOST_EVENTS: usize = 8;
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// What a message has beside the event.
const OVERHEAD: usize = 128;

/// One receiver.
pub(crate) struct WebhookReceiver {
    webhook: Webhook,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for WebhookReceiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookReceiver").finish_non_exhaustive()
    }
}

impl WebhookReceiver {
    /// Gets ready; nothing is sent yet. `environment` looks up variables of the environment.
    pub(crate) fn new(
        settings: &WebhookSink,
        clock: Arc<dyn Clock>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        // The first caller installs the provider; later ones find it in place.
        drop(rustls::crypto::ring::default_provider().install_default());
        let WebhookSink { url, secret_env } = settings.clone();
        let secret = match secret_env {
            Some(name) => Some(environment(&name).ok_or_else(|| {
                Failure::stopped(format!("`{name}`, named by `secret_env`, is not set"))
            })?),
            None => None,
        };
        let webhook = Webhook::new(&Endpoint { url, secret }).map_err(failure)?;
        Ok(Self { webhook, clock })
    }

    pub(crate) const fn most(&self) -> Most {
        Most { events: MOST_EVENTS, bytes: MOST_BYTES, overhead: OVERHEAD }
    }

    /// Sends one message after another, up to the first that is not answered for good: what follows waits with it.
    pub(crate) async fn send(&mut self, events: &[Shaped]) -> Result<Vec<Fate>, Failure> {
        let mut fates = Vec::with_capacity(events.len());
        for event in events {
            match self.post(event).await {
                Ok(fate) => fates.push(fate),
                Err(failure) if fates.is_empty() => return Err(failure),
                Err(failure) => {
                    fates.resize(events.len(), Fate::Again(failure));
                    break;
                }
            }
        }
        Ok(fates)
    }

    async fn post(&self, event: &Shaped) -> Result<Fate, Failure> {
        if !event.id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Fate::Refused("its id cannot stand in a header".to_owned()));
        }
        // The event is JSON already.
        let (at, data) = (event.at, &event.body);
        let body = format!(r#"{{"type":"audit.event","timestamp":"{at}","data":{data}}}"#);
        let posted = self.webhook.post(&event.id, self.clock.now(), body);
        let answered = tokio::time::timeout(TRY_WITHIN, posted).await;
        let answered = answered
            .map_err(|_| Failure::passing("the webhook gave no answer within 10 s"))?
            .map_err(failure)?;
        fate(&answered)
    }
}

fn fate(answered: &Answered) -> Result<Fate, Failure> {
    let reason = format!("the webhook answered {}", answered.status.as_u16());
    match answered.status.as_u16() {
        200..=299 => Ok(Fate::Taken),
        _ if answered.is_passing() => {
            Err(Failure::Passing { reason, retry_after: answered.retry_after })
        }
        // Nothing about the event: nobody there takes any.
        300..=399 | 401 | 403 | 404 | 405 | 407 | 410 => Err(Failure::stopped(format!(
            "{reason}: mend `url` or `secret_env`, or what receives there"
        ))),
        _ => Ok(Fate::Refused(reason)),
    }
}

fn failure(failure: channel::Failure) -> Failure {
    let channel::Failure { reason, is_lasting, is_distrusted, retry_after } = failure;
    if is_distrusted {
        let mend = "mend its certificate, or have this host trust who signed it";
        return Failure::stopped(format!("{reason}: {mend}"));
    }
    if is_lasting { Failure::Stopped { reason } } else { Failure::Passing { reason, retry_after } }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use syndic_governance::WebhookSink;
    use syndic_testkit::{Receiver, TestClock};

    use super::WebhookReceiver;
    use crate::sink::{Failure, Fate, Shaped};

    const BUSY: &str = "HTTP/1.1 503 no\r\nretry-after: 7\r\n\r\n";
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn event(id: &str) -> Shaped {
        Shaped {
            index: 7,
            id: id.to_owned(),
            at: "2026-11-23T12:00:00Z".parse().unwrap(),
            agent: "support".to_owned(),
            body: r#"{"event_id":"x"}"#.to_owned(),
        }
    }

    fn receiver(url: String, secret: Option<&str>) -> Result<WebhookReceiver, Failure> {
        let settings =
            WebhookSink { url, secret_env: secret.map(|_| "AUDIT_HOOK_SECRET".to_owned()) };
        let clock = Arc::new(TestClock::at("2026-11-23T12:00:01Z"));
        WebhookReceiver::new(&settings, clock, &|name| {
            secret
                .filter(|secret| name == "AUDIT_HOOK_SECRET" && !secret.is_empty())
                .map(str::to_owned)
        })
    }

    #[tokio::test]
    async fn webhook_each_event_is_a_signed_message_that_keeps_its_id() {
        let mut there = Receiver::start(["HTTP/1.1 200 OK\r\n\r\n", BUSY]).await;
        let mut sink = receiver(format!("http://{}/hook", there.address), Some(SECRET)).unwrap();
        let events = [event("e1"), event("e2"), event("e3")];
        let fates = sink.send(&events).await.unwrap();
        let busy = Fate::Again(Failure::Passing {
            reason: "the webhook answered 503".to_owned(),
            retry_after: Some(Duration::from_secs(7)),
        });
        assert_eq!(fates, [Fate::Taken, busy.clone(), busy]);
        assert_eq!(sink.send(&events[1..]).await.unwrap(), [Fate::Taken, Fate::Taken]);
        for id in ["e1", "e2", "e2", "e3"] {
            let received = there.next().await;
            assert_eq!(received.headers["webhook-id"], id);
            let theirs = standardwebhooks::Webhook::new(SECRET).unwrap();
            let signed = theirs.sign(id, 1_795_435_201, received.body.as_bytes()).unwrap();
            assert_eq!(received.headers["webhook-signature"], signed);
            assert_eq!(
                received.body,
                r#"{"type":"audit.event","timestamp":"2026-11-23T12:00:00Z","data":{"event_id":"x"}}"#
            );
        }
        assert!(there.arrived().is_none());
    }

    #[tokio::test]
    async fn webhook_an_answer_says_what_becomes_of_the_event_or_of_all() {
        let there = Receiver::start([]).await;
        let mut sink = receiver(format!("http://{}/hook", there.address), None).unwrap();
        for (status, expected) in [
            (204, "[Taken]"),
            (400, "[Refused"),
            (413, "[Refused"),
            (422, "[Refused"),
            (408, "Passing"),
            (429, "Passing"),
            (500, "Passing"),
            (302, "Stopped"),
            (401, "Stopped"),
            (403, "Stopped"),
            (404, "Stopped"),
            (410, "Stopped"),
        ] {
            there.then(&format!("HTTP/1.1 {status} x\r\n\r\n"));
            let sent = sink.send(&[event("e1")]).await;
            let shown = sent.map_or_else(|e| format!("{e:?}"), |fates| format!("{fates:?}"));
            assert!(shown.starts_with(expected), "{status}: {shown}");
        }
        let injected = sink.send(&[event("e1\r\nwebhook-id: e2")]).await.unwrap();
        assert!(matches!(injected[..], [Fate::Refused(_)]));
    }

    #[test]
    fn webhook_what_is_set_wrong_is_said_before_anything_is_sent() {
        let of = |url: &str, secret| match receiver(url.to_owned(), secret) {
            Ok(_) => "ready".to_owned(),
            Err(failure) => format!("{failure:?}"),
        };
        assert_eq!(of("https://hooks.example.org/x", Some(SECRET)), "ready");
        for (url, secret, why) in [
            ("https://hooks.example.org/x", Some(""), "`AUDIT_HOOK_SECRET`"),
            ("https://hooks.example.org/x", Some("whsec_short"), "whsec_"),
            ("http://169.254.169.254/x", None, "link-local"),
            ("ftp://hooks.example.org/x", None, "http"),
        ] {
            let said = of(url, secret);
            assert!(said.starts_with("Stopped") && said.contains(why), "{said}");
        }
    }
}
