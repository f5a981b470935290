//! Addresses of the Internet Protocol.

use std::net::Ipv6Addr;

use crate::bytes::{at, before, cut, run};
use crate::entity::Kind;
use crate::hit::Hit;
use crate::kinds::Kinds;
use crate::pii::{Claim, Text};

const IP: Kind = Kind::IpAddress;

/// Says whether four octets stand at the digit at `from`. Returns where they end.
pub(crate) fn verify_v4(text: &Text<'_>, from: usize, hits: &mut Vec<Hit>) -> Option<usize> {
    let (octets, end) = octets(text.bytes, from)?;
    if matches!(before(text.bytes, from), b'.' | b'-') {
        return None;
    }
    let version =
        before(text.bytes, from) == b'/' && before(text.bytes, from - 1).is_ascii_alphabetic();
    let alone = match octets {
        _ if version => 20,
        [0 | 127 | 255, ..] => NOBODY,
        // As versions are.
        [a, b, c, d] if a < 30 && a != 10 && b < 30 && c < 30 && d < 100 => 45,
        [_, 0, 0, 0] => 45,
        _ => 80,
    };
    let claim = Claim { kind: IP, pattern: "ipv4", alone, checksum: false };
    push(text, claim, from, end, hits)
}

/// Reads four octets without leading zeros and with nothing going on behind.
fn octets(bytes: &[u8], from: usize) -> Option<([u8; 4], usize)> {
    let mut octets = [0; 4];
    let mut place = from;
    for (index, octet) in octets.iter_mut().enumerate() {
        if index > 0 {
            if at(bytes, place) != b'.' {
                return None;
            }
            place += 1;
        }
        let length = run(bytes, place, 4, |byte| byte.is_ascii_digit());
        let digits = cut(bytes, place, place + length);
        if !(1..=3).contains(&length) || (length > 1 && at(bytes, place) == b'0') {
            return None;
        }
        let value = digits.iter().fold(0_u16, |value, digit| value * 10 + u16::from(digit - b'0'));
        *octet = u8::try_from(value).ok()?;
        place += length;
    }
    let next = at(bytes, place);
    let joined = next.is_ascii_alphanumeric()
        || next == b'_'
        || (matches!(next, b'.' | b'-') && at(bytes, place + 1).is_ascii_alphanumeric());
    (!joined).then_some((octets, place))
}

/// Says whether an IPv6 address stands at `from..`, a run of hexadecimal digits, colons and dots that ends at `to`.
pub(crate) fn verify_v6(
    text: &Text<'_>,
    from: usize,
    to: usize,
    hits: &mut Vec<Hit>,
) -> Option<usize> {
    let mut to = to;
    while to > from
        && (before(text.bytes, to) == b'.'
            || (before(text.bytes, to) == b':' && before(text.bytes, to - 1) != b':'))
    {
        to -= 1;
    }
    let run = cut(text.bytes, from, to);
    let address: Ipv6Addr = std::str::from_utf8(run).ok()?.parse().ok()?;
    let groups = run.split(|byte| *byte == b':').filter(|group| !group.is_empty()).count();
    let digits = run.iter().any(u8::is_ascii_digit);
    let alone = match (groups, run.len()) {
        (0, _) => 10,
        _ if address.is_loopback() || address.is_unspecified() => NOBODY,
        _ if !digits => 20,
        _ if run.contains(&b'.') => 80,
        (1, _) => 42,
        (2, ..7) => 45,
        _ => 80,
    };
    let end = zone_end(text.bytes, to);
    let claim = Claim { kind: IP, pattern: "ipv6", alone, checksum: false };
    push(text, claim, from, end, hits)
}

/// No word makes an address somebody's that is nobody's.
fn push(
    text: &Text<'_>,
    claim: Claim,
    from: usize,
    end: usize,
    hits: &mut Vec<Hit>,
) -> Option<usize> {
    let mut near = text.near.before(from);
    if near.meets(Kinds::OTHER) && text.near.close(from).is_empty() {
        // Of addresses, only what stands close says that they are something else.
        near = Kinds::NONE;
    }
    let hit = claim.hit(from..end, near);
    hits.push(if claim.alone == NOBODY {
        Hit { score: NOBODY.min(hit.score), ..hit }
    } else {
        hit
    });
    Some(end)
}

/// How sure an address is to be of interest that no machine has to itself: unspecified, loopback, a mask.
const NOBODY: u8 = 40;

/// Returns where the name of an interface after `end` ends, as in `fe80::1%eth0`.
fn zone_end(bytes: &[u8], end: usize) -> usize {
    let name = run(bytes, end + 1, 16, |byte| byte.is_ascii_alphanumeric());
    if at(bytes, end) == b'%' && name > 0 { end + 1 + name } else { end }
}
