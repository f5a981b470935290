//! Looking through a text by itself, with no action behind it.

use serde_json::value::RawValue;
use syndic_detect::{Findings, OverBudget, Redaction};
use syndic_model::{AgentId, Caller, SessionId};
use thiserror::Error;

use crate::Gate;
use crate::detect::context;

/// What is looked through.
#[derive(Debug, Clone)]
pub enum Passage {
    /// A text.
    Text(String),
    /// A JSON document, whose keys tell what stands under them.
    Json(Box<RawValue>),
}

/// What was found in it.
#[derive(Debug, Clone)]
pub struct LookedThrough {
    /// What, where, and how sure that is; positions count bytes of the passage as it was given.
    pub findings: Findings,
    /// The passage without it: numbered tags in its place, the same for the same value in one session.
    pub redacted: Passage,
}

/// Says why a passage was not looked through.
#[derive(Debug, Error)]
pub enum FilterError {
    /// Agents and administrators alone.
    #[error("only agent and admin keys have texts looked through")]
    Role,
    /// Another agent's.
    #[error("this key is of agent `{own}`, not of `{named}`")]
    OtherAgent {
        /// The key's.
        own: AgentId,
        /// The one that was named.
        named: AgentId,
    },
    /// Nobody registered it.
    #[error("agent `{0}` is not registered")]
    UnknownAgent(AgentId),
    /// It costs more than it may.
    #[error("it cannot be looked through: {0}")]
    OverBudget(#[from] OverBudget),
}

impl Gate {
    /// Finds personal data and secrets in a passage, by the kinds and detectors in force, and redacts them. Nothing is
    /// recorded. `session` is where tags keep their numbers.
    ///
    /// # Errors
    /// When the caller may not ask, or the passage is too costly.
    pub fn look_through(
        &self,
        caller: &Caller,
        agent: &AgentId,
        session: Option<&SessionId>,
        passage: &Passage,
    ) -> Result<LookedThrough, FilterError> {
        match caller {
            Caller::Agent { agent: Some(own), .. } if own != agent => {
                return Err(FilterError::OtherAgent { own: own.clone(), named: agent.clone() });
            }
            Caller::Agent { .. } | Caller::Admin { .. } => {}
            Caller::Approver { .. } | Caller::Auditor { .. } => return Err(FilterError::Role),
        }
        let governance = self.governance();
        if !governance.agents.contains_key(agent.as_str()) {
            return Err(FilterError::UnknownAgent(agent.clone()));
        }
        let context = context(&governance);
        let redaction = Redaction::default().at(governance.settings.detection.redact_at);
        let (agent, session) = (agent.as_str(), session.map(SessionId::as_str));
        let scanner = &governance.scanner;
        self.tags.with(agent, session, self.clock.as_ref(), |tags| match passage {
            Passage::Text(text) => {
                let done = scanner.redact(text, &context, &redaction, tags)?;
                Ok(LookedThrough { findings: done.findings, redacted: Passage::Text(done.text) })
            }
            Passage::Json(json) => {
                let done = scanner.redact_json(json, &context, &redaction, tags)?;
                Ok(LookedThrough { findings: done.findings, redacted: Passage::Json(done.text) })
            }
        })
    }
}
