//! Addresses of network interfaces: `00:1a:2b:3c:4d:5e`, `00-1A-2B-3C-4D-5E`, `001a.2b3c.4d5e`.

use crate::bytes::{at, before, cut};
use crate::entity::Kind;
use crate::hit::Hit;
use crate::pii::{Claim, Text};

/// Says whether six pairs with one separator stand at `from`. Returns where they end.
pub(crate) fn verify_pairs(text: &Text<'_>, from: usize, hits: &mut Vec<Hit>) -> Option<usize> {
    let pairs = cut(text.bytes, from, from + 17);
    let separator = at(pairs, 2);
    let formed = pairs.len() == 17
        && matches!(separator, b':' | b'-')
        && pairs.chunks(3).all(|pair| {
            matches!(pair, [a, b] | [a, b, _] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit())
                && pair.get(2).is_none_or(|byte| *byte == separator)
        });
    let alone = if separator == b':' { 88 } else { 78 };
    formed.then(|| push(text, from, 17, alone, hits))?
}

/// Says whether three groups of four stand at `from`. Returns where they end.
pub(crate) fn verify_dotted(text: &Text<'_>, from: usize, hits: &mut Vec<Hit>) -> Option<usize> {
    let groups = cut(text.bytes, from, from + 14);
    let formed = groups.len() == 14
        && groups.chunks(5).all(|group| {
            group.iter().take(4).all(u8::is_ascii_hexdigit)
                && group.get(4).is_none_or(|byte| *byte == b'.')
        });
    let letters = groups.iter().any(u8::is_ascii_alphabetic);
    formed.then(|| push(text, from, 14, if letters { 75 } else { 30 }, hits))?
}

fn push(
    text: &Text<'_>,
    from: usize,
    length: usize,
    alone: u8,
    hits: &mut Vec<Hit>,
) -> Option<usize> {
    let end = from + length;
    let separator = |byte: u8| matches!(byte, b':' | b'-' | b'.');
    let (last, next) = (before(text.bytes, from), at(text.bytes, end));
    let joined_left = last.is_ascii_alphanumeric()
        || (separator(last)
            && before(text.bytes, from - 1).is_ascii_hexdigit()
            && last == at(text.bytes, from + 2));
    let joined_right = next.is_ascii_alphanumeric()
        || (separator(next) && at(text.bytes, end + 1).is_ascii_hexdigit());
    let digits = cut(text.bytes, from, end).iter().filter(|byte| byte.is_ascii_hexdigit());
    let mut digits = digits.map(u8::to_ascii_lowercase);
    // All zeros or all ones are nobody's.
    let first = digits.next()?;
    let nobody = matches!(first, b'0' | b'f') && digits.all(|digit| digit == first);
    if joined_left || joined_right || nobody {
        return None;
    }
    let claim = Claim { kind: Kind::MacAddress, pattern: "mac", alone, checksum: false };
    hits.push(claim.hit(from..end, text.near.around(from, end)));
    Some(end)
}
