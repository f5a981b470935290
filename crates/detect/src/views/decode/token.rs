//! Tokens that are text in base64, base32 or hexadecimal.

use std::ops::Range;

use super::escape::byte;
use crate::bytes::{is_token, is_word};
use crate::views::view::{Marks, Unit, View};

/// Shorter tokens hold nothing that could be told from chance.
const SHORTEST: usize = 12;

/// Opens the tokens of a view that are text. Nothing if there are none.
pub(super) fn opened(view: &View) -> Option<View> {
    let bytes = view.bytes();
    let mut out: Option<View> = None;
    let mut copied = 0;
    let mut at = 0;
    while let Some(span) = next(bytes, at) {
        at = span.end;
        open_pieces(bytes, span, |piece, text| {
            let Some(unit) = view.unit(piece.clone()) else { return };
            let out = out.get_or_insert_with(|| View::with_capacity(bytes.len()));
            out.copy(view, copied..piece.start);
            copied = piece.end;
            out.push_all(&text, Unit { marks: unit.marks.and(Marks::ENCODED), ..unit });
        });
    }
    let mut out = out?;
    out.copy(view, copied..bytes.len());
    Some(out)
}

/// Returns the next long run of characters of which tokens are made.
fn next(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let start = at + bytes.get(at..)?.iter().position(|byte| is_token(*byte))?;
        let length = bytes.get(start..)?.iter().take_while(|byte| is_token(**byte)).count();
        if length >= SHORTEST {
            return Some(start..start + length);
        }
        at = start + length;
    }
}

/// Calls `each` with the run and what it holds if it opens, or else with those of its parts that do, and that do not
/// begin within another that opens.
fn open_pieces(bytes: &[u8], span: Range<usize>, mut each: impl FnMut(Range<usize>, Vec<u8>)) {
    let opened = |piece: &Range<usize>| bytes.get(piece.clone()).and_then(open);
    if let Some(text) = opened(&span) {
        return each(span, text);
    }
    for coarse in parts(bytes, span, |byte| matches!(byte, b'=' | b'.' | b'~')) {
        if let Some(text) = opened(&coarse) {
            each(coarse, text);
            continue;
        }
        for fine in parts(bytes, coarse, |byte| !is_word(byte)) {
            if let Some(text) = opened(&fine) {
                each(fine, text);
            }
        }
    }
}

/// Cuts a run at signs, which stay where they pad base64.
fn parts(
    bytes: &[u8],
    span: Range<usize>,
    sign: impl Fn(u8) -> bool,
) -> impl Iterator<Item = Range<usize>> {
    let mut start = span.start;
    std::iter::from_fn(move || {
        loop {
            let rest = bytes.get(start..span.end)?;
            let length = rest.iter().position(|byte| sign(*byte)).unwrap_or(rest.len());
            let (from, end) = (start, start + length);
            start = end + 1;
            if length >= SHORTEST - 2 {
                let padding = rest.get(length..).unwrap_or_default().iter();
                let padding = padding.take(6).take_while(|byte| **byte == b'=').count();
                return Some(from..end + padding);
            }
        }
    })
}

/// Tells whether `text` begins with what may be text in another form.
pub(in crate::views) fn stands(text: &[u8]) -> bool {
    let Some(head) = text.first_chunk::<8>() else { return false };
    // Names are of small letters and `_` alone, which no form of a text is for long.
    if head.iter().fold(0xFF, |least, byte| *byte.min(&least)) >= b'_' {
        return false;
    }
    let bases = head.iter().fold(u8::MAX, |bases, byte| bases & bases_of(*byte));
    let [a, b, ..] = *head;
    // Most words are told from base64 by what their first two letters encode.
    let first = sextet(a).zip(sextet(b)).map_or(0, |(a, b)| a << 2 | b >> 4);
    let begins = || (b' '..0x7F).contains(&first) || first >= 0xC2 || first == b'\n';
    let hex = || {
        let hex = text.strip_prefix(b"0x").unwrap_or(text).first_chunk::<12>();
        hex.is_some_and(|hex| is_text(hex, 4, nibble))
    };
    bases & SIXTYFOUR != 0 && begins() && is_text(head, 6, sextet)
        || (bases & SIXTEEN != 0 || text.starts_with(b"0x")) && hex()
        || bases & THIRTYTWO != 0 && is_text(head, 5, quintet)
}

/// The bases of which a byte is a digit, a bit each.
#[inline]
fn bases_of(byte: u8) -> u8 {
    BASES.get(usize::from(byte)).copied().unwrap_or(0)
}

const SIXTEEN: u8 = 1;
const THIRTYTWO: u8 = 2;
const SIXTYFOUR: u8 = 4;

static BASES: Values = {
    let mut bases = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::indexing_slicing, reason = "of 256 bytes")]
        {
            bases[byte] = (if NIBBLES[byte] == NONE { 0 } else { SIXTEEN })
                | (if QUINTETS[byte] == NONE { 0 } else { THIRTYTWO })
                | (if SEXTETS[byte] == NONE { 0 } else { SIXTYFOUR });
        }
        byte += 1;
    }
    bases
};

/// Tells whether digits of `width` bits each, 64 bits at most, are text.
#[inline]
fn is_text(digits: &[u8], width: usize, value: impl Fn(u8) -> Option<u8>) -> bool {
    let mut bits = 0u64;
    for digit in digits {
        let Some(value) = value(*digit) else { return false };
        bits = bits << width | u64::from(value);
    }
    let length = digits.len() * width;
    let bytes = bits.checked_shl(u32::try_from(64 - length.min(64)).unwrap_or(0)).unwrap_or(0);
    let bytes = bytes.to_be_bytes();
    let text = bytes.get(..length / 8).unwrap_or_default();
    let plain = |byte: &u8| matches!(byte, b' '..0x7F | b'\t' | b'\n' | b'\r');
    text.iter().all(plain)
        || text.iter().all(|byte| !byte.is_ascii() || plain(byte))
            && std::str::from_utf8(text).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// Opens a token if what it encodes is text.
fn open(token: &[u8]) -> Option<Vec<u8>> {
    let signs = token.iter().rev().take_while(|byte| **byte == b'=').count();
    let body = token.get(..token.len().checked_sub(signs)?)?;
    if body.len() + signs < SHORTEST || signs > 6 {
        return None;
    }
    (signs == 0)
        .then(|| from_hex(body))
        .flatten()
        .or_else(|| from_base64(body))
        .or_else(|| from_base32(body))
}

fn from_hex(token: &[u8]) -> Option<Vec<u8>> {
    let token = token.strip_prefix(b"0x").unwrap_or(token);
    if token.len() < 14 || !token.len().is_multiple_of(2) || !may_be_text(token, 4, nibble) {
        return None;
    }
    let mut text = Text::of(token.len() / 2);
    for pair in token.chunks_exact(2) {
        let [high, low] = pair else { return None };
        text.push(byte(*high, *low)?)?;
    }
    text.end()
}

fn from_base64(token: &[u8]) -> Option<Vec<u8>> {
    if token.len() % 4 == 1 {
        return None;
    }
    from_bits(token, 6, sextet)
}

fn sextet(byte: u8) -> Option<u8> {
    value(&SEXTETS, byte)
}

fn nibble(byte: u8) -> Option<u8> {
    value(&NIBBLES, byte)
}

fn quintet(byte: u8) -> Option<u8> {
    value(&QUINTETS, byte)
}

/// What each byte stands for as a digit of one base; [`NONE`] if it is none.
type Values = [u8; 256];
const NONE: u8 = 0xFF;
static SEXTETS: Values = values(Base::Sixtyfour);
static NIBBLES: Values = values(Base::Sixteen);
static QUINTETS: Values = values(Base::Thirtytwo);

#[inline]
fn value(values: &Values, byte: u8) -> Option<u8> {
    values.get(usize::from(byte)).copied().filter(|value| *value != NONE)
}

#[derive(Clone, Copy)]
enum Base {
    Sixteen,
    Thirtytwo,
    Sixtyfour,
}

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
#[expect(clippy::cast_possible_truncation, reason = "of 256 bytes")]
const fn values(base: Base) -> Values {
    let mut values = [NONE; 256];
    let mut byte = 0;
    while byte < 256 {
        let value = match base {
            Base::Sixteen => base_sixteen(byte as u8),
            Base::Thirtytwo => base_thirtytwo(byte as u8),
            Base::Sixtyfour => base_sixtyfour(byte as u8),
        };
        if let Some(value) = value {
            values[byte] = value;
        }
        byte += 1;
    }
    values
}

const fn base_sixtyfour(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

const fn base_sixteen(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

fn from_base32(token: &[u8]) -> Option<Vec<u8>> {
    if matches!(token.len() % 8, 1 | 3 | 6) {
        return None;
    }
    from_bits(token, 5, quintet)
}

const fn base_thirtytwo(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'2'..=b'7' => Some(byte - b'2' + 26),
        _ => None,
    }
}

/// Joins the bits of each character.
fn from_bits(token: &[u8], width: usize, value: impl Fn(u8) -> Option<u8>) -> Option<Vec<u8>> {
    if !may_be_text(token, width, &value) {
        return None;
    }
    let mut text = Text::of(token.len());
    let (mut bits, mut held) = (0u32, 0);
    for byte in token {
        bits = (bits << width) | u32::from(value(*byte)?);
        held += width;
        if held >= 8 {
            held -= 8;
            text.push(u8::try_from((bits >> held) & 0xFF).ok()?)?;
            bits &= (1 << held) - 1;
        }
    }
    text.end()
}

/// Tells by the first few characters whether what they encode may be text.
fn may_be_text(token: &[u8], width: usize, value: impl Fn(u8) -> Option<u8>) -> bool {
    token.first_chunk::<8>().is_none_or(|head| is_text(head, width, value))
}

/// Bytes that must be text: chance soon gives one that is not.
struct Text {
    bytes: Vec<u8>,
    ascii: bool,
}

impl Text {
    fn of(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes.min(1024)), ascii: true }
    }

    fn push(&mut self, byte: u8) -> Option<()> {
        let control = byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r') || byte == 0x7F;
        self.ascii &= byte.is_ascii();
        self.bytes.push(byte);
        // Text in another alphabet is UTF-8, which chance does not give either.
        let broken = !self.ascii
            && self.bytes.len() == 16
            && std::str::from_utf8(&self.bytes).is_err_and(|error| error.error_len().is_some());
        (!control && !broken).then_some(())
    }

    fn end(self) -> Option<Vec<u8>> {
        let text = self.ascii || std::str::from_utf8(&self.bytes).is_ok();
        (text && self.bytes.len() >= 5).then_some(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(of: &str) -> String {
        let view = View::plain(of.as_bytes());
        let out = opened(&view).unwrap_or(view);
        String::from_utf8_lossy(out.bytes()).into_owned()
    }

    #[test]
    fn tokens_that_are_text_are_opened() {
        let cases = [
            ("x am9obkBleGFtcGxlLmNvbQ== y", "x john@example.com y"),
            ("am9obkBleGFtcGxlLmNvbQ", "john@example.com"),
            ("key=am9obkBleGFtcGxlLmNvbQ==", "key=john@example.com"),
            ("6a6f686e406578616d706c652e636f6d", "john@example.com"),
            ("0x6a6f686e406578616d706c652e636f6d", "john@example.com"),
            ("NJXWQ3SAMV4GC3LQNRSS4Y3PNU======", "john@example.com"),
            ("https://h.example/p/am9obkBleGFtcGxlLmNvbQ", "https://h.example/p/john@example.com"),
            (
                "da39a3ee5e6b4b0d3255bfef95601890afd80709",
                "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            ),
            ("getUserAccountNameOrElse", "getUserAccountNameOrElse"),
        ];
        for (of, expected) in cases {
            assert_eq!(text(of), expected, "{of}");
        }
    }

    #[test]
    fn what_is_opened_comes_from_all_of_the_token() {
        let view = View::plain(b"x am9obkBleGFtcGxlLmNvbQ== y");
        let unit = opened(&view).unwrap().unit(4..6).unwrap();
        assert_eq!((unit.start, unit.end), (2, 26));
    }
}
