//! Telephone numbers: international ones (E.164), those of North America, and any other beside a word or in a region.

use std::ops::Range;

use crate::bytes::{at, before, cut, run};
use crate::entity::Kind;
use crate::hit::Hit;
use crate::kinds::Kinds;
use crate::pii::digits::{Group, Number, shape};
use crate::pii::{Claim, Text};

/// How sure digits without groups are to be a number, at most.
pub(crate) const BARE: u8 = 35;
/// How sure digits in groups are that no form has.
const UNFORMED: u8 = 20;

/// Says whether a number is that of a telephone, and returns where it ends.
pub(crate) fn verify(text: &Text<'_>, number: &Number, hits: &mut Vec<Hit>) -> Option<usize> {
    if number.groups().last()?.digits < 7 || !is_likely(text, number) {
        return None;
    }
    if before(text.bytes, number.start).is_ascii_alphanumeric() && !number.plus {
        return None;
    }
    let (group, alone) = if number.plus {
        international(text.bytes, number, 0)?
    } else {
        american(number)
            .or_else(|| exit_code(text.bytes, number))
            .or_else(|| national(text, number))?
    };
    let end = number.end(&group);
    if is_joined(text.bytes, end) {
        return None;
    }
    if round(text.bytes, end) {
        return None;
    }
    let near = text.near.around(number.start, end);
    // The sign says enough: what stands near may be an order's number, this is not.
    let near = if number.plus { near.without(Kinds::OTHER) } else { near };
    if alone <= UNFORMED && near.has(Kind::PhoneNumber) && is_answered(text, number.start) {
        return None;
    }
    let claim = Claim { kind: Kind::PhoneNumber, pattern: "phone", alone, checksum: false };
    if claim.score(near) < text.floor {
        return None;
    }
    let mut start = number.start;
    if at(text.bytes, start) == b'(' && !closes(text.bytes, start..end) {
        start += 1;
    }
    let end = extension(text.bytes, end);
    hits.push(claim.hit(start..end, near));
    Some(end)
}

/// Tells whether the word that asks for a number, farther off, has its answer already: an address of mail after it.
fn is_answered(text: &Text<'_>, start: usize) -> bool {
    const REACH: usize = 64;
    !text.near.close(start).has(Kind::PhoneNumber)
        && cut(text.bytes, start.saturating_sub(REACH), start).contains(&b'@')
}

/// Tells whether it is worth a closer look: by its sign, its form, or what is said of it.
fn is_likely(text: &Text<'_>, number: &Number) -> bool {
    let formed = matches!(number.shape(4), AMERICAN_WITH_ONE)
        || number.shape(3) == AMERICAN
        || number.digits(1) == [0] && number.groups().len() > 1;
    number.plus
        || number.parenthesis
        || formed
        || text.region.is_some()
        || text.floor <= BARE
        || text.near.before(number.start).has(Kind::PhoneNumber)
}

const AMERICAN: u64 = shape(&[3, 3, 4]);
const AMERICAN_WITH_ONE: u64 = shape(&[1, 3, 3, 4]);

/// A number with its country's code after `skip` digits: as many groups as a number of that country can have.
fn international(bytes: &[u8], number: &Number, skip: u8) -> Option<(Group, u8)> {
    let digits = number.groups().iter().rev().map(|group| number.digits(group.digits)).next()?;
    let (code, shortest, longest) = country(digits.get(usize::from(skip)..)?)?;
    let group = number.groups().iter().rev().find(|group| {
        let national = group.digits.saturating_sub(code + skip);
        let trunk = || has_trunk_zero(bytes, number.start, number.end(group));
        (shortest..=longest).contains(&national) || (national == longest + 1 && trunk())
    })?;
    let national = number.digits(group.digits).get(usize::from(skip + code)..)?;
    let american = code != 1 || digits.get(usize::from(skip)) != Some(&1) || is_american(national);
    let line_start =
        before(bytes, number.start) == b'\n' && skip == 0 && number.groups().len() == 1;
    american.then_some((*group, if line_start { 50 } else { 85 }))
}

/// Tells whether a national prefix stands in parentheses, as in `+44 (0)20`.
fn has_trunk_zero(bytes: &[u8], from: usize, to: usize) -> bool {
    bytes.get(from..to).unwrap_or_default().windows(3).any(|three| three == b"(0)")
}

/// The digits of the country's code, and how many may follow: exactly for those that are common, else by E.164.
fn country(digits: &[u8]) -> Option<(u8, u8, u8)> {
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
fn american(number: &Number) -> Option<(Group, u8)> {
    let place = number.groups().iter().position(|group| group.digits >= 10)?;
    let group = number.groups().get(place)?;
    let national = match number.digits(group.digits) {
        [1, national @ ..] if national.len() == 10 => national,
        national if national.len() == 10 => national,
        _ => return None,
    };
    let grouped = matches!(number.shape(place + 1), AMERICAN | AMERICAN_WITH_ONE);
    let alone = match (grouped, number.parenthesis, group.separator) {
        (true, true, _) => 85,
        (true, _, b'-') => 76,
        (true, _, b'.') => 68,
        (true, _, b' ') => 62,
        (_, true, _) => 60,
        _ if place == 0 => 25,
        _ => return None,
    };
    is_american(national).then_some((*group, alone))
}

fn is_american(number: &[u8]) -> bool {
    matches!(number, [area, tens, units, exchange, ..]
        if *area > 1 && *exchange > 1 && !(*tens == 1 && *units == 1))
}

/// A number with a country's code after the sign for abroad, 00 or 011.
fn exit_code(bytes: &[u8], number: &Number) -> Option<(Group, u8)> {
    let first = number.groups().first()?.length;
    let skip = match *number.digits(4) {
        [0, 0, next, _] if first > 1 && next > 0 => 2,
        [0, 1, 1, next] if next > 0 => 3,
        _ => return None,
    };
    let (group, _) = international(bytes, number, skip)?;
    Some((group, if number.groups().len() > 1 { 62 } else { BARE }))
}

/// A number as within a country: a word near it must say so, or its form or the region.
fn national(text: &Text<'_>, number: &Number) -> Option<(Group, u8)> {
    let (place, group) = national_end(number)?;
    let (groups, separator) = (place + 1, group.separator);
    let first = number.groups().first()?.length;
    if groups == 2 && separator == b'.' {
        // A fraction.
        return None;
    }
    let zero = matches!(number.digits(2), [0, next] if *next > 0);
    let pairs = zero && group.digits == 10 && groups == 5 && first == 2;
    let japan = zero && (10..=11).contains(&group.digits) && groups == 3 && separator == b'-';
    let britain = zero && group.digits == 11 && (2..=3).contains(&groups) && separator == b' ';
    let alone = match text.region {
        _ if pairs || japan => 62,
        _ if britain => 55,
        Some(_) if zero && groups > 1 && group.digits >= 9 => 65,
        Some(_) if zero && group.digits >= 9 => 45,
        _ => UNFORMED,
    };
    Some((group, alone))
}

/// Where a number without a country ends: after 7 to 12 digits in up to five groups, where the way to separate groups
/// changes.
fn national_end(number: &Number) -> Option<(usize, Group)> {
    let mut end = None;
    let mut last = 0;
    for (place, group) in number.groups().iter().enumerate().take(5) {
        let changed = place > 1 && last != group.separator && group.separator == b' ';
        if group.digits > 12 || (end.is_some() && changed) {
            break;
        }
        if group.digits >= 7 {
            end = Some((place, *group));
        }
        last = group.separator;
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
        || (matches!(next, b'-' | b'.' | b':' | b'/') && at(bytes, end + 1).is_ascii_digit())
        || (next == b'-' && at(bytes, end + 1).is_ascii_alphabetic())
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
