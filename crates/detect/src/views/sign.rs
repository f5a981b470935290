//! The cheap check: which blocks of a text show signs of a disguise. It is bits of classes, and a closer look where
//! those say so; a text without any costs a few instructions for every 64 bytes.

use super::compact::{self, words};
use super::{decode, fold};
use crate::classes::{self, BLOCKS, Traces};

pub(super) use crate::classes::BLOCK;

/// What a block shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Signs(u8);

impl Signs {
    /// A character that is not ASCII and looks like one that is, or is not seen.
    pub(super) const NON_ASCII: Self = Self(1);
    /// An escape.
    pub(super) const ESCAPE: Self = Self(2);
    /// A long run of characters that may be text in another form.
    pub(super) const TOKEN: Self = Self(4);
    /// Single characters with separators between them.
    pub(super) const SPACED: Self = Self(8);
    /// Digits as words.
    pub(super) const SPELLED: Self = Self(16);
    /// `dot`, or `at` in brackets.
    pub(super) const ADDRESS: Self = Self(32);
    /// A character of ordinary writing that may be of a value, or of a word that tells of one.
    pub(super) const NATURAL: Self = Self(64);
    /// Digits in unusual groups.
    pub(super) const GROUPED: Self = Self(128);
    /// Every sign.
    pub(super) const ALL: Self = Self(255);

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn any(self) -> bool {
        self.0 != 0
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn when(self, shown: bool) -> Self {
        if shown { self } else { Self(0) }
    }
}

/// How many letters and digits of a block stand alone where they may spell a value.
const ALONE: u32 = 5;
/// Where in a block words are looked at: a value that is spelled does not fit between two of these places.
const SAMPLES: [usize; 2] = [0, 32];
/// How far beyond a block a closer look goes, lest a run through the whole text be followed to its end from each.
const BEYOND: usize = 160;

/// How far before a block a closer look begins, for what began in the block before.
const BACK: usize = 20;

/// Calls `each` with the blocks that show signs, and which.
pub(super) fn signs<E>(
    text: &[u8],
    mut each: impl FnMut(usize, Signs) -> Result<(), E>,
) -> Result<(), E> {
    let mut traces = [Traces::default(); BLOCKS];
    let mut check = Check { text, grouped_done: 0, before: Runs::default() };
    let mut at = 0;
    for chunk in text.chunks(BLOCK * BLOCKS) {
        classes::traces(chunk, &mut traces);
        for traces in traces.iter().take(chunk.len().div_ceil(BLOCK)) {
            let signs = check.block(at, traces);
            if signs.any() {
                each(at, signs)?;
            }
            at += BLOCK;
        }
    }
    Ok(())
}

/// Returns all signs of a text.
pub(super) fn all(text: &[u8]) -> Signs {
    let mut all = Signs::default();
    let Ok(()) = signs(text, |_, signs| -> Result<(), std::convert::Infallible> {
        all = all.and(signs);
        Ok(())
    });
    all
}

/// The check, as far as it is.
struct Check<'a> {
    text: &'a [u8],
    /// Before it, groups of digits are dealt with.
    grouped_done: usize,
    before: Runs,
}

/// What of a block the next needs.
#[derive(Default)]
struct Runs {
    traces: Traces,
    fours: u64,
    twelves: u64,
}

/// The bits of a block moved up by `by`, and those of the block before that come in.
const fn moved(block: u64, before: u64, by: u32) -> u64 {
    block << by | before >> (64 - by)
}

/// The signs of which so many letters and digits stand behind that they may be a token, or the block ends in them.
const fn signs_before_long(now: &Traces) -> u64 {
    // What is beyond the block may be anything.
    const fn behind(bits: u64, by: u32) -> u64 {
        !(!bits >> by)
    }
    let twos = now.word & behind(now.word, 1);
    let fours = twos & behind(twos, 2);
    let eights = fours & behind(fours, 4);
    now.code & !now.word & behind(eights & behind(twos, 8), 1)
}

impl Check<'_> {
    #[inline]
    fn block(&mut self, at: usize, traces: &Traces) -> Signs {
        let before = &self.before;
        let (was, now) = (&before.traces, traces);
        // The bits where a run of two, four, eight, twelve ends.
        let twos = now.code & moved(now.code, was.code, 1);
        let was_twos = was.code & was.code << 1;
        let fours = twos & moved(twos, was_twos, 2);
        let eights = fours & moved(fours, before.fours, 4);
        let twelves = eights & moved(fours, before.fours, 8);
        let ends = twelves & !moved(twelves, before.twelves, 1);
        let alone = moved(now.word, was.word, 1) & !moved(now.word, was.word, 2) & !now.word;
        let dot = now.t & moved(now.o, was.o, 1) & moved(now.d, was.d, 2);
        let address = dot | now.close & moved(now.t, was.t, 1) & moved(now.a, was.a, 2);
        let grouped = now.digit != 0 && self.grouped(at, now);
        self.before = Runs { traces: *now, fours, twelves };
        let letters = now.word & !now.digit;
        // What is left without the lowest few.
        let spaced = (1..ALONE).fold(alone, |left, _| left & left.saturating_sub(1)) != 0;
        let other =
            if now.other == 0 { Signs::default() } else { fold::signs(self.text, at, now.other) };
        other
            .and(Signs::ESCAPE.when(now.escape != 0 && self.escape(at, now.escape)))
            .and(Signs::TOKEN.when(twelves != 0 && self.token(at, ends, signs_before_long(now))))
            .and(Signs::GROUPED.when(grouped))
            .and(Signs::SPACED.when(spaced && self.near(at, compact::spaced_stands)))
            .and(Signs::ADDRESS.when(address != 0 && self.near(at, compact::address_stands)))
            .and(Signs::SPELLED.when(self.spelled(at, letters & letters >> 1)))
    }

    /// Tells whether one of the places is that of an escape.
    fn escape(&self, at: usize, mut places: u64) -> bool {
        while places != 0 {
            let place = at + places.trailing_zeros() as usize;
            if self.text.get(place..).is_some_and(decode::escape_stands) {
                return true;
            }
            places &= places - 1;
        }
        false
    }

    /// Tells whether one of the runs whose twelfth characters are at `ends`, or a part after one of the `signs`, may be
    /// text in another form.
    fn token(&self, at: usize, mut ends: u64, mut signs: u64) -> bool {
        let stands = |place: usize| self.text.get(place..).is_some_and(decode::token_stands);
        while ends != 0 {
            let start = (at + ends.trailing_zeros() as usize).saturating_sub(11);
            let before = self.text.get(start..at).unwrap_or_default().iter().enumerate();
            let mut parts = before.filter(|(_, byte)| !byte.is_ascii_alphanumeric());
            if stands(start) || parts.any(|(place, _)| stands(start + place + 1)) {
                return true;
            }
            ends &= ends - 1;
        }
        while signs != 0 {
            if stands(at + signs.trailing_zeros() as usize + 1) {
                return true;
            }
            signs &= signs - 1;
        }
        false
    }

    /// Tells whether digits are in unusual groups.
    #[inline]
    fn grouped(&mut self, at: usize, now: &Traces) -> bool {
        let was = &self.before.traces;
        let digit = |by| moved(now.digit, was.digit, by);
        let between = |by| moved(now.between, was.between, by);
        // Digits that others stand before, with a separator or a few between.
        let wide = between(2) & (digit(3) | between(3) & (digit(4) | between(4) & digit(5)));
        let starts = now.digit & between(1) & (digit(2) | wide);
        starts != 0
            && now.digit.count_ones() + was.digit.count_ones() >= compact::FEWEST_GROUPED
            && self.grouped_from(at, starts, now)
    }

    /// Looks closer at groups that begin at `starts`.
    #[inline(never)]
    fn grouped_from(&mut self, at: usize, mut starts: u64, now: &Traces) -> bool {
        let near = Groups::of(&self.before.traces, now);
        let many = near.digit.count_ones() >= 15 && starts.count_ones() >= 3;
        while starts != 0 {
            let bit = starts.trailing_zeros();
            let (digits, end) = near.stretch(bit);
            if digits < compact::FEWEST_GROUPED && !near.account {
                starts &= u64::MAX.checked_shl(end).unwrap_or(0);
                continue;
            }
            starts &= starts - 1;
            let place = at + bit as usize;
            let many = many
                && (near.account
                    || digits >= compact::FEWEST_OF_CARD
                    || compact::is_parted_twice(self.text, place));
            if place >= self.grouped_done
                && let Some((found, end)) = compact::grouped_stands(self.text, place, many)
            {
                self.grouped_done = end;
                if found {
                    return true;
                }
            }
        }
        false
    }

    fn near(&self, at: usize, stands: fn(&[u8], std::ops::Range<usize>) -> bool) -> bool {
        let end = (at + BLOCK).min(self.text.len());
        let near = self.text.get(..(end + BEYOND).min(self.text.len())).unwrap_or_default();
        stands(near, at.saturating_sub(BACK)..end)
    }

    /// Tells whether a digit's word stands at one of the places that are looked at; `pairs` are the letters that
    /// another follows.
    #[inline]
    fn spelled(&self, at: usize, pairs: u64) -> bool {
        SAMPLES.iter().any(|sample| {
            let skip = (pairs >> sample).trailing_zeros() as usize;
            let place = at + sample + skip;
            skip < words::WINDOW
                && self.text.get(place..).is_some_and(words::may_be)
                && compact::spelled_stands(self.text, place)
        })
    }
}

/// The digits of two blocks, the latter in the higher bits.
struct Groups {
    digit: u128,
    /// What is neither digit nor separator.
    other: u128,
    /// Whether what an account begins with is there.
    account: bool,
}

impl Groups {
    fn of(was: &Traces, now: &Traces) -> Self {
        let both = |was: u64, now: u64| u128::from(was) | u128::from(now) << 64;
        let digit = both(was.digit, now.digit);
        let word = both(was.word, now.word);
        let letter = word & !digit;
        let account = letter & letter >> 1 & digit >> 2 & digit >> 3 & !(word << 1);
        Self { digit, other: !(digit | both(was.between, now.between)), account: account != 0 }
    }

    /// How many digits stand around `bit` of the latter block with nothing but separators between, and where that ends.
    /// What goes on behind the block may have any number.
    fn stretch(&self, bit: u32) -> (u32, u32) {
        let bit = 64 + bit;
        let length = (self.other >> bit).trailing_zeros();
        if bit + length >= 128 {
            return (self.digit.count_ones(), 64);
        }
        let before = 128 - (self.other & !(!0 << bit)).leading_zeros();
        let within = !(!0 << (bit + length)) & (!0 << before);
        ((self.digit & within).count_ones(), bit + length - 64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_disguise_shows_wherever_it_stands() {
        let cases = [
            ("\u{200b}", Signs::NON_ASCII),
            ("\u{661}", Signs::NON_ASCII),
            (" t\u{e9}l\u{e9}phone ", Signs::NATURAL),
            ("jos\u{e9}@x.com", Signs::NATURAL),
            ("12\u{2013}34", Signs::NATURAL),
            (" caf\u{e9} \u{2013} don\u{2019}t \u{4e2d}", Signs::default()),
            ("%40", Signs::ESCAPE),
            (r"\u0040", Signs::ESCAPE),
            ("&#64;", Signs::ESCAPE),
            ("&commat;", Signs::ESCAPE),
            ("am9obkBl", Signs::default()),
            ("am9obkBleGFt", Signs::TOKEN),
            ("4 1 1 1 1 1 1 1 1", Signs::SPACED),
            (" four one one one one one one one one", Signs::SPELLED),
            (" jdoe(at)x.com", Signs::ADDRESS),
            (" jdoe at x dot com", Signs::ADDRESS),
            ("4111//1111//1111//1111", Signs::GROUPED),
            ("GB82/WEST/1234/5698/7654/32", Signs::GROUPED),
            ("4111 1111 1111 1111", Signs::default()),
            ("2026-01-02 10:30, 555-0132", Signs::default()),
            ("the quick brown fox, one of two, and so on at last.", Signs::default()),
        ];
        for (case, sign) in cases {
            for lead in 0..130 {
                let text = format!("{}{case}{}", " ".repeat(lead), " ".repeat(130));
                let all = all(text.as_bytes());
                let seen = if sign.any() { all.has(sign) } else { !all.any() };
                assert!(seen, "{case} after {lead}: {all:?}");
            }
        }
    }
}
