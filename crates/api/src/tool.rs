//! `/v1/agents/{id}/tools` and `/v1/tools`: what servers offer agents.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// What a server offers an agent now.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferTools {
    /// The server's name.
    #[schema(example = "filesystem")]
    pub server: String,
    /// Every tool's definition as it was offered: an object with a `name`.
    #[schema(value_type = Vec<Object>)]
    pub tools: Vec<Box<RawValue>>,
}

/// How the tools of one server stand with one agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AgentTools {
    /// `observe` or `enforce`: in observe mode nothing is stopped, whatever stands here.
    pub mode: String,
    /// The governance directory this was found in; another one may say otherwise.
    pub policy_revision: String,
    /// In the order of the offer.
    pub tools: Vec<ToolBody>,
    /// Names of tools that are pinned and were not offered.
    pub vanished: Vec<String>,
}

/// How one tool stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ToolBody {
    /// Its name, as offered.
    pub tool: String,
    /// What its definition hashes to: `sha256:` and 64 hex digits.
    pub pin: String,
    /// The action that it runs; null where the catalogue has none.
    pub action: Option<String>,
    /// `callable` (it may be allowed or held), `never` (no policy ever allows it), `unknown` (no action of the
    /// catalogue runs through it), `new` (the server's tools are pinned, and it is not among them) or `changed` (it is
    /// not as it was pinned).
    pub standing: String,
    /// The definition that was pinned, where it is `changed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub pinned: Option<Value>,
}

/// What servers offered agents last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfferedTools {
    /// By agent and server.
    pub offers: Vec<OfferBody>,
}

/// What one server offered one agent last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfferBody {
    /// To whom.
    pub agent: String,
    /// By which server.
    pub server: String,
    /// When it was first offered so (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The tools; empty where they are erased.
    pub tools: Vec<OfferedTool>,
}

/// A tool as it was offered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfferedTool {
    /// Its definition.
    #[schema(value_type = Object)]
    pub definition: Value,
    /// The action of the catalogue that it runs; null where there is none.
    pub action: Option<String>,
}
