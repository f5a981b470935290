//! Numbers of Europe.

use super::{is_day, is_one_digit, value};
use crate::checksum::{luhn, mod_11_10, weighted};

fn digit(digits: &[u8], place: usize) -> u32 {
    digits.get(place).copied().map_or(u32::MAX, u32::from)
}

/// A number of the National Health Service.
pub(crate) fn nhs(digits: &[u8]) -> bool {
    let check = match 11 - weighted(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11 {
        11 => 0,
        check => check,
    };
    !is_one_digit(digits) && digit(digits, 9) == check
}

/// A citizen service number of the Netherlands: the test of eleven, the last digit counting -1.
pub(crate) fn bsn(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2]);
    sum > 0 && !is_one_digit(digits) && sum % 11 == digit(digits, 8) % 11 && digit(digits, 8) < 10
}

/// A tax number of Portugal.
pub(crate) fn nif_pt(digits: &[u8]) -> bool {
    let rest = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    let check = if rest < 2 { 0 } else { 11 - rest };
    !matches!(digits.first(), Some(0 | 4 | 7) | None) && digit(digits, 8) == check
}

/// A birth number of the Czech Republic or Slovakia: women's months count from 51; of ten digits, divisible by 11.
pub(crate) fn rodne_cislo(digits: &[u8]) -> bool {
    let month = match value(digits, 2, 4) {
        month @ 71.. => month - 70,
        month @ 51.. => month - 50,
        month @ 21.. => month - 20,
        month => month,
    };
    let whole = digits.len() == 9 || {
        let rest = crate::checksum::value(digits.get(..9).unwrap_or_default()) % 11;
        u64::from(digit(digits, 9)) == rest % 10
    };
    is_day(month, value(digits, 4, 6)) && whole
}

/// A personal number of Denmark: a date of birth. Its check ended in 2007.
pub(crate) fn cpr(digits: &[u8]) -> bool {
    is_day(value(digits, 2, 4), value(digits, 0, 2))
}

/// A personal or coordination number of Sweden, of ten or twelve digits: a day, which may count from 61, Luhn's sum.
pub(crate) fn personnummer(digits: &[u8]) -> bool {
    let ten = match digits.len() {
        12 if matches!(value(digits, 0, 2), 18..=20) => digits.get(2..).unwrap_or_default(),
        10 => digits,
        _ => return false,
    };
    let day = value(ten, 4, 6);
    is_day(value(ten, 2, 4), if day > 60 { day - 60 } else { day }) && luhn(ten)
}

/// A social security number of Austria: a date of birth from the fifth digit on, the check in the fourth.
pub(crate) fn svnr(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11;
    is_day(value(digits, 6, 8), value(digits, 4, 6))
        && digits.first() != Some(&0)
        && digit(digits, 3) == sum
}

/// A personal number of Poland: a date of birth, the month telling the century.
pub(crate) fn pesel(digits: &[u8]) -> bool {
    let check = (10 - weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10;
    is_day(value(digits, 2, 4) % 20, value(digits, 4, 6)) && digit(digits, 10) == check
}

/// A tax number of Germany: not from 0; of the first ten, one digit twice or thrice and the others at most once.
pub(crate) fn tax_id_de(digits: &[u8]) -> bool {
    let mut counts = [0_u8; 10];
    for digit in digits.get(..10).unwrap_or_default() {
        if let Some(count) = counts.get_mut(usize::from(*digit)) {
            *count += 1;
        }
    }
    let repeated = counts.iter().filter(|count| **count > 1).count();
    let most = counts.iter().max().copied().unwrap_or(0);
    digits.first() != Some(&0) && repeated == 1 && most <= 3 && mod_11_10(digits)
}

/// A birth number of Norway: a day, which may count from 41, and two checks modulo 11.
pub(crate) fn fodselsnummer(digits: &[u8]) -> bool {
    let (day, month) = (value(digits, 0, 2), value(digits, 2, 4));
    let day = if day > 40 { day - 40 } else { day };
    let month = if month > 40 { month - 40 } else { month };
    let check =
        |weights: &[u8], place| (11 - weighted(digits, weights) % 11) % 11 == digit(digits, place);
    is_day(month, day)
        && check(&[3, 7, 6, 1, 8, 9, 4, 5, 2], 9)
        && check(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2], 10)
}

/// An identity number of Turkey: not from 0, two checks.
pub(crate) fn tr_id(digits: &[u8]) -> bool {
    let odd = weighted(digits, &[1, 0, 1, 0, 1, 0, 1, 0, 1]);
    let even = weighted(digits, &[0, 1, 0, 1, 0, 1, 0, 1]);
    let all = weighted(digits, &[1; 10]);
    digits.first() != Some(&0)
        && (odd * 7 + 90 - even) % 10 == digit(digits, 9)
        && all % 10 == digit(digits, 10)
}

/// A national register number of Belgium: a date of birth, modulo 97, with a 2 before it from 2000 on.
pub(crate) fn national_be(digits: &[u8]) -> bool {
    let body = crate::checksum::value(digits.get(..9).unwrap_or_default());
    let check = u64::from(value(digits, 9, 11));
    let month = value(digits, 2, 4);
    is_day(if month > 20 { month % 20 } else { month }, value(digits, 4, 6))
        && (97 - body % 97 == check || 97 - (2_000_000_000 + body) % 97 == check)
}

/// A personal number of Romania: sex and century, a date of birth, a county.
pub(crate) fn cnp(digits: &[u8]) -> bool {
    let check = match weighted(digits, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 {
        10 => 1,
        check => check,
    };
    !matches!(digits.first(), Some(0 | 9) | None)
        && is_day(value(digits, 3, 5), value(digits, 5, 7))
        && matches!(value(digits, 7, 9), 1..=52 | 70 | 80..=83)
        && digit(digits, 12) == check
}

/// A social security number of Switzerland: 756 and the check of an article number.
pub(crate) fn ahv(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]);
    value(digits, 0, 3) == 756 && sum.is_multiple_of(10)
}

/// A social security number of France with its key, in digits: sex, year, month, department, modulo 97.
pub(crate) fn nir(digits: &[u8]) -> bool {
    let body = crate::checksum::value(digits.get(..13).unwrap_or_default());
    matches!(digits.first(), Some(1 | 2 | 3 | 4 | 7 | 8))
        && matches!(value(digits, 3, 5), 1..=12 | 20..=42 | 50..=99)
        && matches!(value(digits, 5, 7), 1..=99)
        && u64::from(value(digits, 13, 15)) == 97 - body % 97
}
