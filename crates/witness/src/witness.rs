//! The witness: what it is asked, in the order in which it happens.

use std::collections::BTreeMap;
use std::io;

use parking_lot::Mutex;
use syndic_ledger::{AddCheckpoint, Head, Refusal, VerifierKey};
use thiserror::Error;

use crate::directory::{Directory, DirectoryError, NotKept, log_id};

/// Cosigns checkpoints of the logs it was told of.
#[derive(Debug)]
pub struct Witness {
    directory: Directory,
    logs: BTreeMap<String, Log>,
}

#[derive(Debug)]
struct Log {
    keys: Vec<VerifierKey>,
    newest: Mutex<Newest>,
}

#[derive(Debug)]
struct Newest {
    /// INVARIANT: nothing newer was ever vouched for, and this is on disk.
    head: Option<Head>,
    kept: Kept,
}

/// How the last attempt to keep a checkpoint ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Yes,
    No,
    /// The file may be another one than the newest that was vouched for.
    Unknown,
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
    /// What is on disk of the log is not known.
    #[error(
        "the disk did not say which checkpoint of `{0}` it has, so nothing of that log is cosigned until the witness is \
         restarted"
    )]
    Unsure(String),
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
            let head = newest.map(|newest| newest.checkpoint().head);
            let newest = Mutex::new(Newest { head, kept: Kept::Yes });
            known.insert(origin, Log { keys, newest });
        }
        Ok(Self { directory, logs: known })
    }

    /// Returns the key that verifies what it signs.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        self.directory.key().verifier()
    }

    /// Returns the logs it knows, with the newest size it cosigned of each.
    pub fn logs(&self) -> impl Iterator<Item = (&str, Option<u64>)> {
        let size = |log: &Log| log.newest.lock().head.map(|head| head.size);
        self.logs.iter().map(move |(origin, log)| (origin.as_str(), size(log)))
    }

    /// Answers `add-checkpoint` at a time in Unix seconds: the line of its signature. Blocks on the disk.
    ///
    /// # Errors
    /// When nothing is cosigned.
    pub fn add_checkpoint(&self, body: &[u8], now: u64) -> Result<String, AddError> {
        let mut request = AddCheckpoint::parse(body)?;
        let origin = request.checkpoint.checkpoint().origin.clone();
        let log = self.logs.get(&origin).ok_or_else(|| Refusal::Unknown(origin.clone()))?;
        // Held until it is on disk: of two requests at once the second is judged by what the first was answered.
        let mut newest = log.newest.lock();
        if newest.kept == Kept::Unknown {
            return Err(AddError::Unsure(origin));
        }
        let head = request.judge(&log.keys, newest.head)?;
        // A cosignature without a time would be no statement.
        let line = request.checkpoint.cosign(self.directory.key(), now.max(1));
        if newest.head != Some(head) {
            let signers: Vec<_> = log.keys.iter().chain([self.verifier()]).cloned().collect();
            request.checkpoint.add(self.verifier(), &line).map_err(Refusal::Forbidden)?;
            request.checkpoint.retain(&signers);
            let (kept, refused) = match self.directory.keep(&request.checkpoint) {
                Ok(()) => (Kept::Yes, None),
                Err(NotKept::Before(error)) => (Kept::No, Some(error)),
                Err(NotKept::Unknown(error)) => (Kept::Unknown, Some(error)),
            };
            newest.kept = kept;
            if let Some(error) = refused {
                return Err(AddError::Keep(error));
            }
            newest.head = Some(head);
        }
        Ok(line)
    }

    /// Returns the newest checkpoint that was cosigned of the log whose origin has this SHA-256, in hex; `None` where
    /// there is none, or none that is known to be kept. Blocks on the disk.
    #[must_use]
    pub fn checkpoint(&self, origin_hash: &str) -> Option<Vec<u8>> {
        let (_, log) = self.logs.iter().find(|(origin, _)| log_id(origin) == origin_hash)?;
        // Held while it is read: what is being kept may yet not be answered.
        let newest = log.newest.lock();
        let known = newest.kept != Kept::Unknown;
        known.then(|| self.directory.read(origin_hash).ok()).flatten()
    }

    /// Tells whether what it vouches for could be kept the last time, of every log.
    pub fn is_writable(&self) -> bool {
        self.logs.values().all(|log| log.newest.lock().kept == Kept::Yes)
    }
}
