//! Telephone numbers: international ones (E.164), those of North America, and any other beside a word or in a region.

use std::ops::Range;

use crate::bytes::{at, before, cut, run};
use crate::entity::Kind;
use crate::hit::Hit;
use crate::kinds::Kinds;
use crate::pii::{Claim, Text};

/// How sure digits without groups are to be a number, at most.
pub(crate) const BARE: u8 = 35;

/// A number as one would dial it.
#[derive(Debug, Clone, Copy)]
struct Dialled {
    from: usize,
    digits: [u8; Self::DIGITS],
    groups: [Group; Self::GROUPS],
    count: usize,
    plus: bool,
    parenthesis: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Group {
    /// How many digits there are up to its end.
    digits: usize,
    separator: u8,
    to: usize,
}

impl Dialled {
    const DIGITS: usize = 17;
    const GROUPS: usize = 8;

    /// Reads groups from the digit at `from` on, with a sign or a parenthesis before it.
    fn read(bytes: &[u8], from: usize) -> Self {
        let mut start = from;
        let (mut plus, mut parenthesis) = (false, false);
        for _ in 0..2 {
            match before(bytes, start) {
                b'+' if !plus => plus = true,
                b'(' if !parenthesis => parenthesis = true,
                _ => break,
            }
            start -= 1;
        }
        let (digits, groups) = ([0; Self::DIGITS], [Group::default(); Self::GROUPS]);
        let mut dialled = Self { from: start, digits, groups, count: 0, plus, parenthesis };
        dialled.read_groups(bytes, from);
        dialled
    }

    fn read_groups(&mut self, bytes: &[u8], from: usize) {
        let (mut place, mut total, mut separator) = (from, 0, 0);
        for group in &mut self.groups {
            let start = total;
            while let (byte @ b'0'..=b'9', Some(digit)) =
                (at(bytes, place), self.digits.get_mut(total))
            {
                *digit = byte - b'0';
                place += 1;
                total += 1;
            }
            if total == start || at(bytes, place).is_ascii_digit() {
                break;
            }
            *group = Group { digits: total, separator, to: place };
            self.count += 1;
            let between = run(bytes, place, 3, |byte| {
                matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/')
            });
            if between == 0 || !at(bytes, place + between).is_ascii_digit() {
                break;
            }
            let spaces = run(bytes, place, 3, |byte| byte == b' ');
            if spaces > 1 {
                break;
            }
            separator = (place..place + between)
                .map(|at| self::at(bytes, at))
                .find(|byte| *byte != b' ')
                .unwrap_or(b' ');
            self.parenthesis |= matches!(separator, b'(' | b')');
            place += between;
        }
    }

    fn groups(&self) -> &[Group] {
        self.groups.get(..self.count).unwrap_or_default()
    }

    fn digits(&self, count: usize) -> &[u8] {
        self.digits.get(..count).unwrap_or_default()
    }
}

/// Says whether a telephone number stands at the digit at `from`, and returns where it ends.
pub(crate) fn verify(text: &Text<'_>, from: usize, hits: &mut Vec<Hit>) -> Option<usize> {
    let dialled = Dialled::read(text.bytes, from);
    if dialled.groups().last()?.digits < 7 {
        return None;
    }
    if before(text.bytes, dialled.from).is_ascii_alphanumeric() && !dialled.plus {
        return None;
    }
    let (end, alone) = if dialled.plus {
        international(text.bytes, &dialled, 0)?
    } else {
        american(&dialled)
            .or_else(|| exit_code(text.bytes, &dialled))
            .or_else(|| national(text, &dialled))?
    };
    if is_joined(text.bytes, end) {
        return None;
    }
    if round(text.bytes, end) {
        return None;
    }
    let near = text.near.around(dialled.from, end);
    // The sign says enough: what stands near may be an order's number, this is not.
    let near = if dialled.plus { near.without(Kinds::OTHER) } else { near };
    let claim = Claim { kind: Kind::PhoneNumber, pattern: "phone", alone, checksum: false };
    if claim.score(near) < text.floor {
        return None;
    }
    let mut start = dialled.from;
    if at(text.bytes, start) == b'(' && !closes(text.bytes, start..end) {
        start += 1;
    }
    let end = extension(text.bytes, end);
    hits.push(claim.hit(start..end, near));
    Some(end)
}

/// A number with its country's code after `skip` digits: as many groups as a number of that country can have.
fn international(bytes: &[u8], dialled: &Dialled, skip: usize) -> Option<(usize, u8)> {
    let (code, shortest, longest) = country(dialled.digits.get(skip..)?)?;
    let group = dialled.groups().iter().rev().find(|group| {
        let national = group.digits.saturating_sub(code + skip);
        (shortest..=longest).contains(&national)
            || (national == longest + 1 && has_trunk_zero(bytes, dialled.from, group.to))
    })?;
    let number = dialled.digits.get(skip + code..group.digits)?;
    let american = code != 1 || dialled.digits.get(skip) != Some(&1) || is_american(number);
    let line_start =
        matches!(before(bytes, dialled.from), b'\n') && skip == 0 && dialled.count == 1;
    american.then_some((group.to, if line_start { 50 } else { 85 }))
}

/// Tells whether a national prefix stands in parentheses, as in `+44 (0)20`.
fn has_trunk_zero(bytes: &[u8], from: usize, to: usize) -> bool {
    bytes.get(from..to).unwrap_or_default().windows(3).any(|three| three == b"(0)")
}

/// The digits of the country's code, and how many may follow: exactly for those that are common, else by E.164.
fn country(digits: &[u8]) -> Option<(usize, usize, usize)> {
    let [a, b, ..] = *digits else { return None };
    Some(match (a, b) {
        (1 | 7, _) => (1, 10, 10),
        (2, 0) => (2, 8, 10),
        (2, 7) | (3, 1 | 3 | 4) | (4, 1 | 8) | (5, 6) => (2, 9, 9),
        (3, 2) | (3, 6) => (2, 8, 9),
        (3, 0) | (5, 2 | 7 | 8) | (9, 0 | 1 | 2 | 8) => (2, 10, 10),
        (3, 9) => (2, 6, 12),
        (4, 0) => (2, 9, 9),
        (4, 3) => (2, 6, 13),
        (4, 4) => (2, 9, 10),
        (4, 5 | 7) => (2, 8, 8),
        (4, 6) => (2, 7, 10),
        (4, 9) => (2, 6, 12),
        (5, 1) => (2, 8, 9),
        (5, 3) => (2, 6, 8),
        (5, 4) => (2, 10, 11),
        (5, 5) => (2, 10, 11),
        (6, 0) => (2, 8, 10),
        (6, 1) => (2, 9, 9),
        (6, 2) => (2, 8, 12),
        (6, 3) => (2, 8, 10),
        (6, 4) => (2, 8, 10),
        (6, 5) => (2, 8, 8),
        (6, 6) => (2, 8, 9),
        (8, 1) => (2, 9, 10),
        (8, 2) => (2, 8, 10),
        (8, 4) => (2, 9, 10),
        (8, 6) => (2, 10, 11),
        (9, 3..=5) => (2, 7, 10),
        (2, 1..=6 | 9)
        | (3, 5 | 7 | 8)
        | (4, 2)
        | (5, 0 | 9)
        | (6, 7..=9)
        | (8, 0 | 5 | 7 | 8)
        | (9, 6 | 7 | 9) => (3, 6, 12),
        _ => return None,
    })
}

/// A number of North America: an area and an exchange that begin with 2 to 9.
fn american(dialled: &Dialled) -> Option<(usize, u8)> {
    let group = dialled.groups().iter().find(|group| group.digits >= 10)?;
    let digits = dialled.digits(group.digits);
    let number = match (digits.len(), digits) {
        (10, _) => digits,
        (11, [1, number @ ..]) => number,
        _ => return None,
    };
    let lengths = |at: usize| dialled.groups.get(at).map_or(0, |group| group.digits);
    let lead = digits.len() - 10;
    let first = usize::from(lead == 1 && lengths(0) == 1);
    let grouped = lengths(first) == lead + 3
        && lengths(first + 1) == lead + 6
        && lengths(first + 2) == lead + 10;
    let whole = lengths(0) == digits.len();
    let last = group.separator;
    let alone = match (grouped, whole, dialled.parenthesis, last) {
        (true, _, true, _) => 85,
        (true, _, _, b'-') => 76,
        (true, _, _, b'.') => 68,
        (true, _, _, b' ') => 62,
        (_, true, ..) => 25,
        _ if dialled.parenthesis => 60,
        _ => return None,
    };
    is_american(number).then_some((group.to, alone))
}

fn is_american(number: &[u8]) -> bool {
    matches!(number, [area, tens, units, exchange, ..]
        if *area > 1 && *exchange > 1 && !(*tens == 1 && *units == 1))
}

/// A number with a country's code after the sign for abroad, 00 or 011.
fn exit_code(bytes: &[u8], dialled: &Dialled) -> Option<(usize, u8)> {
    let first = dialled.groups().first()?.digits;
    let skip = match dialled.digits {
        [0, 0, next, ..] if first < 2 || next == 0 => return None,
        [0, 0, next, ..] if next > 0 => 2,
        [0, 1, 1, next, ..] if next > 0 => 3,
        _ => return None,
    };
    let (end, _) = international(bytes, dialled, skip)?;
    Some((end, if dialled.count > 1 { 62 } else { BARE }))
}

/// A number as within a country: a word near it must say so, or its form or the region.
fn national(text: &Text<'_>, dialled: &Dialled) -> Option<(usize, u8)> {
    let group = national_end(dialled)?;
    let lengths = dialled.groups().iter().take_while(|next| next.to <= group.to);
    let groups = lengths.count();
    let first = dialled.groups().first()?.digits;
    let zero = dialled.digits.first() == Some(&0) && dialled.digits.get(1) != Some(&0);
    if groups == 2 && group.separator == b'.' {
        // A fraction.
        return None;
    }
    let pairs = zero && group.digits == 10 && groups == 5 && first == 2;
    let japan = zero && (10..=11).contains(&group.digits) && groups == 3 && group.separator == b'-';
    let britain =
        zero && group.digits == 11 && (2..=3).contains(&groups) && group.separator == b' ';
    let alone = match text.region {
        _ if pairs || japan => 62,
        _ if britain => 55,
        Some(_) if zero && groups > 1 && group.digits >= 9 => 65,
        Some(_) if zero && group.digits >= 9 => 45,
        _ => 20,
    };
    Some((group.to, alone))
}

/// Where a number without a country ends: after 7 to 12 digits, where the way to separate groups changes.
fn national_end(dialled: &Dialled) -> Option<Group> {
    let mut end = None;
    for (place, group) in dialled.groups().iter().enumerate() {
        let changed = place > 1
            && dialled.groups.get(place - 1).is_some_and(|last| last.separator != group.separator);
        if group.digits > 12 || (end.is_some() && changed && group.separator == b' ') {
            break;
        }
        if group.digits >= 7 {
            end = Some(*group);
        }
    }
    end
}

/// Tells whether a number that ends at `end` is a round one, as counts are.
fn round(bytes: &[u8], end: usize) -> bool {
    cut(bytes, end.saturating_sub(6), end) == b"000000"
}

/// Tells whether what follows at `end` makes it part of something longer.
fn is_joined(bytes: &[u8], end: usize) -> bool {
    let next = at(bytes, end);
    let extension = matches!(next, b'x' | b'X' | b'e' | b'E') && extension(bytes, end) > end;
    (next.is_ascii_alphanumeric() && !extension)
        || next == b'_'
        || (matches!(next, b'-' | b'.' | b',' | b':' | b'/') && at(bytes, end + 1).is_ascii_digit())
}

fn closes(bytes: &[u8], span: Range<usize>) -> bool {
    bytes.get(span).is_some_and(|number| number.contains(&b')'))
}

/// Returns where an extension after `end` ends: `x123`, `ext. 123`, `#123`.
fn extension(bytes: &[u8], end: usize) -> usize {
    let mut place = end + run(bytes, end, 1, |byte| byte == b' ' || byte == b',');
    place += run(bytes, place, 1, |byte| byte == b' ');
    let letters = run(bytes, place, 9, |byte| byte.is_ascii_alphabetic() || byte == b'#');
    let word = bytes.get(place..place + letters).unwrap_or_default();
    if ![&b"x"[..], b"ext", b"extension", b"#", b"extn"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
    {
        return end;
    }
    place += letters;
    place += run(bytes, place, 2, |byte| matches!(byte, b'.' | b' ' | b':'));
    let digits = run(bytes, place, 7, |byte| byte.is_ascii_digit());
    if (1..=6).contains(&digits) { place + digits } else { end }
}
