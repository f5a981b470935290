//! E-mail addresses, in ASCII: those with other letters are found where the text is read as it looks.

use crate::bytes::{at, before, cut, run, run_back};
use crate::entity::Kind;
use crate::hit::Hit;

/// Says whether an address stands around the sign at `sign`. Returns where it ends.
pub(crate) fn verify(bytes: &[u8], sign: usize, hits: &mut Vec<Hit>) -> Option<usize> {
    let end = domain_end(bytes, sign + 1)?;
    let mut from = sign - run_back(bytes, sign, 65, is_local);
    if sign - from > 64 || from == sign || matches!(before(bytes, sign), b'.') {
        return None;
    }
    while matches!(at(bytes, from), b'.' | b'\'' | b'-' | b'%' | b'+') && from < sign {
        from += 1;
    }
    // What JSON or a shell escapes right before an address is not of it.
    if before(bytes, from) == b'\\'
        && matches!(at(bytes, from), b'n' | b't' | b'r')
        && from + 1 < sign
    {
        from += 1;
    }
    if from == sign || is_of_url(bytes, from) {
        return None;
    }
    let service = matches!(cut(bytes, from, sign), b"git" | b"hg" | b"svn" | b"ssh");
    let score = if service && matches!(at(bytes, end), b':' | b'/') { 20 } else { 95 };
    hits.push(Hit::new(Kind::EmailAddress.into(), "email", from..end, score));
    Some(end)
}

/// Tells whether what ends at `from` is the beginning of a URL, so that a user and a host follow.
fn is_of_url(bytes: &[u8], from: usize) -> bool {
    match before(bytes, from) {
        b'/' => before(bytes, from - 1) == b'/',
        b':' => {
            let user = run_back(bytes, from - 1, 64, |byte| {
                !matches!(byte, b'/' | b' ' | b'"' | b'\n' | b'@')
            });
            before(bytes, from - 1 - user) == b'/'
        }
        _ => false,
    }
}

/// Returns where the domain at `from` ends, if it is one: labels, the last of letters.
fn domain_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut place = from;
    let mut last = None;
    for _ in 0..10 {
        let length = run(bytes, place, 64, is_label);
        if length == 0 || length > 63 || at(bytes, place) == b'-' {
            break;
        }
        let label = cut(bytes, place, place + length);
        if place > from && is_top_level(label) {
            last = Some(place + length);
        }
        place += length;
        if at(bytes, place) != b'.' {
            break;
        }
        place += 1;
    }
    let end = last?;
    // `a@b.co.9` is no address, whatever `a@b.co` is.
    let joined = at(bytes, end) == b'.' && at(bytes, end + 1).is_ascii_digit();
    (!joined).then_some(end)
}

fn is_top_level(label: &[u8]) -> bool {
    const FILES: [&[u8]; 22] = [
        b"png", b"jpg", b"jpeg", b"gif", b"svg", b"webp", b"ico", b"js", b"ts", b"mjs", b"css",
        b"rs", b"py", b"json", b"yaml", b"yml", b"toml", b"lock", b"md", b"txt", b"html", b"xml",
    ];
    let letters = label.len() >= 2 && label.iter().all(u8::is_ascii_alphabetic);
    let coded =
        label.len() > 4 && label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"xn--"));
    (letters && !FILES.iter().any(|file| file.eq_ignore_ascii_case(label))) || coded
}

const fn is_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

const fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-' | b'\'')
}
