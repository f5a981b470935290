//! Checksums that secrets carry.

use super::jwt;

/// The checksum of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    None,
    /// The last six characters are the CRC-32 of those between them and the prefix, in base 62 (GitHub, npm).
    Crc62,
    /// The last seven characters are the CRC-32 of all before them, in base 36 (GitLab's routable tokens).
    Crc36,
    /// The checksum of bech32 (BIP 173), over the text before the last `1` too (age).
    Bech32,
    /// Base64 of a JSON object: refused if it is none.
    Json,
    /// Base64 of a private key in PEM: refused if it is none.
    PrivateKey,
}

/// Tells whether a checksum is right; `None` refuses the secret.
pub(crate) fn holds(check: Check, prefix: &str, body: &[u8]) -> Option<bool> {
    match check {
        Check::None => Some(false),
        Check::Crc62 => {
            let (payload, sum) = body.split_last_chunk::<6>()?;
            Some(*sum == digits(crc32(&[payload]), BASE62))
        }
        Check::Crc36 => {
            let (payload, sum) = body.split_last_chunk::<7>()?;
            Some(*sum == digits(crc32(&[prefix.as_bytes(), payload]), BASE36))
        }
        Check::Bech32 => Some(bech32(prefix.as_bytes(), body)),
        Check::Json => {
            let text = [prefix.as_bytes(), body].concat();
            jwt::is_object(&text).then_some(false)
        }
        Check::PrivateKey => {
            let head = [prefix.as_bytes(), body.get(..64).unwrap_or(body)].concat();
            memchr::memmem::find(&jwt::decode(&head)?, b"PRIVATE KEY").map(|_| false)
        }
    }
}

/// The CRC-32 of keys that everybody has: those of demonstrations, which their vendor publishes.
const PUBLIC: [u32; 16] = [
    0x6b66_e8a8,
    0xafe8_ff3e,
    0x3c5d_7fda,
    0x0839_4327,
    0xfbc4_7221,
    0x6a4f_7820,
    0x3627_aa84,
    0x202f_468f,
    0x1f35_8cbe,
    0x6b94_63f8,
    0x94bb_94f9,
    0x6159_ac90,
    0xffdd_d189,
    0x5c29_8136,
    0x0ba5_9aba,
    0x7aa1_20d5,
];

/// Tells whether a key is one that everybody has.
pub(crate) fn is_public(key: &[u8]) -> bool {
    PUBLIC.contains(&crc32(&[key]))
}

pub(crate) const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(crate) const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// Writes `number` in so many digits of a base, the first ones zero.
pub(crate) fn digits<const N: usize>(mut number: u32, base: &[u8]) -> [u8; N] {
    let mut out = [b'0'; N];
    for digit in out.iter_mut().rev() {
        let length = u32::try_from(base.len()).unwrap_or(1);
        *digit = base.get((number % length) as usize).copied().unwrap_or(b'0');
        number /= length;
    }
    out
}

/// The CRC-32 of IEEE 802.3 of pieces one after the other.
pub(crate) fn crc32(pieces: &[&[u8]]) -> u32 {
    let bytes = pieces.iter().flat_map(|piece| piece.iter());
    !bytes.fold(!0, |crc: u32, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    })
}

const BECH32: &[u8] = b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

/// Tells whether `prefix` (which ends in the separator `1`) and `body`, in upper case, are bech32.
fn bech32(prefix: &[u8], body: &[u8]) -> bool {
    let human = prefix.split_last().map(|(_, human)| human).unwrap_or_default();
    let lower = human.iter().map(u8::to_ascii_lowercase);
    let values = body.iter().map(|byte| {
        BECH32.iter().position(|digit| digit == byte).and_then(|at| u8::try_from(at).ok())
    });
    let all = lower
        .clone()
        .map(|byte| Some(byte >> 5))
        .chain([Some(0)])
        .chain(lower.map(|byte| Some(byte & 31)))
        .chain(values);
    let mut sum: u32 = 1;
    for value in all {
        let Some(value) = value else { return false };
        sum = polymod(sum, value);
    }
    sum == 1
}

/// One step of bech32's checksum.
pub(crate) fn polymod(sum: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let shifted = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
    GENERATOR
        .iter()
        .enumerate()
        .fold(shifted, |sum, (bit, term)| sum ^ if top >> bit & 1 == 1 { *term } else { 0 })
}
