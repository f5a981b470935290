//! What an agent wants to do now.

use serde_json::{Map, Value};
use thiserror::Error;

use crate::{
    ActionName, AgentId, Arguments, EventId, RESERVED_METADATA, ServerName, SessionId, ToolName,
    ToolPin, TraceParent,
};

/// One action an agent asks for, parsed; nothing in it is believed yet.
#[derive(Debug, Clone)]
pub struct ActionRequest {
    /// Who asks.
    pub agent: AgentId,
    /// What for.
    pub action: ActionName,
    /// With which arguments.
    pub args: Arguments,
    /// Through which tool, when the action has several.
    pub tool: Option<ToolName>,
    /// The server that offers the tool.
    pub server: Option<ServerName>,
    /// What the tool's definition hashes to, as the server shows it now.
    pub tool_pin: Option<ToolPin>,
    /// The agent's version, when it differs from the profile's.
    pub agent_version: Option<String>,
    /// The session it claims.
    pub session_id: Option<SessionId>,
    /// The user it claims to serve.
    pub user_id: Option<String>,
    /// The agent that delegated this.
    pub on_behalf_of: Option<AgentId>,
    /// The action this one is part of.
    pub parent_action_id: Option<EventId>,
    /// The model it claims to run on.
    pub model: Option<String>,
    /// Free for the caller; never policy input.
    pub metadata: Map<String, Value>,
    /// Makes a repeat answer the original.
    pub idempotency_key: Option<String>,
    /// Decide only: nothing is recorded, charged or permitted.
    pub dry_run: bool,
    /// Where it belongs in the caller's trace; never recorded, never policy input.
    pub trace: Option<TraceParent>,
}

/// Says what no request may hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RequestError {
    /// A text is too long, or empty.
    #[error("`{field}` must have 1 to {most} bytes")]
    Length {
        /// The field.
        field: &'static str,
        /// The most it may have.
        most: usize,
    },
    /// A metadata key is syndic's own.
    #[error("`metadata.{0}` is set by syndic and cannot be given")]
    ReservedMetadata(&'static str),
    /// The metadata is too large.
    #[error("`metadata` has more than {MOST_METADATA_BYTES} bytes")]
    MetadataSize,
}

const MOST_METADATA_BYTES: usize = 16 * 1024;

impl ActionRequest {
    /// Asks for an action, and says nothing else.
    #[must_use]
    pub fn new(agent: AgentId, action: ActionName, args: Arguments) -> Self {
        Self {
            agent,
            action,
            args,
            tool: None,
            server: None,
            tool_pin: None,
            agent_version: None,
            session_id: None,
            user_id: None,
            on_behalf_of: None,
            parent_action_id: None,
            model: None,
            metadata: Map::new(),
            idempotency_key: None,
            dry_run: false,
            trace: None,
        }
    }

    /// Checks what a record has to hold: texts within their lengths, metadata within its size and without the keys
    /// that are syndic's.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn check(&self) -> Result<(), RequestError> {
        if let Some(key) = RESERVED_METADATA.iter().find(|key| self.metadata.contains_key(**key)) {
            return Err(RequestError::ReservedMetadata(key));
        }
        let size = serde_json::to_string(&self.metadata).map_or(usize::MAX, |text| text.len());
        if size > MOST_METADATA_BYTES {
            return Err(RequestError::MetadataSize);
        }
        for (field, text, most) in [
            ("agent_version", &self.agent_version, 64),
            ("user_id", &self.user_id, 256),
            ("model", &self.model, 128),
            ("idempotency_key", &self.idempotency_key, 256),
        ] {
            if text.as_ref().is_some_and(|text| text.is_empty() || text.len() > most) {
                return Err(RequestError::Length { field, most });
            }
        }
        Ok(())
    }
}
