//! Another key for the log.

use std::sync::Arc;

use syndic_ledger::{LogKeyRotated, Record};
use thiserror::Error;

use crate::Gate;
use crate::gate::{WriteFailed, committed};
use crate::record::plain;

/// The log has another key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotatedLogKey {
    /// The former verifier key; it signs too until the next time.
    pub from: String,
    /// The new one.
    pub to: String,
    /// Where that is recorded.
    pub record: u64,
}

/// Says why the log's key was not rotated.
#[derive(Debug, Error)]
pub enum RotateError {
    /// The key cannot be made.
    #[error("cannot make another key for the log: {0}; free disk space, or mend the disk")]
    Key(String),
    /// It was rotated, which cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

impl Gate {
    /// Makes another key for the log. From its record on, checkpoints are signed by both.
    ///
    /// # Errors
    /// When the key cannot be made, or what was done cannot be recorded.
    pub async fn rotate_log_key(&self, by: &str) -> Result<RotatedLogKey, RotateError> {
        let slot = self.reserve()?;
        let store = Arc::clone(&self.store);
        let rotated = tokio::task::spawn_blocking(move || {
            store.rotate_log_key().map(|(from, to)| (from.to_string(), to.to_string()))
        });
        let told = |error: &dyn std::error::Error| RotateError::Key(error.to_string());
        let (from, to) = rotated.await.map_err(|error| told(&error))?.map_err(|e| told(&e))?;
        let record = LogKeyRotated { from: from.clone(), to: to.clone(), by: by.to_owned() };
        let pending = slot.enqueue(plain(Record::LogKeyRotated(record), self.now()));
        let record = committed(pending).await?.get().index();
        Ok(RotatedLogKey { from, to, record })
    }
}
