//! The stop button: suspend and resume.

use syndic_ledger::{AgentSwitched, Record};
use syndic_model::AgentId;
use thiserror::Error;

use crate::Gate;
use crate::gate::{WriteFailed, committed};
use crate::record::plain;
use crate::state::EVERY_AGENT;

/// Which agents to stop or let act again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Switch {
    /// One agent.
    Agent(AgentId),
    /// All of them, also those registered later.
    Every,
}

/// Says why nothing was switched.
#[derive(Debug, Error)]
pub enum SwitchError {
    /// No such agent.
    #[error("agent `{0}` is not registered; `syndic agents list` shows those that are")]
    UnknownAgent(AgentId),
    /// A reason is part of the record.
    #[error("a reason of 1 to 500 characters is needed; it is recorded")]
    Reason,
    /// It would not help.
    #[error("all agents are suspended; `syndic agents resume --all` lifts that")]
    AllSuspended,
    /// It cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

impl Switch {
    fn name(&self) -> &str {
        match self {
            Self::Agent(agent) => agent.as_str(),
            Self::Every => EVERY_AGENT,
        }
    }
}

impl Gate {
    /// Stops an agent from its next decision on, even if the stop cannot be recorded.
    ///
    /// # Errors
    /// When there is no such agent or reason, or the stop holds only until restart because it was not recorded.
    pub async fn suspend(
        &self,
        switch: &Switch,
        reason: &str,
        by: &str,
    ) -> Result<u64, SwitchError> {
        self.check_switch(switch, reason)?;
        let pending = {
            let mut state = self.state();
            state.suspend(switch.name(), reason);
            let record = Record::AgentSuspended(switched(switch, reason, by));
            self.reserve()?.enqueue(plain(record, self.now()))
        };
        Ok(committed(pending).await?.get().index())
    }

    /// Lets an agent act again. Decisions after it in the ledger already do; none is answered before it is on disk.
    ///
    /// # Errors
    /// When there is no such agent or reason, all agents are stopped, or it cannot be recorded.
    pub async fn resume(
        &self,
        switch: &Switch,
        reason: &str,
        by: &str,
    ) -> Result<u64, SwitchError> {
        self.check_switch(switch, reason)?;
        let slot = self.reserve()?;
        let pending = {
            let mut state = self.state();
            if *switch != Switch::Every && state.all_suspended() {
                return Err(SwitchError::AllSuspended);
            }
            state.resume(switch.name());
            slot.enqueue(plain(Record::AgentResumed(switched(switch, reason, by)), self.now()))
        };
        Ok(committed(pending).await?.get().index())
    }

    fn check_switch(&self, switch: &Switch, reason: &str) -> Result<(), SwitchError> {
        if let Switch::Agent(agent) = switch
            && !self.governance().agents.contains_key(agent)
        {
            return Err(SwitchError::UnknownAgent(agent.clone()));
        }
        if reason.trim().is_empty() || reason.len() > 500 {
            Err(SwitchError::Reason)
        } else {
            Ok(())
        }
    }
}

fn switched(switch: &Switch, reason: &str, by: &str) -> AgentSwitched {
    AgentSwitched { agent: switch.name().to_owned(), reason: reason.to_owned(), by: by.to_owned() }
}
