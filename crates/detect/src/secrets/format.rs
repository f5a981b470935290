//! How a vendor's secrets are written, as data.

use std::ops::Range;

use super::check::{self, Check};
use super::rarity;

/// A set of ASCII characters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alphabet([u64; 2]);

impl Alphabet {
    const fn of(ranges: &[(u8, u8)]) -> Self {
        let [mut low, mut high] = [0; 2];
        let mut rest = ranges;
        while let [(first, last), tail @ ..] = rest {
            let mut byte = *first;
            while byte <= *last {
                if byte < 64 {
                    low |= 1 << byte;
                } else {
                    high |= 1 << (byte - 64);
                }
                byte += 1;
            }
            rest = tail;
        }
        Self([low, high])
    }

    #[inline]
    pub(crate) const fn has(self, byte: u8) -> bool {
        let [low, high] = self.0;
        let half = if byte < 64 { low } else { high };
        byte < 128 && half >> (byte & 63) & 1 == 1
    }
}

const LOWER: (u8, u8) = (b'a', b'z');
const UPPER: (u8, u8) = (b'A', b'Z');
const DIGITS: (u8, u8) = (b'0', b'9');

/// Decimal digits.
pub(crate) const DEC: Alphabet = Alphabet::of(&[DIGITS]);
/// Lower-case hexadecimal digits.
pub(crate) const HEX: Alphabet = Alphabet::of(&[DIGITS, (b'a', b'f')]);
/// Hexadecimal digits of either case.
pub(crate) const XDIGIT: Alphabet = Alphabet::of(&[DIGITS, (b'a', b'f'), (b'A', b'F')]);
/// `[a-z0-9]`.
pub(crate) const L36: Alphabet = Alphabet::of(&[DIGITS, LOWER]);
/// `[A-Z0-9]`.
pub(crate) const U36: Alphabet = Alphabet::of(&[DIGITS, UPPER]);
/// `[A-Za-z]`.
pub(crate) const ALPHA: Alphabet = Alphabet::of(&[UPPER, LOWER]);
/// `[A-Za-z0-9]`.
pub(crate) const B62: Alphabet = Alphabet::of(&[DIGITS, UPPER, LOWER]);
/// `[A-Za-z0-9_-]`, that of base64url.
pub(crate) const URL: Alphabet = Alphabet::of(&[DIGITS, UPPER, LOWER, (b'_', b'_'), (b'-', b'-')]);
/// `[A-Za-z0-9_]`.
pub(crate) const WORD: Alphabet = Alphabet::of(&[DIGITS, UPPER, LOWER, (b'_', b'_')]);
/// `[a-z0-9_-]`.
pub(crate) const SLUG: Alphabet = Alphabet::of(&[DIGITS, LOWER, (b'_', b'_'), (b'-', b'-')]);
/// `[A-Za-z0-9+/]`, that of base64.
pub(crate) const B64: Alphabet = Alphabet::of(&[DIGITS, UPPER, LOWER, (b'+', b'+'), (b'/', b'/')]);
/// `[A-Za-z0-9_.=-]`.
pub(crate) const LOOSE: Alphabet =
    Alphabet::of(&[DIGITS, UPPER, LOWER, (b'_', b'_'), (b'-', b'-'), (b'.', b'.'), (b'=', b'=')]);
/// `[A-Z2-7]`, that of base32.
pub(crate) const B32: Alphabet = Alphabet::of(&[UPPER, (b'2', b'7')]);
/// `[a-z2-7]`.
pub(crate) const LB32: Alphabet = Alphabet::of(&[LOWER, (b'2', b'7')]);
/// That of bech32 (BIP 173), in upper case.
pub(crate) const BECH: Alphabet = Alphabet::of(&[
    (b'0', b'0'),
    (b'2', b'9'),
    (b'A', b'A'),
    (b'C', b'H'),
    (b'J', b'N'),
    (b'P', b'Z'),
]);
/// The padding of base64.
pub(crate) const PAD: Alphabet = Alphabet::of(&[(b'=', b'=')]);

/// A piece of a secret.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    /// So many characters.
    Of(Alphabet, u16),
    /// From so many to so many characters, as many as there are.
    Up(Alphabet, u16, u16),
    /// These characters.
    Lit(&'static str),
}

/// How one kind of secret is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Format {
    /// The pattern's name, which begins with the vendor's.
    pub(crate) name: &'static str,
    /// What it begins with.
    pub(crate) prefix: &'static str,
    /// What follows.
    pub(crate) body: &'static [Part],
    pub(crate) check: Check,
    /// A word, in lower case, that must stand shortly before it, where the prefix says too little. Empty for none.
    pub(crate) near: &'static str,
    /// How sure it is, in hundredths, where no checksum tells.
    pub(crate) score: u8,
    /// The first bytes of its prefix as a number, and which bits of one count.
    head: [u64; 2],
    /// How long it is at least.
    pub(crate) least: usize,
    /// Of those that always are so long, what the last characters are of.
    last: Option<Alphabet>,
    /// Some are longer.
    varies: bool,
}

impl Format {
    pub(crate) const fn new(
        name: &'static str,
        prefix: &'static str,
        body: &'static [Part],
    ) -> Self {
        let (mut least, mut varies, mut last) = (prefix.len(), false, None);
        let mut rest = body;
        while let [part, tail @ ..] = rest {
            let (length, of) = match *part {
                Part::Lit(literal) => (literal.len(), None),
                Part::Of(alphabet, length) | Part::Up(alphabet, length, _) => {
                    (length as usize, Some(alphabet))
                }
            };
            varies |= matches!(part, Part::Up(..));
            (least, last) = (least + length, of);
            rest = tail;
        }
        let head = head_of(prefix.as_bytes());
        let (check, near, score) = (Check::None, "", 95);
        Self { name, prefix, body, check, near, score, head, least, last, varies }
    }

    /// With a checksum.
    pub(crate) const fn checked(self, check: Check) -> Self {
        Self { check, ..self }
    }

    /// Only near this word.
    pub(crate) const fn near(self, near: &'static str) -> Self {
        Self { near, score: 85, ..self }
    }

    /// Tells whether it may begin with these bytes.
    #[inline]
    pub(crate) const fn may_begin(&self, bytes: u64) -> bool {
        let [head, mask] = self.head;
        bytes & mask == head
    }

    /// Returns where a secret of this format that starts at `start` ends, and whether its checksum is right.
    pub(crate) fn at(&self, bytes: &[u8], start: usize) -> Option<Match> {
        let body_start = start + self.prefix.len();
        if bytes.get(start..body_start)? != self.prefix.as_bytes() {
            return None;
        }
        let dotted = start.checked_sub(1).is_some_and(|before| bytes.get(before) == Some(&b'.'));
        if dotted && self.prefix.len() <= SHORT {
            return None;
        }
        if !self.may_end(bytes, start) {
            return None;
        }
        let (end, last) = self.body_at(bytes, body_start)?;
        let follows = bytes.get(end).copied().unwrap_or(b' ');
        if follows.is_ascii_alphanumeric() || last.is_some_and(|alphabet| alphabet.has(follows)) {
            return None;
        }
        if !self.near.is_empty() && !stands_before(bytes, start, self.near) {
            return None;
        }
        let body = bytes.get(body_start..end)?;
        if rarity::is_placeholder(body) {
            return None;
        }
        let checksum = check::holds(self.check, self.prefix, body)?;
        if self.prefix == "AIza" && check::is_public(bytes.get(start..end)?) {
            return None;
        }
        let score = match (self.check, checksum) {
            (_, true) => 99,
            (Check::Crc62, false) => 60,
            _ => self.score,
        };
        Some(Match { span: start..end, checksum, score })
    }

    /// Tells at little cost whether a secret may end where this format does, if it always does after so many bytes.
    fn may_end(&self, bytes: &[u8], start: usize) -> bool {
        let follows = bytes.get(start + self.least).copied().unwrap_or(b' ');
        self.varies
            || !follows.is_ascii_alphanumeric() && !self.last.is_some_and(|last| last.has(follows))
    }

    fn body_at(&self, bytes: &[u8], mut at: usize) -> Option<(usize, Option<Alphabet>)> {
        let mut last = None;
        for part in self.body {
            let (alphabet, least, most) = match *part {
                Part::Lit(literal) => {
                    let end = at + literal.len();
                    if bytes.get(at..end)? != literal.as_bytes() {
                        return None;
                    }
                    (at, last) = (end, None);
                    continue;
                }
                Part::Of(alphabet, length) => (alphabet, length, length),
                Part::Up(alphabet, least, most) => (alphabet, least, most),
            };
            let rest = bytes.get(at..)?;
            let run = rest.iter().take(most.into()).take_while(|byte| alphabet.has(**byte)).count();
            if run < least.into() {
                return None;
            }
            (at, last) = (at + run, Some(alphabet));
        }
        Some((at, last))
    }
}

/// The first eight bytes as a number, and a mask of those that there are.
const fn head_of(mut bytes: &[u8]) -> [u64; 2] {
    let [mut head, mut mask, mut shift] = [0, 0, 0];
    while let [byte, tail @ ..] = bytes {
        if shift < 64 {
            head |= (*byte as u64) << shift;
            mask |= 0xFF << shift;
            shift += 8;
        }
        bytes = tail;
    }
    [head, mask]
}

/// A secret that was found.
#[derive(Debug)]
pub(crate) struct Match {
    pub(crate) span: Range<usize>,
    pub(crate) checksum: bool,
    pub(crate) score: u8,
}

/// A prefix that is so short may be the end of a file's name behind a dot, as in `video.ico-…`.
const SHORT: usize = 5;

/// How far before a secret the word it needs may stand.
const REACH: usize = 96;

/// Tells whether `word`, in lower case, stands shortly before `start`, as a word or the beginning of one.
pub(crate) fn stands_before(bytes: &[u8], start: usize, word: &str) -> bool {
    let window = bytes.get(start.saturating_sub(REACH)..start).unwrap_or_default();
    let begins = |at: usize| {
        let (Some(&byte), before) = (window.get(at), at.checked_sub(1).and_then(|i| window.get(i)))
        else {
            return false;
        };
        before.is_none_or(|before| {
            !before.is_ascii_alphabetic()
                || before.is_ascii_lowercase() && byte.is_ascii_uppercase()
        })
    };
    window
        .windows(word.len())
        .enumerate()
        .any(|(at, candidate)| candidate.eq_ignore_ascii_case(word.as_bytes()) && begins(at))
}
