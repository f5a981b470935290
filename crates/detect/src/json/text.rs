//! Strings without their escapes.

use std::borrow::Cow;
use std::ops::Range;

use crate::views::{Marks, Unit, View};

/// Returns a string of a document without its escapes. Lone surrogates are replacement characters.
pub(crate) fn unescaped(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    for (char, _) in Chars(raw) {
        text.push(char);
    }
    Cow::Owned(text)
}

/// Unescaped text is searched in parts of about this many bytes, since it needs room to know where it comes from.
pub(super) const PART: usize = 1 << 20;
/// How much of a part is in the next.
const SHARED: usize = 1 << 10;

/// Calls `each` with parts of a string without its escapes, and whether it is the last.
pub(super) fn parts<E>(
    raw: &str,
    mut each: impl FnMut(&View, bool) -> Result<(), E>,
) -> Result<(), E> {
    let mut view = View::with_capacity(raw.len().min(PART));
    let mut at = 0usize;
    for (char, length) in Chars(raw) {
        push(&mut view, char, at..at + length);
        at += length;
        if view.len() >= PART && at < raw.len() {
            each(&view, false)?;
            let from = (view.len() - SHARED..view.len())
                .find(|at| view.bytes().get(*at).is_some_and(|byte| !matches!(byte, 0x80..0xC0)))
                .unwrap_or(view.len());
            let mut next = View::with_capacity(PART);
            next.copy(&view, from..view.len());
            view = next;
        }
    }
    each(&view, true)
}

/// Returns the beginning of a string without its escapes: all of it, if it is shorter than a part.
pub(super) fn whole(raw: &str) -> View {
    let mut view = View::with_capacity(raw.len().min(PART));
    let mut at = 0usize;
    for (char, length) in Chars(raw).take(PART) {
        push(&mut view, char, at..at + length);
        at += length;
    }
    view
}

fn push(view: &mut View, char: char, span: Range<usize>) {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let unit = Unit { start: offset(span.start), end: offset(span.end), marks: Marks::PLAIN };
    view.push_all(char.encode_utf8(&mut [0; 4]).as_bytes(), unit);
}

/// The characters of a string, and how many bytes each takes in the document.
struct Chars<'a>(&'a str);

impl Iterator for Chars<'_> {
    type Item = (char, usize);

    fn next(&mut self) -> Option<(char, usize)> {
        let first = self.0.chars().next()?;
        let (char, length) =
            if first == '\\' { escape(self.0.as_bytes()) } else { (first, first.len_utf8()) };
        self.0 = self.0.get(length..).unwrap_or_default();
        Some((char, length))
    }
}

/// Reads the escape that `rest` begins with.
fn escape(rest: &[u8]) -> (char, usize) {
    let char = match rest.get(1) {
        Some(b'u') => return utf16(rest),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(byte) if byte.is_ascii() => char::from(*byte),
        Some(_) | None => return ('\\', 1),
    };
    (char, 2)
}

/// Reads `\uXXXX`, or two of them that are one character.
fn utf16(rest: &[u8]) -> (char, usize) {
    let unit = |at: usize| -> Option<u16> {
        let digits = rest.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let Some(first) = unit(0) else { return (char::REPLACEMENT_CHARACTER, 2.min(rest.len())) };
    let units = [Some(first), unit(6)];
    match char::decode_utf16(units.into_iter().flatten()).next() {
        Some(Ok(char)) => (char, 6 * char.len_utf16()),
        Some(Err(_)) | None => (char::REPLACEMENT_CHARACTER, 6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read() {
        let cases = [
            (r"a\u0040b", "a@b"),
            (r"\ud83d\ude00!", "😀!"),
            (r"\ud83d!", "\u{fffd}!"),
            (r"\ude00\ud83d", "\u{fffd}\u{fffd}"),
            (r#"\"\\\/\n\t"#, "\"\\/\n\t"),
            (r"é\u00e9", "éé"),
        ];
        for (raw, text) in cases {
            assert_eq!(unescaped(raw), text, "{raw}");
        }
    }
}
