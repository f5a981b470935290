//! Numbers of the Americas, and of makers of devices.

use super::{is_one_digit, value};
use crate::checksum::{luhn, weighted};

/// A social security number: no area 000, 666 or 900 and above, no group 00, no serial 0000.
pub(crate) fn ssn(digits: &[u8]) -> bool {
    let (area, group, serial) = (value(digits, 0, 3), value(digits, 3, 5), value(digits, 5, 9));
    let known_false = matches!(value(digits, 0, 9), 123_456_789 | 219_099_999 | 78_051_120);
    area != 0
        && area != 666
        && area < 900
        && group != 0
        && serial != 0
        && !known_false
        && !is_one_digit(digits)
}

/// An individual taxpayer's number: area 900 and above, groups that the IRS gives out.
pub(crate) fn itin(digits: &[u8]) -> bool {
    let group = value(digits, 3, 5);
    value(digits, 0, 3) >= 900 && matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

/// A routing number: a district of the Federal Reserve, weights 3 7 1.
pub(crate) fn aba(digits: &[u8]) -> bool {
    let district = value(digits, 0, 2);
    let known = matches!(district, 1..=12 | 21..=32 | 61..=72 | 80);
    known && weighted(digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
}

/// A social insurance number.
pub(crate) fn sin(digits: &[u8]) -> bool {
    !matches!(digits.first(), Some(0 | 8)) && !is_one_digit(digits) && luhn(digits)
}

/// A provider's number: Luhn's sum with the prefix 80840, which adds 24.
pub(crate) fn npi(digits: &[u8]) -> bool {
    let Some(body) = digits.get(..10) else { return false };
    let mut whole = [8, 0, 8, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    for (to, from) in whole.iter_mut().skip(5).zip(body) {
        *to = *from;
    }
    matches!(body.first(), Some(1 | 2)) && luhn(&whole)
}

/// A tax number of a person in Brazil: two checks modulo 11.
pub(crate) fn cpf(digits: &[u8]) -> bool {
    let check = |length: usize| {
        let weights: [u8; 10] = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2];
        let weights = weights.get(10 - length..).unwrap_or_default();
        let sum = weighted(digits.get(..length).unwrap_or_default(), weights) * 10 % 11 % 10;
        digits.get(length).is_some_and(|digit| u32::from(*digit) == sum)
    };
    !is_one_digit(digits) && check(9) && check(10)
}

/// A tax number of an organisation in Brazil.
pub(crate) fn cnpj(digits: &[u8]) -> bool {
    let check = |length: usize| {
        let weights: [u8; 13] = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
        let weights = weights.get(13 - length..).unwrap_or_default();
        let rest = weighted(digits.get(..length).unwrap_or_default(), weights) % 11;
        let check = if rest < 2 { 0 } else { 11 - rest };
        digits.get(length).is_some_and(|digit| u32::from(*digit) == check)
    };
    !is_one_digit(digits) && check(12) && check(13)
}

/// A device's number: a body that gives out type codes, Luhn's sum.
pub(crate) fn imei(digits: &[u8]) -> bool {
    let body = value(digits, 0, 2);
    matches!(body, 1 | 10 | 30 | 33 | 35 | 44 | 45 | 49..=54 | 86 | 91 | 98 | 99)
        && !is_one_digit(digits)
        && luhn(digits)
}
