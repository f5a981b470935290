//! `sinks` of `syndic.yaml`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::position::At;
use crate::settings::{
    Daily, EnvName, IndexName, LogGroup, LogsUrl, RegionName, SendUrl, ServiceName, SinkFormat,
    SinkParts, SinkStart,
};
use crate::text::Text;

/// Where the audit trail goes: to exactly one of `file`, `elasticsearch`, `cloudwatch`, `otlp` and `webhook`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Sink")]
pub(crate) struct SinkFields {
    /// A file of JSON lines.
    pub(crate) file: Option<At<FileSinkFields>>,
    /// Elasticsearch or OpenSearch.
    pub(crate) elasticsearch: Option<At<ElasticsearchFields>>,
    /// Amazon CloudWatch Logs.
    pub(crate) cloudwatch: Option<At<CloudWatchFields>>,
    /// An OpenTelemetry collector, as logs.
    pub(crate) otlp: Option<At<OtlpFields>>,
    /// A receiver of Standard Webhooks.
    pub(crate) webhook: Option<At<SinkWebhookFields>>,
    /// How an event looks. `otel` for otlp, `native` for others if left out.
    pub(crate) format: Option<Text<SinkFormat>>,
    /// What becomes of arguments, results, users and the caller's metadata. `redacted` if left out.
    pub(crate) parts: Option<Text<SinkParts>>,
    /// Whether records are kept until they have gone there, however old they are. false if left out.
    pub(crate) required: Option<bool>,
    /// Where it begins when it is new. `beginning` if left out.
    pub(crate) start: Option<Text<SinkStart>>,
}

/// A file of JSON lines.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FileSink")]
pub(crate) struct FileSinkFields {
    /// Where, from the root. `/var/log/ai-agents/audit.jsonl` if left out.
    pub(crate) path: Option<At<String>>,
    /// It is put aside before it is larger than so many MiB. Never if left out.
    pub(crate) rotate_mb: Option<At<u64>>,
    /// daily: it is put aside at midnight UTC. Never if left out.
    pub(crate) rotate: Option<Text<Daily>>,
    /// How many files that were put aside are kept. All if left out.
    pub(crate) keep: Option<At<u64>>,
}

/// Elasticsearch or OpenSearch. Secrets stand in environment variables, which are named here.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Elasticsearch")]
pub(crate) struct ElasticsearchFields {
    /// Where it is.
    #[schemars(required)]
    pub(crate) url: Option<Text<SendUrl>>,
    /// What the names of its monthly indices begin with. `ai-audit` if left out.
    pub(crate) index: Option<Text<IndexName>>,
    /// The variable with a bearer token.
    pub(crate) token_env: Option<Text<EnvName>>,
    /// The variable with an API key.
    pub(crate) api_key_env: Option<Text<EnvName>>,
    /// A user, with `password_env`.
    pub(crate) username: Option<String>,
    /// The variable with the user's password.
    pub(crate) password_env: Option<Text<EnvName>>,
    /// Certificates (PEM) to trust beside the system's; relative to the governance directory.
    pub(crate) ca_file: Option<String>,
    /// After how many days an index is dropped there, 215 or more. Never if left out.
    pub(crate) retention_days: Option<At<u64>>,
}

/// Amazon CloudWatch Logs. Who asks stands where Amazon's own tools look for it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CloudWatch")]
pub(crate) struct CloudWatchFields {
    /// The region. That of the environment if left out.
    pub(crate) region: Option<Text<RegionName>>,
    /// The log group; a stream in it is an agent. `/ai-agents/audit` if left out.
    pub(crate) group: Option<Text<LogGroup>>,
    /// Where it is, if it is not Amazon's.
    pub(crate) endpoint: Option<Text<SendUrl>>,
    /// After how many days the group drops events: 365, 400, 545, 731 and others. Left as it is if left out.
    pub(crate) retention_days: Option<At<u64>>,
}

/// An OpenTelemetry collector, by OTLP over HTTP.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Otlp")]
pub(crate) struct OtlpFields {
    /// Where it is: `/v1/logs` is put behind it.
    #[schemars(required)]
    pub(crate) url: Option<Text<LogsUrl>>,
    /// A file of headers for it, a `Name: value` each line; relative to the governance directory.
    pub(crate) headers_file: Option<String>,
    /// What this syndic is called there. `syndic` if left out.
    pub(crate) service_name: Option<Text<ServiceName>>,
}

/// A receiver of Standard Webhooks, an event a message.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SinkWebhook")]
pub(crate) struct SinkWebhookFields {
    /// Where it is.
    #[schemars(required)]
    pub(crate) url: Option<Text<SendUrl>>,
    /// The environment variable that holds the secret its messages are signed with.
    pub(crate) secret_env: Option<Text<EnvName>>,
}
