//! Checksums, each as its issuer says; written apart from those of the scanner, so that a mistake in one shows.

use sha2::{Digest as _, Sha256};

pub fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|sign| sign.to_digit(10)).collect()
}

/// Sums digits times weights, from the left.
pub fn weighted(text: &str, weights: &[u32]) -> u32 {
    digits(text).iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// The digit that makes `body` right by Luhn's formula (ISO/IEC 7812-1).
pub fn luhn(body: &str) -> u32 {
    let doubled = |n: u32| if n > 4 { 2 * n - 9 } else { 2 * n };
    let digits = digits(body);
    let sum: u32 =
        digits.iter().rev().enumerate().map(|(at, digit)| if at % 2 == 0 { doubled(*digit) } else { *digit }).sum();
    (10 - sum % 10) % 10
}

/// Verhoeff's check digit, over the dihedral group of order ten.
pub fn verhoeff(body: &str) -> u32 {
    const fn times(a: u32, b: u32) -> u32 {
        match (a < 5, b < 5) {
            (true, true) => (a + b) % 5,
            (true, false) => (a + b) % 5 + 5,
            (false, true) => (a + 5 - b) % 5 + 5,
            (false, false) => (a + 5 - b) % 5,
        }
    }
    const SIGMA: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let permuted = |digit: u32, position: usize| (0..position % 8).fold(digit, |digit, _| SIGMA[digit as usize]);
    let sum = digits(body).iter().rev().enumerate().fold(0, |sum, (at, digit)| times(sum, permuted(*digit, at + 1)));
    (0..10).find(|check| times(sum, *check) == 0).unwrap_or(0)
}

/// The remainder by 97 of letters and digits read as ISO 7064 says (A is 10).
pub fn mod97(text: &str) -> u64 {
    text.chars()
        .filter_map(|sign| sign.to_digit(36))
        .fold(0, |rest, value| (rest * if value > 9 { 100 } else { 10 } + u64::from(value)) % 97)
}

/// The check digit of ISO 7064 MOD 11,10 (Germany's tax number).
pub fn mod11_10(body: &str) -> u32 {
    let product = digits(body).iter().fold(10, |product, digit| {
        let sum = (digit + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10
}

/// Writes bytes in base 58 after their double hash (Bitcoin's addresses of old).
pub fn base58check(payload: &[u8]) -> String {
    const ALPHABET: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let hash = Sha256::digest(Sha256::digest(payload));
    let bytes: Vec<u8> = payload.iter().chain(&hash[..4]).copied().collect();
    let mut signs: Vec<u8> = Vec::new();
    for byte in &bytes {
        let mut carry = u32::from(*byte);
        for sign in &mut signs {
            carry += u32::from(*sign) << 8;
            *sign = (carry % 58) as u8;
            carry /= 58;
        }
        while carry > 0 {
            signs.push((carry % 58) as u8);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let leading = std::iter::repeat_n('1', zeros);
    leading.chain(signs.iter().rev().map(|sign| char::from(ALPHABET[*sign as usize]))).collect()
}

/// Writes five-bit groups as a segwit address (BIP 173, and BIP 350 from version 1 on).
pub fn bech32(prefix: &str, groups: &[u8]) -> String {
    const ALPHABET: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    fn polymod(values: impl Iterator<Item = u8>) -> u32 {
        const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
        values.fold(1, |sum, value| {
            let top = sum >> 25;
            let sum = ((sum & 0x01ff_ffff) << 5) ^ u32::from(value);
            (0..5).filter(|bit| top >> bit & 1 == 1).fold(sum, |sum, bit| sum ^ GENERATOR[bit])
        })
    }
    let expanded = prefix.bytes().map(|b| b >> 5).chain([0]).chain(prefix.bytes().map(|b| b & 31));
    let constant = if groups.first() == Some(&0) { 1 } else { 0x2bc8_30a3 };
    let sum = polymod(expanded.chain(groups.iter().copied()).chain([0; 6])) ^ constant;
    let check = (0..6).map(|at| (sum >> (5 * (5 - at)) & 31) as u8);
    let written: String =
        groups.iter().copied().chain(check).map(|group| char::from(ALPHABET[group as usize])).collect();
    format!("{prefix}1{written}")
}

/// CRC-32 (IEEE 802.3), which GitHub, npm and Grafana end their tokens with.
pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

pub fn base64(bytes: &[u8], url: bool) -> String {
    let last = if url { b"-_" } else { b"+/" };
    let sign = |group: u32| match group & 63 {
        n @ 0..26 => char::from(b'A' + n as u8),
        n @ 26..52 => char::from(b'a' + (n - 26) as u8),
        n @ 52..62 => char::from(b'0' + (n - 52) as u8),
        n => char::from(last[(n - 62) as usize]),
    };
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let at = |index: usize| u32::from(group.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for (nth, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            if nth <= group.len() {
                text.push(sign(bits >> shift));
            } else if !url {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_are_right() {
        assert_eq!(luhn("411111111111111"), 1);
        assert_eq!(luhn("37828224631000"), 5);
        assert_eq!(verhoeff("236"), 3);
        assert_eq!(mod97("WEST12345698765432GB82"), 1);
        assert_eq!(mod11_10("8609574271"), 9);
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(base64(b"any carnal pleas", false), "YW55IGNhcm5hbCBwbGVhcw==");
        assert_eq!(base58check(&[0; 21]), "1111111111111111111114oLvT2");
        let groups = [
            0, 14, 20, 15, 7, 13, 26, 0, 25, 18, 6, 11, 13, 8, 21, 4, 20, 3, 17, 2, 29, 3, 12, 29, 3, 4, 15, 24, 20, 6,
            14, 30, 22,
        ];
        assert_eq!(bech32("bc", &groups), "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4");
    }
}
