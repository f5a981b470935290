//! `sinks` of `syndic.yaml`: where the audit trail goes beside the ledger.

use std::path::PathBuf;

/// Where the audit trail goes, and how it looks there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sink {
    /// Its name in `syndic.yaml`; its cursor, its metrics and its dead letters are called so.
    pub name: String,
    /// Where it goes.
    pub target: SinkTarget,
    /// How an event looks.
    pub format: SinkFormat,
    /// What becomes of arguments, results, users and the caller's metadata.
    pub parts: SinkParts,
    /// Whether records are kept until they have gone there, however old they are.
    pub required: bool,
    /// Where it begins.
    pub start: SinkStart,
}

/// Where events go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkTarget {
    /// A file of JSON lines.
    File(FileSink),
    /// Elasticsearch or OpenSearch.
    Elasticsearch(ElasticsearchSink),
    /// Amazon CloudWatch Logs.
    CloudWatch(CloudWatchSink),
    /// An OpenTelemetry collector, as logs by OTLP over HTTP.
    Otlp(OtlpSink),
    /// A receiver of Standard Webhooks, an event a message.
    Webhook(WebhookSink),
}

/// How an event looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SinkFormat {
    /// The 17 fields.
    #[default]
    Native,
    /// OCSF 1.9, API Activity.
    Ocsf,
    /// An OpenTelemetry log record.
    Otel,
}

/// What becomes of arguments, results, users and the caller's metadata.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SinkParts {
    /// They stay in the ledger.
    None,
    /// Personal data and secrets in them are replaced.
    #[default]
    Redacted,
    /// They go as they are.
    Clear,
}

/// Where a sink begins that was never there before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SinkStart {
    /// At the oldest record that is kept.
    #[default]
    Beginning,
    /// At the end of the ledger.
    Now,
}

/// A file of JSON lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSink {
    /// Where; never in the data directory.
    pub path: PathBuf,
    /// A file is put aside before it is larger, in bytes.
    pub rotate_bytes: Option<u64>,
    /// A file is put aside at midnight UTC.
    pub rotate_daily: bool,
    /// How many files that were put aside are kept; all if left out.
    pub keep: Option<u32>,
}

/// Elasticsearch or OpenSearch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElasticsearchSink {
    /// Where it is, without a slash at the end.
    pub url: String,
    /// What the names of the monthly indices begin with: `ai-audit` makes `ai-audit-2026.11`.
    pub index: String,
    /// Who asks.
    pub auth: Option<SinkAuth>,
    /// Certificates (PEM) to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// After how many days an index is dropped there; never if left out.
    pub retention_days: Option<u32>,
}

/// Who asks; secrets stand in environment variables, which are named here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkAuth {
    /// `Authorization: Bearer`.
    Bearer {
        /// The variable with the token.
        token_env: String,
    },
    /// `Authorization: ApiKey`.
    ApiKey {
        /// The variable with the key, in base64 as Elasticsearch tells it.
        key_env: String,
    },
    /// `Authorization: Basic`.
    Basic {
        /// The user.
        username: String,
        /// The variable with the password.
        password_env: String,
    },
}

/// Amazon CloudWatch Logs; who asks stands where AWS's own tools look for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudWatchSink {
    /// The region; that of the environment if left out.
    pub region: Option<String>,
    /// The log group; a stream in it is an agent.
    pub group: String,
    /// Where it is, if it is not Amazon's.
    pub endpoint: Option<String>,
    /// After how many days the group drops events: one of the numbers that AWS takes, 365 or more for half a year.
    pub retention_days: Option<u32>,
}

/// An OpenTelemetry collector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtlpSink {
    /// Where logs are posted to, `/v1/logs` included.
    pub url: String,
    /// The file with headers for it.
    pub headers_file: Option<PathBuf>,
    /// What this syndic is called there.
    pub service_name: String,
}

/// A receiver of Standard Webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookSink {
    /// Where it is.
    pub url: String,
    /// The variable with the secret its messages are signed with.
    pub secret_env: Option<String>,
}
