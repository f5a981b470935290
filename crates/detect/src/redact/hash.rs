//! Keyed hashes.

use super::Key;
use super::tags::label;
use crate::Entity;

/// Digits of base32 that a hash is written with: 100 bits, of which the last four are zero.
pub(super) const LENGTH: usize = 20;
const ALPHABET: [u8; 32] = *b"abcdefghijklmnopqrstuvwxyz234567";

/// Returns `<KIND:hash>`.
pub(super) fn hash(key: &Key, entity: &Entity, normal: &str) -> String {
    let mac = key.mac("syndic redact hash v1", &[entity.as_str().as_bytes(), normal.as_bytes()]);
    format!("<{}:{}>", label(entity), base32(mac.get(..12).unwrap_or_default()))
}

/// Writes bytes in base32 (RFC 4648) of small letters, without padding.
fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut bits, mut held) = (0u32, 0u32);
    let mut digit = |value: u32| {
        let char = ALPHABET.get(value as usize & 31).copied().unwrap_or(b'a');
        text.push(char::from(char));
    };
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            digit(bits >> held);
            bits &= (1 << held) - 1;
        }
    }
    if held > 0 {
        digit(bits << (5 - held));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_that_of_the_rfc() {
        for (bytes, text) in [("", ""), ("f", "my"), ("foob", "mzxw6yq"), ("foobar", "mzxw6ytboi")]
        {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        assert_eq!(base32(&[7; 12]).len(), LENGTH);
    }
}
