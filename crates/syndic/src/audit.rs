//! Reading what was recorded, and copying it.

use std::path::PathBuf;

use syndic_gate::{
    BackupRefused, BackupView, DecisionPage, EventFilter, EventPage, EventsError, Explanation,
    ProofError, RedactError, Redacted, Redaction, Unreadable,
};
use syndic_model::{AuditEvent, EventId};
use thiserror::Error;

use crate::Governor;
use crate::governor::EMBEDDED;

/// Says why a decision cannot be explained.
#[derive(Debug, Error)]
pub enum ExplainError {
    /// There is no such action.
    #[error("there is no action `{0}`")]
    Unknown(EventId),
    /// The ledger cannot be read.
    #[error(transparent)]
    Lookup(#[from] EventsError),
    /// What it was decided on is erased, or not understood.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The runtime was shut down meanwhile, or there is a bug.
    #[error("explaining was interrupted")]
    Interrupted,
}

impl Governor {
    /// Lists audit events, newest first; open actions are among them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn events(&self, filter: EventFilter) -> Result<EventPage, EventsError> {
        self.to_the_end(|gate| async move { gate.events(filter).await }).await
    }

    /// Tells one audit event; `None` when there is no such action.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn event(&self, id: EventId) -> Result<Option<AuditEvent>, EventsError> {
        self.to_the_end(|gate| async move { gate.event(id).await }).await
    }

    /// Erases what was recorded of a user until now, for good; every proof stays valid.
    ///
    /// # Errors
    /// When records are too young or held back, or it cannot be recorded; then nothing was erased.
    pub async fn redact(&self, redaction: Redaction) -> Result<Redacted, RedactError> {
        self.to_the_end(|gate| async move { gate.redact(&redaction, EMBEDDED).await }).await
    }

    /// Proves every record that an action has so far: a text that `syndic-verify` checks offline.
    ///
    /// # Errors
    /// When there is no such action, or the ledger cannot be read.
    pub async fn prove(&self, id: EventId) -> Result<String, ProofError> {
        self.to_the_end(|gate| async move { gate.prove(id).await }).await
    }

    /// Draws `count` records by a seed, of the first `over` or of all, and proves each in the same way.
    ///
    /// # Errors
    /// When nothing can be drawn so, or the ledger cannot be read.
    pub async fn sample(
        &self,
        seed: &str,
        count: u64,
        over: Option<u64>,
    ) -> Result<String, ProofError> {
        let seed = seed.to_owned();
        self.to_the_end(|gate| async move { gate.sample(&seed, count, over).await }).await
    }

    /// Lists decisions with what they were decided on, as [`Self::events`] lists events.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn decisions(&self, filter: EventFilter) -> Result<DecisionPage, EventsError> {
        self.to_the_end(|gate| async move { gate.decisions(filter).await }).await
    }

    /// Begins to copy the data directory to `path`, an absolute one outside what is copied; with `secrets` also the
    /// keys that sign, and the master key where it is in the directory. [`Self::backups`] tells what becomes of it.
    ///
    /// # Errors
    /// When the path cannot be meant, or another one is being made.
    pub async fn begin_backup(
        &self,
        path: PathBuf,
        secrets: bool,
    ) -> Result<BackupView, BackupRefused> {
        self.to_the_end(|gate| async move { gate.begin_backup(&path, secrets, EMBEDDED) }).await
    }

    /// Lists the backups that were asked for since the start, newest first.
    #[must_use]
    pub fn backups(&self) -> Vec<BackupView> {
        self.gate.backups()
    }

    /// Tells why an action was decided as it was, and what would have let it pass, by the policies in force now;
    /// those written in Rust are asked again.
    ///
    /// # Errors
    /// When there is no such action, or what it was decided on cannot be read.
    pub async fn explain(&self, id: EventId) -> Result<Explanation, ExplainError> {
        self.to_the_end(|gate| async move {
            let decision = gate.recorded_decision(id).await?.ok_or(ExplainError::Unknown(id))?;
            // Asking again and again takes a while: not on a thread that answers others.
            let explained = tokio::task::spawn_blocking(move || gate.explain(&decision)).await;
            Ok(explained.map_err(|_| ExplainError::Interrupted)??)
        })
        .await
    }
}
