//! Characters that look like ASCII read as ASCII, what is not seen left out.

mod natural;
mod table;

use table::{FOLDS, MARKS, UNSEEN};

use super::sign::Signs;
use super::view::{Marks, Unit, View};

/// Says what the characters at the bits of `others` show, 64 bytes from `from` on: what is not ASCII there.
pub(super) fn signs(text: &[u8], from: usize, mut others: u64) -> Signs {
    let (mut shown, mut told) = (Signs::default(), 0);
    while others != 0 {
        let place = from + others.trailing_zeros() as usize;
        others &= others - 1;
        let Some(char) = char_at(text, place) else { continue };
        // Its other bytes are no characters.
        (1..char.len_utf8()).for_each(|_| others &= others.wrapping_sub(1));
        match fold(char) {
            Fold::Stay => {}
            Fold::To { natural: true, .. } if place < told || shown == Signs::NATURAL => {}
            Fold::To { ascii, natural: true } => {
                let (matters, end) = natural::matters(text, place..place + char.len_utf8(), ascii);
                shown = if matters { Signs::NATURAL } else { shown };
                told = end;
            }
            Fold::To { .. } | Fold::Mark | Fold::Unseen => return shown.and(Signs::NON_ASCII),
        }
    }
    shown
}

/// The character that begins at `place`, if one does there.
#[inline]
fn char_at(text: &[u8], place: usize) -> Option<char> {
    let rest = text.get(place..).unwrap_or_default();
    let more = |byte: u8| if byte & 0xC0 == 0x80 { Some(u32::from(byte & 0x3F)) } else { None };
    let (code, least) = match *rest {
        [a @ ..0x80, ..] => (u32::from(a), 0),
        [a @ 0xC0..0xE0, b, ..] => (u32::from(a & 0x1F) << 6 | more(b)?, 0x80),
        [a @ 0xE0..0xF0, b, c, ..] => (u32::from(a & 0x0F) << 12 | more(b)? << 6 | more(c)?, 0x800),
        [a @ 0xF0..=0xFF, b, c, d, ..] => {
            (u32::from(a & 0x0F) << 18 | more(b)? << 12 | more(c)? << 6 | more(d)?, 0x1_0000)
        }
        _ => return None,
    };
    if code < least { None } else { char::from_u32(code) }
}

/// What becomes of a character that is not ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fold {
    /// It is read as an ASCII character.
    To { ascii: u8, natural: bool },
    /// It marks the character before it.
    Mark,
    /// It is left out.
    Unseen,
    /// It stays.
    Stay,
}

/// Reads a view as it looks. Nothing if it is read as it stands.
pub(super) fn folded(view: &View) -> Option<View> {
    let bytes = view.bytes();
    if bytes.is_ascii() {
        return None;
    }
    let mut out = View::default();
    let mut changed = false;
    let (mut at, mut copied) = (0, 0);
    let mut unseen = Marks::PLAIN;
    let mut hidden = Hidden::default();
    loop {
        let run = ascii_run(bytes.get(at..).unwrap_or_default());
        if run > 0 && unseen != Marks::PLAIN {
            out.copy(view, copied..at + 1);
            copied = at + 1;
            out.mark(unseen);
            unseen = Marks::PLAIN;
        }
        at += run;
        if at >= bytes.len() {
            break;
        }
        let Some(char) = char_at(bytes, at) else {
            // What is no character hides nothing and shows nothing.
            at += 1;
            continue;
        };
        let span = at..at + char.len_utf8();
        at = span.end;
        let fold = match hidden.read(char, span.start, bytes) {
            Some(ascii) => Fold::To { ascii, natural: false },
            None => fold(char),
        };
        if fold == Fold::Stay {
            unseen = Marks::PLAIN;
            continue;
        }
        if !changed {
            out = View::with_capacity(bytes.len());
            changed = true;
        }
        out.copy(view, copied..span.start);
        copied = span.end;
        match fold {
            Fold::Stay => {}
            Fold::To { ascii, natural } => {
                let Some(unit) = view.unit_and_before(span) else { continue };
                let mark = if natural { Marks::NATURAL } else { Marks::LOOKALIKE };
                out.push(ascii, Unit { marks: unit.marks.and(mark).and(unseen), ..unit });
                unseen = Marks::PLAIN;
            }
            Fold::Mark => {
                if let Some(unit) = view.unit(span) {
                    out.combine(unit, char);
                }
            }
            Fold::Unseen => unseen = Marks::AFTER_UNSEEN,
        }
    }
    out.copy(view, copied..at);
    changed.then_some(out)
}

/// Counts the ASCII characters that a text begins with.
fn ascii_run(bytes: &[u8]) -> usize {
    let blocks = bytes.chunks_exact(32).take_while(|block| block.is_ascii()).count() * 32;
    let rest = bytes.get(blocks..).unwrap_or_default();
    blocks + rest.iter().take_while(|byte| byte.is_ascii()).count()
}

/// Text in characters that are not seen: tags, and variation selectors as bytes. Single ones are no text.
#[derive(Default)]
struct Hidden {
    /// Where the last run ends.
    end: usize,
    /// It is text.
    text: bool,
}

impl Hidden {
    /// Shorter runs are no text.
    const SHORTEST: usize = 4;

    /// Returns what a character of a run stands for, that begins at `at`.
    fn read(&mut self, char: char, at: usize, bytes: &[u8]) -> Option<u8> {
        let ascii = Self::ascii(char)?;
        if at >= self.end {
            let (mut count, mut end) = (0, at);
            while let Some(char) = char_at(bytes, end).filter(|char| Self::ascii(*char).is_some()) {
                (count, end) = (count + 1, end + char.len_utf8());
            }
            (self.end, self.text) = (end, count >= Self::SHORTEST);
        }
        self.text.then_some(ascii)
    }

    /// Returns the printable character that one which is not seen stands for.
    fn ascii(char: char) -> Option<u8> {
        let byte = match u32::from(char) {
            code @ 0xE0020..=0xE007E => code - 0xE0000,
            code @ 0xE0100..=0xE01EF => code - 0xE0100 + 16,
            _ => return None,
        };
        u8::try_from(byte).ok().filter(|byte| (b' '..0x7F).contains(byte))
    }
}

impl View {
    /// Notes what was left out before the last byte.
    fn mark(&mut self, marks: Marks) {
        if let Some((_, unit)) = self.last() {
            unit.marks = unit.marks.and(marks);
        }
    }

    /// Puts a combining mark over the last character: an accent over a letter is ordinary writing, more is not.
    fn combine(&mut self, mark: Unit, char: char) {
        let Some((byte, unit)) = self.last() else { return };
        let accent = ('\u{300}'..='\u{36f}').contains(&char)
            && byte.is_ascii_alphabetic()
            && !unit.marks.has(Marks::NATURAL);
        unit.end = unit.end.max(mark.end);
        let marks = if accent { Marks::NATURAL } else { Marks::LOOKALIKE };
        unit.marks = unit.marks.and(marks).and(mark.marks);
    }
}

/// Looks a character up: the common ones where they stand in a table of them alone.
fn fold(char: char) -> Fold {
    let code = u32::from(char);
    let known = match code {
        ..TWO_BYTES => KNOWN.get(code as usize),
        PUNCTUATION..PUNCTUATION_END => KNOWN.get((code - PUNCTUATION + TWO_BYTES) as usize),
        _ => None,
    };
    match known {
        Some(&STAY) => Fold::Stay,
        Some(&MARK) => Fold::Mark,
        Some(&HIDE) => Fold::Unseen,
        Some(ascii) => Fold::To { ascii: ascii & 0x7F, natural: ascii & 0x80 != 0 },
        None => look_up(code),
    }
}

/// Characters of two bytes, and the punctuation of typography.
const TWO_BYTES: u32 = 0x800;
const PUNCTUATION: u32 = 0x2000;
const PUNCTUATION_END: u32 = 0x2080;
const COMMON: usize = (TWO_BYTES + PUNCTUATION_END - PUNCTUATION) as usize;

/// What is none of an ASCII character.
const STAY: u8 = 0;
const MARK: u8 = 1;
const HIDE: u8 = 2;

/// What becomes of them, as in [`FOLDS`].
static KNOWN: [u8; COMMON] = known();

const fn known() -> [u8; COMMON] {
    let mut known = [STAY; COMMON];
    let (mut unseen, mut marks, mut folds) = (UNSEEN, MARKS, FOLDS);
    while let [(first, last), rest @ ..] = unseen {
        set(&mut known, *first, *last, HIDE, false);
        unseen = rest;
    }
    while let [(first, last), rest @ ..] = marks {
        set(&mut known, *first, *last, MARK, false);
        marks = rest;
    }
    while let [(first, last, ascii), rest @ ..] = folds {
        set(&mut known, *first, *last, *ascii, true);
        folds = rest;
    }
    known
}

#[expect(clippy::indexing_slicing, reason = "done by the compiler")]
#[expect(clippy::cast_possible_truncation, reason = "of ASCII")]
const fn set(known: &mut [u8; COMMON], first: u32, last: u32, to: u8, steps: bool) {
    let mut code = first;
    while code <= last {
        let slot = match code {
            ..TWO_BYTES => code as usize,
            PUNCTUATION..PUNCTUATION_END => (code - PUNCTUATION + TWO_BYTES) as usize,
            _ => return,
        };
        known[slot] = if steps { to + (code - first) as u8 } else { to };
        code += 1;
    }
}

/// Looks a character up in the whole tables.
fn look_up(code: u32) -> Fold {
    if matches!(code, 0x3400..=0x9FFF | 0xAC00..=0xD7A3 | 0x3041..=0x3098 | 0x309B..=0x30FF) {
        return Fold::Stay;
    }
    if let Some((first, _, ascii)) = within(FOLDS, code, |range| (range.0, range.1)) {
        let stepped = u32::from(ascii & 0x7F) + (code - first);
        let ascii_only = u8::try_from(stepped).unwrap_or(b'?');
        return Fold::To { ascii: ascii_only, natural: ascii & 0x80 != 0 };
    }
    if within(MARKS, code, |range| *range).is_some() {
        return Fold::Mark;
    }
    if within(UNSEEN, code, |range| *range).is_some() {
        return Fold::Unseen;
    }
    Fold::Stay
}

/// Finds the range that holds `code`.
fn within<T: Copy>(ranges: &[T], code: u32, ends: impl Fn(&T) -> (u32, u32)) -> Option<T> {
    let after = ranges.partition_point(|range| ends(range).0 <= code);
    let found = *ranges.get(after.checked_sub(1)?)?;
    (code <= ends(&found).1).then_some(found)
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization as _;

    use super::*;

    fn text(of: &str) -> String {
        let view = View::plain(of.as_bytes());
        let folded = folded(&view).unwrap_or(view);
        String::from_utf8_lossy(folded.bytes()).into_owned()
    }

    #[test]
    fn what_looks_like_ascii_is_read_as_ascii() {
        let cases = [
            ("ｊｄｏｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", "jdoe@example.com"),
            ("4\u{200b}1\u{ad}1\u{2060}1", "4111"),
            ("jоhn@ехаmрlе.соm", "john@example.com"),
            ("٤١١١", "4111"),
            ("४१११", "4111"),
            ("𝟒𝟏𝟏𝟏 𝐣𝐨𝐡𝐧", "4111 john"),
            ("j\u{301}o\u{308}hn", "john"),
            ("4\u{fe0f}\u{20e3}1\u{fe0f}\u{20e3}", "41"),
            ("123‑45‑6789", "123-45-6789"),
            ("123\u{a0}45\u{2003}6789", "123 45 6789"),
            ("①②③", "123"),
            ("\u{e0034}\u{e0031}x", "x"),
            ("x\u{e0034}\u{e0031}\u{e0031}\u{e0031}", "x4111"),
            ("😀\u{e0124}\u{e0121}\u{e0121}\u{e0121}", "😀4111"),
            ("ΙЕ58 І", "IE58 I"),
            ("日本語", "日本語"),
        ];
        for (of, expected) in cases {
            assert_eq!(text(of), expected, "{of}");
        }
    }

    #[test]
    fn a_character_is_read_as_the_library_reads_it() {
        for char in ('\0'..=char::MAX).step_by(7) {
            let text = format!("{char}\u{80}");
            assert_eq!(char_at(text.as_bytes(), 0), Some(char));
            assert_eq!(char_at(&text.as_bytes()[1..], 0), text.get(1..).and(Some('\u{80}')));
        }
        for wrong in [
            &b"\xC0\x80"[..],
            b"\xE0\x80\x80",
            b"\xED\xA0\x80",
            b"\xF8\x80\x80\x80",
            b"\xC3",
            b"\xC3a",
        ] {
            assert_eq!(char_at(wrong, 0), None, "{wrong:x?}");
        }
    }

    #[test]
    fn the_common_characters_become_what_the_whole_tables_say() {
        for char in '\u{80}'..'\u{10000}' {
            assert_eq!(fold(char), look_up(u32::from(char)), "{char:?}");
        }
    }

    #[test]
    fn the_tables_are_in_order() {
        for pair in FOLDS.windows(2) {
            assert!(pair[0].1 < pair[1].0, "{pair:x?}");
        }
        for table in [MARKS, UNSEEN] {
            for pair in table.windows(2) {
                assert!(pair[0].1 < pair[1].0, "{pair:x?}");
            }
        }
        for (first, last, ascii) in FOLDS {
            assert!(u32::from(ascii & 0x7F) + (last - first) < 0x80, "{first:x}");
        }
    }

    #[test]
    fn what_is_compatible_with_a_letter_or_digit_is_read_as_that() {
        let mut missed = Vec::new();
        for char in '\u{80}'..=char::MAX {
            let mut normal = char.nfkc();
            let (Some(ascii), None) = (normal.next(), normal.next()) else { continue };
            let read = match fold(char) {
                Fold::To { ascii, .. } => Some(char::from(ascii)),
                Fold::Mark | Fold::Unseen | Fold::Stay => None,
            };
            if ascii.is_ascii_alphanumeric() && read != Some(ascii) {
                missed.push((char, ascii));
            }
        }
        assert_eq!(missed, []);
    }
}
