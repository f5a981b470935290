//! Addresses of cryptocurrencies.

use sha2::{Digest as _, Sha256};

use crate::bytes::{at, cut};
use crate::entity::Kind;
use crate::hit::Hit;
use crate::pii::{Claim, Text};

/// Says whether the word at `from..to` is an address.
pub(crate) fn verify(text: &Text<'_>, from: usize, to: usize, hits: &mut Vec<Hit>) -> bool {
    let word = cut(text.bytes, from, to);
    let (pattern, checksum) = match (word, word.len()) {
        ([b'0', b'x' | b'X', rest @ ..], 42) if is_ethereum(rest) => ("ethereum-address", false),
        ([b'b' | b'B', b'c' | b'C', b'1', ..], 42 | 62) if is_bech32(word) => {
            ("bitcoin-address", true)
        }
        ([b'l', b't', b'c', b'1', ..], 43 | 63) if is_bech32(word) => ("litecoin-address", true),
        ([b'1' | b'3', ..], 26..=35) if is_base58(word) => ("bitcoin-address", true),
        ([b'L' | b'M', ..], 33..=34) if is_base58(word) => ("litecoin-address", true),
        ([b'D', ..], 34) if is_base58(word) => ("dogecoin-address", true),
        ([b'T', ..], 34) if is_base58(word) => ("tron-address", true),
        _ => return false,
    };
    let alone = if checksum { 95 } else { 85 };
    let claim = Claim { kind: Kind::Crypto, pattern, alone, checksum };
    let near = text.near.before(from).without(crate::kinds::Kinds::OTHER);
    hits.push(claim.hit(from..to, near));
    true
}

/// Forty hexadecimal digits, not those of nobody.
fn is_ethereum(word: &[u8]) -> bool {
    let same = word.windows(2).filter(|pair| matches!(pair, [a, b] if a == b)).count();
    word.iter().all(u8::is_ascii_hexdigit) && same < 24
}

/// Base 58 with four bytes of a double SHA-256 at the end, of a version that some chain uses.
fn is_base58(word: &[u8]) -> bool {
    let Some(bytes) = base58(word) else { return false };
    let (body, check) = bytes.split_at(21);
    matches!(body.first(), Some(0x00 | 0x05 | 0x1e | 0x16 | 0x30 | 0x32 | 0x41))
        && Sha256::digest(Sha256::digest(body)).get(..4) == Some(check)
}

/// The 25 bytes that base 58 writes, five characters at a time.
fn base58(word: &[u8]) -> Option<[u8; 25]> {
    let mut limbs = [0_u32; 7];
    for characters in word.chunks(5) {
        let (mut times, mut carry) = (1_u64, 0_u64);
        for character in characters {
            let digit = match character {
                b'1'..=b'9' => character - b'1',
                b'A'..=b'H' => character - b'A' + 9,
                b'J'..=b'N' => character - b'J' + 17,
                b'P'..=b'Z' => character - b'P' + 22,
                b'a'..=b'k' => character - b'a' + 33,
                b'm'..=b'z' => character - b'm' + 44,
                _ => return None,
            };
            times *= 58;
            carry = carry * 58 + u64::from(digit);
        }
        for limb in limbs.iter_mut().rev() {
            carry += u64::from(*limb) * times;
            let [a, b, c, d, ..] = carry.to_le_bytes();
            *limb = u32::from_le_bytes([a, b, c, d]);
            carry >>= 32;
        }
        if carry > 0 {
            return None;
        }
    }
    let mut bytes = limbs.iter().flat_map(|limb| limb.to_be_bytes());
    let head = [bytes.next()?, bytes.next()?, bytes.next()?];
    let mut last = [0; 25];
    for (to, from) in last.iter_mut().zip(bytes) {
        *to = from;
    }
    (head == [0; 3]).then_some(last)
}

/// The checks of BIP 173 and BIP 350.
fn is_bech32(word: &[u8]) -> bool {
    const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let Some(split) = word.iter().position(|byte| *byte == b'1') else { return false };
    let mut check = 1_u32;
    let mut add = |value: u8| {
        let top = check >> 25;
        check = (check & 0x01ff_ffff) << 5 ^ u32::from(value);
        for (bit, term) in
            [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3].iter().enumerate()
        {
            if top >> bit & 1 == 1 {
                check ^= term;
            }
        }
    };
    let prefix = cut(word, 0, split);
    prefix.iter().for_each(|byte| add(byte.to_ascii_lowercase() >> 5));
    add(0);
    prefix.iter().for_each(|byte| add(byte.to_ascii_lowercase() & 31));
    let mixed = word.iter().any(u8::is_ascii_uppercase) && word.iter().any(u8::is_ascii_lowercase);
    for place in split + 1..word.len() {
        let byte = at(word, place).to_ascii_lowercase();
        match (0_u8..).zip(ALPHABET).find(|(_, known)| **known == byte) {
            Some((value, _)) => add(value),
            None => return false,
        }
    }
    !mixed && matches!(check, 1 | 0x2bc8_30a3)
}
