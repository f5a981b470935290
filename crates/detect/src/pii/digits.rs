//! Digits in groups, as they stand in a text.

use crate::bytes::{at, before};

/// Groups of digits, from a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number {
    /// Where its first digit stands.
    pub(crate) from: usize,
    /// Where a sign or a parenthesis before it does.
    pub(crate) start: usize,
    pub(crate) plus: bool,
    pub(crate) parenthesis: bool,
    digits: [u8; Self::DIGITS],
    groups: [Group; Self::GROUPS],
    count: usize,
    plain: usize,
}

/// One group.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Group {
    /// How many digits there are up to its end.
    pub(crate) digits: u8,
    pub(crate) length: u8,
    /// What stands before it, but for spaces; 0 before the first.
    pub(crate) separator: u8,
    /// How many bytes there are up to its end.
    pub(crate) bytes: u8,
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

    /// Reads groups from the digit at `from` on. Between two of them are a separator or two, or a parenthesis.
    pub(crate) fn read(bytes: &[u8], from: usize) -> Self {
        let mut number = Self {
            from,
            start: from,
            plus: false,
            parenthesis: false,
            digits: [0; Self::DIGITS],
            groups: [Group::default(); Self::GROUPS],
            count: 0,
            plain: 0,
        };
        number.read_prefix(bytes);
        number.read_groups(bytes.get(from..).unwrap_or_default());
        number
    }

    fn read_prefix(&mut self, bytes: &[u8]) {
        for _ in 0..2 {
            match before(bytes, self.start) {
                b'+' if !self.plus => self.plus = true,
                b'(' if !self.parenthesis => self.parenthesis = true,
                _ => return,
            }
            self.start -= 1;
        }
    }

    fn read_groups(&mut self, text: &[u8]) {
        let (mut place, mut total, mut separator, mut plain) = (0_u8, 0_u8, 0, true);
        let (mut lengths, from) = (0, self.from);
        for group in &mut self.groups {
            let rest = text.get(usize::from(place)..).unwrap_or_default();
            let mut length = 0_u8;
            for (to, byte) in self.digits.iter_mut().skip(usize::from(total)).zip(rest) {
                let digit = byte.wrapping_sub(b'0');
                if digit > 9 {
                    break;
                }
                *to = digit;
                length += 1;
            }
            let rest = rest.get(usize::from(length)..).unwrap_or_default();
            let next = at(rest, 0);
            // Of letters, only those that an extension begins with may follow.
            if length == 0
                || (next.is_ascii_alphanumeric() && !matches!(next, b'x' | b'X' | b'e' | b'E'))
            {
                return;
            }
            place += length;
            total += length;
            *group = Group { digits: total, length, separator, bytes: place };
            self.count += 1;
            lengths = lengths << 8 | u64::from(length);
            if length == 1 && !self.plus && is_list(lengths, self.start < from) {
                return;
            }
            plain &= !next.is_ascii_alphabetic();
            self.plain += usize::from(plain);
            let Some(between) = between(rest) else { return };
            separator = if next == b' ' && between > 1 { at(rest, 1) } else { next };
            let round = matches!(separator, b'(' | b')');
            self.parenthesis |= round;
            plain &= between == 1 && !round;
            place += between;
        }
    }

    /// All groups.
    pub(crate) fn groups(&self) -> &[Group] {
        self.groups.get(..self.count).unwrap_or_default()
    }

    /// The first `count` digits.
    pub(crate) fn digits(&self, count: u8) -> &[u8] {
        self.digits.get(..usize::from(count)).unwrap_or_default()
    }

    /// Where `group` ends.
    pub(crate) fn end(&self, group: &Group) -> usize {
        self.from + usize::from(group.bytes)
    }

    /// Where the first group ends.
    pub(crate) fn first_end(&self) -> usize {
        self.groups().first().map_or(self.from + 1, |first| self.end(first))
    }

    /// The lengths of the first `count` groups: see [`shape`].
    pub(crate) fn shape(&self, count: usize) -> u64 {
        let groups = self.groups().iter().take(count);
        groups.fold(0, |shape, group| shape << 8 | u64::from(group.length))
    }

    /// The numbers that the first groups write with one separator between two of them, the longest first, of as many
    /// digits as `lengths` say.
    pub(crate) fn parts(
        &self,
        lengths: std::ops::RangeInclusive<u8>,
    ) -> impl Iterator<Item = Part<'_>> {
        let groups = self.groups.get(..self.plain).unwrap_or_default();
        let fitting = groups.iter().enumerate().rev().filter(move |(place, group)| {
            FORMED.contains(place) && lengths.contains(&group.digits)
        });
        fitting.map(|(place, last)| {
            let mut separators = groups.iter().skip(1).take(place).map(|group| group.separator);
            let separator = separators.next().map_or(0, |first| {
                if separators.all(|separator| separator == first) { first } else { MIXED }
            });
            Part {
                from: self.from,
                to: self.end(last),
                digits: self.digits(last.digits),
                shape: self.shape(place + 1),
                separator,
                groups: place + 1,
            }
        })
    }
}

/// The places of groups that a form ends with: none is of six groups, or of more than seven.
const FORMED: [usize; 6] = [0, 1, 2, 3, 4, 6];

/// Tells whether groups of these lengths, the last of one digit, are of a list: no number has such a group there.
const fn is_list(lengths: u64, prefixed: bool) -> bool {
    match lengths {
        ..=0xff => prefixed,
        // `4-5-1` and `2-6-6-1`.
        0x1_0000..=0xff_ffff => lengths >> 16 != 4,
        0x100_0000..=0xffff_ffff => lengths >> 8 & 0xff != 6,
        _ => true,
    }
}

/// How many bytes of separators stand before the next digit: one, or up to three that are not spaces alone.
fn between(rest: &[u8]) -> Option<u8> {
    let separates = |byte: u8| matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')');
    let (a, b, c, d) = (at(rest, 0), at(rest, 1), at(rest, 2), at(rest, 3));
    if !separates(a) {
        None
    } else if b.is_ascii_digit() {
        Some(1)
    } else if !separates(b) || (a == b' ' && b == b' ') {
        None
    } else if c.is_ascii_digit() {
        Some(2)
    } else {
        (separates(c) && d.is_ascii_digit()).then_some(3)
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn groups_end_where_their_separators_do() {
        let cases: [(&str, &[u8], usize); 7] = [
            ("4111 1111 1111 1111", &[4, 4, 4, 4], 4),
            ("078-05-1123, 12", &[3, 2, 4], 3),
            ("415) 555-0132", &[3, 3, 4], 1),
            ("12  34", &[2], 1),
            ("345-899-3560x4587", &[3, 3, 4], 2),
            ("12 34ab", &[2], 1),
            ("1234567890123456789012345", &[], 0),
        ];
        for (text, lengths, plain) in cases {
            let number = Number::read(text.as_bytes(), 0);
            let found: Vec<_> = number.groups().iter().map(|group| group.length).collect();
            assert_eq!((found.as_slice(), number.plain), (lengths, plain), "{text}");
        }
    }
}
