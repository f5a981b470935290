//! Mail addresses whose signs are words: `jdoe (at) example.com`, `jdoe at example dot com`.

use std::ops::Range;

use crate::views::view::{Marks, Unit, View};

/// What follows `at` in prose, and is no name of a host.
const NO_HOST: &[&[u8]] = &[
    b"the", b"a", b"an", b"this", b"that", b"my", b"our", b"your", b"his", b"her", b"their",
    b"its", b"least", b"most", b"all", b"any", b"every", b"each", b"one", b"first", b"last",
    b"some", b"which",
];
/// What stands before `at` in prose, and is no name of a mailbox.
const NO_MAILBOX: &[&[u8]] = &[
    b"look",
    b"looks",
    b"looking",
    b"me",
    b"us",
    b"them",
    b"him",
    b"is",
    b"are",
    b"was",
    b"be",
    b"here",
    b"available",
    b"found",
    b"hosted",
    b"arrive",
    b"arrived",
    b"visit",
    b"page",
    b"site",
    b"located",
    b"and",
    b"or",
    b"not",
    b"good",
    b"store",
    b"live",
    b"work",
    b"works",
    b"working",
    b"end",
    b"or",
    b"it",
];
/// Ends of domains that a spelled address is believed with.
const ENDS: &[&[u8]] = &[
    b"com", b"org", b"net", b"edu", b"gov", b"info", b"biz", b"io", b"co", b"dev", b"app", b"ai",
    b"uk", b"de", b"fr", b"es", b"nl", b"ch", b"eu", b"ca", b"au", b"jp", b"br", b"pl", b"se",
    b"dk", b"fi", b"pt", b"ie", b"cz", b"ro", b"sg", b"kr", b"za", b"tr", b"cn", b"mx", b"test",
    b"example", b"xyz", b"online", b"cloud", b"nz", b"ru", b"no", b"it", b"at", b"be", b"in",
    b"me", b"is", b"us", b"tv", b"gr", b"hu", b"il", b"hk",
];

/// Tells whether a word or bracket for a sign touches `span`.
pub(in crate::views) fn stands(bytes: &[u8], span: Range<usize>) -> bool {
    let from = span.start.saturating_sub(4);
    let near = bytes.get(from..(span.end + 4).min(bytes.len())).unwrap_or_default();
    (0..near.len()).any(|at| {
        sign(near, at, b"at", b'@').is_some_and(|sign| sign.bracketed)
            || sign(near, at, b"dot", b'.').is_some()
    })
}

/// Reads spelled addresses. Nothing if there are none.
pub(super) fn joined(view: &View) -> Option<View> {
    let bytes = view.bytes();
    let mut out = View::with_capacity(bytes.len());
    let (mut copied, mut at) = (0, 0);
    while at < bytes.len() {
        let Some(found) = sign(bytes, at, b"at", b'@') else {
            at += 1;
            continue;
        };
        at = found.span.end;
        let Some(pieces) = address(bytes, copied, &found) else { continue };
        let Some(start) = pieces.first().map(|piece| piece.span.start) else { continue };
        out.copy(view, copied..start);
        for piece in pieces {
            copied = piece.span.end;
            match piece.sign {
                None => out.copy(view, piece.span),
                Some(sign) => {
                    if let Some(unit) = view.unit(piece.span) {
                        out.push(sign, Unit { marks: unit.marks.and(Marks::SPELLED), ..unit });
                    }
                }
            }
        }
        at = copied.max(at);
    }
    if copied == 0 {
        return None;
    }
    out.copy(view, copied..bytes.len());
    Some(out)
}

/// A part of an address: as it stands, or a sign.
struct Piece {
    span: Range<usize>,
    sign: Option<u8>,
}

/// A word that stands for a sign, with the brackets and spaces around it.
struct Sign {
    span: Range<usize>,
    bracketed: bool,
}

/// Reads the word for a sign that begins, with its brackets and spaces, at `from`.
fn sign(bytes: &[u8], from: usize, word: &[u8], sign: u8) -> Option<Sign> {
    let blanks = |at: usize| {
        bytes.get(at..).unwrap_or_default().iter().take(2).take_while(|b| **b == b' ').count()
    };
    let first = bytes.get(from)?;
    if !matches!(first, b' ' | b'(' | b'[' | b'{' | b'<') {
        return None;
    }
    if *first == b' ' && from.checked_sub(1).and_then(|at| bytes.get(at)) == Some(&b' ') {
        return None;
    }
    let mut at = from + blanks(from);
    let close = match bytes.get(at)? {
        b'(' => Some(b')'),
        b'[' => Some(b']'),
        b'{' => Some(b'}'),
        b'<' => Some(b'>'),
        _ => None,
    };
    at += usize::from(close.is_some());
    at += if close.is_some() { blanks(at) } else { 0 };
    let letters = bytes.get(at..at + word.len());
    if letters.is_some_and(|letters| letters.eq_ignore_ascii_case(word)) {
        at += word.len();
    } else if close.is_some() && bytes.get(at) == Some(&sign) {
        at += 1;
    } else {
        return None;
    }
    match close {
        Some(close) => {
            at += blanks(at);
            if bytes.get(at) != Some(&close) {
                return None;
            }
            at += 1;
        }
        None if bytes.get(at) != Some(&b' ') => return None,
        None => {}
    }
    Some(Sign { span: from..at + blanks(at), bracketed: close.is_some() })
}

/// Reads the address around an `at`. Nothing if it is none.
fn address(bytes: &[u8], from: usize, at: &Sign) -> Option<Vec<Piece>> {
    let mut pieces = mailbox(bytes, from, at.span.start)?;
    pieces.push(Piece { span: at.span.clone(), sign: Some(b'@') });
    let before = pieces.len();
    let mut end = at.span.end;
    let (mut dots, mut spelled) = (0, 0);
    loop {
        let label = bytes
            .get(end..)?
            .iter()
            .take(63)
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-')
            .count();
        if label == 0 {
            break;
        }
        pieces.push(Piece { span: end..end + label, sign: None });
        end += label;
        let next_is_letter = bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
        if bytes.get(end) == Some(&b'.') && next_is_letter {
            pieces.push(Piece { span: end..end + 1, sign: None });
            end += 1;
            dots += 1;
        } else if let Some(dot) = sign(bytes, end, b"dot", b'.').filter(|_| dots < 6) {
            end = dot.span.end;
            pieces.push(Piece { span: dot.span, sign: Some(b'.') });
            dots += 1;
            spelled += 1;
        } else {
            break;
        }
    }
    let word =
        |piece: &Piece| bytes.get(piece.span.clone()).unwrap_or_default().to_ascii_lowercase();
    let last = word(pieces.last()?);
    let host = word(pieces.get(before)?);
    let local = word(pieces.get(before.checked_sub(2)?)?);
    let sure = at.bracketed
        || spelled > 0
            && ENDS.contains(&last.as_slice())
            && !NO_HOST.contains(&host.as_slice())
            && !NO_MAILBOX.contains(&local.as_slice());
    (dots > 0 && sure && last.iter().all(u8::is_ascii_alphabetic)).then_some(pieces)
}

/// Reads the mailbox that ends at `end`, its dots perhaps spelled, too.
fn mailbox(bytes: &[u8], from: usize, end: usize) -> Option<Vec<Piece>> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut end = end;
    for _ in 0..4 {
        let before = bytes.get(from..end)?.iter().rev().take(64);
        let length = before
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte))
            .count();
        if length == 0 {
            break;
        }
        pieces.push(Piece { span: end - length..end, sign: None });
        let start = end - length;
        // ` dot ` or `(dot)`, with a blank each side at most.
        let dot = (start.saturating_sub(7).max(from)..start)
            .find_map(|at| sign(bytes, at, b"dot", b'.').filter(|dot| dot.span.end == start));
        let Some(dot) = dot else { break };
        end = dot.span.start;
        pieces.push(Piece { span: dot.span, sign: Some(b'.') });
    }
    while pieces.last().is_some_and(|piece| piece.sign.is_some()) {
        pieces.pop();
    }
    pieces.reverse();
    (!pieces.is_empty()).then_some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(of: &str) -> String {
        let view = View::plain(of.as_bytes());
        let out = joined(&view).unwrap_or(view);
        String::from_utf8_lossy(out.bytes()).into_owned()
    }

    #[test]
    fn spelled_addresses_are_read_and_prose_is_not() {
        let cases = [
            ("to jdoe (at) example.com now", "to jdoe@example.com now"),
            ("jdoe[at]example[dot]com", "jdoe@example.com"),
            ("john dot doe at example dot co dot uk, please", "john.doe@example.co.uk, please"),
            ("JOHN AT EXAMPLE DOT COM", "JOHN@EXAMPLE.COM"),
            ("we look at the dot com bubble", "we look at the dot com bubble"),
            ("meet me at example.com", "meet me at example.com"),
            ("f(at)", "f(at)"),
            ("index (at) 3", "index (at) 3"),
        ];
        for (of, expected) in cases {
            assert_eq!(text(of), expected, "{of}");
        }
    }
}
