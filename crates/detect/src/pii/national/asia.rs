//! Numbers of Africa, Asia and Oceania.

use super::{is_day, is_one_digit, value};
use crate::checksum::{luhn, verhoeff, weighted};

/// A tax file number of Australia.
pub(crate) fn tfn(digits: &[u8]) -> bool {
    !is_one_digit(digits) && weighted(digits, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11)
}

/// A company number of Australia.
pub(crate) fn acn(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[8, 7, 6, 5, 4, 3, 2, 1]);
    digits.get(8).is_some_and(|check| u32::from(*check) == (10 - sum % 10) % 10)
        && !is_one_digit(digits)
}

/// A business number of Australia: modulo 89 after taking 1 from the first digit.
pub(crate) fn abn(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    digits.first().is_some_and(|first| *first > 0) && sum >= 10 && (sum - 10).is_multiple_of(89)
}

/// A Medicare number of Australia.
pub(crate) fn medicare(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9]);
    matches!(digits.first(), Some(2..=6))
        && digits.get(8).is_some_and(|check| u32::from(*check) == sum % 10)
        && digits.get(9).is_some_and(|issue| *issue > 0)
}

/// A number of India's residents: not from 0 or 1, no palindrome, Verhoeff's check.
pub(crate) fn aadhaar(digits: &[u8]) -> bool {
    let palindrome = digits.iter().eq(digits.iter().rev());
    matches!(digits.first(), Some(2..=9)) && !palindrome && verhoeff(digits)
}

/// An identity number of South Africa: a date of birth, a citizen or a resident, Luhn's sum.
pub(crate) fn za_id(digits: &[u8]) -> bool {
    is_day(value(digits, 2, 4), value(digits, 4, 6))
        && matches!(digits.get(10), Some(0..=2))
        && matches!(digits.get(11), Some(8 | 9))
        && luhn(digits)
}

/// A resident number of South Korea: a date of birth, a century, a check that those given out from 2020 on lack.
pub(crate) fn rrn(digits: &[u8]) -> bool {
    let rest = weighted(digits, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11;
    let (century, check) = (digits.get(6), digits.get(12).copied().map_or(u32::MAX, u32::from));
    let right = match century {
        Some(1..=4) => (11 - rest) % 10 == check,
        Some(5..=8) => (13 - rest) % 10 == check,
        _ => return false,
    };
    let unchecked = matches!(century, Some(3 | 4 | 7 | 8)) && value(digits, 0, 2) >= 20;
    is_day(value(digits, 2, 4), value(digits, 4, 6)) && (right || unchecked)
}

/// What may be a resident number of South Korea by its date of birth alone.
pub(crate) fn rrn_by_date(digits: &[u8]) -> bool {
    is_day(value(digits, 2, 4), value(digits, 4, 6)) && matches!(digits.get(6), Some(1..=4))
}

/// A resident number of China without the letter X.
pub(crate) fn cn_id(digits: &[u8]) -> bool {
    matches!(digits, [.., last] if cn_check(digits) == Some(*last))
}

/// The check digit of a resident number of China, 10 for `X`, where its first 17 digits can be of one.
pub(crate) fn cn_check(digits: &[u8]) -> Option<u8> {
    let dated = is_day(value(digits, 10, 12), value(digits, 12, 14))
        && matches!(value(digits, 6, 10), 1900..=2035)
        && matches!(value(digits, 0, 2), 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83);
    let sum = weighted(digits.get(..17)?, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    let check = u8::try_from((12 - sum % 11) % 11).ok()?;
    dated.then_some(check)
}
