//! What the number and the grouping of digits may mean.

use crate::bytes::{at, before, cut, run, run_back};
use crate::hit::Hit;
use crate::kinds::Kinds;
use crate::pii::digits::{Number, Part};
use crate::pii::{Text, card, named, national, phone};

/// Says what the digits from `from` on are, where no letter or digit stands right before. Returns where to go on.
pub(crate) fn verify(text: &Text<'_>, from: usize, hits: &mut Vec<Hit>) -> usize {
    let number = Number::read(text.bytes, from);
    let known = hits.len();
    let end = forms(text, &number, hits).max(phone::verify(text, &number, hits));
    let first = number.first_end();
    if hits.len() == known {
        named::verify(text, from, first, hits);
    }
    end.unwrap_or(first)
}

/// Says what the most of its groups are. Returns where they end.
fn forms(text: &Text<'_>, number: &Number, hits: &mut Vec<Hit>) -> Option<usize> {
    if number.groups().last()?.digits < 9 {
        return None;
    }
    let known = hits.len();
    let mut parts = number.parts(9..=19).filter(|part| !is_continued_right(text.bytes, part));
    parts.find_map(|part| {
        card::verify(text, &part, hits);
        national::verify(text, &part, hits);
        (hits.len() > known).then_some(part.to)
    })
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
