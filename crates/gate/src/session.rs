//! Sessions by request.

use syndic_ledger::{Record, SessionOpened};
use syndic_model::{AgentId, Caller, SessionId};
use thiserror::Error;

use crate::Gate;
use crate::gate::{WriteFailed, committed};
use crate::permit::hex;
use crate::record::plain;
use crate::state::Crowded;

/// Says why no session was opened.
#[derive(Debug, Error)]
pub enum SessionError {
    /// Only agents have sessions.
    #[error("only an agent key opens a session")]
    Role,
    /// An agent opens its own.
    #[error("this key belongs to agent `{0}` and cannot open a session for another")]
    OtherAgent(AgentId),
    /// No such agent.
    #[error("agent `{0}` is not registered")]
    UnknownAgent(AgentId),
    /// Too many.
    #[error("too many sessions are open; try again later")]
    Crowded,
    /// It cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

impl Gate {
    /// Opens a session that belongs to the caller's key.
    ///
    /// # Errors
    /// When the caller is not that agent, or it cannot be recorded.
    pub async fn open_session(
        &self,
        caller: &Caller,
        agent: &AgentId,
    ) -> Result<SessionId, SessionError> {
        let Caller::Agent { agent: own, .. } = caller else { return Err(SessionError::Role) };
        let key = caller.key_as(agent);
        if let Some(own) = own.as_ref().filter(|own| *own != agent) {
            return Err(SessionError::OtherAgent(own.clone()));
        }
        if !self.governance().agents.contains_key(agent) {
            return Err(SessionError::UnknownAgent(agent.clone()));
        }
        let slot = self.reserve()?;
        let session = self.draw_session();
        let opened = SessionOpened {
            session: session.to_string(),
            agent: agent.to_string(),
            opened_by: key.clone(),
        };
        let pending = {
            let mut state = self.state();
            state.room(&key, Some(&session), false).map_err(|Crowded| SessionError::Crowded)?;
            let now = self.now();
            state.enter(&session, &key, now);
            slot.enqueue(plain(Record::SessionOpened(opened), now))
        };
        committed(pending).await?;
        Ok(session)
    }

    fn draw_session(&self) -> SessionId {
        let mut random = [0; 16];
        self.clock.fill(&mut random);
        #[expect(clippy::expect_used, reason = "hexadecimal digits are of the name alphabet")]
        format!("s-{}", hex(&random)).parse().expect("a valid session id")
    }
}
