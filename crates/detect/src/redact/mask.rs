//! Stars.

use crate::Entity;

/// A mask does not tell the length of what is longer.
const LONGEST: usize = 32;
/// Of shorter numbers nothing is shown.
const SHORTEST: usize = 9;
/// How many characters of a number are shown.
const SHOWN: usize = 4;

/// Masks all of a value.
pub(super) fn whole(value: &str) -> String {
    "*".repeat(value.chars().take(LONGEST).count().max(3))
}

/// Masks what of a value nobody needs to tell it from another.
#[expect(clippy::wildcard_enum_match_arm, reason = "of every other kind nothing is shown")]
pub(super) fn partial(entity: &Entity, value: &str) -> String {
    match entity {
        Entity::CreditCard | Entity::Iban | Entity::PhoneNumber | Entity::BankAccount => {
            number(value)
        }
        Entity::EmailAddress => address(value),
        _ => whole(value),
    }
}

fn number(value: &str) -> String {
    let digits = value.bytes().filter(u8::is_ascii_alphanumeric).count();
    if digits < SHORTEST || value.len() > 2 * LONGEST || !value.is_ascii() {
        return whole(value);
    }
    let mut left = digits;
    let shown = value.chars().map(|char| {
        if !char.is_ascii_alphanumeric() {
            return if matches!(char, ' ' | '-' | '.') { char } else { '*' };
        }
        left -= 1;
        if left < SHOWN { char } else { '*' }
    });
    shown.collect()
}

fn address(value: &str) -> String {
    let Some((mailbox, domain)) = value.rsplit_once('@') else { return whole(value) };
    let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-');
    match mailbox.chars().next() {
        Some(first) if first.is_ascii_alphanumeric() && domain.chars().all(plain) => {
            format!("{first}***@{domain}")
        }
        Some(_) | None => whole(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_shown_of_numbers_and_addresses_alone() {
        let cases = [
            (Entity::CreditCard, "4111 1111-1111 1234", "**** ****-**** 1234"),
            (Entity::PhoneNumber, "+1 (555) 010-0199", "** ***** ***-0199"),
            (Entity::PhoneNumber, "555 0199", "********"),
            (Entity::EmailAddress, "jane.doe@example.com", "j***@example.com"),
            (Entity::EmailAddress, "\"j\"@example.com", "***************"),
            (Entity::UsSsn, "078-05-1120", "***********"),
        ];
        for (entity, value, masked) in cases {
            assert_eq!(partial(&entity, value), masked, "{value}");
        }
    }
}
