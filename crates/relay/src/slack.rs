//! Slack: a message with buttons, and what comes back when one is pressed.

mod blocks;
mod inbound;

use std::time::Duration;

use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::cause;
use crate::channel::{Envelope, Failure};
use crate::in_force::SlackApp;
use crate::matter::{About, Posted};
use crate::plain::plain;

use self::blocks::{blocks, escaped, modal, summary};
pub use self::inbound::{Interaction, Pressed, SlackRefused, parse, verify};

/// What Slack answers where another try may help.
const PASSING: &[&str] =
    &["ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"];

/// The longest answer that is read.
const MOST_ANSWER_BYTES: usize = 256 * 1024;

/// An app at Slack.
#[derive(Debug, Clone)]
pub struct Slack {
    client: Client,
    app: SlackApp,
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    error: Option<String>,
    channel: Option<String>,
    ts: Option<String>,
}

impl Slack {
    /// Makes the client of an app.
    #[must_use]
    pub fn new(app: &SlackApp) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let builder = Client::builder().redirect(reqwest::redirect::Policy::none());
        Self { client: builder.build().unwrap_or_default(), app: app.clone() }
    }

    /// Asks for the reason of a rejection: opens a form over the message whose button was pressed. The trigger is good
    /// for three seconds.
    ///
    /// # Errors
    /// Says why Slack did not open it.
    pub async fn ask_reason(&self, trigger: &str, approval: &str) -> Result<(), String> {
        let body = json!({ "trigger_id": trigger, "view": modal(approval) });
        self.call("views.open", &body).await.map(drop).map_err(|failure| failure.reason)
    }

    /// Tells one user something in a channel, where nobody else sees it.
    ///
    /// # Errors
    /// Says why Slack did not show it.
    pub async fn whisper(&self, channel: &str, user: &str, text: &str) -> Result<(), String> {
        let body = json!({ "channel": channel, "user": user, "text": escaped(text, 3_000) });
        self.call("chat.postEphemeral", &body).await.map(drop).map_err(|failure| failure.reason)
    }

    /// Posts a message; one that tells an end takes the place of the one that asked.
    pub(crate) async fn send(&self, channel: &str, envelope: &Envelope) -> Result<Posted, Failure> {
        let notice = &envelope.notice;
        let has_buttons = notice.is_light && self.app.signing_secret.is_some();
        let mut body = json!({
            "channel": channel,
            "text": summary(notice),
            "blocks": blocks(notice, has_buttons),
            "unfurl_links": false,
            "unfurl_media": false,
        });
        let replaced = envelope.posted.as_ref().filter(|_| notice.about == About::Ended);
        let method = match (replaced, body.as_object_mut()) {
            (Some(posted), Some(fields)) => {
                fields.insert("channel".to_owned(), json!(posted.channel));
                fields.insert("ts".to_owned(), json!(posted.ts));
                "chat.update"
            }
            (None, Some(fields)) => {
                fields.insert("client_msg_id".to_owned(), json!(as_uuid(&envelope.id)));
                "chat.postMessage"
            }
            (_, None) => "chat.postMessage",
        };
        let answer = self.call(method, &body).await?;
        match (answer.channel, answer.ts) {
            (Some(channel), Some(ts)) => Ok(Posted { channel, ts }),
            _ => Err(Failure::lasting("Slack took the message and did not say where it is")),
        }
    }

    async fn call(&self, method: &str, body: &Value) -> Result<Answer, Failure> {
        let request = self
            .client
            .post(format!("{}/{method}", self.app.api))
            .bearer_auth(&self.app.token)
            .header("content-type", "application/json; charset=utf-8")
            .body(body.to_string());
        let mut response = request.send().await.map_err(|error| {
            Failure::passing(format!("Slack cannot be reached: {}", cause(error)))
        })?;
        let status = response.status();
        let retry_after = response.headers().get("retry-after");
        let retry_after = retry_after.and_then(|seconds| seconds.to_str().ok()?.parse().ok());
        if status.as_u16() == 429 || status.is_server_error() {
            return Err(Failure {
                reason: format!("Slack answered {status}"),
                is_lasting: false,
                is_distrusted: false,
                retry_after: retry_after.map(Duration::from_secs),
            });
        }
        let mut bytes = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MOST_ANSWER_BYTES {
                return Err(Failure::passing("Slack answered too much"));
            }
        }
        let answer: Answer = serde_json::from_slice(&bytes)
            .map_err(|_| Failure::passing(format!("Slack answered {status} and no JSON")))?;
        if answer.ok {
            return Ok(answer);
        }
        let error = answer.error.unwrap_or_default();
        Err(Failure {
            reason: plain(&format!("Slack refused: {error}"), 200),
            is_lasting: !PASSING.contains(&error.as_str()),
            is_distrusted: false,
            retry_after: None,
        })
    }
}

/// Writes 32 hex digits as a UUID of version 8 (RFC 9562), which is what an application makes as it likes.
fn as_uuid(id: &str) -> String {
    let mut digits: Vec<char> = id.chars().take(32).collect();
    for (place, digit) in [(12, '8'), (16, '8')] {
        if let Some(there) = digits.get_mut(place) {
            *there = digit;
        }
    }
    for place in [20, 16, 12, 8] {
        if place <= digits.len() {
            digits.insert(place, '-');
        }
    }
    digits.into_iter().collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_id_is_written_as_a_uuid() {
        assert_eq!(
            super::as_uuid("0123456789abcdef0123456789abcdef"),
            "01234567-89ab-8def-8123-456789abcdef"
        );
    }
}
