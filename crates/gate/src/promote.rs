//! Somebody signs that an agent's verdicts be enforced.

use jiff::Timestamp;
use syndic_ledger::{AgentPromoted, Record};
use syndic_model::AgentId;
use thiserror::Error;

use crate::Gate;
use crate::gate::WriteFailed;

/// What somebody signs, and what they were shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promotion {
    /// The agent.
    pub agent: AgentId,
    /// Who signs: a person, by name or role.
    pub signed_by: String,
    /// From when on traffic was looked at.
    pub since: Timestamp,
    /// How many actions that was.
    pub actions: u64,
    /// How many of them enforcing would have denied.
    pub denied: u64,
    /// How many of them it would have held.
    pub held: u64,
}

/// Says why a signature was not recorded.
#[derive(Debug, Error)]
pub enum PromoteError {
    /// No such agent.
    #[error("agent `{0}` is not registered; `syndic agents list` shows those that are")]
    UnknownAgent(AgentId),
    /// Somebody answers for it.
    #[error("`signed_by` is a person, by name or role: 1 to 200 characters")]
    Signature,
    /// It cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

impl Gate {
    /// Records a signature. It switches nothing by itself: the agent's file does, once it is reloaded.
    ///
    /// # Errors
    /// When there is no such agent, nobody signs, or it cannot be recorded.
    pub async fn promote(&self, promotion: &Promotion, by: &str) -> Result<u64, PromoteError> {
        let Promotion { agent, signed_by, since, actions, denied, held } = promotion;
        if !self.governance().agents.contains_key(agent) {
            return Err(PromoteError::UnknownAgent(agent.clone()));
        }
        let letters = signed_by.chars().count();
        if signed_by.trim().is_empty() || letters > 200 || signed_by.contains(char::is_control) {
            return Err(PromoteError::Signature);
        }
        let record = Record::AgentPromoted(AgentPromoted {
            agent: agent.to_string(),
            signed_by: signed_by.clone(),
            by: by.to_owned(),
            since: *since,
            actions: *actions,
            denied: *denied,
            held: *held,
        });
        Ok(self.write(record, self.now()).await?.get().index())
    }
}
