//! JSON web tokens (RFC 7519).

use super::format::{Match, URL};

/// Finds a token at `start`: three parts, of which the first is a JSON object with an `alg`.
pub(crate) fn at(bytes: &[u8], start: usize) -> Option<Match> {
    let part = |from: usize| -> Option<usize> {
        let rest = bytes.get(from..)?;
        Some(from + rest.iter().take_while(|byte| URL.has(**byte)).count())
    };
    let header_end = part(start)?;
    let header = bytes.get(start..header_end)?;
    if header.len() < 16 || bytes.get(header_end) != Some(&b'.') {
        return None;
    }
    let payload_end = part(header_end + 1)?;
    if payload_end - header_end < 10 || bytes.get(payload_end) != Some(&b'.') {
        return None;
    }
    let end = part(payload_end + 1)?;
    let header = decode(header)?;
    let has = |name: &[u8]| memchr::memmem::find(&header, name).is_some();
    if !looks_like_object(&header) || !(has(b"\"alg\"") || has(b"\"enc\"")) {
        return None;
    }
    Some(Match { span: start..end, checksum: false, score: 92 })
}

/// Tells whether `text` is base64 of the beginning of a JSON object.
pub(crate) fn is_object(text: &[u8]) -> bool {
    decode(text.get(..text.len().min(256)).unwrap_or_default())
        .is_some_and(|text| looks_like_object(&text))
}

fn looks_like_object(text: &[u8]) -> bool {
    let printable = text.iter().filter(|byte| (b' '..127).contains(byte)).count();
    text.first() == Some(&b'{') && printable * 10 >= text.len() * 9
}

/// Decodes base64 of either alphabet, without padding, as far as whole characters go.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4 + 3);
    let (mut bits, mut held) = (0u32, 0);
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            let [.., low] = (bits >> held).to_be_bytes();
            out.push(low);
        }
    }
    Some(out)
}
