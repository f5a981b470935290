//! What is in force at a moment, as far as telling people needs it.

use std::collections::BTreeMap;

use syndic_model::Approvers;

use crate::plain::plain;

/// Who is told, and by what means.
#[derive(Debug, Clone, Default)]
pub struct InForce {
    /// People and groups.
    pub approvers: Approvers,
    /// The names of agents for people, by id.
    pub agents: BTreeMap<String, String>,
    /// How messages are sent.
    pub config: Config,
}

/// How messages are sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// What links begin with, without a slash at the end.
    pub public_url: String,
    /// The mail server, or why it cannot be used.
    pub smtp: Option<Result<Smtp, String>>,
    /// The Slack app, or why it cannot be used.
    pub slack: Option<Result<SlackApp, String>>,
    /// Webhooks by name, or why one cannot be used.
    pub webhooks: BTreeMap<String, Result<Endpoint, String>>,
}

impl Config {
    /// Tells whether any way to send a message is set up.
    pub(crate) fn has_any(&self) -> bool {
        self.smtp.is_some() || self.slack.is_some() || !self.webhooks.is_empty()
    }
}

/// A mail server.
#[derive(Clone, PartialEq, Eq)]
pub struct Smtp {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept private.
    pub tls: SmtpTls,
    /// Whom mails are from.
    pub from: String,
    /// A name and a password, where it wants them.
    pub login: Option<(String, String)>,
}

/// How a connection to a mail server is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// TLS is begun by command, and mails are not sent without.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// In clear, for a server on this host.
    None,
}

/// An app at Slack.
#[derive(Clone, PartialEq, Eq)]
pub struct SlackApp {
    /// Its bot token.
    pub token: String,
    /// What Slack signs the press of a button with; without it there are links in place of buttons.
    pub signing_secret: Option<String>,
    /// Where its methods are, without a slash at the end: [`SLACK_API`].
    pub api: String,
}

/// Where the methods of Slack are.
pub const SLACK_API: &str = "https://slack.com/api";

/// A webhook.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Where events are posted to.
    pub url: String,
    /// What they are signed with: `whsec_` and base64. Without it they are not signed.
    pub secret: Option<String>,
}

impl InForce {
    /// Returns the name of a person for people, the id where there is no such person any more.
    pub(crate) fn person(&self, id: &str) -> String {
        let name = self.approvers.people.get(id).map_or(id, |person| &person.name);
        plain(name, 120)
    }

    /// Returns what an agent is called.
    pub(crate) fn agent(&self, id: &str) -> String {
        match self.agents.get(id) {
            Some(name) => plain(&format!("{name} ({id})"), 200),
            None => plain(id, 120),
        }
    }
}

/// Shows where, and no secret.
macro_rules! without_secrets {
    ($($name:ident: $field:ident;)*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).field(stringify!($field), &self.$field).finish_non_exhaustive()
            }
        }
    )*};
}

without_secrets! {
    Smtp: host;
    SlackApp: api;
    Endpoint: url;
}
