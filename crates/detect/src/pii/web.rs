//! Identifiers and places of the web, which are found only when they are asked for.

use crate::bytes::{at, before, run, run_back};
use crate::entity::Kind;
use crate::hit::Hit;
use crate::pii::Text;

/// Returns where the UUID at `from` ends, if one stands there.
pub(crate) fn uuid_end(text: &Text<'_>, from: usize, hits: &mut Vec<Hit>) -> Option<usize> {
    let uuid = text.bytes.get(from..from + 36)?;
    let hyphens = [8, 13, 18, 23].iter().all(|place| at(uuid, *place) == b'-');
    let others = || uuid.iter().filter(|byte| byte.is_ascii_hexdigit()).count();
    if !hyphens || others() != 32 {
        return None;
    }
    let alone = !at(text.bytes, from + 36).is_ascii_alphanumeric()
        && !before(text.bytes, from).is_ascii_alphanumeric();
    if alone && text.on.has(Kind::Uuid) {
        hits.push(Hit::new(Kind::Uuid.into(), "uuid", from..from + 36, 95));
    }
    Some(from + 36)
}

/// Says whether a URL stands around the colon at `colon`.
pub(crate) fn verify_url(text: &Text<'_>, colon: usize, hits: &mut Vec<Hit>) {
    let bytes = text.bytes;
    if !text.on.has(Kind::Url) || at(bytes, colon + 1) != b'/' || at(bytes, colon + 2) != b'/' {
        return;
    }
    let scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let from = colon - run_back(bytes, colon, 16, scheme);
    let within = |byte: u8| {
        byte.is_ascii_alphanumeric() || byte >= 0x80 || b"-._~:/?#[]@!$&()*+,;=%".contains(&byte)
    };
    let mut to = colon + 3 + run(bytes, colon + 3, 512, within);
    while matches!(before(bytes, to), b'.' | b',' | b';' | b':' | b'!' | b'?' | b')') {
        to -= 1;
    }
    // What is cut at the limit ends with a whole character.
    while at(bytes, to) & 0xc0 == 0x80 {
        to -= 1;
    }
    if at(bytes, from).is_ascii_alphabetic() && to > colon + 3 {
        hits.push(Hit::new(Kind::Url.into(), "url", from..to, 95));
    }
}
