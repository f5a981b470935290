//! Single characters with separators between them.

use std::ops::Range;

use crate::views::view::{Marks, Unit, View};

/// Fewer characters are no value.
const FEWEST: usize = 7;
/// Separators that may stand between all characters, beside spaces.
const SIGNS: &[u8] = b"-._,/|*:;~+#'";

/// Tells whether a run of single characters touches `span`.
pub(in crate::views) fn stands(bytes: &[u8], span: Range<usize>) -> bool {
    let mut at = span.start;
    while at < span.end.min(bytes.len()) {
        match run(bytes, at) {
            Some(found) if found.content.len() >= FEWEST => return true,
            Some(found) => at = found.end.max(at + 1),
            None => at += 1,
        }
    }
    false
}

/// Joins runs of single characters. Nothing if there are none.
pub(super) fn joined(view: &View) -> Option<View> {
    let bytes = view.bytes();
    let mut out = View::with_capacity(bytes.len());
    let (mut copied, mut at) = (0, 0);
    while at < bytes.len() {
        match run(bytes, at) {
            Some(found) if found.content.len() >= FEWEST => {
                out.copy(view, copied..at);
                for (nth, place) in found.content.iter().enumerate() {
                    let Some(unit) = view.unit_and_before(*place..*place + 1) else { continue };
                    let gap = if nth == 0 { Marks::PLAIN } else { Marks::AFTER_SPACE };
                    let byte = bytes.get(*place).copied().unwrap_or_default();
                    out.push(byte, Unit { marks: unit.marks.and(gap), ..unit });
                }
                copied = found.end;
                at = found.end;
            }
            Some(found) => at = found.end.max(at + 1),
            None => at += 1,
        }
    }
    if copied == 0 {
        return None;
    }
    out.copy(view, copied..bytes.len());
    Some(out)
}

/// Characters that each stand alone.
struct Run {
    /// Where each character is.
    content: Vec<usize>,
    end: usize,
}

/// Reads the run that begins at `from`, without content if that is of a table. Nothing if it is one character.
fn run(bytes: &[u8], from: usize) -> Option<Run> {
    let inside = from.checked_sub(1).and_then(|before| bytes.get(before));
    let first = bytes.get(from)?;
    let begins = first.is_ascii_alphanumeric() || *first == b'+';
    if !begins || inside.is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    match bytes.get(from + 1..)? {
        [b' ', sign, b' ', ..] if SIGNS.contains(sign) => {
            let signed = signed(bytes, from, bytes.get(from + 1..from + 4)?);
            if signed.as_ref().is_some_and(|signed| signed.content.len() >= FEWEST) {
                signed
            } else {
                blank(bytes, from)
            }
        }
        [b' ' | b'\t' | b'\n' | b'\r', ..] => blank(bytes, from),
        [sign, rest @ ..] if SIGNS.contains(sign) => {
            let blanks = rest.iter().take(2).take_while(|byte| **byte == b' ').count();
            signed(bytes, from, bytes.get(from + 1..from + 2 + blanks)?)
        }
        _ => None,
    }
}

impl Run {
    /// Adds the character at `at` to those from `from` on.
    fn push(&mut self, from: usize, at: usize) {
        if self.content.is_empty() {
            self.content.push(from);
        }
        self.content.push(at);
        self.end = at + 1;
    }
}

/// Reads characters with blanks between them: `j . d o e`.
fn blank(bytes: &[u8], from: usize) -> Option<Run> {
    let mut run = Run { content: Vec::new(), end: from + 1 };
    loop {
        let rest = bytes.get(run.end..).unwrap_or_default();
        let blanks = rest.iter().take(3).take_while(|byte| byte.is_ascii_whitespace()).count();
        let at = run.end + blanks;
        let graphic = bytes.get(at).is_some_and(u8::is_ascii_graphic);
        if blanks == 0 || !graphic || !stands_alone(bytes, at, b" \t\n\r") {
            return (!run.content.is_empty()).then_some(run);
        }
        run.push(from, at);
    }
}

/// Reads characters with the same separator between them, which may be one of them, too.
fn signed(bytes: &[u8], from: usize, separator: &[u8]) -> Option<Run> {
    let mut run = Run { content: Vec::new(), end: from + 1 };
    loop {
        let rest = bytes.get(run.end..).unwrap_or_default();
        let at = run.end + separator.len();
        let graphic = bytes.get(at).is_some_and(u8::is_ascii_graphic);
        let alone = || {
            let after = bytes.get(at + 1..).unwrap_or_default();
            after.starts_with(separator) || stands_alone(bytes, at, b"")
        };
        if !rest.starts_with(separator) || !graphic || !alone() {
            break;
        }
        run.push(from, at);
    }
    if run.content.is_empty() {
        return None;
    }
    if is_table(bytes, &run, separator) {
        run.content.clear();
    }
    Some(run)
}

/// Tells whether the character at `at` is no part of a word that goes on: a blank follows, or the end of a sentence.
fn stands_alone(bytes: &[u8], at: usize, blanks: &[u8]) -> bool {
    match bytes.get(at + 1) {
        None => true,
        Some(next) if next.is_ascii_alphanumeric() => false,
        Some(next) => {
            blanks.is_empty()
                || blanks.contains(next)
                || bytes.get(at + 2).is_none_or(|byte| !byte.is_ascii_alphanumeric())
        }
    }
}

/// Tells whether a run is of a table, of bits or an object identifier.
fn is_table(bytes: &[u8], run: &Run, separator: &[u8]) -> bool {
    let content = || run.content.iter().filter_map(|at| bytes.get(*at).copied());
    let goes_on = separator.starts_with(b",") && {
        let blank = |byte: &&u8| !byte.is_ascii_whitespace();
        let first = run.content.first().copied().unwrap_or_default();
        let before = bytes.get(..first).unwrap_or_default().iter().rev().take(32).find(blank);
        let after = bytes.get(run.end..).unwrap_or_default().iter().take(32).find(blank);
        before == Some(&b',') || after == Some(&b',')
    };
    goes_on || content().all(|byte| matches!(byte, b'0' | b'1')) || content().take(3).eq(*b"136")
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
    fn single_characters_are_joined() {
        let cases = [
            ("card: 4 1 1 1  1 1 1 1 ok", "card: 41111111 ok"),
            ("j . d o e @ e x a m p l e . c o m", "j.doe@example.com"),
            ("at j d o e @ e x a m p l e . c o m.", "at jdoe@example.com."),
            ("4-1-1-1-1-1-1-1", "41111111"),
            ("4.1.1.1.1.1.1.1 x", "41111111 x"),
            ("4, 1, 1, 1, 1, 1, 1, 1", "41111111"),
            ("4 - 1 - 1 - 1 - 1 - 1 - 1 - 1", "41111111"),
            ("j.o...d.o.e.@.x...c.o.m, ok", "jo.doe@x.com, ok"),
            ("4 | 1 | 1 | 1 | 1 | 1 | 1 | 1 |", "41111111 |"),
            ("5, 4,\n 4, 1, 1, 1, 1, 1, 1, 1,\n 2", "5, 4,\n 4, 1, 1, 1, 1, 1, 1, 1,\n 2"),
            ("0,1,0,1,1,0,1,0", "0,1,0,1,1,0,1,0"),
            ("oid 1.3.6.1.5.5.7.2.1", "oid 1.3.6.1.5.5.7.2.1"),
            ("a b c", "a b c"),
            ("I am a x y", "I am a x y"),
        ];
        for (of, expected) in cases {
            assert_eq!(text(of), expected, "{of}");
        }
    }
}
