//! One client, as long as it speaks to the proxy, and what a request of it says about it.

use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde_json::Value;

use crate::decider::Decider;
use crate::json::Json;
use crate::ladder::Underway;
use crate::message::Request;
use crate::questions::Told;
use crate::rounds::Rounds;
use crate::tools::Tools;

/// Where a request of 2026-07-28 and later says its revision.
const REVISION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
const EXTENSION_TASKS: &str = "io.modelcontextprotocol/tasks";

/// One client: over stdio there is one; over HTTP one per session, or per key where there is none.
#[derive(Debug)]
pub struct ClientSession<D: Decider> {
    /// Who decides for it.
    pub decider: D,
    pub(crate) tools: Tools,
    pub(crate) rounds: Rounds<D>,
    pub(crate) underway: Underway<D>,
    pub(crate) told: Told<D>,
    /// What tells it from other clients of the same proxy; over stdio there is none.
    pub principal: String,
    hello: Mutex<Hello>,
}

/// What `initialize` said and was answered.
#[derive(Debug, Clone, Default)]
struct Hello {
    revision: String,
    capabilities: Value,
}

/// The two kinds of MCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// Until 2025-11-25: `initialize`, and requests in both directions.
    Legacy,
    /// From 2026-07-28: every request says what it needs to say.
    Modern,
}

/// Who speaks in one request.
#[derive(Debug, Clone)]
pub struct Speaker {
    /// The kind of MCP it speaks.
    pub era: Era,
    /// The revision; empty before `initialize` was answered.
    pub revision: String,
    /// The client's capabilities.
    pub capabilities: Value,
}

impl<D: Decider> ClientSession<D> {
    /// Meets a client.
    pub fn new(decider: D) -> Self {
        Self {
            decider,
            principal: String::new(),
            tools: Tools::default(),
            rounds: Rounds::default(),
            underway: Underway::default(),
            told: Told::default(),
            hello: Mutex::default(),
        }
    }

    /// Says what tells it from other clients: what one was given to come back with is worth nothing to another.
    #[must_use]
    pub fn known_as(self, principal: impl Into<String>) -> Self {
        Self { principal: principal.into(), ..self }
    }

    /// Tells who speaks in a request.
    pub fn speaker(&self, request: &Request) -> Speaker {
        let meta = request.params.as_ref().and_then(|params| params.member("_meta"));
        if let Some(meta) = meta
            && let Some(revision) = meta.member(REVISION)
            && let Ok(revision) = revision.read()
        {
            let capabilities = meta.member(CAPABILITIES).and_then(|json| json.read().ok());
            let capabilities = capabilities.unwrap_or_default();
            return Speaker { era: Era::Modern, revision, capabilities };
        }
        let Hello { revision, capabilities } = self.hello().clone();
        Speaker { era: Era::Legacy, revision, capabilities }
    }

    /// Keeps what a client says of itself in `initialize`.
    pub(crate) fn introduce(&self, params: Option<&Json>) {
        let capabilities = params.and_then(|params| params.member("capabilities"));
        self.hello().capabilities = capabilities.and_then(|it| it.read().ok()).unwrap_or_default();
    }

    /// Keeps the revision that `initialize` was answered with.
    pub(crate) fn agree(&self, result: &Json) {
        #[derive(Deserialize)]
        struct Initialized {
            #[serde(rename = "protocolVersion")]
            revision: String,
        }
        if let Ok(Initialized { revision }) = result.read() {
            self.hello().revision = revision;
        }
    }

    fn hello(&self) -> std::sync::MutexGuard<'_, Hello> {
        self.hello.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Speaker {
    /// Tells whether the client opens pages for its user.
    #[must_use]
    pub fn opens_urls(&self) -> bool {
        self.has("/elicitation/url") && (self.era == Era::Modern || *self.revision >= *"2025-11-25")
    }

    /// Tells whether the client takes a task for an answer, by the extension of 2026-07-28.
    #[must_use]
    pub fn takes_tasks(&self) -> bool {
        let extensions = self.capabilities.get("extensions");
        self.era == Era::Modern
            && extensions.and_then(|all| all.get(EXTENSION_TASKS)).is_some_and(Value::is_object)
    }

    fn has(&self, pointer: &str) -> bool {
        self.capabilities.pointer(pointer).is_some_and(Value::is_object)
    }
}
