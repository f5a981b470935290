//! `POST /v1/sessions`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Opens a session for an agent.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenSession {
    /// The agent's id.
    #[schema(example = "customer-support")]
    pub agent: String,
}

/// A session that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct OpenedSession {
    /// The session's id.
    pub session_id: String,
    /// Its agent.
    pub agent: String,
}
