//! `syndic.yaml`.

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::Deserialize;
use syndic_model::{GroupName, Mode};

use crate::position::At;
use crate::settings::{Durability, Environment, PublicUrl, TimeZoneName};
use crate::text::Text;

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
