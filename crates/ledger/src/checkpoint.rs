//! Checkpoints (c2sp.org/tlog-checkpoint): a log's name, size and root, signed by its keys and cosigned by witnesses.

use std::fmt;

use signed_note::{Note, Signature, Signer, Verifier as _};
use thiserror::Error;

use crate::key::SigningAt;
use crate::note::signatures;
use crate::{Head, KeyKind, NoteKey, VerifierKey};

/// What a log says of itself, not signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// Its size and root.
    pub head: Head,
}

/// A checkpoint with signatures, of which none is believed before [`Self::verify`].
#[derive(Debug, PartialEq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

/// Who signed a checkpoint, of the keys that were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signatories {
    /// The log's own keys, at least one.
    pub log: Vec<VerifierKey>,
    /// Witnesses, each with the time it says it signed at, in Unix seconds.
    pub witnesses: Vec<(VerifierKey, u64)>,
}

/// Why a checkpoint is not to be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// Not a signed note with a checkpoint in it.
    #[error("not a signed checkpoint; restore it, or fetch it again")]
    Malformed,
    /// Of another log.
    #[error("a checkpoint of `{found}`, not of `{expected}`")]
    Origin {
        /// The log that it is of.
        found: String,
        /// The log that was asked for.
        expected: String,
    },
    /// None of the log's keys signed it.
    #[error("the checkpoint is not signed by {0}")]
    Unsigned(String),
    /// A signature of a known key does not verify.
    #[error(
        "the checkpoint's signature by `{0}` does not verify: it was changed, or signed with another key"
    )]
    Signature(String),
}

impl Checkpoint {
    /// Signs it with the log's keys.
    ///
    /// # Errors
    /// When the origin cannot stand in a checkpoint.
    pub fn sign(&self, keys: &[NoteKey]) -> Result<SignedCheckpoint, CheckpointError> {
        let mut note =
            Note::new(self.to_string().as_bytes(), &[]).map_err(|_| CheckpointError::Malformed)?;
        let signers: Vec<_> = keys.iter().map(|key| SigningAt(key, 0)).collect();
        let signers: Vec<&dyn Signer> =
            signers.iter().map(|signer| signer as &dyn Signer).collect();
        note.add_sigs(&signers).map_err(|_| CheckpointError::Malformed)?;
        Ok(SignedCheckpoint { checkpoint: self.clone(), note })
    }
}

/// The text that is signed.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = tlog_tiles::Hash(self.head.root);
        writeln!(f, "{}\n{}\n{root}", self.origin, self.head.size)
    }
}

impl SignedCheckpoint {
    /// Reads a signed checkpoint.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn parse(text: &[u8]) -> Result<Self, CheckpointError> {
        let note = Note::from_bytes(text).map_err(|_| CheckpointError::Malformed)?;
        let read = tlog_tiles::Checkpoint::from_bytes(note.text())
            .map_err(|_| CheckpointError::Malformed)?;
        let checkpoint = Checkpoint {
            origin: read.origin().to_owned(),
            head: Head { size: read.size(), root: read.hash().0 },
        };
        if !note.text().starts_with(checkpoint.to_string().as_bytes()) {
            return Err(CheckpointError::Malformed);
        }
        Ok(Self { checkpoint, note })
    }

    /// Returns what it says.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Tells who signed it. `keys` are those of the log, of which one must have; signatures of others than `keys` and
    /// `witnesses` are not looked at.
    ///
    /// # Errors
    /// When it is of another log, no key of the log signed it, or a signature does not verify.
    pub fn verify(
        &self,
        keys: &[VerifierKey],
        witnesses: &[VerifierKey],
    ) -> Result<Signatories, CheckpointError> {
        let origin = &self.checkpoint.origin;
        if let Some(key) = keys.iter().find(|key| key.name() != origin) {
            let (found, expected) = (origin.clone(), key.name().to_owned());
            return Err(CheckpointError::Origin { found, expected });
        }
        let mut signatories = Signatories::default();
        for (signature, key) in self.signatures(keys, KeyKind::Log) {
            key.check(self.note.text(), signature.signature())
                .ok_or_else(|| CheckpointError::Signature(key.to_string()))?;
            signatories.log.push(key.clone());
        }
        if signatories.log.is_empty() {
            let names: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
            return Err(CheckpointError::Unsigned(names.join(" or ")));
        }
        for (signature, key) in self.signatures(witnesses, KeyKind::Witness) {
            let at = key
                .check(self.note.text(), signature.signature())
                .flatten()
                .ok_or_else(|| CheckpointError::Signature(key.to_string()))?;
            signatories.witnesses.push((key.clone(), at));
        }
        Ok(signatories)
    }

    fn signatures<'a>(
        &'a self,
        keys: &'a [VerifierKey],
        kind: KeyKind,
    ) -> impl Iterator<Item = (Signature, &'a VerifierKey)> {
        self.all().into_iter().filter_map(move |signature| {
            let key = keys.iter().find(|key| {
                key.kind() == kind
                    && key.name() == signature.name()
                    && key.key_id() == signature.id()
            })?;
            Some((signature, key))
        })
    }

    /// Returns how many signed it under another name than the log's.
    pub(crate) fn others(&self) -> usize {
        self.all().iter().filter(|signature| signature.name() != self.checkpoint.origin).count()
    }

    /// Returns every signature.
    fn all(&self) -> Vec<Signature> {
        signatures(&self.note)
    }

    /// Cosigns it at a time in Unix seconds: the line that a witness answers with, line feed included.
    #[must_use]
    pub fn cosign(&self, witness: &NoteKey, at: u64) -> String {
        let signature = witness.sign_at(at, self.note.text());
        let verifier = witness.verifier();
        Signature::new(verifier.name().to_owned(), verifier.key_id(), signature)
            .map(|signature| String::from_utf8_lossy(&signature.to_bytes()).into_owned())
            .unwrap_or_default()
    }

    /// Adds the signature line of a witness, in place of an earlier one of the same key.
    ///
    /// # Errors
    /// When the line is no signature of this checkpoint by `witness`; then nothing is added.
    pub fn add(&mut self, witness: &VerifierKey, line: &str) -> Result<(), CheckpointError> {
        let refused = || CheckpointError::Signature(witness.to_string());
        let added =
            Signature::from_bytes(line.trim_end_matches('\n').as_bytes()).map_err(|_| refused())?;
        let is_theirs = added.name() == witness.name() && added.id() == witness.key_id();
        if !is_theirs || !witness.verify(self.note.text(), added.signature()) {
            return Err(refused());
        }
        let mut signatures = self.all();
        signatures.retain(|kept| kept.name() != added.name() || kept.id() != added.id());
        signatures.push(added);
        self.note =
            Note::new(self.note.text(), &signatures).map_err(|_| CheckpointError::Malformed)?;
        Ok(())
    }

    /// Tells whether it has a true signature of `key`, of a log or of a witness.
    #[must_use]
    pub fn is_signed_by(&self, key: &VerifierKey) -> bool {
        let mut signatures = self.signatures(std::slice::from_ref(key), key.kind());
        signatures.any(|(one, key)| key.verify(self.note.text(), one.signature()))
    }

    /// Takes away the signatures of all but `keys`. Whether theirs are true is for [`Self::verify`].
    pub fn retain(&mut self, keys: &[VerifierKey]) {
        let mut signatures = self.all();
        signatures.retain(|one| {
            keys.iter().any(|key| key.name() == one.name() && key.key_id() == one.id())
        });
        if let Ok(note) = Note::new(self.note.text(), &signatures) {
            self.note = note;
        }
    }
}

/// The signed note.
impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.note.to_bytes()))
    }
}
