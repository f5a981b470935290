//! Dates, which tell of a birth where a word says so.

use crate::bytes::{at, before, cut, run, run_back};
use crate::entity::Kind;
use crate::hit::Hit;
use crate::pii::national::{is_day, value};
use crate::pii::{Claim, Text};

/// Says whether a date stands around the digits at `from..to`, a word of at most four. Returns where it ends, or the
/// time of day behind it.
pub(crate) fn verify(
    text: &Text<'_>,
    from: usize,
    to: usize,
    hits: &mut Vec<Hit>,
) -> Option<usize> {
    let bytes = text.bytes;
    let next = at(bytes, to + 1);
    let (start, end) = match (to - from, at(bytes, to)) {
        (4, b'-' | b'/' | b'.') if next.is_ascii_digit() => (from, year_first(bytes, from)?),
        (1 | 2, b'-' | b'/' | b'.') if next.is_ascii_digit() => (from, year_last(bytes, from, to)?),
        (1 | 2, b' ' | b'-' | b'.') if next == b' ' || is_letter(next) => {
            (from, after_day(bytes, from, to)?)
        }
        (1 | 2, b's' | b'n' | b'r' | b't') => match after_day(bytes, from, to + 2) {
            Some(end) => (from, end),
            None => (month_before(bytes, from)?, year_after(bytes, from, to)?),
        },
        (1 | 2, b' ' | b',') => (month_before(bytes, from)?, year_after(bytes, from, to)?),
        _ => return None,
    };
    let (near, distance) = text.near.before_date(start);
    let told =
        near.has(Kind::DateOfBirth) && !is_answered(bytes, start.saturating_sub(distance), start);
    let (kind, pattern, score) = match told || is_abbreviated(bytes, start) {
        true => (Kind::DateOfBirth, "date-of-birth", 90),
        false => (Kind::Date, "date", 60),
    };
    if text.on.has(kind) {
        let claim = Claim { kind, pattern, alone: 0, checksum: false };
        hits.push(Hit { score, ..claim.hit(start..end, near) });
    }
    Some(time_end(bytes, end))
}

/// Tells whether the word at `word` has its answer already: a year, with the end of a sentence behind it.
fn is_answered(bytes: &[u8], word: usize, start: usize) -> bool {
    let between = cut(bytes, word, start);
    let end = between.windows(2).rposition(|two| two == b". ");
    let said = between.get(..end.unwrap_or(0)).unwrap_or_default();
    said.windows(4).any(|four| four.iter().all(u8::is_ascii_digit))
}

/// Tells whether `D.O.B.` stands right before `start`.
fn is_abbreviated(bytes: &[u8], start: usize) -> bool {
    let gap = run_back(bytes, start, 4, |byte| matches!(byte, b' ' | b':' | b'.' | b'\t'));
    let end = start - gap;
    let word = cut(bytes, end.saturating_sub(5), end);
    gap > 0 && word.eq_ignore_ascii_case(b"d.o.b")
}

/// Returns where the time of day right behind a date ends: `T22:41:35.479Z`, ` 22:41`.
fn time_end(bytes: &[u8], end: usize) -> usize {
    let digit = |place: usize| at(bytes, end + place).is_ascii_digit();
    let begins = matches!(at(bytes, end), b'T' | b't' | b' ')
        && digit(1)
        && digit(2)
        && at(bytes, end + 3) == b':';
    let time = |byte: u8| byte.is_ascii_digit() || matches!(byte, b':' | b'.');
    if begins { end + 1 + run(bytes, end + 1, 20, time) } else { end }
}

/// `1956-03-26`, with any time behind it.
fn year_first(bytes: &[u8], from: usize) -> Option<usize> {
    let date = cut(bytes, from, from + 10);
    let [y1, y2, y3, y4, a, m1, m2, b, d1, d2] = *date else { return None };
    let digits = [y1, y2, y3, y4, m1, m2, d1, d2].map(|byte| byte.wrapping_sub(b'0'));
    let formed = a == b && digits.iter().all(|digit| *digit < 10);
    let right = is_year(value(&digits, 0, 4)) && is_day(value(&digits, 4, 6), value(&digits, 6, 8));
    (formed && right && !at(bytes, from + 10).is_ascii_digit()).then_some(from + 10)
}

/// `26/3/1956`, `03-26-1956`, `26.03.56`.
fn year_last(bytes: &[u8], from: usize, to: usize) -> Option<usize> {
    let separator = at(bytes, to);
    let second = run(bytes, to + 1, 3, |byte| byte.is_ascii_digit());
    let third = to + 1 + second + 1;
    let year = run(bytes, third, 5, |byte| byte.is_ascii_digit());
    if !(1..=2).contains(&second) || at(bytes, third - 1) != separator || !matches!(year, 2 | 4) {
        return None;
    }
    let (a, b) = (number(bytes, from, to), number(bytes, to + 1, third - 1));
    let end = third + year;
    let more = at(bytes, end) == separator && at(bytes, end + 1).is_ascii_digit();
    let year = year == 2 || is_year(number(bytes, third, end));
    ((is_day(a, b) || is_day(b, a)) && year && !more && !at(bytes, end).is_ascii_alphanumeric())
        .then_some(end)
}

/// `26 March 1956`, `26th of March, 1956`, `26-Mar-1956`, `26 de marzo de 1956`, behind the day.
fn after_day(bytes: &[u8], from: usize, to: usize) -> Option<usize> {
    let mut place = to + run(bytes, to, 1, |byte| byte == b'.');
    place += run(bytes, place, 1, |byte| matches!(byte, b' ' | b'-'));
    for word in [&b"of "[..], b"de "] {
        if cut(bytes, place, place + 3).eq_ignore_ascii_case(word) {
            place += 3;
        }
    }
    let length = run(bytes, place, 12, is_letter);
    if place == to
        || !(1..=31).contains(&number(
            bytes,
            from,
            from + run(bytes, from, 2, |byte| byte.is_ascii_digit()),
        ))
        || !is_month(cut(bytes, place, place + length))
    {
        return None;
    }
    place += length;
    if cut(bytes, place, place + 4).eq_ignore_ascii_case(b" de ") {
        return year_at(bytes, place + 4);
    }
    let between = run(bytes, place, 2, |byte| matches!(byte, b' ' | b',' | b'.' | b'-'));
    year_at(bytes, place + between)
}

/// Where the month's name before the day at `from` begins, as in `March 26, 1956`.
fn month_before(bytes: &[u8], from: usize) -> Option<usize> {
    let space = from.checked_sub(1).filter(|space| matches!(at(bytes, *space), b' '))?;
    let space = if before(bytes, space) == b'.' { space - 1 } else { space };
    let start = space - run_back(bytes, space, 12, is_letter);
    is_month(cut(bytes, start, space)).then_some(start)
}

fn year_after(bytes: &[u8], from: usize, to: usize) -> Option<usize> {
    let suffix = run(bytes, to, 2, |byte| byte.is_ascii_alphabetic());
    let between = run(bytes, to + suffix, 2, |byte| matches!(byte, b',' | b' '));
    (between > 0 && (1..=31).contains(&number(bytes, from, to)))
        .then(|| year_at(bytes, to + suffix + between))?
}

fn year_at(bytes: &[u8], from: usize) -> Option<usize> {
    let digits = run(bytes, from, 5, |byte| byte.is_ascii_digit());
    (digits == 4 && is_year(number(bytes, from, from + 4))).then_some(from + 4)
}

const fn is_year(year: u32) -> bool {
    matches!(year, 1880..=2049)
}

fn number(bytes: &[u8], from: usize, to: usize) -> u32 {
    let digits = cut(bytes, from, to).iter();
    digits.fold(0, |value: u32, digit| {
        value.wrapping_mul(10).wrapping_add(u32::from(digit.wrapping_sub(b'0')))
    })
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

/// Tells whether a word begins as a month does in English, German, French, Spanish, Italian, Portuguese or Dutch.
pub(crate) fn is_month(word: &[u8]) -> bool {
    const MONTHS: [&[u8; 3]; 27] = [
        b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov",
        b"dec", b"okt", b"dez", b"mai", b"avr", b"jui", b"ene", b"abr", b"ago", b"dic", b"gen",
        b"mag", b"giu", b"lug", b"set", b"ott",
    ];
    let Some(start) = word.first_chunk::<3>() else { return false };
    let lower = start.map(|byte| byte.to_ascii_lowercase());
    // The letters that are not ASCII begin no other word that stands between a day and a year.
    MONTHS.contains(&&lower)
        || word.starts_with("fév".as_bytes())
        || word.starts_with("déc".as_bytes())
        || word.starts_with("aoû".as_bytes())
        || word.starts_with("mär".as_bytes())
}
