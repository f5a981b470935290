//! The ways a message goes: what each is given, and how one fails.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::in_force::Config;
use crate::mail::Mail;
use crate::matter::{Address, Posted};
use crate::notice::Notice;
use crate::slack::Slack;
use crate::webhook::Webhook;

/// How long one try may take.
pub(crate) const TRY_WITHIN: Duration = Duration::from_secs(10);

/// A notice on its way. A repeated one has the same ids, so that who receives it twice can tell.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    pub(crate) notice: Notice,
    /// 32 hex digits that are this message's, however often it is sent.
    pub(crate) id: String,
    /// The id of the message it follows.
    pub(crate) follows: Option<String>,
    /// The message at Slack it follows.
    pub(crate) posted: Option<Posted>,
    /// When what it tells happened.
    pub(crate) at: Timestamp,
    pub(crate) now: Timestamp,
    /// The event as programs read it.
    pub(crate) event: serde_json::Value,
}

/// Why a message was not taken. Its text names no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) reason: String,
    /// Another try is no use.
    pub(crate) is_lasting: bool,
    /// The certificate there is not trusted.
    pub(crate) is_distrusted: bool,
    /// The receiver asked to be left alone so long.
    pub(crate) retry_after: Option<Duration>,
}

impl Failure {
    pub(crate) fn lasting(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_lasting: true, is_distrusted: false, retry_after: None }
    }

    pub(crate) fn passing(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_lasting: false, is_distrusted: false, retry_after: None }
    }
}

/// Every channel that is set up.
#[derive(Debug)]
pub(crate) struct Channels {
    mail: Option<Result<Mail, Failure>>,
    slack: Option<Result<Slack, Failure>>,
    webhooks: BTreeMap<String, Result<Webhook, Failure>>,
}

impl Channels {
    pub(crate) fn new(config: &Config) -> Self {
        // The first caller installs the provider; later ones find it in place.
        drop(rustls::crypto::ring::default_provider().install_default());
        Self {
            mail: config.smtp.as_ref().map(|smtp| Mail::new(usable(smtp)?)),
            slack: config.slack.as_ref().map(|app| Ok(Slack::new(usable(app)?))),
            webhooks: config
                .webhooks
                .iter()
                .map(|(name, endpoint)| (name.clone(), usable(endpoint).and_then(Webhook::new)))
                .collect(),
        }
    }

    /// Sends a message once.
    pub(crate) async fn send(
        &self,
        to: &Address,
        envelope: &Envelope,
    ) -> Result<Option<Posted>, Failure> {
        let sent = tokio::time::timeout(TRY_WITHIN, self.send_to(to, envelope)).await;
        sent.unwrap_or_else(|_| Err(Failure::passing("no answer within 10 s")))
    }

    async fn send_to(&self, to: &Address, envelope: &Envelope) -> Result<Option<Posted>, Failure> {
        match to {
            Address::Email(address) => match &self.mail {
                Some(Ok(mail)) => mail.send(address, envelope).await.map(|()| None),
                Some(Err(failure)) => Err(failure.clone()),
                None => Err(Failure::lasting("no mail server is set up")),
            },
            Address::Slack(channel) => match &self.slack {
                Some(Ok(slack)) => slack.send(channel, envelope).await.map(Some),
                Some(Err(failure)) => Err(failure.clone()),
                None => Err(Failure::lasting("Slack is not set up")),
            },
            Address::Webhook(name) => match self.webhooks.get(name) {
                Some(Ok(webhook)) => webhook.send(envelope).await.map(|()| None),
                Some(Err(failure)) => Err(failure.clone()),
                None => Err(Failure::lasting("no such webhook is set up")),
            },
        }
    }
}

fn usable<T>(configured: &Result<T, String>) -> Result<&T, Failure> {
    configured.as_ref().map_err(|reason| Failure::lasting(reason.as_str()))
}
