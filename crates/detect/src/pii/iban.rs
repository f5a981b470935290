//! International bank account numbers (ISO 13616).

use crate::bytes::{at, cut};
use crate::checksum::mod_97;
use crate::entity::Kind;
use crate::hit::Hit;

/// Says whether one stands at `from`, where two letters and two digits do. Returns where it ends.
pub(crate) fn verify(bytes: &[u8], from: usize, hits: &mut Vec<Hit>) -> Option<usize> {
    let length = length_at(bytes, from)?;
    let mut place = from;
    let mut characters = [0; 34];
    for (index, character) in characters.iter_mut().take(length).enumerate() {
        if index > 0 && matches!(at(bytes, place), b' ' | b'-') {
            place += 1;
        }
        *character = at(bytes, place);
        if !character.is_ascii_alphanumeric() {
            return None;
        }
        place += 1;
    }
    if at(bytes, place).is_ascii_alphanumeric() || at(bytes, place) == b'_' {
        return None;
    }
    let characters = cut(&characters, 0, length);
    is_right(characters).then(|| {
        hits.push(Hit { checksum: true, ..Hit::new(Kind::Iban.into(), "iban", from..place, 98) });
        place
    })
}

/// Tells whether the characters of one agree with its check digits.
pub(crate) fn is_right(characters: &[u8]) -> bool {
    let Some((head, body)) = characters.split_at_checked(4) else { return false };
    let mixed = characters.iter().any(u8::is_ascii_uppercase)
        && characters.iter().any(u8::is_ascii_lowercase);
    !mixed && mod_97(body.iter().chain(head).copied()) == 1
}

/// Tells whether the letters and digits that one begins with stand at `from`.
pub(crate) fn begins(bytes: &[u8], from: usize) -> bool {
    at(bytes, from).is_ascii_alphabetic()
        && at(bytes, from + 1).is_ascii_alphabetic()
        && at(bytes, from + 2).is_ascii_digit()
        && at(bytes, from + 3).is_ascii_digit()
}

/// How long one is that begins at `from`.
pub(crate) fn length_at(bytes: &[u8], from: usize) -> Option<usize> {
    length(at(bytes, from), at(bytes, from + 1))
}

/// How long those of a country are.
fn length(a: u8, b: u8) -> Option<usize> {
    let country = [a.to_ascii_uppercase(), b.to_ascii_uppercase()];
    let known = LENGTHS.binary_search_by(|(known, _)| known.as_bytes().cmp(&country)).ok()?;
    LENGTHS.get(known).map(|(_, length)| *length)
}

/// The registry of SWIFT, and countries that use the form beside it.
#[rustfmt::skip]
const LENGTHS: [(&str, usize); 111] = [
    ("AD", 24), ("AE", 23), ("AL", 28), ("AO", 25), ("AT", 20), ("AZ", 28), ("BA", 20), ("BE", 16), ("BF", 28),
    ("BG", 22), ("BH", 22), ("BI", 27), ("BJ", 28), ("BR", 29), ("BY", 28), ("CF", 27), ("CG", 27), ("CH", 21),
    ("CI", 28), ("CM", 27), ("CR", 22), ("CV", 25), ("CY", 28), ("CZ", 24), ("DE", 22), ("DJ", 27), ("DK", 18),
    ("DO", 28), ("DZ", 26), ("EE", 20), ("EG", 29), ("ES", 24), ("FI", 18), ("FK", 18), ("FO", 18), ("FR", 27),
    ("GA", 27), ("GB", 22), ("GE", 22), ("GI", 23), ("GL", 18), ("GQ", 27), ("GR", 27), ("GT", 28), ("GW", 25),
    ("HN", 28), ("HR", 21), ("HU", 28), ("IE", 22), ("IL", 23), ("IQ", 23), ("IR", 26), ("IS", 26), ("IT", 27),
    ("JO", 30), ("KM", 27), ("KW", 30), ("KZ", 20), ("LB", 28), ("LC", 32), ("LI", 21), ("LT", 20), ("LU", 20),
    ("LV", 21), ("LY", 25), ("MA", 28), ("MC", 27), ("MD", 24), ("ME", 22), ("MG", 27), ("MK", 19), ("ML", 28),
    ("MN", 20), ("MR", 27), ("MT", 31), ("MU", 30), ("MZ", 25), ("NE", 28), ("NI", 28), ("NL", 18), ("NO", 15),
    ("OM", 23), ("PK", 24), ("PL", 28), ("PS", 29), ("PT", 25), ("QA", 29), ("RO", 24), ("RS", 22), ("RU", 33),
    ("SA", 24), ("SC", 31), ("SD", 18), ("SE", 24), ("SI", 19), ("SK", 24), ("SM", 27), ("SN", 28), ("SO", 23),
    ("ST", 25), ("SV", 28), ("TD", 27), ("TG", 28), ("TL", 23), ("TN", 24), ("TR", 26), ("UA", 29), ("VA", 22),
    ("VG", 24), ("XK", 20), ("YE", 30),
];
