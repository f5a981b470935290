//! Numbers with letters in them, that states and makers give.

use crate::bytes::{at, before, cut};
use crate::checksum::{value, weighted};
use crate::entity::Kind::{self, *};
use crate::hit::Hit;
use crate::pii::national::{asia, is_day};
use crate::pii::{Claim, Text, national, number};

/// Says what the word of letters and digits at `from..to` is.
pub(crate) fn verify(text: &Text<'_>, from: usize, to: usize, hits: &mut Vec<Hit>) -> bool {
    let word = cut(text.bytes, from, to);
    let found = match word.len() {
        8 => ppsn(word),
        9 => nino(word).or_else(|| nif(word)).or_else(|| nric(word)).or_else(|| ppsn(word)),
        10 => pan(word),
        11 => mbi(word).or_else(|| hetu(word)),
        15 => nir(word),
        16 => codice_fiscale(word),
        17 => vin(word),
        18 => cn_id(word).or_else(|| curp(word)),
        _ => None,
    };
    found.is_some_and(|claim| push(text, claim, from, to, hits))
}

/// Pushes what is claimed of a whole word, if it is sure enough.
fn push(text: &Text<'_>, claim: Claim, from: usize, to: usize, hits: &mut Vec<Hit>) -> bool {
    let bytes = text.bytes;
    let joined = matches!(before(bytes, from), b'-' | b'.' | b'/' | b'_' | b'+')
        && before(bytes, from - 1).is_ascii_alphanumeric()
        || matches!(at(bytes, to), b'-' | b'.' | b'/' | b'_' | b'+')
            && at(bytes, to + 1).is_ascii_alphanumeric();
    if joined {
        return false;
    }
    let near = text.near.around(from, to);
    let sure = claim.score(near) >= text.floor;
    if sure {
        hits.push(claim.hit(from..to, near));
    }
    sure
}

const fn claim(kind: Kind, pattern: &'static str, alone: u8, checksum: bool) -> Claim {
    Claim { kind, pattern, alone, checksum }
}

/// Tells whether a word is letters (`A`), digits (`0`) and either (`*`) as `form` says.
fn is_formed(word: &[u8], form: &[u8]) -> bool {
    word.len() == form.len()
        && word.iter().zip(form).all(|(byte, like)| match like {
            b'A' => byte.is_ascii_alphabetic(),
            b'0' => byte.is_ascii_digit(),
            _ => byte.is_ascii_alphanumeric(),
        })
}

fn is_upper(word: &[u8]) -> bool {
    !word.iter().any(u8::is_ascii_lowercase)
}

/// The values of the digits of a word, in order.
fn digits<const N: usize>(word: &[u8]) -> [u8; N] {
    let mut digits = [0; N];
    let found = word.iter().filter(|byte| byte.is_ascii_digit());
    for (to, from) in digits.iter_mut().zip(found) {
        *to = from - b'0';
    }
    digits
}

fn letter(table: &[u8], index: u64) -> u8 {
    usize::try_from(index).map_or(0, |index| at(table, index))
}

/// A national insurance number: prefixes that are given out, a suffix from A to D.
fn nino(word: &[u8]) -> Option<Claim> {
    let formed = is_formed(word, b"AA000000A") && is_nino(word.first_chunk()?, *word.last()?);
    let zero = word.get(2..8) == Some(b"000000");
    (formed && !zero).then_some(claim(
        UkNino,
        "uk-nino",
        if is_upper(word) { 78 } else { 60 },
        false,
    ))
}

fn is_nino(prefix: &[u8; 2], suffix: u8) -> bool {
    let [a, b] = prefix.map(|byte| byte.to_ascii_uppercase());
    let never = |byte| matches!(byte, b'D' | b'F' | b'I' | b'Q' | b'U' | b'V');
    let reserved = matches!(&[a, b], b"BG" | b"GB" | b"NK" | b"KN" | b"TN" | b"NT" | b"ZZ");
    !never(a)
        && !never(b)
        && b != b'O'
        && !reserved
        && matches!(suffix.to_ascii_uppercase(), b'A'..=b'D')
}

/// Says whether a national insurance number in groups has its first digits at `from`, two letters standing before:
/// `AB 12 34 56 C`, `AB 123456 C`. Returns where it ends.
pub(crate) fn verify_spaced_nino(
    text: &Text<'_>,
    from: usize,
    hits: &mut Vec<Hit>,
) -> Option<usize> {
    let bytes = text.bytes;
    let start = if before(bytes, from).is_ascii_alphabetic() {
        from.checked_sub(2)?
    } else {
        from.checked_sub(3)?
    };
    let prefix: &[u8; 2] = cut(bytes, start, start + 2).first_chunk()?;
    if !prefix.iter().all(u8::is_ascii_alphabetic) || before(bytes, start).is_ascii_alphanumeric() {
        return None;
    }
    let separator = |place: usize| usize::from(matches!(at(bytes, place), b' ' | b'-'));
    let mut place = start + 2;
    let mut spaces = 0;
    for _ in 0..3 {
        spaces += separator(place);
        place += separator(place);
        if !at(bytes, place).is_ascii_digit() || !at(bytes, place + 1).is_ascii_digit() {
            return None;
        }
        place += 2;
    }
    spaces += separator(place);
    place += separator(place);
    let zero = cut(bytes, start, place).iter().all(|byte| !matches!(byte, b'1'..=b'9'));
    if spaces == 0
        || zero
        || !is_nino(prefix, at(bytes, place))
        || at(bytes, place + 1).is_ascii_alphanumeric()
    {
        return None;
    }
    push(
        text,
        claim(UkNino, "uk-nino", if spaces > 2 { 78 } else { 62 }, false),
        start,
        place + 1,
        hits,
    )
    .then_some(place + 1)
}

/// A permanent account number of India: the fourth letter says what its holder is.
fn pan(word: &[u8]) -> Option<Claim> {
    let holder = at(word, 3).to_ascii_uppercase();
    let formed = is_formed(word, b"AAAAA0000A") && b"PCHABGJLFT".contains(&holder);
    formed.then_some(claim(InPan, "in-pan", if is_upper(word) { 80 } else { 45 }, false))
}

/// A tax number of Spain: a letter that the number leaves modulo 23; a foreigner's begins with X, Y or Z.
fn nif(word: &[u8]) -> Option<Claim> {
    const LETTERS: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let last = word.last()?.to_ascii_uppercase();
    if is_formed(word, b"00000000A") {
        let right = letter(LETTERS, value(&digits::<8>(word)) % 23) == last;
        return right.then_some(claim(EsNif, "es-nif", if is_upper(word) { 70 } else { 45 }, true));
    }
    let first = b"XYZ".iter().position(|byte| *byte == at(word, 0).to_ascii_uppercase())?;
    if !is_formed(word, b"A0000000A") {
        return None;
    }
    let number = first as u64 * 10_000_000 + value(&digits::<7>(word));
    let right = letter(LETTERS, number % 23) == last;
    right.then_some(claim(EsNie, "es-nie", if is_upper(word) { 85 } else { 60 }, true))
}

/// Says whether a tax number of Spain with a hyphen before its letter stands at `from`. Returns where it ends.
pub(crate) fn verify_hyphened_nif(
    text: &Text<'_>,
    from: usize,
    to: usize,
    hits: &mut Vec<Hit>,
) -> Option<usize> {
    let bytes = text.bytes;
    let mut whole = [0; 9];
    let parts = cut(bytes, from, to + 2).iter().filter(|byte| **byte != b'-');
    for (to, byte) in whole.iter_mut().zip(parts) {
        *to = *byte;
    }
    let found = nif(&whole)?;
    push(text, found, from, to + 2, hits).then_some(to + 2)
}

/// Says whether a foreigner's number of Spain, `X-1234567-L`, has its digits at `from`. Returns where it ends.
pub(crate) fn verify_hyphened_nie(
    text: &Text<'_>,
    from: usize,
    hits: &mut Vec<Hit>,
) -> Option<usize> {
    let start = from.checked_sub(2)?;
    let [first, b'-', a, b, c, d, e, f, g, b'-', last] = *cut(text.bytes, start, start + 11) else {
        return None;
    };
    let found = nif(&[first, a, b, c, d, e, f, g, last])?;
    push(text, found, start, start + 11, hits).then_some(start + 11)
}

/// A number of Singapore's residents.
fn nric(word: &[u8]) -> Option<Claim> {
    if !is_formed(word, b"A0000000A") {
        return None;
    }
    let (letters, plus): (&[u8], u32) = match at(word, 0).to_ascii_uppercase() {
        b'S' => (b"JZIHGFEDCBA", 0),
        b'T' => (b"JZIHGFEDCBA", 4),
        b'F' => (b"XWUTRQPNMLK", 0),
        b'G' => (b"XWUTRQPNMLK", 4),
        b'M' => (b"KLJNPQRTUWX", 3),
        _ => return None,
    };
    let rest = (weighted(&digits::<7>(word), &[2, 7, 6, 5, 4, 3, 2]) + plus) % 11;
    let rest = if plus == 3 { 10 - rest } else { rest };
    let right = letter(letters, u64::from(rest)) == word.last()?.to_ascii_uppercase();
    right.then_some(claim(SgNric, "sg-nric", if is_upper(word) { 80 } else { 50 }, true))
}

/// A public service number of Ireland: a letter modulo 23, a second one counting nine times.
fn ppsn(word: &[u8]) -> Option<Claim> {
    let (first, second) = match *word.get(7..)? {
        [first] => (first, b'@'),
        [first, second] => (first, second),
        _ => return None,
    };
    let formed = is_formed(word.get(..7)?, b"0000000")
        && first.is_ascii_alphabetic()
        && matches!(second.to_ascii_uppercase(), b'@' | b'A'..=b'I' | b'W');
    let extra = if second.eq_ignore_ascii_case(&b'W') {
        0
    } else {
        u32::from(second.to_ascii_uppercase()).saturating_sub(u32::from(b'@'))
    };
    let rest = (weighted(&digits::<7>(word), &[8, 7, 6, 5, 4, 3, 2]) + extra * 9) % 23;
    let right = letter(b"WABCDEFGHIJKLMNOPQRSTUV", u64::from(rest)) == first.to_ascii_uppercase();
    (formed && right).then_some(claim(IePps, "ie-pps", if is_upper(word) { 52 } else { 30 }, true))
}

/// A Medicare number of the US: places of letters and digits, without those that look alike.
fn mbi(word: &[u8]) -> Option<Claim> {
    let formed = is_formed(word, b"0A*0A*0AA00")
        && !matches!(at(word, 0), b'0')
        && !word.iter().any(|byte| {
            matches!(byte.to_ascii_uppercase(), b'S' | b'L' | b'O' | b'I' | b'B' | b'Z')
        });
    formed.then_some(claim(UsMbi, "us-mbi", if is_upper(word) { 80 } else { 45 }, false))
}

/// Says whether a Medicare number of the US in groups begins at `from`: `1EG4-TE5-MK73`. Returns where it ends.
pub(crate) fn verify_grouped_mbi(
    text: &Text<'_>,
    from: usize,
    hits: &mut Vec<Hit>,
) -> Option<usize> {
    let [a, b, c, d, x, e, f, g, y, h, i, j, k] =
        *cut(text.bytes, from, from + 13).first_chunk()?;
    let found = mbi(&[a, b, c, d, e, f, g, h, i, j, k])?;
    (x == y && matches!(x, b'-' | b' ')).then_some(())?;
    push(text, found, from, from + 13, hits).then_some(from + 13)
}

/// A tax code of Italy: a date of birth and a check letter; digits may be letters that stand for them.
fn codice_fiscale(word: &[u8]) -> Option<Claim> {
    const ODD: [u8; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let formed = is_formed(word, b"AAAAAA**A**A***A")
        && b"ABCDEHLMPRST".contains(&at(word, 8).to_ascii_uppercase());
    if !formed {
        return None;
    }
    let sum = word.iter().take(15).enumerate().map(|(place, byte)| {
        let index = match byte.to_ascii_uppercase() {
            digit @ b'0'..=b'9' => digit - b'0',
            letter => letter - b'A',
        };
        u32::from(if place % 2 == 0 { at(&ODD, usize::from(index)) } else { index })
    });
    let check = u8::try_from(sum.sum::<u32>() % 26).ok()? + b'A';
    (check == word.last()?.to_ascii_uppercase()).then_some(claim(
        ItFiscalCode,
        "it-codice-fiscale",
        if is_upper(word) { 95 } else { 85 },
        true,
    ))
}

/// A vehicle's number: no I, O or Q, and the check digit of North America and China.
fn vin(word: &[u8]) -> Option<Claim> {
    let letters = word.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let tail = word.get(13..)?.iter().all(u8::is_ascii_digit);
    let formed = is_upper(word)
        && letters >= 2
        && !word.iter().any(|byte| matches!(byte, b'I' | b'O' | b'Q'));
    if !formed {
        return None;
    }
    let value = |byte: u8| match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'H' => byte - b'A' + 1,
        b'J'..=b'R' => byte - b'J' + 1,
        _ => byte - b'S' + 2,
    };
    let mut values = [0; 17];
    for (to, byte) in values.iter_mut().zip(word) {
        *to = value(*byte);
    }
    let rest = weighted(&values, &[8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    let right = match at(word, 8) {
        b'X' => rest == 10,
        digit => u32::from(digit.wrapping_sub(b'0')) == rest,
    };
    Some(match (right, tail) {
        (true, true) => claim(Vin, "vin", 72, true),
        (true, false) => claim(Vin, "vin", 45, true),
        (false, true) => claim(Vin, "vin", 30, false),
        (false, false) => claim(Vin, "vin", 20, false),
    })
}

/// A resident number of China that ends in X.
fn cn_id(word: &[u8]) -> Option<Claim> {
    let right = is_formed(word, b"00000000000000000A")
        && word.last()?.eq_ignore_ascii_case(&b'X')
        && asia::cn_check(&digits::<17>(word)) == Some(10);
    right.then_some(claim(CnId, "cn-id", 92, true))
}

/// A population code of Mexico.
fn curp(word: &[u8]) -> Option<Claim> {
    const ORDER: &[u8] = "0123456789ABCDEFGHIJKLMN*OPQRSTUVWXYZ".as_bytes();
    let formed = is_formed(word, b"AAAA000000AAAAAA*0")
        && matches!(at(word, 10).to_ascii_uppercase(), b'H' | b'M' | b'X');
    let sum = word.iter().take(17).enumerate().map(|(place, byte)| {
        let value = ORDER.iter().position(|known| *known == byte.to_ascii_uppercase()).unwrap_or(0);
        value * (18 - place)
    });
    let check = (10 - sum.sum::<usize>() % 10) % 10;
    let dated = is_day(
        national::value(&digits::<6>(word.get(4..10)?), 2, 4),
        national::value(&digits::<6>(word.get(4..10)?), 4, 6),
    );
    let right = usize::from(at(word, 17).wrapping_sub(b'0')) == check;
    (formed && dated && right).then_some(claim(MxCurp, "mx-curp", 95, true))
}

/// A social security number of France of Corsica, whose department is 2A or 2B.
fn nir(word: &[u8]) -> Option<Claim> {
    let formed = is_formed(word, b"000002A00000000") && matches!(at(word, 0), b'1' | b'2');
    let less = match at(word, 6).to_ascii_uppercase() {
        b'A' => 1_000_000,
        b'B' => 2_000_000,
        _ => return None,
    };
    let mut digits = [0; 15];
    for (to, byte) in digits.iter_mut().zip(word) {
        *to = if byte.is_ascii_digit() { byte - b'0' } else { 0 };
    }
    let body = value(digits.get(..13)?).wrapping_sub(less);
    let right = 97 - body % 97 == value(digits.get(13..)?);
    (formed && right).then_some(claim(FrNir, "fr-nir", 85, true))
}

/// A personal code of Finland in one word: a letter tells the century.
fn hetu(word: &[u8]) -> Option<Claim> {
    const LETTERS: &[u8] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    let century = matches!(at(word, 6), b'-' | b'+' | b'A'..=b'F' | b'U'..=b'Y');
    let formed =
        is_formed(word.get(..6)?, b"000000") && is_formed(word.get(7..)?, b"000*") && century;
    let all = digits::<9>(word.get(..10)?);
    let right = letter(LETTERS, value(&all) % 31) == word.last()?.to_ascii_uppercase();
    let dated = is_day(national::value(&all, 2, 4), national::value(&all, 0, 2));
    (formed && right && dated).then_some(claim(FiPersonalCode, "fi-hetu", 92, true))
}

/// Says whether a personal code of Finland with a sign for the century stands at `from`. Returns where it ends.
pub(crate) fn verify_signed_hetu(
    text: &Text<'_>,
    from: usize,
    hits: &mut Vec<Hit>,
) -> Option<usize> {
    let found = hetu(cut(text.bytes, from, from + 11))?;
    (!at(text.bytes, from + 11).is_ascii_alphanumeric()
        && !number::is_continued_left(text.bytes, from))
    .then_some(())?;
    push(text, found, from, from + 11, hits).then_some(from + 11)
}
