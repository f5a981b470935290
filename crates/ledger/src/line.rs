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
        if self.sealed.is_empty() {
            return Ok(None);
        }
        let bytes = STANDARD_NO_PAD.decode(self.sealed).map_err(|_| LineError::Sealed)?;
        let (&version, rest) = bytes.split_first().ok_or(LineError::Sealed)?;
        let (&nonce, ciphertext) = rest.split_first_chunk().ok_or(LineError::Sealed)?;
        if version != SEALED_VERSION {
            return Err(LineError::Sealed);
        }
        Ok(Some(Sealed { nonce, ciphertext: ciphertext.to_vec() }))
    }

    /// Tells whether there are sealed parts, without unpacking them.
    ///
    /// # Errors
    /// As [`Self::sealed`].
    pub fn has_sealed(&self) -> Result<bool, LineError> {
        match self.sealed {
            [] => Ok(false),
            sealed if is_packed(sealed) => Ok(true),
            _ => Err(LineError::Sealed),
        }
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

/// Tells whether [`Line::sealed`] would unpack it: the alphabet, the version, room for a nonce, and no bits left over.
fn is_packed(sealed: &[u8]) -> bool {
    let is_version = matches!(sealed, [b'A', b'Q'..=b'Z' | b'a'..=b'f', ..]);
    let spare_bits = match sealed.len() % 4 {
        0 => 0,
        2 => 0b1111,
        3 => 0b11,
        _ => return false,
    };
    let ends = sealed.last().and_then(|last| sextet(*last)).is_some_and(|n| n & spare_bits == 0);
    let unpacked = sealed.len() * 3 / 4;
    // Every byte is looked at, so that it is done many at a time.
    let foreign = sealed.iter().fold(0, |foreign, byte| foreign | u8::from(!is_base64(*byte)));
    is_version && unpacked > size_of::<Nonce>() && ends && foreign == 0
}

const fn is_base64(byte: u8) -> bool {
    let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let is_digit_or_slash = byte.wrapping_sub(b'/') < 11;
    is_letter | is_digit_or_slash | (byte == b'+')
}

/// Returns the six bits that a character of the alphabet stands for.
fn sextet(character: u8) -> Option<u8> {
    match character {
        b'A'..=b'Z' => Some(character - b'A'),
        b'a'..=b'z' => Some(character - b'a' + 26),
        b'0'..=b'9' => Some(character - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// Reads the decimal number after `prefix`, without leading zeros, and what follows it.
fn number_after<'a>(text: &'a [u8], prefix: &[u8]) -> Option<(u64, &'a [u8])> {
    let text = text.strip_prefix(prefix)?;
    let end = text.iter().position(|byte| !byte.is_ascii_digit())?;
    let (digits, rest) = text.split_at_checked(end)?;
    if digits.is_empty() || digits.len() > 1 && digits.starts_with(b"0") {
        return None;
    }
    let number = digits.iter().try_fold(0_u64, |number, digit| {
        number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
    });
    Some((number?, rest))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    use proptest::prelude::*;

    use super::{Line, number_after};

    fn check(sealed: &[u8]) {
        let line = [b"{}\t", sealed, b"\n"].concat();
        let Ok(line) = Line::parse(&line) else { return };
        let unpacked = line.sealed().map(|sealed| sealed.is_some()).ok();
        assert_eq!(line.has_sealed().ok(), unpacked, "{}", sealed.escape_ascii());
    }

    #[test]
    fn sealed_parts_of_every_length_are_told_without_unpacking_them() {
        for length in 0..70 {
            for version in [0, 1, 2, 65] {
                let packed = STANDARD_NO_PAD.encode([vec![version], vec![0xff; length]].concat());
                for end in 0..=packed.len() {
                    check(&packed.as_bytes()[..end]);
                }
            }
        }
    }

    #[test]
    fn any_byte_anywhere_in_sealed_parts_is_told_without_unpacking_them() {
        for length in [13, 14, 15, 33, 48] {
            let packed = STANDARD_NO_PAD.encode([vec![1], vec![0; length]].concat());
            for (place, byte) in
                (0..packed.len()).flat_map(|place| (0..=255).map(move |b| (place, b)))
            {
                let mut changed = packed.clone().into_bytes();
                changed[place] = byte;
                check(&changed);
            }
        }
    }

    #[test]
    fn a_number_has_digits_no_leading_zeros_and_an_end() {
        for (text, number) in [
            ("0,", Some(0)),
            ("18446744073709551615,", Some(u64::MAX)),
            ("18446744073709551616,", None),
            ("99999999999999999999,", None),
            ("00,", None),
            ("01,", None),
            (",", None),
            ("-1,", None),
            ("7", None),
        ] {
            assert_eq!(
                number_after(text.as_bytes(), b"").map(|(number, _)| number),
                number,
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn anything_is_told_to_be_sealed_parts_as_unpacking_tells(sealed in "A[Q-Za-f][A-Za-z0-9+/=\\-]{10,40}") {
            check(sealed.as_bytes());
        }
    }
}
