//! The check digits of the world.

/// Doubles every second digit from the right (ISO/IEC 7812-1).
pub(crate) fn luhn(digits: &[u8]) -> bool {
    let sum = digits.iter().rev().enumerate().map(|(place, digit)| match (place % 2, digit) {
        (0, digit) => u32::from(*digit),
        (_, digit) if *digit > 4 => u32::from(*digit) * 2 - 9,
        (_, digit) => u32::from(*digit) * 2,
    });
    sum.sum::<u32>().is_multiple_of(10)
}

/// The group of the symmetries of a pentagon (Verhoeff, 1969).
pub(crate) fn verhoeff(digits: &[u8]) -> bool {
    const PLACES: [[u8; 10]; 8] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
        [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
        [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
        [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
        [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
        [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
        [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
    ];
    let times = |a: u8, b: u8| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a + 5 - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let check = digits.iter().rev().enumerate().try_fold(0, |check, (place, digit)| {
        let moved = PLACES.get(place % 8)?.get(usize::from(*digit))?;
        Some(times(check, *moved))
    });
    check == Some(0)
}

/// The sum of each digit times its weight.
pub(crate) fn weighted(digits: &[u8], weights: &[u8]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * u32::from(*weight)).sum()
}

/// The number that the digits write; of more than 19, the rest after division by 2^64.
pub(crate) fn value(digits: &[u8]) -> u64 {
    digits
        .iter()
        .fold(0, |value: u64, digit| value.wrapping_mul(10).wrapping_add(u64::from(*digit)))
}

/// Iterated products modulo 11 and 10 (ISO 7064), as tax numbers of Germany use.
pub(crate) fn mod_11_10(digits: &[u8]) -> bool {
    let Some((check, body)) = digits.split_last() else { return false };
    let product = body.iter().fold(10, |product, digit| {
        let sum = match (u32::from(*digit) + product) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    (11 - product) % 10 == u32::from(*check)
}

/// The rest after division by 97 of letters and digits, `A` counting as 10 (ISO 7064, mod 97-10).
pub(crate) fn mod_97(characters: impl Iterator<Item = u8>) -> u32 {
    characters.fold(0, |rest, character| match character {
        b'0'..=b'9' => (rest * 10 + u32::from(character - b'0')) % 97,
        b'A'..=b'Z' => (rest * 100 + u32::from(character - b'A') + 10) % 97,
        b'a'..=b'z' => (rest * 100 + u32::from(character - b'a') + 10) % 97,
        _ => rest,
    })
}
