//! Reading bytes that may not be there.

/// Returns the byte at `at`, or 0, which belongs to no class, where the text has none.
#[inline(always)]
pub(crate) fn at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

/// Returns the byte before `at`, or 0 at the start.
#[inline(always)]
pub(crate) fn before(bytes: &[u8], at: usize) -> u8 {
    at.checked_sub(1).map_or(0, |before| self::at(bytes, before))
}

/// Returns the bytes of a range, or none where it is not within the text.
#[inline(always)]
pub(crate) fn cut(bytes: &[u8], from: usize, to: usize) -> &[u8] {
    bytes.get(from..to).unwrap_or_default()
}

/// Counts, from `from` on, the bytes that are `like`, up to `most`.
#[inline(always)]
pub(crate) fn run(bytes: &[u8], from: usize, most: usize, like: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter().take(most).take_while(|byte| like(**byte)).count()
}

/// Counts, before `to` and backwards, the bytes that are `like`, up to `most`.
#[inline(always)]
pub(crate) fn run_back(bytes: &[u8], to: usize, most: usize, like: impl Fn(u8) -> bool) -> usize {
    let front = bytes.get(..to).unwrap_or_default();
    front.iter().rev().take(most).take_while(|byte| like(**byte)).count()
}

/// Tells whether a byte is an ASCII letter or digit.
#[inline(always)]
pub(crate) fn is_word(byte: u8) -> bool {
    of(byte) & WORD != 0
}

/// Tells whether names have such a byte: letters, digits, `_`, `-` and `.`.
#[inline(always)]
pub(crate) fn is_name(byte: u8) -> bool {
    of(byte) & NAME != 0
}

/// Tells whether tokens have such a byte: those of names, and `+`, `/`, `=` and `~`.
#[inline(always)]
pub(crate) fn is_token(byte: u8) -> bool {
    of(byte) & TOKEN != 0
}

const WORD: u8 = 1;
const NAME: u8 = 2;
const TOKEN: u8 = 4;

#[inline(always)]
fn of(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(0)
}

static CLASSES: [u8; 256] = classes();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
#[expect(clippy::cast_possible_truncation, reason = "of 256 bytes")]
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => WORD | NAME | TOKEN,
            b'_' | b'-' | b'.' => NAME | TOKEN,
            b'+' | b'/' | b'=' | b'~' => TOKEN,
            _ => 0,
        };
        byte += 1;
    }
    classes
}
