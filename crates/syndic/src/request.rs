//! What an agent wants to do, said by a program.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use syndic_model::{
    ActionRequest, Arguments, ArgumentsError, EventId, NameError, RequestError, ServerName,
    SessionId, ToolPin, TraceParent,
};
use thiserror::Error;

/// An action an agent wants to take. What is wrong with it is told when it is submitted.
#[derive(Debug, Clone)]
#[must_use = "nothing is asked for until it is submitted"]
pub struct Request {
    agent: String,
    action: String,
    args: Args,
    tool: Option<String>,
    server: Option<ServerName>,
    tool_pin: Option<ToolPin>,
    agent_version: Option<String>,
    session: Option<SessionId>,
    user: Option<String>,
    on_behalf_of: Option<String>,
    parent: Option<EventId>,
    model: Option<String>,
    metadata: Map<String, Value>,
    idempotency_key: Option<String>,
    trace: Option<TraceParent>,
}

#[derive(Debug, Clone)]
enum Args {
    Members(Map<String, Value>),
    Text(Result<String, String>),
}

/// Says why a request has no meaning.
#[derive(Debug, Error)]
pub enum InvalidRequest {
    /// A name is outside its alphabet.
    #[error("`{field}`: {source}")]
    Name {
        /// The field.
        field: &'static str,
        /// What is wrong.
        source: NameError,
    },
    /// The arguments cannot be written as JSON.
    #[error("`args` cannot be written as JSON: {0}")]
    Json(String),
    /// The arguments cannot be recorded.
    #[error(transparent)]
    Arguments(#[from] ArgumentsError),
    /// It holds what no request may.
    #[error(transparent)]
    Request(#[from] RequestError),
}

impl Request {
    /// Asks for `action` of the catalogue in the name of `agent`, with no arguments yet.
    pub fn new(agent: impl Into<String>, action: impl Into<String>) -> Self {
        Self {
            agent: agent.into(),
            action: action.into(),
            args: Args::Members(Map::new()),
            tool: None,
            server: None,
            tool_pin: None,
            agent_version: None,
            session: None,
            user: None,
            on_behalf_of: None,
            parent: None,
            model: None,
            metadata: Map::new(),
            idempotency_key: None,
            trace: None,
        }
    }

    /// Sets one argument. What was given whole by [`Self::args`] or [`Self::json`] is replaced.
    pub fn arg(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let mut members = match self.args {
            Args::Members(members) => members,
            Args::Text(_) => Map::new(),
        };
        members.insert(name.into(), value.into());
        self.args = Args::Members(members);
        self
    }

    /// Sets all arguments from a value that serializes as an object.
    pub fn args(self, args: &impl Serialize) -> Self {
        let text = serde_json::to_string(args).map_err(|error| error.to_string());
        Self { args: Args::Text(text), ..self }
    }

    /// Sets all arguments from the JSON text of an object, such as a model's tool call. It is read strictly:
    /// duplicate keys and numbers that are not exact are denied on the record.
    pub fn json(self, args: impl Into<String>) -> Self {
        Self { args: Args::Text(Ok(args.into())), ..self }
    }

    /// Names the tool, where the action has several.
    pub fn tool(self, tool: impl Into<String>) -> Self {
        Self { tool: Some(tool.into()), ..self }
    }

    /// Names the server that offers the tool, and what the tool's definition hashes to now.
    pub fn offered_by(self, server: ServerName, pin: ToolPin) -> Self {
        Self { server: Some(server), tool_pin: Some(pin), ..self }
    }

    /// Names the agent's version, where it differs from the profile's.
    pub fn agent_version(self, version: impl Into<String>) -> Self {
        Self { agent_version: Some(version.into()), ..self }
    }

    /// Makes it part of a session of this agent.
    pub fn session(self, session: &SessionId) -> Self {
        Self { session: Some(session.clone()), ..self }
    }

    /// Names the user the agent serves; what is personal in the record can then be erased with the user's.
    pub fn user(self, user: impl Into<String>) -> Self {
        Self { user: Some(user.into()), ..self }
    }

    /// Names the agent that delegated this; what may be done is what both may.
    pub fn on_behalf_of(self, agent: impl Into<String>) -> Self {
        Self { on_behalf_of: Some(agent.into()), ..self }
    }

    /// Names the action this one is part of.
    pub const fn parent(mut self, action: EventId) -> Self {
        self.parent = Some(action);
        self
    }

    /// Names the model.
    pub fn model(self, model: impl Into<String>) -> Self {
        Self { model: Some(model.into()), ..self }
    }

    /// Adds something for the audit trail that no policy reads.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// Makes a repeat within 24 hours answer the original.
    pub fn idempotency_key(self, key: impl Into<String>) -> Self {
        Self { idempotency_key: Some(key.into()), ..self }
    }

    /// Makes its span a child of this one, where `telemetry` is set; it is not recorded.
    pub fn trace(self, parent: TraceParent) -> Self {
        Self { trace: Some(parent), ..self }
    }
}

impl TryFrom<Request> for ActionRequest {
    type Error = InvalidRequest;

    fn try_from(said: Request) -> Result<Self, InvalidRequest> {
        let args = said.args.text().map_err(InvalidRequest::Json)?;
        let args =
            RawValue::from_string(args).map_err(|error| InvalidRequest::Json(error.to_string()))?;
        let request = Self {
            tool: said.tool.map(|text| name("tool", &text)).transpose()?,
            server: said.server,
            tool_pin: said.tool_pin,
            agent_version: said.agent_version,
            session_id: said.session,
            user_id: said.user,
            on_behalf_of: said.on_behalf_of.map(|text| name("on_behalf_of", &text)).transpose()?,
            parent_action_id: said.parent,
            model: said.model,
            metadata: said.metadata,
            idempotency_key: said.idempotency_key,
            trace: said.trace,
            ..Self::new(
                name("agent", &said.agent)?,
                name("action", &said.action)?,
                Arguments::parse(&args)?,
            )
        };
        request.check()?;
        Ok(request)
    }
}

impl Args {
    fn text(self) -> Result<String, String> {
        match self {
            Self::Members(members) => Ok(Value::Object(members).to_string()),
            Self::Text(text) => text,
        }
    }
}

fn name<T: std::str::FromStr<Err = NameError>>(
    field: &'static str,
    text: &str,
) -> Result<T, InvalidRequest> {
    text.parse().map_err(|source| InvalidRequest::Name { field, source })
}
