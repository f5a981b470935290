//! Which bytes of a text are digits, parts of words or tokens, or signs something hangs on: a bit for each.

#[cfg(target_arch = "x86_64")]
mod avx2;

/// How many bytes one [`Masks`] tells of.
pub(crate) const BLOCK: usize = 64;
/// How many blocks are classed at once.
pub(crate) const BLOCKS: usize = 16;

/// The classes of 64 bytes: bit n is of byte n.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    /// `0-9`.
    pub(crate) digit: u64,
    /// `0-9A-Za-z`.
    pub(crate) word: u64,
    /// `0-9A-Za-z` and `_-+/=.~`.
    pub(crate) token: u64,
    /// `@`.
    pub(crate) at: u64,
    /// `:`.
    pub(crate) colon: u64,
    /// `=`.
    pub(crate) equals: u64,
    /// `s` and `w`, of which `password` is, in either case.
    pub(crate) s: u64,
    pub(crate) w: u64,
}

/// Classes the bytes of up to [`BLOCKS`] blocks; those past the end of `bytes` belong to no class.
pub(crate) fn classify(bytes: &[u8], out: &mut [Masks; BLOCKS]) {
    #[cfg(target_arch = "x86_64")]
    if avx2::classify(bytes, out) {
        return;
    }
    scalar(bytes, out);
}

/// What the words before a place are told by: bit 63 is of the byte right before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Letters {
    /// ASCII letters, and what is not ASCII, which is taken for letters.
    pub(crate) letter: u64,
    /// Those without the bit that small letters have.
    pub(crate) upper: u64,
    /// `:` and `=`.
    pub(crate) assign: u64,
    /// What ends a clause: the end of a line, `{`, `,`, `;` and `&`.
    pub(crate) clause: u64,
}

/// Tells which of the 64 bytes from `from` on are ASCII letters and digits; those past the end are not.
#[inline]
pub(crate) fn words(bytes: &[u8], from: usize) -> u64 {
    let rest = bytes.get(from..).unwrap_or_default();
    let padded;
    let block = match rest.first_chunk() {
        Some(block) => block,
        None => {
            padded = padded_block(rest);
            &padded
        }
    };
    #[cfg(target_arch = "x86_64")]
    if let Some(words) = avx2::words(block) {
        return words;
    }
    scalar_words(block)
}

#[cold]
fn padded_block(rest: &[u8]) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    if let Some(start) = block.get_mut(..rest.len()) {
        start.copy_from_slice(rest);
    }
    block
}

/// Tells the letters of a block.
#[inline]
pub(crate) fn letters(block: &[u8; BLOCK]) -> Letters {
    #[cfg(target_arch = "x86_64")]
    if let Some(letters) = avx2::letters(block) {
        return letters;
    }
    scalar_letters(block)
}

/// What a disguise shows by in 64 bytes: bit n is of byte n.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Traces {
    /// What is not ASCII.
    pub(crate) other: u64,
    /// `%`, `\` and `&`.
    pub(crate) escape: u64,
    /// `0-9`.
    pub(crate) digit: u64,
    /// `0-9A-Za-z`.
    pub(crate) word: u64,
    /// `0-9A-Za-z` and `_-+/`.
    pub(crate) code: u64,
    /// What stands between groups of digits: blanks and `-_/,.|*;`.
    pub(crate) between: u64,
    /// Brackets that close: `)`, `]`, `}` and `>`.
    pub(crate) close: u64,
    /// `a`, `d`, `o` and `t`, of which `at` and `dot` are, in either case.
    pub(crate) a: u64,
    pub(crate) d: u64,
    pub(crate) o: u64,
    pub(crate) t: u64,
}

/// Tells the traces of up to [`BLOCKS`] blocks; bytes past the end of `bytes` have none.
pub(crate) fn traces(bytes: &[u8], out: &mut [Traces; BLOCKS]) {
    #[cfg(target_arch = "x86_64")]
    if avx2::traces(bytes, out) {
        return;
    }
    scalar_traces(bytes, out);
}

/// Tells them one by one.
fn scalar_traces(bytes: &[u8], out: &mut [Traces; BLOCKS]) {
    for (block, traces) in bytes.chunks(BLOCK).zip(out.iter_mut()) {
        *traces = Traces::default();
        for (place, byte) in block.iter().enumerate() {
            let bit = 1 << place;
            let add = |mask: &mut u64, is: bool| *mask |= if is { bit } else { 0 };
            add(&mut traces.other, !byte.is_ascii());
            add(&mut traces.escape, b"%\\&".contains(byte));
            add(&mut traces.digit, byte.is_ascii_digit());
            add(&mut traces.word, byte.is_ascii_alphanumeric());
            add(&mut traces.code, byte.is_ascii_alphanumeric() || b"_-+/".contains(byte));
            add(&mut traces.between, b" \t\r\n-_/,.|*;".contains(byte));
            add(&mut traces.close, b")]}>".contains(byte));
            add(&mut traces.a, matches!(byte, b'a' | b'A'));
            add(&mut traces.d, matches!(byte, b'd' | b'D'));
            add(&mut traces.o, matches!(byte, b'o' | b'O'));
            add(&mut traces.t, matches!(byte, b't' | b'T'));
        }
    }
}

/// Tells them one by one.
fn scalar_letters(block: &[u8; BLOCK]) -> Letters {
    let mut letters = Letters::default();
    for (place, byte) in block.iter().enumerate() {
        let bit = |is: bool| u64::from(is) << place;
        let letter = byte.is_ascii_alphabetic() || !byte.is_ascii();
        letters.letter |= bit(letter);
        letters.upper |= bit(letter && byte & 0x20 == 0);
        letters.assign |= bit(matches!(byte, b':' | b'='));
        letters.clause |= bit(matches!(byte, b'\n' | b'{' | b',' | b';' | b'&'));
    }
    letters
}

/// Tells them one by one.
fn scalar_words(block: &[u8; BLOCK]) -> u64 {
    let words = block.iter().enumerate();
    words.fold(0, |words, (place, byte)| words | u64::from(byte.is_ascii_alphanumeric()) << place)
}

/// Classes bytes one by one: what every faster way must equal.
pub(crate) fn scalar(bytes: &[u8], out: &mut [Masks; BLOCKS]) {
    for (block, masks) in bytes.chunks(BLOCK).zip(out.iter_mut()) {
        *masks = Masks::default();
        for (place, byte) in block.iter().enumerate() {
            let bit = 1 << place;
            let add = |mask: &mut u64, is: bool| *mask |= if is { bit } else { 0 };
            add(&mut masks.digit, byte.is_ascii_digit());
            add(&mut masks.word, byte.is_ascii_alphanumeric());
            add(&mut masks.token, byte.is_ascii_alphanumeric() || b"_-+/=.~".contains(byte));
            add(&mut masks.at, *byte == b'@');
            add(&mut masks.colon, *byte == b':');
            add(&mut masks.equals, *byte == b'=');
            add(&mut masks.s, matches!(byte, b's' | b'S'));
            add(&mut masks.w, matches!(byte, b'w' | b'W'));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        BLOCK, BLOCKS, Masks, Traces, classify, letters, scalar, scalar_letters, scalar_traces,
        scalar_words, traces, words,
    };

    proptest! {
        #[test]
        fn the_fast_way_classes_as_the_simple_one_does(bytes in proptest::collection::vec(any::<u8>(), 0..BLOCK * BLOCKS)) {
            let (mut fast, mut simple) = ([Masks::default(); BLOCKS], [Masks::default(); BLOCKS]);
            classify(&bytes, &mut fast);
            scalar(&bytes, &mut simple);
            prop_assert_eq!(fast, simple);
            let (mut fast, mut simple) = ([Traces::default(); BLOCKS], [Traces::default(); BLOCKS]);
            traces(&bytes, &mut fast);
            scalar_traces(&bytes, &mut simple);
            prop_assert_eq!(fast, simple);
        }
    }

    #[test]
    fn every_byte_at_every_place_is_classed_as_the_simple_way_does() {
        for byte in 0..=255 {
            for place in 0..BLOCK {
                let mut block = [b' '; BLOCK];
                block[place] = byte;
                let (mut fast, mut simple) =
                    ([Masks::default(); BLOCKS], [Masks::default(); BLOCKS]);
                classify(&block, &mut fast);
                scalar(&block, &mut simple);
                assert_eq!(fast, simple, "byte {byte} at {place}");
                assert_eq!(words(&block, 0), scalar_words(&block), "byte {byte} at {place}");
                assert_eq!(letters(&block), scalar_letters(&block), "byte {byte} at {place}");
                let (mut fast, mut simple) =
                    ([Traces::default(); BLOCKS], [Traces::default(); BLOCKS]);
                traces(&block, &mut fast);
                scalar_traces(&block, &mut simple);
                assert_eq!(fast, simple, "byte {byte} at {place}");
            }
        }
    }
}
