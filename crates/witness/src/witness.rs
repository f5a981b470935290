//! The witness: what it is asked, in the order in which it happens.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use syndic_ledger::{AddCheckpoint, Head, Refusal, VerifierKey};
use thiserror::Error;

use crate::directory::{Directory, DirectoryError, log_id};

/// Cosigns checkpoints of the logs it was told of.
#[derive(Debug)]
pub struct Witness {
    directory: Directory,
    logs: BTreeMap<String, Log>,
    is_writable: AtomicBool,
}

#[derive(Debug)]
struct Log {
    keys: Vec<VerifierKey>,
    /// INVARIANT: nothing newer was ever vouched for, and this is on disk.
    newest: Mutex<Option<Head>>,
}

/// Why nothing was cosigned.
#[derive(Debug, Error)]
pub enum AddError {
    /// It must not be.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What would have been vouched for cannot be kept.
    #[error("the checkpoint cannot be kept, so it is not cosigned")]
    Keep(#[source] io::Error),
}

impl Witness {
    /// Starts with what the directory says was cosigned of each log.
    ///
    /// # Errors
    /// When that is not what was written.
    pub fn new(
        directory: Directory,
        logs: BTreeMap<String, Vec<VerifierKey>>,
    ) -> Result<Self, DirectoryError> {
        let mut known = BTreeMap::new();
        for (origin, keys) in logs {
            let newest = directory.newest(&origin, &keys)?;
            let newest = Mutex::new(newest.map(|newest| newest.checkpoint().head));
            known.insert(origin, Log { keys, newest });
        }
        Ok(Self { directory, logs: known, is_writable: AtomicBool::new(true) })
    }

    /// Returns the key that verifies what it signs.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        self.directory.key().verifier()
    }

    /// Returns the logs it knows, with the newest size it cosigned of each.
    pub fn logs(&self) -> impl Iterator<Item = (&str, Option<u64>)> {
        self.logs.iter().map(|(origin, log)| (origin.as_str(), log.newest.lock().map(|it| it.size)))
    }

    /// Answers `add-checkpoint` at a time in Unix seconds: the line of its signature. Blocks on the disk.
    ///
    /// # Errors
    /// When nothing is cosigned.
    pub fn add_checkpoint(&self, body: &[u8], now: u64) -> Result<String, AddError> {
        let mut request = AddCheckpoint::parse(body)?;
        let origin = request.checkpoint.checkpoint().origin.clone();
        let log = self.logs.get(&origin).ok_or(Refusal::Unknown(origin))?;
        // Held until it is on disk: of two requests at once the second is judged by what the first was answered.
        let mut newest = log.newest.lock();
        let head = request.judge(&log.keys, *newest)?;
        // A cosignature without a time would be no statement.
        let line = request.checkpoint.cosign(self.directory.key(), now.max(1));
        if *newest != Some(head) {
            let signers: Vec<_> = log.keys.iter().chain([self.verifier()]).cloned().collect();
            request.checkpoint.add(self.verifier(), &line).map_err(Refusal::Forbidden)?;
            request.checkpoint.retain(&signers);
            let kept = self.directory.keep(&request.checkpoint);
            self.is_writable.store(kept.is_ok(), Ordering::Relaxed);
            kept.map_err(AddError::Keep)?;
            *newest = Some(head);
        }
        Ok(line)
    }

    /// Returns the newest checkpoint that was cosigned of the log whose origin has this SHA-256, in hex; `None` where
    /// there is none. Blocks on the disk.
    #[must_use]
    pub fn checkpoint(&self, origin_hash: &str) -> Option<Vec<u8>> {
        let known = self.logs.keys().any(|origin| log_id(origin) == origin_hash);
        known.then(|| self.directory.read(origin_hash).ok()).flatten()
    }

    /// Tells whether what it vouches for could be kept the last time.
    pub fn is_writable(&self) -> bool {
        self.is_writable.load(Ordering::Relaxed)
    }
}
