//! Characters that look like ASCII read as ASCII, what is not seen left out.

mod table;

use table::{FOLDS, MARKS, UNSEEN};

use super::view::{Marks, Unit, View};

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
    for chunk in bytes.utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(char) = rest.chars().next() {
            if char.is_ascii() {
                if unseen != Marks::PLAIN {
                    out.copy(view, copied..at + 1);
                    copied = at + 1;
                    out.mark(unseen);
                    unseen = Marks::PLAIN;
                }
                let run = ascii_run(rest.as_bytes());
                at += run;
                rest = rest.get(run..).unwrap_or_default();
                continue;
            }
            let span = at..at + char.len_utf8();
            let fold = match hidden.read(char, span.start, || rest) {
                Some(ascii) => Fold::To { ascii, natural: false },
                None => fold(char),
            };
            at = span.end;
            rest = rest.get(span.len()..).unwrap_or_default();
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
        at += chunk.invalid().len();
    }
    out.copy(view, copied..at);
    changed.then_some(out)
}

/// Counts the ASCII characters that a text begins with.
fn ascii_run(bytes: &[u8]) -> usize {
    let blocks = bytes.chunks_exact(16).take_while(|block| block.is_ascii()).count() * 16;
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
    fn read<'t>(&mut self, char: char, at: usize, rest: impl FnOnce() -> &'t str) -> Option<u8> {
        let ascii = Self::ascii(char)?;
        if at >= self.end {
            let run = || rest().chars().take_while(|char| Self::ascii(*char).is_some());
            let run: (usize, usize) =
                run().fold((0, 0), |(count, bytes), char| (count + 1, bytes + char.len_utf8()));
            self.end = at + run.1;
            self.text = run.0 >= Self::SHORTEST;
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

/// Looks a character up.
fn fold(char: char) -> Fold {
    let code = u32::from(char);
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
