//! `syndic.yaml`.

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::Deserialize;
use syndic_model::{AgentId, GroupName, Mode, RiskLevel};

use crate::kinds::EntityName;
use crate::position::At;
use crate::settings::{
    CollectorUrl, Destination, Durability, EnvName, Environment, Every, Mailbox, NoteKeyText,
    NoteName, Points, PublicUrl, RegionCode, SampleText, ScoreText, SendUrl, ServiceName, SinkName,
    SmtpTls, TimeZoneName, ToolUrl, WebhookName,
};
use crate::text::Text;
use crate::wire::{Keyed, SinkFields};

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
    /// How the ledger is signed, witnessed, kept and dropped.
    pub(crate) audit: Option<AuditFields>,
    /// What is looked for in what actions send and bring back.
    pub(crate) detection: Option<DetectionFields>,
    /// When something is told that is unusual for an agent.
    pub(crate) anomaly: Option<AnomalyFields>,
    /// How requests for approval reach people; `server.public_url` must be given with it.
    pub(crate) notify: Option<At<NotifyFields>>,
    /// Where traces are told of actions. Nowhere if left out.
    pub(crate) telemetry: Option<At<TelemetryFields>>,
    /// Where the audit trail goes beside the ledger, by names of your own. Nowhere if left out.
    pub(crate) sinks: Option<Keyed<SinkName, SinkFields>>,
    /// What is tried out by itself, and how often. Nothing if left out.
    pub(crate) drills: Option<DrillsFields>,
    /// From which risk level on an agent is denied everything until its checklist passes. None if left out.
    pub(crate) enforce_checklist: Option<Text<RiskLevel>>,
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

/// Where traces are told of actions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Telemetry")]
pub(crate) struct TelemetryFields {
    /// The collector, by OTLP over HTTP: `/v1/traces` is put behind it.
    #[schemars(required)]
    pub(crate) otlp: Option<Text<CollectorUrl>>,
    /// A file of headers for the collector, a `Name: value` each line; relative to the governance directory.
    pub(crate) headers_file: Option<String>,
    /// What this syndic is called in traces. `syndic` if left out.
    pub(crate) service_name: Option<Text<ServiceName>>,
    /// Which share of the traces that begin here is told. 1 if left out.
    pub(crate) sample: Option<Text<SampleText>>,
}

/// When something is told that is unusual for an agent.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Anomaly")]
pub(crate) struct AnomalyFields {
    /// Whether anything is told. true if left out.
    pub(crate) enabled: Option<bool>,
    /// How many days what is usual is learned before anything is told, 1 to 28. 7 if left out.
    pub(crate) warm_up_days: Option<At<u64>>,
    /// From which score on it is recorded, 50 to 100. 80 if left out.
    pub(crate) threshold: Option<Text<Points>>,
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

/// How the ledger is signed, witnessed, kept and dropped.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Audit")]
pub(crate) struct AuditFields {
    /// The log's name in its checkpoints, like `example.org/agents`. Made up once if left out.
    pub(crate) origin: Option<Text<NoteName>>,
    /// Whether anybody may read `/log/` without a key. false if left out.
    pub(crate) public: Option<bool>,
    /// Who cosigns checkpoints.
    pub(crate) witnesses: Option<At<Vec<At<WitnessFields>>>>,
    /// How many days records are kept at least, 184 or more. 190 if left out.
    pub(crate) retention_days: Option<At<u64>>,
    /// Where segments go before they are dropped.
    pub(crate) archive: Option<At<ArchiveFields>>,
    /// Where the key is that wraps all others. The data directory if left out.
    pub(crate) master_key: Option<At<MasterKeyFields>>,
}

/// A witness of the ledger.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Witness")]
pub(crate) struct WitnessFields {
    /// Where it is.
    #[schemars(required)]
    pub(crate) url: Option<Text<SendUrl>>,
    /// Its verifier key.
    #[schemars(required)]
    pub(crate) vkey: Option<Text<NoteKeyText>>,
}

/// An S3-compatible storage. Its credentials stand in the environment, under the names that Amazon gave them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Archive")]
pub(crate) struct ArchiveFields {
    /// Bucket and prefix, like `s3://audit/agents`.
    #[schemars(required)]
    pub(crate) url: Option<At<String>>,
    /// Where the storage is, if it is not Amazon's.
    pub(crate) endpoint: Option<Text<SendUrl>>,
    /// Its region. `us-east-1` if left out.
    pub(crate) region: Option<String>,
}

/// 32 bytes in base64, in a file or in an environment variable.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MasterKey")]
pub(crate) struct MasterKeyFields {
    /// The file, relative to the governance directory.
    pub(crate) file: Option<String>,
    /// The environment variable.
    pub(crate) env: Option<Text<EnvName>>,
}

/// What is looked for in what actions send and bring back: personal data and secrets.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Detection")]
pub(crate) struct DetectionFields {
    /// Where numbers without a country are taken to be of, by two letters. Nowhere if left out.
    pub(crate) region: Option<Text<RegionCode>>,
    /// From which score on a finding counts for policies. 0.80 if left out.
    pub(crate) block_at: Option<Text<ScoreText>>,
    /// From which score on a finding is redacted. 0.50 if left out.
    pub(crate) redact_at: Option<Text<ScoreText>>,
    /// What is looked for though it is not by default.
    pub(crate) on: Option<Vec<Text<EntityName>>>,
    /// What is not looked for though it is by default.
    pub(crate) off: Option<Vec<Text<EntityName>>>,
    /// What may be sent to whom.
    pub(crate) allow: Option<At<Vec<At<AllowedFields>>>>,
}

/// Kinds of personal data that may be sent to some.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Allowed")]
pub(crate) struct AllowedFields {
    /// Which.
    #[schemars(required)]
    pub(crate) types: Option<Vec<Text<EntityName>>>,
    /// To whom: recipients, or with a leading `@` everybody at a domain.
    #[schemars(required)]
    pub(crate) to: Option<Vec<Text<Destination>>>,
    /// By whom. By every agent if left out.
    pub(crate) agents: Option<Vec<Text<AgentId>>>,
}

/// What is tried out by itself, and how often. Nothing if left out.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Drills")]
pub(crate) struct DrillsFields {
    /// An agent is stopped for a moment, and what it asks for meanwhile is refused; runs for the agents that are named.
    #[serde(rename = "override")]
    pub(crate) stop: Option<DrillFields>,
    /// A ledger that cannot be written refuses what would be allowed.
    pub(crate) fail_closed: Option<DrillFields>,
    /// Tools refuse who does not come through syndic.
    pub(crate) canary: Option<CanaryFields>,
    /// A backup can be restored.
    pub(crate) restore: Option<RestoreFields>,
    /// An export verifies without the server.
    pub(crate) export: Option<DrillFields>,
    /// What is above a limit over time is refused by it; of the agents that are named, else of all that have limits.
    pub(crate) limit: Option<DrillFields>,
    /// What the filter of an action's results looks for does not come out; of the agents that are named, else of all.
    pub(crate) output_filter: Option<DrillFields>,
    /// An incident is opened, the agent stopped, and what happened told with proofs; runs for the agents that are named.
    pub(crate) incident: Option<DrillFields>,
}

/// When a drill runs by itself.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Drill")]
pub(crate) struct DrillFields {
    /// How long after the last run it runs again, from an hour to 400 days. Never by itself if left out.
    pub(crate) every: Option<Text<Every>>,
    /// The agents it is about.
    pub(crate) agents: Option<Vec<Text<AgentId>>>,
}

/// Where tools are, as they can be reached without syndic.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Canary")]
pub(crate) struct CanaryFields {
    /// How long after the last run it runs again, from an hour to 400 days. Never by itself if left out.
    pub(crate) every: Option<Text<Every>>,
    /// The addresses, like `https://tools.example.org/mcp` or `tcp://10.0.0.7:5432`.
    pub(crate) urls: Option<Vec<Text<ToolUrl>>>,
}

/// Which backup is restored.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RestoreDrill")]
pub(crate) struct RestoreFields {
    /// How long after the last run it runs again, from an hour to 400 days. Never by itself if left out.
    pub(crate) every: Option<Text<Every>>,
    /// A backup, or a directory of backups whose names are in their order; relative to the governance directory.
    pub(crate) backup: Option<String>,
}
