//! `sinks` of `syndic.yaml`: where the audit trail goes beside the ledger.

mod names;
mod read;

use std::path::PathBuf;

use super::{SinkFormat, SinkParts, SinkStart};

pub(crate) use names::{Daily, IndexName, LogGroup, LogsUrl, RegionName, SinkName};
pub(in crate::settings) use read::read;

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

impl SinkTarget {
    /// Returns the kind as it is written.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::Elasticsearch(_) => "elasticsearch",
            Self::CloudWatch(_) => "cloudwatch",
            Self::Otlp(_) => "otlp",
            Self::Webhook(_) => "webhook",
        }
    }

    /// Tells where it goes, for people.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::File(file) => file.path.display().to_string(),
            Self::Elasticsearch(elasticsearch) => {
                format!("{}/{}-*", elasticsearch.url, elasticsearch.index)
            }
            Self::CloudWatch(cloudwatch) => match &cloudwatch.region {
                Some(region) => format!("{region}:{}", cloudwatch.group),
                None => cloudwatch.group.clone(),
            },
            Self::Otlp(otlp) => otlp.url.clone(),
            // What follows the host may be a secret.
            Self::Webhook(webhook) => {
                let after = webhook.url.find("://").map_or(0, |at| at + 3);
                let end = webhook.url.get(after..).and_then(|rest| rest.find(['/', '?']));
                let end = end.map_or(webhook.url.len(), |end| after + end);
                webhook.url.get(..end).unwrap_or_default().to_owned()
            }
        }
    }

    /// Returns exactly where it goes, so that two places can be told apart. Part of it may be a secret: it is never
    /// shown, and kept as a hash alone.
    #[must_use]
    pub fn destination(&self) -> String {
        let place = match self {
            Self::File(file) => file.path.display().to_string(),
            Self::Elasticsearch(ElasticsearchSink { url, index, .. }) => format!("{url} {index}"),
            Self::CloudWatch(CloudWatchSink { region, group, endpoint, .. }) => {
                let (region, endpoint) = (region.as_deref(), endpoint.as_deref());
                format!("{} {} {group}", endpoint.unwrap_or_default(), region.unwrap_or_default())
            }
            Self::Otlp(OtlpSink { url, .. }) | Self::Webhook(WebhookSink { url, .. }) => {
                url.clone()
            }
        };
        format!("{} {place}", self.kind())
    }

    /// Tells whether what went there can be erased there.
    #[must_use]
    pub const fn can_erase(&self) -> bool {
        matches!(self, Self::Elasticsearch(_))
    }

    /// Returns the environment variables that must be set.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        let name = match self {
            Self::Elasticsearch(elasticsearch) => match &elasticsearch.auth {
                Some(SinkAuth::Bearer { token_env: name })
                | Some(SinkAuth::ApiKey { key_env: name })
                | Some(SinkAuth::Basic { password_env: name, .. }) => Some(name.as_str()),
                None => None,
            },
            Self::Webhook(webhook) => webhook.secret_env.as_deref(),
            Self::File(_) | Self::CloudWatch(_) | Self::Otlp(_) => None,
        };
        name.into_iter()
    }
}
