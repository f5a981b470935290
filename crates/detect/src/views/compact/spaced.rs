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

/// Reads the run that begins at `from`. Nothing if no second character follows the first.
fn run(bytes: &[u8], from: usize) -> Option<Run> {
    let inside = from.checked_sub(1).and_then(|before| bytes.get(before));
    if !bytes.get(from)?.is_ascii_alphanumeric() && !matches!(bytes.get(from), Some(b'+'))
        || inside.is_some_and(u8::is_ascii_alphanumeric)
    {
        return None;
    }
    let (sign, mut at) = separator(bytes, from + 1, None)?;
    let mut content = vec![from];
    let mut end = from + 1;
    while let Some(byte) = bytes.get(at) {
        if !byte.is_ascii_graphic()
            || !(byte.is_ascii_alphanumeric() || sign.is_none() || *byte == b'@')
        {
            break;
        }
        let after = separator(bytes, at + 1, Some(sign));
        let last = match bytes.get(at + 1) {
            None => true,
            Some(next) => {
                !next.is_ascii_alphanumeric()
                    && (sign.is_some()
                        || bytes.get(at + 2).is_none_or(|byte| !byte.is_ascii_alphanumeric()))
            }
        };
        if after.is_none() && !last {
            break;
        }
        content.push(at);
        end = at + 1;
        let Some((_, next)) = after else { break };
        at = next;
    }
    (content.len() > 1).then_some(Run { content, end })
}

/// Reads what separates two characters: up to three spaces, with a sign among them if that stands between all.
/// Answers the sign, and where the separator ends.
#[expect(clippy::option_option, reason = "it may not be known yet, or known that there is none")]
fn separator(bytes: &[u8], from: usize, known: Option<Option<u8>>) -> Option<(Option<u8>, usize)> {
    let mut sign = None;
    let mut end = from;
    for byte in bytes.get(from..)?.iter().take(3) {
        let space = matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        if !space {
            let expected = known.is_none_or(|known| known == Some(*byte));
            if sign.is_some() || !expected || !SIGNS.contains(byte) {
                break;
            }
            sign = Some(*byte);
        }
        end += 1;
    }
    // A sign between spaces, first met, is a character of its own: `j . d o e`.
    if known.is_none() && sign.is_some() && bytes.get(from) == Some(&b' ') {
        return Some((None, from + 1));
    }
    let same = known.is_none_or(|known| known == sign);
    (end > from && same).then_some((sign, end))
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
            ("4 - 1 - 1 - 1 - 1 - 1 - 1 - 1", "4-1-1-1-1-1-1-1"),
            ("a b c", "a b c"),
            ("I am a x y", "I am a x y"),
        ];
        for (of, expected) in cases {
            assert_eq!(text(of), expected, "{of}");
        }
    }
}
