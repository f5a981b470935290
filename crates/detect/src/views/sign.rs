//! The cheap check: which blocks of a text show signs of a disguise. It is one pass of operations on bytes alone, in
//! a form that compilers turn into vector instructions.

use super::compact::words;

/// What a block shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Signs(u8);

impl Signs {
    /// A character that is not ASCII.
    pub(super) const NON_ASCII: Self = Self(1);
    /// An escape.
    pub(super) const ESCAPE: Self = Self(2);
    /// A long run of characters that tokens are made of.
    pub(super) const TOKEN: Self = Self(4);
    /// Letters and digits that stand alone, several of them.
    pub(super) const SPACED: Self = Self(8);
    /// A digit as a word.
    pub(super) const SPELLED: Self = Self(16);
    /// `dot` or a bracketed `at`.
    pub(super) const ADDRESS: Self = Self(32);

    /// Every sign.
    pub(super) const ALL: Self = Self(63);

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn any(self) -> bool {
        self.0 != 0
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    const fn when(self, shown: bool) -> Self {
        if shown { self } else { Self(0) }
    }
}

/// Bytes of a block.
pub(super) const BLOCK: usize = 64;
/// Bytes before a block that are looked at, too.
const BEFORE: usize = 3;
/// Bytes after it.
const AFTER: usize = 13;
const WINDOW: usize = BEFORE + BLOCK + AFTER;

/// How many letters and digits of a block stand alone where they may spell a value.
const ALONE: u8 = 5;

/// Returns the signs of the block that begins at `at`.
pub(super) fn signs(text: &[u8], at: usize) -> Signs {
    let whole = at.checked_sub(BEFORE).and_then(|from| text.get(from..from + WINDOW));
    if let Some(window) = whole.and_then(|window| <&[u8; WINDOW]>::try_from(window).ok()) {
        return of(window);
    }
    let mut window = [b' '; WINDOW];
    let skipped = BEFORE.saturating_sub(at);
    let rest = text.get(at.saturating_sub(BEFORE)..).unwrap_or_default();
    for (to, from) in window.iter_mut().skip(skipped).zip(rest) {
        *to = *from;
    }
    of(&window)
}

#[expect(clippy::indexing_slicing, reason = "indices are below the lengths of arrays")]
fn of(window: &[u8; WINDOW]) -> Signs {
    let mut letters = [0u8; WINDOW];
    let mut token = [0u8; WINDOW];
    for i in 0..WINDOW {
        let byte = window[i];
        let alnum = ((byte | 0x20).wrapping_sub(b'a') < 26) | (byte.wrapping_sub(b'0') < 10);
        let sign = (byte == b'+') | (byte == b'/') | (byte == b'-') | (byte == b'_');
        letters[i] = u8::from(alnum);
        token[i] = u8::from(alnum | sign);
    }
    // Runs of two, four, eight, and then twelve.
    let mut runs = [0u8; WINDOW];
    for i in 0..WINDOW - 1 {
        runs[i] = token[i] & token[i + 1];
    }
    let mut fours = [0u8; WINDOW];
    for i in 0..WINDOW - 3 {
        fours[i] = runs[i] & runs[i + 2];
    }
    let (mut high, mut escape, mut long, mut address, mut alone) = (0u8, 0u8, 0u8, 0u8, 0u8);
    for i in BEFORE..BEFORE + BLOCK {
        let (first, second, third) = (window[i - 2], window[i - 1], window[i]);
        high |= third;
        let digit = third.wrapping_sub(b'0') < 10;
        let lower = third | 0x20;
        let hex = digit | (lower.wrapping_sub(b'a') < 6);
        escape |= u8::from((second == b'%') & (hex | (lower == b'u')));
        escape |= u8::from((second == b'\\') & ((lower == b'u') | (lower == b'x')));
        let name = third.wrapping_sub(b'a') < 26;
        escape |= u8::from((second == b'&') & ((third == b'#') | name));
        long |= fours[i] & fours[i + 4] & fours[i + 8];
        let (x, y) = (first | 0x20, second | 0x20);
        let bracket = (third == b')') | (third == b']') | (third == b'}') | (third == b'>');
        address |= u8::from((x == b'a') & (y == b't') & bracket);
        address |= u8::from((x == b'd') & (y == b'o') & (lower == b't'));
        alone += letters[i - 1] & !(letters[i - 2] | letters[i]);
    }
    let spelled = [0, 21, 42].iter().any(|at| words::may_be(window, BEFORE + at));
    Signs::NON_ASCII
        .when(high & 0x80 != 0)
        .and(Signs::ESCAPE.when(escape != 0))
        .and(Signs::TOKEN.when(long != 0))
        .and(Signs::SPACED.when(alone >= ALONE))
        .and(Signs::SPELLED.when(spelled))
        .and(Signs::ADDRESS.when(address != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_disguise_shows_wherever_it_stands() {
        let cases = [
            ("é", Signs::NON_ASCII),
            ("%40", Signs::ESCAPE),
            (r"\u0040", Signs::ESCAPE),
            ("&#64;", Signs::ESCAPE),
            ("&commat;", Signs::ESCAPE),
            ("am9obkBl", Signs::default()),
            ("am9obkBleGFt", Signs::TOKEN),
            ("4 1 1 1 1 1 1 1 1", Signs::SPACED),
            (" four one one one one one one", Signs::SPELLED),
            (" jdoe(at)x.com", Signs::ADDRESS),
            (" jdoe at x dot com", Signs::ADDRESS),
            ("a plain, calm lamb and a llama.", Signs::default()),
        ];
        for (case, sign) in cases {
            for lead in 0..130 {
                let text = format!("{}{case}{}", " ".repeat(lead), " ".repeat(130));
                let all = (0..text.len())
                    .step_by(BLOCK)
                    .fold(Signs::default(), |all, at| all.and(signs(text.as_bytes(), at)));
                let seen = if sign.any() { all.has(sign) } else { !all.any() };
                assert!(seen, "{case} after {lead}: {all:?}");
            }
        }
    }
}
