//! Postal codes of the US, the UK, Canada, Germany, France, Spain, Italy and the Netherlands, which are found only when
//! they are asked for: by their form where nothing else has it, else by a word or what an address has around them.

use crate::bytes::{at, before, cut, run};
use crate::entity::Kind;
use crate::hit::Hit;
use crate::pii::Text;

/// Finds every code.
pub(crate) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    if !text.on.has(Kind::PostalCode) {
        return;
    }
    let mut place = 0;
    while place < text.bytes.len() {
        let length = run(text.bytes, place, usize::MAX, is_word);
        let found = if (1..=7).contains(&length) { verify(text, place, length) } else { None };
        place = match found {
            Some(hit) => {
                let end = hit.span.end;
                hits.push(hit);
                end
            }
            None => place + length.max(1),
        };
    }
}

/// Says what the word of `length` at `from` begins.
fn verify(text: &Text<'_>, from: usize, length: usize) -> Option<Hit> {
    let bytes = text.bytes;
    let digits = run(bytes, from, length, |byte| byte.is_ascii_digit());
    let (pattern, end, alone) = match (digits == length, length) {
        (true, 5) => five(bytes, from)?,
        (true, 4) => dutch(bytes, from)?,
        (false, 6) if digits == 4 => dutch(bytes, from)?,
        (false, 2..=7) => letters(bytes, from, length)?,
        _ => return None,
    };
    let joins = |byte: u8| matches!(byte, b'-' | b'_' | b'/' | b'@' | b'$');
    let part = is_word(at(bytes, end))
        || (joins(at(bytes, end)) || matches!(at(bytes, end), b'.' | b','))
            && is_word(at(bytes, end + 1))
        || joins(before(bytes, from)) && !(digits > 0 && has_country(bytes, from))
        || matches!(before(bytes, from), b'.' | b'#')
        || before(bytes, from) == b',' && before(bytes, from - 1).is_ascii_digit();
    if part {
        return None;
    }
    let said = is_said(text, from);
    let score = if said { 88 } else { alone };
    Some(Hit { context: said, ..Hit::new(Kind::PostalCode.into(), pattern, from..end, score) })
}

/// Tells whether one of the two nearest words speaks of a postal code: `zip code`, `code postal`.
fn is_said(text: &Text<'_>, from: usize) -> bool {
    const WORDS: [&str; 14] = [
        "zip",
        "zips",
        "zipcode",
        "zipcodes",
        "postal",
        "postcode",
        "postcodes",
        "postalcode",
        "plz",
        "postleitzahl",
        "cap",
        "cp",
        "postnummer",
        "postcodenummer",
    ];
    let (mut seen, mut said) = (0, false);
    text.near.words_before(from, |word| {
        seen += 1;
        said = WORDS.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
        !said && seen < 2
    });
    said
}

/// Five digits: a code of the US, maybe with four more, behind the letters of a state, or one of the continent, between
/// a street's number and a town.
fn five(bytes: &[u8], from: usize) -> Option<(&'static str, usize, u8)> {
    let more =
        at(bytes, from + 5) == b'-' && run(bytes, from + 6, 5, |byte| byte.is_ascii_digit()) == 4;
    let end = if more { from + 10 } else { from + 5 };
    if cut(bytes, from, from + 5) == b"00000" {
        return None;
    }
    let state = from.checked_sub(3).is_some_and(|start| {
        before(bytes, from) == b' '
            && is_state(cut(bytes, start, from - 1))
            && !is_word(before(bytes, start))
    });
    Some(match (state, more) {
        (true, _) => ("postal-us", end, 75),
        (false, true) => ("postal-us", end, 45),
        (false, false) if is_in_address(bytes, from, end) => ("postal-eu", end, 62),
        (false, false) => ("postal", end, 10),
    })
}

/// Tells whether a town follows, and a street's number, a line's beginning or a country's letter stands before.
fn is_in_address(bytes: &[u8], from: usize, end: usize) -> bool {
    let town = at(bytes, end) == b' '
        && at(bytes, end + 1).is_ascii_uppercase()
        && run(bytes, end + 2, 3, |byte| byte.is_ascii_lowercase() || byte >= 0x80) == 3;
    let comma = before(bytes, from) == b' ' && before(bytes, from - 1) == b',';
    let number = comma
        && from.checked_sub(3).is_some_and(|last| {
            at(bytes, last).is_ascii_digit()
                || at(bytes, last).is_ascii_lowercase() && before(bytes, last).is_ascii_digit()
        });
    town && (number || has_country(bytes, from))
}

/// Tells whether `D-`, `F-`, `E-`, `I-`, `NL-` or their like stands before.
fn has_country(bytes: &[u8], from: usize) -> bool {
    let Some(hyphen) = from.checked_sub(1).filter(|at| bytes.get(*at) == Some(&b'-')) else {
        return false;
    };
    let known = [&b"D"[..], b"F", b"E", b"I", b"NL", b"DE", b"FR", b"ES", b"IT"];
    known.iter().any(|country| {
        let start = hyphen.checked_sub(country.len());
        start.is_some_and(|start| {
            cut(bytes, start, hyphen) == *country && !is_word(before(bytes, start))
        })
    })
}

/// `1012 AB`, `1012AB`: no code begins with 0 or ends with SA, SD or SS.
fn dutch(bytes: &[u8], from: usize) -> Option<(&'static str, usize, u8)> {
    let spaced = usize::from(at(bytes, from + 4) == b' ');
    let end = from + 6 + spaced;
    let [a, b] = *cut(bytes, from + 4 + spaced, end).first_chunk()?;
    let formed = at(bytes, from) != b'0'
        && a.is_ascii_uppercase()
        && b.is_ascii_uppercase()
        && !matches!([a, b], [b'S', b'A' | b'D' | b'S']);
    let town = matches!(at(bytes, end), b' ') && at(bytes, end + 1).is_ascii_uppercase();
    let town = town && at(bytes, end + 2).is_ascii_lowercase();
    formed.then_some(("postal-nl", end, if town { 65 } else { 30 }))
}

/// A code of the UK, `SW1A 1AA`, or of Canada, `K1A 0B1`.
fn letters(bytes: &[u8], from: usize, length: usize) -> Option<(&'static str, usize, u8)> {
    let mut code = [0; 8];
    let spaced = at(bytes, from + length) == b' ';
    let rest = if spaced { run(bytes, from + length + 1, 4, is_word) } else { 0 };
    let (first, last) = if spaced && rest == 3 {
        (cut(bytes, from, from + length), cut(bytes, from + length + 1, from + length + 4))
    } else {
        let whole = cut(bytes, from, from + length);
        whole.split_at_checked(length.checked_sub(3)?)?
    };
    let end = if spaced && rest == 3 { from + length + 4 } else { from + length };
    let joined = end == from + length;
    for (to, byte) in code.iter_mut().zip(first.iter().chain(last)) {
        *to = *byte;
    }
    if is_british(first, last) {
        return Some(("postal-uk", end, if joined { 30 } else { 65 }));
    }
    let [a, b, c, d, e, f, 0, 0] = code else { return None };
    let canadian = first.len() == 3
        && b"ABCEGHJKLMNPRSTVXY".contains(&a)
        && b"ABCEGHJKLMNPRSTVWXYZ".contains(&c)
        && b"ABCEGHJKLMNPRSTVWXYZ".contains(&e)
        && [b, d, f].iter().all(u8::is_ascii_digit);
    canadian.then_some(("postal-ca", end, if joined { 30 } else { 68 }))
}

/// An outward code of an area, a district of one or two digits or a digit and a letter; an inward one of a digit and
/// two letters.
fn is_british(outward: &[u8], inward: &[u8]) -> bool {
    let area = outward.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let district = outward.get(area..).unwrap_or_default();
    let right = match *district {
        [a] => a.is_ascii_digit(),
        [a, b] => a.is_ascii_digit() && (b.is_ascii_digit() || b.is_ascii_uppercase()),
        _ => false,
    };
    let unit = |byte: u8| byte.is_ascii_uppercase() && !b"CIKMOV".contains(&byte);
    (1..=2).contains(&area)
        && !b"QVX".contains(&at(outward, 0))
        && right
        && matches!(*inward, [a, b, c] if a.is_ascii_digit() && unit(b) && unit(c))
}

fn is_state(letters: &[u8]) -> bool {
    const STATES: &str = "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM \
        NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR";
    letters.len() == 2 && STATES.split_ascii_whitespace().any(|state| state.as_bytes() == letters)
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}
