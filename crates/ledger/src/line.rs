//! A line of a segment: `leaf TAB sealed-parts LF`.
//!
//! The leaf is one JSON object that begins `{"v":<version>,"i":<index>,`; the tree covers its bytes and nothing
//! else. The sealed parts are empty, or base64 (standard alphabet, no padding) of a version byte, a nonce of twelve
//! bytes and the AES-256-GCM ciphertext of [`crate::Parts`], bound to the leaf's hash as associated data.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use memchr::{memchr, memchr2};
use serde_json::error::Category;
use thiserror::Error;

use crate::{Hash, Leaf, VERSION, leaf_hash};

/// The longest leaf; it leaves room for the two-byte lengths of other log formats.
pub const MAX_LEAF_BYTES: usize = 65_535;

/// The nonce of sealed parts.
pub type Nonce = [u8; 12];

const SEALED_VERSION: u8 = 1;

/// A line taken apart; its leaf is not decoded yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    leaf: &'a [u8],
    sealed: &'a [u8],
}

/// The parts of a record as they lie on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Random, never used twice with one key.
    pub nonce: Nonce,
    /// Ciphertext and tag.
    pub ciphertext: Vec<u8>,
}

/// What is wrong with a line.
#[derive(Debug, Error)]
pub enum LineError {
    /// No line feed at its end.
    #[error("the line is incomplete")]
    Incomplete,
    /// Not two fields.
    #[error("the line is not `leaf TAB sealed-parts`")]
    Fields,
    /// Longer than [`MAX_LEAF_BYTES`].
    #[error("the leaf is longer than {MAX_LEAF_BYTES} bytes")]
    TooLong,
    /// Does not begin with version and index.
    #[error("the leaf does not begin with version and index")]
    Header,
    /// Written by a version this library does not know.
    #[error("the leaf has version {0}, this program reads up to {VERSION}")]
    Version(u64),
    /// Not JSON.
    #[error("the leaf is not JSON")]
    Syntax(#[source] serde_json::Error),
    /// JSON, but no record of this version.
    #[error("the leaf is no record of version {VERSION}")]
    Record(#[source] serde_json::Error),
    /// The sealed parts are not base64 of a known version.
    #[error("the sealed parts are malformed")]
    Sealed,
}

impl LineError {
    /// Tells whether an interrupted write could have left this, rather than another program.
    #[must_use]
    pub const fn may_be_torn(&self) -> bool {
        !matches!(self, Self::Version(_) | Self::Record(_))
    }
}

impl<'a> Line<'a> {
    /// Takes a line apart, line feed included.
    ///
    /// # Errors
    /// When it does not have the two fields, or the leaf is too long.
    pub fn parse(line: &'a [u8]) -> Result<Self, LineError> {
        let line = line.strip_suffix(b"\n").ok_or(LineError::Incomplete)?;
        let tab = memchr(b'\t', line).ok_or(LineError::Fields)?;
        let (leaf, rest) = line.split_at_checked(tab).ok_or(LineError::Fields)?;
        let sealed = rest.get(1..).ok_or(LineError::Fields)?;
        if memchr(b'\t', sealed).is_some() {
            return Err(LineError::Fields);
        }
        if leaf.len() > MAX_LEAF_BYTES {
            return Err(LineError::TooLong);
        }
        Ok(Self { leaf, sealed })
    }

    /// Takes a leaf that came without what is sealed beside it.
    ///
    /// # Errors
    /// When it cannot stand in a line, or is too long.
    pub fn of_leaf(leaf: &'a [u8]) -> Result<Self, LineError> {
        if memchr2(b'\t', b'\n', leaf).is_some() {
            return Err(LineError::Fields);
        }
        if leaf.len() > MAX_LEAF_BYTES {
            return Err(LineError::TooLong);
        }
        Ok(Self { leaf, sealed: &[] })
    }

    /// Returns the bytes the tree covers.
    #[must_use]
    pub const fn leaf(&self) -> &'a [u8] {
        self.leaf
    }

    /// Returns the leaf's hash in the tree.
    #[must_use]
    pub fn hash(&self) -> Hash {
        leaf_hash(self.leaf)
    }

    /// Reads the leaf's index without decoding the record.
    ///
    /// # Errors
    /// When the leaf does not begin with a version and an index, or the version is unknown.
    pub fn index(&self) -> Result<u64, LineError> {
        let (version, rest) = number_after(self.leaf, b"{\"v\":").ok_or(LineError::Header)?;
        if version != u64::from(VERSION) {
            return Err(LineError::Version(version));
        }
        let (index, _) = number_after(rest, b",\"i\":").ok_or(LineError::Header)?;
        Ok(index)
    }

    /// Decodes the leaf.
    ///
    /// # Errors
    /// When the version is unknown, or the leaf is no record of it: unknown fields are refused.
    pub fn decode(&self) -> Result<Leaf, LineError> {
        self.index()?;
        serde_json::from_slice(self.leaf).map_err(|error| match error.classify() {
            Category::Data => LineError::Record(error),
            Category::Io | Category::Syntax | Category::Eof => LineError::Syntax(error),
        })
    }

    /// Returns the sealed parts; `None` when there are none, or when they were dropped.
    ///
    /// # Errors
    /// When the field is not what [`Sealed`] is written as.
    pub fn sealed(&self) -> Result<Option<Sealed>, LineError> {
        let mut bytes = Vec::new();
        let sealed = self.unpack(&mut bytes)?;
        Ok(sealed.map(|(&nonce, ciphertext)| Sealed { nonce, ciphertext: ciphertext.to_vec() }))
    }

    /// Tells whether there are sealed parts; `buffer` is used to look at them, and can be used again.
    ///
    /// # Errors
    /// As [`Self::sealed`].
    pub fn has_sealed(&self, buffer: &mut Vec<u8>) -> Result<bool, LineError> {
        Ok(self.unpack(buffer)?.is_some())
    }

    fn unpack<'b>(
        &self,
        bytes: &'b mut Vec<u8>,
    ) -> Result<Option<(&'b Nonce, &'b [u8])>, LineError> {
        if self.sealed.is_empty() {
            return Ok(None);
        }
        bytes.clear();
        STANDARD_NO_PAD.decode_vec(self.sealed, bytes).map_err(|_| LineError::Sealed)?;
        let (&version, rest) = bytes.split_first().ok_or(LineError::Sealed)?;
        let unpacked = rest.split_first_chunk().ok_or(LineError::Sealed)?;
        if version == SEALED_VERSION { Ok(Some(unpacked)) } else { Err(LineError::Sealed) }
    }
}

impl Sealed {
    /// Appends the field as it stands in a line.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let mut bytes = Vec::with_capacity(1 + self.nonce.len() + self.ciphertext.len());
        bytes.push(SEALED_VERSION);
        bytes.extend_from_slice(&self.nonce);
        bytes.extend_from_slice(&self.ciphertext);
        out.extend_from_slice(STANDARD_NO_PAD.encode(bytes).as_bytes());
    }
}

/// Reads the decimal number after `prefix`, without leading zeros, and what follows it.
fn number_after<'a>(text: &'a [u8], prefix: &[u8]) -> Option<(u64, &'a [u8])> {
    let text = text.strip_prefix(prefix)?;
    let end = text.iter().position(|byte| !byte.is_ascii_digit())?;
    let (digits, rest) = text.split_at_checked(end)?;
    if digits.len() > 1 && digits.starts_with(b"0") {
        return None;
    }
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, rest))
}
