//! `syndic.yaml`.

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::Deserialize;
use syndic_model::{GroupName, Mode};

use crate::position::At;
use crate::settings::{
    Durability, EnvName, Environment, Mailbox, PublicUrl, SendUrl, SmtpTls, TimeZoneName,
    WebhookName,
};
use crate::text::Text;
use crate::wire::Keyed;

/// The settings of one syndic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "syndic settings")]
pub(crate) struct SettingsFile {
    /// Where this runs; policies can read it. `prod` if left out.
    pub(crate) environment: Option<Text<Environment>>,
    /// Where the clock of agents and calendars hangs that do not say, by its IANA name. `UTC` if left out.
    pub(crate) time_zone: Option<Text<TimeZoneName>>,
    /// The HTTP server.
    pub(crate) server: Option<ServerFields>,
    /// Where records are kept.
    pub(crate) storage: Option<StorageFields>,
    /// How requests for approval reach people; `server.public_url` must be given with it.
    pub(crate) notify: Option<At<NotifyFields>>,
    /// What holds for every agent whose file does not say otherwise.
    pub(crate) defaults: Option<DefaultsFields>,
}

/// The HTTP server.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Server")]
pub(crate) struct ServerFields {
    /// Where it listens. `127.0.0.1:7860` if left out.
    pub(crate) listen: Option<Text<SocketAddr>>,
    /// How people reach it; links in approval requests start with it.
    pub(crate) public_url: Option<Text<PublicUrl>>,
    /// The certificate it shows.
    pub(crate) tls: Option<At<TlsFields>>,
}

/// A certificate and its key; paths are relative to the governance directory.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Tls")]
pub(crate) struct TlsFields {
    /// The certificate chain, PEM.
    #[schemars(required)]
    pub(crate) cert: Option<String>,
    /// The private key, PEM.
    #[schemars(required)]
    pub(crate) key: Option<String>,
}

/// Where records are kept.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Storage")]
pub(crate) struct StorageFields {
    /// The data directory, relative to the governance directory. `.syndic` if left out.
    pub(crate) data_dir: Option<At<String>>,
    /// full (the default): acknowledged once on disk. buffered: acknowledged once written, lost with the machine.
    pub(crate) durability: Option<Text<Durability>>,
}

/// What holds for every agent whose file does not say otherwise.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Defaults")]
pub(crate) struct DefaultsFields {
    /// Whether verdicts are enforced. `observe` if left out.
    pub(crate) mode: Option<Text<Mode>>,
    /// The group asked by approval thresholds.
    pub(crate) approvers: Option<Text<GroupName>>,
    /// The model recorded when a call names none.
    pub(crate) model: Option<String>,
}

/// How requests for approval reach people. Secrets stand in environment variables, which are named here.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Notify")]
pub(crate) struct NotifyFields {
    /// The mail server, for channels with `email`.
    pub(crate) smtp: Option<At<SmtpFields>>,
    /// The app at Slack, for channels with `slack`.
    pub(crate) slack: Option<At<SlackFields>>,
    /// Webhooks by name, for channels with `webhook`.
    pub(crate) webhooks: Option<Keyed<WebhookName, WebhookFields>>,
}

/// A mail server.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Smtp")]
pub(crate) struct SmtpFields {
    /// Its name or address.
    #[schemars(required)]
    pub(crate) host: Option<At<String>>,
    /// Its port; 587 with starttls, 465 with implicit, 25 with none if left out.
    pub(crate) port: Option<At<u64>>,
    /// starttls (the default), implicit, or none, which is for this machine alone.
    pub(crate) tls: Option<Text<SmtpTls>>,
    /// The sender, like `syndic <syndic@example.org>`.
    #[schemars(required)]
    pub(crate) from: Option<Text<Mailbox>>,
    /// Who signs in.
    pub(crate) username: Option<String>,
    /// The environment variable that holds the password.
    pub(crate) password_env: Option<Text<EnvName>>,
}

/// An app at Slack.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Slack")]
pub(crate) struct SlackFields {
    /// The environment variable that holds the bot's token.
    #[schemars(required)]
    pub(crate) token_env: Option<Text<EnvName>>,
    /// The environment variable that holds the signing secret; without it messages have no buttons.
    pub(crate) signing_secret_env: Option<Text<EnvName>>,
    /// Where Slack's API is. `https://slack.com/api` if left out.
    pub(crate) api_url: Option<Text<SendUrl>>,
}

/// A webhook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Webhook")]
pub(crate) struct WebhookFields {
    /// Where it is sent.
    #[schemars(required)]
    pub(crate) url: Option<Text<SendUrl>>,
    /// The environment variable that holds the secret its messages are signed with.
    pub(crate) secret_env: Option<Text<EnvName>>,
}
