//! Tokens that whoever has the key can open.

use aes_gcm_siv::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Key;
use crate::Entity;

/// How tokens begin.
pub(super) const PREFIX: &str = "tok_v1_";
/// The longest run that is looked at as a token. Longer values have longer tokens, which are found by their vault alone.
pub(super) const LONGEST: usize = 8 << 10;
/// Bytes that tell which key a token is of.
const ID: usize = 4;
/// Bytes of the tag of AES-GCM-SIV.
const TAG: usize = 16;
/// Bytes that tell a token from chance without a key.
const CHECK: usize = 4;

/// Turns values into tokens and back: AES-256-GCM-SIV (RFC 8452) with one nonce, so that the same value has the same
/// token. That two tokens are of one value is all they tell without the key.
#[derive(Debug, Clone)]
pub struct Vault {
    key: Key,
    id: [u8; ID],
}

/// What a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The kind's name.
    pub entity: String,
    /// The value, as it stood.
    pub value: String,
}

/// A token is not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// It is none, or was cut or changed.
    #[error("this is no token")]
    Malformed,
    /// It was made with another key.
    #[error("the token was made with another key")]
    OtherKey,
    /// It was changed by somebody who knew how tokens are made.
    #[error("the token was tampered with")]
    Tampered,
}

impl Vault {
    /// Makes a vault of its key.
    #[must_use]
    pub fn new(key: &Key) -> Self {
        let id = key.mac("syndic vault id v1", &[]);
        let id = id.first_chunk::<ID>().copied().unwrap_or_default();
        Self { key: Key::new(key.mac("syndic vault key v1", &[])), id }
    }

    /// Returns the token of a value.
    #[must_use]
    pub fn token(&self, entity: &Entity, value: &str) -> String {
        let mut plain = Vec::with_capacity(entity.as_str().len() + 1 + value.len());
        plain.extend_from_slice(entity.as_str().as_bytes());
        plain.push(0);
        plain.extend_from_slice(value.as_bytes());
        let payload = Payload { msg: &plain, aad: PREFIX.as_bytes() };
        // It fails for more than 64 GiB alone.
        let Ok(sealed) = self.cipher().encrypt(&Nonce::default(), payload) else {
            return "*".repeat(3);
        };
        let mut bytes = self.id.to_vec();
        bytes.extend_from_slice(&sealed);
        bytes.extend_from_slice(&check(&bytes));
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Returns what a token stands for.
    ///
    /// # Errors
    /// When it is none, of another key, or was changed.
    pub fn open(&self, token: &str) -> Result<Opened, VaultError> {
        let bytes = decoded(token).ok_or(VaultError::Malformed)?;
        let (id, sealed) = bytes.split_first_chunk::<ID>().ok_or(VaultError::Malformed)?;
        if *id != self.id {
            return Err(VaultError::OtherKey);
        }
        let payload = Payload { msg: sealed, aad: PREFIX.as_bytes() };
        let plain = self.cipher().decrypt(&Nonce::default(), payload);
        let plain = plain.map_err(|_| VaultError::Tampered)?;
        let text = String::from_utf8(plain).map_err(|_| VaultError::Tampered)?;
        let (entity, value) = text.split_once('\0').ok_or(VaultError::Tampered)?;
        Ok(Opened { entity: entity.to_owned(), value: value.to_owned() })
    }

    fn cipher(&self) -> Aes256GcmSiv {
        Aes256GcmSiv::new(&self.key.mac("syndic vault cipher v1", &[]).into())
    }
}

/// Tells whether a text has the form of a token.
pub(super) fn is_token(text: &str) -> bool {
    decoded(text).is_some()
}

/// Returns what a token holds, without its check.
fn decoded(token: &str) -> Option<Vec<u8>> {
    let mut bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(PREFIX)?).ok()?;
    let body = bytes.len().checked_sub(CHECK).filter(|body| *body > ID + TAG)?;
    let found = bytes.split_off(body);
    (found == check(&bytes)).then_some(bytes)
}

/// Returns the first bytes of a SHA-256.
fn check(bytes: &[u8]) -> [u8; CHECK] {
    use sha2::Digest as _;
    let hash: [u8; 32] = sha2::Sha256::digest(bytes).into();
    hash.first_chunk::<CHECK>().copied().unwrap_or_default()
}
