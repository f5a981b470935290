//! Digits in groups, and what their number and grouping may mean.

use crate::bytes::{at, before, cut, run, run_back};
use crate::entity::Kind;
use crate::hit::Hit;
use crate::kinds::Kinds;
use crate::pii::{Text, card, named, national, phone};

/// Groups of digits with one separator between two of them, from a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number {
    /// Where its first digit stands.
    pub(crate) from: usize,
    digits: [u8; Self::DIGITS],
    groups: [Group; Self::GROUPS],
    count: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Group {
    /// How many digits there are up to its end.
    digits: u8,
    length: u8,
    /// What stands before it; 0 before the first.
    separator: u8,
    /// How many bytes there are up to its end.
    bytes: u8,
}

/// The first groups of a number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) digits: &'a [u8],
    /// The length of each group, a byte each, the last lowest: see [`shape`].
    pub(crate) shape: u64,
    /// What separates its groups: 0 if there is one group, [`MIXED`] if they differ.
    pub(crate) separator: u8,
    /// How many groups.
    pub(crate) groups: usize,
}

pub(crate) const MIXED: u8 = b'*';

/// Writes lengths of groups as one number.
pub(crate) const fn shape(lengths: &[u8]) -> u64 {
    let mut shape = 0;
    let mut rest = lengths;
    while let [first, others @ ..] = rest {
        shape = shape << 8 | *first as u64;
        rest = others;
    }
    shape
}

impl Number {
    const DIGITS: usize = 24;
    const GROUPS: usize = 8;

    /// Reads groups from `from` on. There are none where letters are part of the first.
    pub(crate) fn read(bytes: &[u8], from: usize) -> Self {
        let (digits, groups) = ([0; Self::DIGITS], [Group::default(); Self::GROUPS]);
        let mut number = Self { from, digits, groups, count: 0 };
        let (mut place, mut total, mut separator) = (0_u8, 0_u8, 0);
        let text = bytes.get(from..).unwrap_or_default();
        let byte = |place: u8| at(text, usize::from(place));
        for group in &mut number.groups {
            let start = total;
            while let (digit @ b'0'..=b'9', Some(to)) =
                (byte(place), number.digits.get_mut(usize::from(total)))
            {
                *to = digit - b'0';
                place += 1;
                total += 1;
            }
            let next = byte(place);
            if total == start || next.is_ascii_alphanumeric() {
                break;
            }
            *group = Group { digits: total, length: total - start, separator, bytes: place };
            number.count += 1;
            if !matches!(next, b' ' | b'-' | b'.' | b'/') || !byte(place + 1).is_ascii_digit() {
                break;
            }
            separator = next;
            place += 1;
        }
        number
    }

    /// Says what the most of its groups are. Returns where they end.
    fn verify(&self, text: &Text<'_>, hits: &mut Vec<Hit>) -> Option<usize> {
        for count in (1..=self.count).rev() {
            let part = self.part(count)?;
            if part.digits.len() < 9 || is_continued_right(text.bytes, &part) {
                continue;
            }
            let known = hits.len();
            card::verify(text, &part, hits);
            national::verify(text, &part, hits);
            if hits.len() > known {
                return Some(part.to);
            }
        }
        None
    }

    /// Tells whether it is worth to ask if it is a telephone's: digits alone are only where a word or the region says so.
    fn may_be_dialled(&self, text: &Text<'_>) -> bool {
        let Some(Group { digits, bytes, .. }) = self.groups.first() else { return false };
        let grouped = self.count > 1
            || matches!(before(text.bytes, self.from), b'+' | b'(')
            || matches!(at(text.bytes, self.from + usize::from(*bytes)), b')' | b'(' | b' ');
        let known = || {
            text.region.is_some()
                || text.floor <= phone::BARE
                || text.near.before(self.from).has(Kind::PhoneNumber)
        };
        grouped || ((7..=17).contains(digits) && known())
    }

    /// Returns the number of the first `count` groups.
    fn part(&self, count: usize) -> Option<Part<'_>> {
        let groups = self.groups.get(..self.count)?.get(..count)?;
        let last = groups.last()?;
        let separator = match groups.get(1..) {
            None | Some([]) => 0,
            Some([first, rest @ ..])
                if rest.iter().all(|group| group.separator == first.separator) =>
            {
                first.separator
            }
            Some(_) => MIXED,
        };
        Some(Part {
            from: self.from,
            to: self.from + usize::from(last.bytes),
            digits: self.digits.get(..usize::from(last.digits))?,
            shape: groups.iter().fold(0, |shape, group| shape << 8 | u64::from(group.length)),
            separator,
            groups: count,
        })
    }
}

/// Says what the digits from `from` on are, where no letter or digit stands right before. Returns where to go on.
pub(crate) fn verify(text: &Text<'_>, from: usize, hits: &mut Vec<Hit>) -> usize {
    let number = Number::read(text.bytes, from);
    let Some(first) = number.part(1) else { return from + 1 };
    let known = hits.len();
    let mut end = number.verify(text, hits);
    if number.may_be_dialled(text) {
        end = end.max(phone::verify(text, from, hits));
    }
    if hits.len() == known {
        named::verify(text, from, first.to, hits);
    }
    end.unwrap_or(first.to)
}

impl Part<'_> {
    /// What is near it; a price or a count is none.
    pub(crate) fn near(&self, text: &Text<'_>) -> Kinds {
        match before(text.bytes, self.from) {
            b'$' | b'#' => Kinds::OTHER,
            _ => text.near.around(self.from, self.to),
        }
    }
}

/// Tells whether what stands at `from` goes on a number, date, fraction or code that began before.
pub(crate) fn is_continued_left(bytes: &[u8], from: usize) -> bool {
    let last = before(bytes, from);
    if !matches!(last, b'-' | b'.' | b'/' | b',' | b':' | b'_') {
        return false;
    }
    let outer = before(bytes, from - 1);
    let length = || run(bytes, from, 9, |byte| byte.is_ascii_digit());
    match last {
        // Of thousands; else what separates is a comma between values.
        b',' => return outer.is_ascii_digit() && length() == 3 && at(bytes, from + 3) != b'-',
        b'/' | b':' | b'_' => return outer.is_ascii_digit() && length() < 9,
        _ if !outer.is_ascii_alphabetic() => return outer.is_ascii_digit(),
        _ => {}
    }
    // A word may introduce a number, as in `card-4111…`; a part of a code does not.
    let length = run_back(bytes, from - 1, 16, |byte| byte.is_ascii_alphanumeric());
    let word = cut(bytes, from - 1 - length, from - 1);
    word.iter().any(u8::is_ascii_digit) || matches!(before(bytes, from - 1 - length), b'-' | b'.')
}

/// Tells whether more of the same goes on behind `part`.
fn is_continued_right(bytes: &[u8], part: &Part<'_>) -> bool {
    let digit = |place: usize| at(bytes, part.to + place).is_ascii_digit();
    match at(bytes, part.to) {
        b'-' => digit(1) || at(bytes, part.to + 1).is_ascii_alphabetic(),
        b'.' => digit(1),
        b'/' => digit(1) && part.digits.len() < 12,
        // A fraction of two digits; else what separates is a comma between values.
        b',' => digit(1) && digit(2) && !digit(3) && part.digits.len() < 12,
        b'_' => true,
        _ => false,
    }
}
