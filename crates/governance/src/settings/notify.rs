//! `notify` of `syndic.yaml`: how requests for approval reach people.

use std::collections::BTreeMap;

use super::meanings::{EnvName, Mailbox, SendUrl, SmtpTls, WebhookName, is_loopback};
use crate::position::{At, Position};
use crate::report::Report;
use crate::text::Text;
use crate::wire::{NotifyFields, SlackFields, SmtpFields, WebhookFields};

/// How requests for approval reach people. Secrets are named by environment variables and never stand here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notify {
    /// The mail server.
    pub smtp: Option<Smtp>,
    /// The app at Slack.
    pub slack: Option<Slack>,
    /// Webhooks by the name that channels call them by.
    pub webhooks: BTreeMap<String, Webhook>,
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// The sender: an address, or `Name <address>`.
    pub from: String,
    /// Who signs in; with a password always.
    pub username: Option<String>,
    /// The environment variable that holds the password.
    pub password_env: Option<String>,
}

/// An app at Slack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slack {
    /// The environment variable that holds the bot's token.
    pub token_env: String,
    /// The environment variable that holds the secret Slack signs with; without it messages have no buttons.
    pub signing_secret_env: Option<String>,
    /// Where Slack's API is, without a slash at the end.
    pub api_url: String,
}

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Where it is sent.
    pub url: String,
    /// The environment variable that holds the secret its messages are signed with.
    pub secret_env: Option<String>,
}

/// The most webhooks.
const MOST_WEBHOOKS: usize = 100;

impl Notify {
    /// Tells whether anybody is told anything.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        self.smtp.is_some() || self.slack.is_some() || !self.webhooks.is_empty()
    }

    /// Returns the environment variables that must be set.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        let smtp = self.smtp.iter().filter_map(|smtp| smtp.password_env.as_deref());
        let slack = self.slack.iter().flat_map(|slack| {
            std::iter::once(slack.token_env.as_str()).chain(slack.signing_secret_env.as_deref())
        });
        let webhooks = self.webhooks.values().filter_map(|webhook| webhook.secret_env.as_deref());
        smtp.chain(slack).chain(webhooks)
    }
}

pub(super) fn read(fields: &NotifyFields, report: &mut Report<'_>) -> Notify {
    let NotifyFields { smtp, slack, webhooks } = fields;
    let mut read = Notify {
        smtp: smtp.as_ref().and_then(|smtp| read_smtp(smtp, report)),
        slack: slack.as_ref().and_then(|slack| read_slack(slack, report)),
        webhooks: BTreeMap::new(),
    };
    for (name, fields) in webhooks.iter().flat_map(|webhooks| &webhooks.0) {
        if read.webhooks.len() == MOST_WEBHOOKS {
            let message = format!("there are more than {MOST_WEBHOOKS} webhooks");
            report.error(name.position, "too-many-webhooks", message, "join some".to_owned());
            break;
        }
        let webhook = read_webhook(fields, report);
        let name = report.read(name).map(|WebhookName(name)| name);
        read.webhooks.extend(name.zip(webhook));
    }
    read
}

/// Insists on the address that links in messages start with, where none is given.
pub(super) fn check_public_url(notify: &Notify, position: Position, report: &mut Report<'_>) {
    if notify.is_configured() {
        let message = "messages are sent, and `server.public_url` does not say where links lead";
        let hint = "name how people reach this server: `public_url: https://syndic.example.org`";
        report.error(position, "no-public-url", message, hint.to_owned());
    }
}

fn read_smtp(At { value, position }: &At<SmtpFields>, report: &mut Report<'_>) -> Option<Smtp> {
    let SmtpFields { host, port, tls, from, username, password_env } = value;
    let hint = "the mail server: `host: mail.example.org`";
    let host_at = report.require(host.as_ref(), *position, "smtp.host", hint);
    let hint = "who the messages come from: `from: syndic@example.org`";
    let from = report.require(from.as_ref(), *position, "smtp.from", hint);
    let from = from.and_then(|text| report.read(text)).map(|Mailbox(mailbox)| mailbox);
    let protection = tls.as_ref().map_or(Some(SmtpTls::StartTls), |text| report.read(text));
    let password_env = read_name(password_env.as_ref(), report);
    let host = host_at.map(|host| &host.value);
    if let Some(At { position, .. }) = host_at.filter(|host| !is_host(&host.value)) {
        let hint = "a name or an address; the port stands in `port`".to_owned();
        report.error(*position, "invalid-host", "`host` is no name of a host", hint);
    }
    if let (Some(SmtpTls::None), Some(host), Some(tls)) = (protection, host, tls)
        && !is_loopback(host)
    {
        let message = format!("`none` sends requests in clear to `{}`", host.escape_debug());
        let hint = "write `starttls` or `implicit`; `none` is for this machine alone".to_owned();
        report.error(tls.position, "smtp-tls", message, hint);
    }
    if username.is_some() != password_env.is_some() {
        let message = "`username` and `password_env` belong together";
        let hint = "give both, or neither".to_owned();
        report.error(*position, "missing-field", message, hint);
    }
    let port = match port {
        Some(At { value, position }) => {
            let port = u16::try_from(*value).ok().filter(|port| *port > 0);
            if port.is_none() {
                let hint = "like 587, or 465 with `tls: implicit`".to_owned();
                report.error(*position, "invalid-port", "a port is 1 to 65535", hint);
            }
            port
        }
        None => protection.map(SmtpTls::port),
    };
    Some(Smtp {
        host: host?.clone(),
        port: port?,
        tls: protection?,
        from: from?,
        username: username.clone(),
        password_env,
    })
}

fn is_host(host: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-.:_".contains(c);
    let port = host.matches(':').count() == 1;
    (1..=253).contains(&host.len()) && host.chars().all(plain) && !port
}

fn read_slack(At { value, position }: &At<SlackFields>, report: &mut Report<'_>) -> Option<Slack> {
    let SlackFields { token_env, signing_secret_env, api_url } = value;
    let hint = "the variable that holds the bot's token: `token_env: SYNDIC_SLACK_TOKEN`";
    let token_env = report.require(token_env.as_ref(), *position, "slack.token_env", hint);
    let token_env = read_name(token_env, report);
    let api_url = api_url.as_ref().map_or_else(
        || Some("https://slack.com/api".to_owned()),
        |text| report.read(text).map(|SendUrl(url)| url.trim_end_matches('/').to_owned()),
    );
    Some(Slack {
        signing_secret_env: read_name(signing_secret_env.as_ref(), report),
        token_env: token_env?,
        api_url: api_url?,
    })
}

fn read_webhook(
    At { value, position }: &At<WebhookFields>,
    report: &mut Report<'_>,
) -> Option<Webhook> {
    let WebhookFields { url, secret_env } = value;
    let hint = "where it is sent: `url: https://hooks.example.org/syndic`";
    let url = report.require(url.as_ref(), *position, "url", hint);
    let url = url.and_then(|text| report.read(text)).map(|SendUrl(url)| url);
    if secret_env.is_none() {
        let message = "messages to this webhook are not signed: `secret_env` is missing";
        let hint = "name the variable that holds the secret: `secret_env: SYNDIC_OPS_SECRET`";
        report.warn(*position, "unsigned-webhook", message, hint);
    }
    Some(Webhook { url: url?, secret_env: read_name(secret_env.as_ref(), report) })
}

fn read_name(text: Option<&Text<EnvName>>, report: &mut Report<'_>) -> Option<String> {
    text.and_then(|text| report.read(text)).map(|EnvName(name)| name)
}
