//! Characters that are written as escapes.

use crate::views::view::{Marks, Unit, View};

/// Reads percent signs, `\u`, `\x` and entities as what they stand for. Nothing if there are none.
pub(super) fn unescaped(view: &View) -> Option<View> {
    let bytes = view.bytes();
    memchr::memchr3(b'%', b'\\', b'&', bytes)?;
    let mut out = View::with_capacity(bytes.len());
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) =
        bytes.get(at..).and_then(|rest| memchr::memchr3(b'%', b'\\', b'&', rest))
    {
        let from = at + found;
        let rest = bytes.get(from..).unwrap_or_default();
        let Some((char, length)) = escape(rest) else {
            at = from + 1;
            continue;
        };
        out.copy(view, copied..from);
        at = from + length;
        copied = at;
        if let Some(unit) = view.unit_and_before(from..at) {
            // Quotes, dashes and blanks are ordinary writing as entities.
            let natural = matches!(char, Escaped::Char(' ' | '-' | '"' | '\'' | '&' | '<' | '>'))
                && rest.starts_with(b"&");
            let marks = if natural { Marks::NATURAL } else { Marks::ENCODED };
            let unit = Unit { marks: unit.marks.and(marks), ..unit };
            match char {
                Escaped::Byte(byte) => out.push(byte, unit),
                Escaped::Char(char) => {
                    out.push_all(char.encode_utf8(&mut [0; 4]).as_bytes(), unit);
                }
            }
        }
    }
    if copied == 0 {
        return None;
    }
    out.copy(view, copied..bytes.len());
    Some(out)
}

/// Tells whether `text` begins with an escape.
#[inline]
pub(in crate::views) fn stands(text: &[u8]) -> bool {
    let may = match text {
        [b'%', next, ..] => next.is_ascii_hexdigit() || matches!(next, b'u' | b'U'),
        [b'\\', next, ..] => matches!(next, b'u' | b'U' | b'x' | b'\\'),
        [b'&', next, ..] => next.is_ascii_lowercase() || *next == b'#',
        _ => false,
    };
    may && escape(text).is_some()
}

/// What an escape stands for.
enum Escaped {
    Byte(u8),
    Char(char),
}

/// Reads the escape that `rest` begins with, and how long it is.
fn escape(rest: &[u8]) -> Option<(Escaped, usize)> {
    match rest {
        [b'%', b'u' | b'U', ..] => Some((Escaped::Char(char::from_u32(hex(rest.get(2..6)?)?)?), 6)),
        [b'%', high, low, ..] => Some((Escaped::Byte(byte(*high, *low)?), 3)),
        [b'\\', ..] => backslash(rest),
        [b'&', ..] => entity(rest),
        _ => None,
    }
}

/// Reads `\uXXXX`, `\u{X}`, `\UXXXXXXXX` or `\xXX`, after any number of backslashes up to four.
fn backslash(rest: &[u8]) -> Option<(Escaped, usize)> {
    let slashes = rest.iter().take(4).take_while(|byte| **byte == b'\\').count();
    let rest = rest.get(slashes..)?;
    let (escaped, length) = match rest {
        [b'x', high, low, ..] => (Escaped::Byte(byte(*high, *low)?), 3),
        [b'u', b'{', ..] => {
            let digits = rest.iter().skip(2).take(7).position(|byte| *byte == b'}')?;
            (Escaped::Char(char::from_u32(hex(rest.get(2..2 + digits)?)?)?), digits + 3)
        }
        [b'u', ..] => utf16(rest)?,
        [b'U', ..] => (Escaped::Char(char::from_u32(hex(rest.get(1..9)?)?)?), 9),
        _ => return None,
    };
    Some((escaped, slashes + length))
}

/// Reads `uXXXX`, or two of them that are one character.
fn utf16(rest: &[u8]) -> Option<(Escaped, usize)> {
    let first = hex(rest.get(1..5)?)?;
    if let Some(char) = char::from_u32(first) {
        return Some((Escaped::Char(char), 5));
    }
    let slashes = rest.iter().skip(5).take(4).take_while(|byte| **byte == b'\\').count();
    let second = rest.get(5 + slashes..)?;
    let low = hex(second.strip_prefix(b"u")?.get(..4)?)?;
    let pair = [u16::try_from(first).ok()?, u16::try_from(low).ok()?];
    let char = char::decode_utf16(pair).next()?.ok()?;
    (slashes > 0).then_some((Escaped::Char(char), 10 + slashes))
}

/// Names of characters that values are made of.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("apos", '\''),
    ("bsol", '\\'),
    ("colon", ':'),
    ("comma", ','),
    ("commat", '@'),
    ("dash", '-'),
    ("dollar", '$'),
    ("equals", '='),
    ("excl", '!'),
    ("gt", '>'),
    ("hyphen", '-'),
    ("lbrack", '['),
    ("lowbar", '_'),
    ("lpar", '('),
    ("lsqb", '['),
    ("lt", '<'),
    ("minus", '-'),
    ("nbsp", ' '),
    ("ndash", '-'),
    ("num", '#'),
    ("percnt", '%'),
    ("period", '.'),
    ("plus", '+'),
    ("quot", '"'),
    ("rpar", ')'),
    ("shy", '\u{ad}'),
    ("sol", '/'),
    ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
];

/// Reads an entity of HTML; a number may lack its semicolon.
fn entity(rest: &[u8]) -> Option<(Escaped, usize)> {
    let body = rest.get(1..)?;
    let word = body
        .iter()
        .take(12)
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#')
        .count();
    let ended = usize::from(body.get(word) == Some(&b';'));
    if ended == 0 && body.first() != Some(&b'#') {
        return None;
    }
    let name = std::str::from_utf8(body.get(..word)?).ok()?;
    let char = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
        None if ended == 1 => {
            let found = NAMED.binary_search_by_key(&name, |(name, _)| name).ok()?;
            NAMED.get(found)?.1
        }
        None => return None,
    };
    Some((Escaped::Char(char), 1 + word + ended))
}

/// Reads a number of up to eight hexadecimal digits.
fn hex(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 8 {
        return None;
    }
    digits.iter().try_fold(0, |sum: u32, digit| {
        Some(sum.wrapping_mul(16).wrapping_add(char::from(*digit).to_digit(16)?))
    })
}

/// Reads a byte of two hexadecimal digits.
pub(super) fn byte(high: u8, low: u8) -> Option<u8> {
    u8::try_from(hex(&[high, low])?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(of: &str) -> String {
        let view = View::plain(of.as_bytes());
        let out = unescaped(&view).unwrap_or(view);
        String::from_utf8_lossy(out.bytes()).into_owned()
    }

    #[test]
    fn every_kind_of_escape_is_read() {
        let cases = [
            ("john%40example.com", "john@example.com"),
            ("%6a%6F", "jo"),
            (r"\u006a\u006F", "jo"),
            (r"\\u0040", "@"),
            (r"\ud83d\ude00", "😀"),
            (r"\ud83d!", r"\ud83d!"),
            (r"\u{40}\x40\U00000040", "@@@"),
            ("%u0040", "@"),
            ("&#64;&#x40;&commat;&period;", "@@@."),
            ("&#52&#49", "41"),
            ("a & b && c %d 100% \\path", "a & b && c %d 100% \\path"),
            ("&#99999999;", "&#99999999;"),
            ("%C3%A9", "é"),
        ];
        for (of, expected) in cases {
            assert_eq!(text(of), expected, "{of}");
        }
    }

    #[test]
    fn the_names_are_in_order() {
        assert!(NAMED.is_sorted_by_key(|(name, _)| name));
    }
}
