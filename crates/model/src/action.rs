//! What an agent wants to do now.

use serde_json::{Map, Value};

use crate::{ActionName, AgentId, Arguments, EventId, SessionId, ToolName};

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
}
