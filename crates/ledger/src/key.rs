//! Keys of signed notes (c2sp.org/signed-note): those of logs, and those of witnesses (c2sp.org/tlog-cosignature).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, SignatureError, Signer as _, SigningKey, VerifyingKey};
use signed_note::{Signer, Verifier, is_key_name_valid, key_id};
use thiserror::Error;

/// How many random bytes an Ed25519 key is made of.
pub const SEED_BYTES: usize = 32;

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// The checkpoints of its own log: Ed25519 over the note's text, algorithm 1.
    Log,
    /// Checkpoints of others, with the time: `cosignature/v1`, algorithm 4.
    Witness,
}

/// A key that verifies, written `<name>+<id>+<base64 of algorithm and public key>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: KeyKind,
    id: u32,
    key: VerifyingKey,
}

/// A key that signs.
#[derive(Clone)]
pub struct NoteKey {
    verifier: VerifierKey,
    key: SigningKey,
}

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Not of the form.
    #[error("not a verifier key like `example.org/log+4fa1b2c3+AQx…`")]
    Format,
    /// Another algorithm.
    #[error("a verifier key of an algorithm that this program does not know")]
    Algorithm,
    /// The id is not the one of name and key.
    #[error("a verifier key whose id does not belong to it; a character was changed")]
    Id,
    /// The name is empty, or has a space or a plus.
    #[error("the name of a key has no spaces and no `+`")]
    Name,
}

impl KeyKind {
    const fn algorithm(self) -> u8 {
        match self {
            Self::Log => 1,
            Self::Witness => 4,
        }
    }
}

impl VerifierKey {
    fn new(name: &str, kind: KeyKind, key: VerifyingKey) -> Result<Self, KeyError> {
        if !is_key_name_valid(name) || name.chars().any(char::is_control) {
            return Err(KeyError::Name);
        }
        let id = key_id(name, &[&[kind.algorithm()], key.as_bytes().as_slice()].concat());
        Ok(Self { name: name.to_owned(), kind, id, key })
    }

    /// Returns the name: of a log, its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what it signs.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Tells whether `signature` is one of this key over `text`; of a witness, also the time (Unix seconds) it names.
    pub(crate) fn check(&self, text: &[u8], signature: &[u8]) -> Option<Option<u64>> {
        match self.kind {
            KeyKind::Log => self.is_signed(text, signature).then_some(None),
            KeyKind::Witness => {
                let (at, signature) = signature.split_first_chunk()?;
                let at = u64::from_be_bytes(*at);
                self.is_signed(&cosigned(at, text), signature).then_some(Some(at))
            }
        }
    }

    fn is_signed(&self, text: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(text, &signature).is_ok())
    }
}

impl Verifier for VerifierKey {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        self.check(text, signature).is_some()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[self.kind.algorithm()], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, STANDARD.encode(key))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, rest) = text.split_once('+').ok_or(KeyError::Format)?;
        let (id, key) = rest.split_once('+').ok_or(KeyError::Format)?;
        let key = STANDARD.decode(key).map_err(|_| KeyError::Format)?;
        let (&algorithm, key) = key.split_first().ok_or(KeyError::Format)?;
        let kind = match algorithm {
            1 => KeyKind::Log,
            4 => KeyKind::Witness,
            _ => return Err(KeyError::Algorithm),
        };
        let key = key.try_into().map_err(|_| KeyError::Format)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| KeyError::Format)?;
        let read = Self::new(name, kind, key)?;
        if id != format!("{:08x}", read.id) {
            return Err(KeyError::Id);
        }
        Ok(read)
    }
}

impl NoteKey {
    /// Makes the key of `seed`, which is random and secret.
    ///
    /// # Errors
    /// When the name cannot be one.
    pub fn new(name: &str, kind: KeyKind, seed: &[u8; SEED_BYTES]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        Ok(Self { verifier: VerifierKey::new(name, kind, key.verifying_key())?, key })
    }

    /// Returns the key that verifies what this one signs.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a text; of a witness, at a time in Unix seconds.
    pub(crate) fn sign_at(&self, at: u64, text: &[u8]) -> Vec<u8> {
        match self.verifier.kind {
            KeyKind::Log => self.key.sign(text).to_vec(),
            KeyKind::Witness => {
                let signature = self.key.sign(&cosigned(at, text)).to_bytes();
                [at.to_be_bytes().as_slice(), &signature].concat()
            }
        }
    }
}

impl fmt::Debug for NoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteKey({})", self.verifier)
    }
}

/// A key and the time it signs at.
pub(crate) struct SigningAt<'a>(pub(crate) &'a NoteKey, pub(crate) u64);

impl Signer for SigningAt<'_> {
    fn name(&self) -> &str {
        &self.0.verifier.name
    }

    fn key_id(&self) -> u32 {
        self.0.verifier.id
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignatureError> {
        Ok(self.0.sign_at(self.1, text))
    }
}

/// What a witness signs.
fn cosigned(at: u64, text: &[u8]) -> Vec<u8> {
    [format!("cosignature/v1\ntime {at}\n").as_bytes(), text].concat()
}
