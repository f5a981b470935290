//! `mcp.lock.yaml`.

use schemars::JsonSchema;
use serde::Deserialize;
use syndic_model::{ServerName, ToolName, ToolPin};

use crate::pins::Definition;
use crate::text::Text;
use crate::wire::Keyed;

/// The tools that servers may offer, as they were when somebody looked at them. `syndic mcp pin` writes it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "syndic pinned tools")]
pub(crate) struct PinsFile {
    /// The format, 1.
    #[schemars(required)]
    pub(crate) version: Option<u64>,
    /// Servers by name; one that is not here is not pinned.
    #[schemars(required)]
    pub(crate) servers: Option<Keyed<ServerName, PinnedServer>>,
}

/// A server whose tools are pinned: any other, and any that changes, is refused until people accept it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Server")]
pub(crate) struct PinnedServer {
    /// Its tools by name.
    #[schemars(required)]
    pub(crate) tools: Option<Keyed<ToolName, PinnedTool>>,
}

/// A tool as it was.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Tool")]
pub(crate) struct PinnedTool {
    /// `sha256:` and 64 hex digits: SHA-256 of the canonical definition (RFC 8785) without `_meta`.
    #[schemars(required)]
    pub(crate) pin: Option<Text<ToolPin>>,
    /// The definition as JSON, for people and for the diff of a change.
    #[schemars(required)]
    pub(crate) definition: Option<Text<Definition>>,
}
