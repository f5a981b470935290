//! Texts that a log signs beside its checkpoints, as signed notes (c2sp.org/signed-note).

use std::fmt;

use signed_note::{Note, Signature, Signer, Verifier as _};
use thiserror::Error;

use crate::key::SigningAt;
use crate::{KeyKind, NoteKey, VerifierKey};

/// A text with signatures, of which none is believed before [`Self::verify`].
#[derive(Debug, PartialEq)]
pub struct SignedText {
    text: String,
    note: Note,
}

/// Why a signed text is not to be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoteError {
    /// Not a signed note.
    #[error("not a signed note")]
    Malformed,
    /// It could be taken for a checkpoint.
    #[error("a text that reads as a checkpoint is signed as a checkpoint only")]
    Checkpoint,
    /// None of the keys signed it.
    #[error("it is not signed by {0}")]
    Unsigned(String),
    /// A signature of a known key does not verify.
    #[error(
        "the signature by `{0}` does not verify: the text was changed, or signed with another key"
    )]
    Signature(String),
}

impl SignedText {
    /// Signs a text, which ends with a line feed, with the keys of a log.
    ///
    /// # Errors
    /// When the text cannot stand in a note, or could be taken for a checkpoint.
    pub fn sign(text: &str, keys: &[NoteKey]) -> Result<Self, NoteError> {
        if tlog_tiles::Checkpoint::from_bytes(text.as_bytes()).is_ok() {
            return Err(NoteError::Checkpoint);
        }
        let mut note = Note::new(text.as_bytes(), &[]).map_err(|_| NoteError::Malformed)?;
        let signers: Vec<_> = keys.iter().map(|key| SigningAt(key, 0)).collect();
        let signers: Vec<&dyn Signer> =
            signers.iter().map(|signer| signer as &dyn Signer).collect();
        note.add_sigs(&signers).map_err(|_| NoteError::Malformed)?;
        Ok(Self { text: text.to_owned(), note })
    }

    /// Reads a signed note.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let note = Note::from_bytes(note.as_bytes()).map_err(|_| NoteError::Malformed)?;
        let text = String::from_utf8(note.text().to_vec()).map_err(|_| NoteError::Malformed)?;
        Ok(Self { text, note })
    }

    /// Returns what it says.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Tells which keys of a log signed it, of those that are given: at least one. Signatures of others are not looked
    /// at.
    ///
    /// # Errors
    /// When none did, or a signature does not verify.
    pub fn verify<'a>(&self, keys: &'a [VerifierKey]) -> Result<Vec<&'a VerifierKey>, NoteError> {
        let mut by = Vec::new();
        for signature in signatures(&self.note) {
            let key = keys.iter().find(|key| {
                key.kind() == KeyKind::Log
                    && key.name() == signature.name()
                    && key.key_id() == signature.id()
            });
            let Some(key) = key else { continue };
            if !key.verify(self.note.text(), signature.signature()) {
                return Err(NoteError::Signature(key.to_string()));
            }
            by.push(key);
        }
        if by.is_empty() {
            let names: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
            let names =
                if names.is_empty() { "any known key".to_owned() } else { names.join(" or ") };
            return Err(NoteError::Unsigned(names));
        }
        Ok(by)
    }
}

/// The signed note.
impl fmt::Display for SignedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.note.to_bytes()))
    }
}

/// Returns every signature of a note; the library keeps them to itself.
pub(crate) fn signatures(note: &Note) -> Vec<Signature> {
    let bytes = note.to_bytes();
    let lines = bytes.get(note.text().len() + 1..).unwrap_or_default();
    let lines = lines.split(|byte| *byte == b'\n');
    lines.filter_map(|line| Signature::from_bytes(line).ok()).collect()
}
