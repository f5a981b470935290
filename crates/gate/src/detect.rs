//! A simple detector of personal data in content, until the scanner of its own crate takes its place.
//!
//! It finds plain e-mail addresses, payment cards, US social security numbers and IBANs as people usually write
//! them. It does not find names, street addresses, or values that somebody disguised.

use std::collections::BTreeSet;

/// Returns the labels of what `content` holds.
pub(crate) fn detect(content: &str) -> BTreeSet<&'static str> {
    let mut labels = BTreeSet::new();
    if content.split(|c: char| c.is_whitespace() || "<>(),;:\"'".contains(c)).any(is_email) {
        labels.insert("email");
    }
    for run in digit_runs(content) {
        if has_payment_card(&run) {
            labels.insert("payment_card");
        }
        if is_us_ssn(&run) {
            labels.insert("us_ssn");
        }
    }
    if has_iban(content) {
        labels.insert("iban");
    }
    labels
}

fn is_email(word: &str) -> bool {
    let word = word.trim_end_matches(['.', '!', '?']);
    word.split_once('@').is_some_and(|(local, domain)| {
        let label = |l: &str| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-');
        !local.is_empty() && domain.contains('.') && domain.split('.').all(label)
    })
}

/// Digits that stand together, with single spaces or hyphens between groups.
struct Run {
    digits: Vec<u8>,
    groups: Vec<usize>,
}

fn digit_runs(content: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut run = Run { digits: Vec::new(), groups: Vec::new() };
    let mut in_group = false;
    for byte in content.bytes().chain(*b"x") {
        match byte {
            b'0'..=b'9' => {
                run.digits.push(byte - b'0');
                match run.groups.last_mut() {
                    Some(size) if in_group => *size += 1,
                    _ => run.groups.push(1),
                }
                in_group = true;
            }
            b' ' | b'-' if in_group => in_group = false,
            _ => {
                in_group = false;
                if !run.digits.is_empty() {
                    runs.push(std::mem::replace(
                        &mut run,
                        Run { digits: Vec::new(), groups: Vec::new() },
                    ));
                }
            }
        }
    }
    runs
}

const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// Finds whole groups that join to a card's length, begin like a card and pass the Luhn check (ISO/IEC 7812-1). From
/// each group it looks ahead over one card's digits at most, so its time is linear.
fn has_payment_card(run: &Run) -> bool {
    let mut start = 0;
    run.groups.iter().enumerate().any(|(index, size)| {
        let from = start;
        start += size;
        let mut end = from;
        let ahead = run.groups.iter().skip(index).map(|size| {
            end += size;
            end
        });
        let mut ends = ahead.take_while(|end| end - from <= *CARD_DIGITS.end());
        ends.any(|end| {
            let card = run.digits.get(from..end).unwrap_or_default();
            CARD_DIGITS.contains(&card.len()) && matches!(card.first(), Some(2..=6)) && luhn(card)
        })
    })
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| match (i % 2, u32::from(*d)) {
            (0, d) => d,
            (_, d) if d > 4 => d * 2 - 9,
            (_, d) => d * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Three, two and four digits, of an area, group and serial that are issued.
fn is_us_ssn(run: &Run) -> bool {
    if run.groups != [3, 2, 4] {
        return false;
    }
    let number = |from: usize, to: usize| {
        run.digits.iter().skip(from).take(to - from).fold(0_u32, |sum, d| sum * 10 + u32::from(*d))
    };
    let area = number(0, 3);
    area != 0 && area != 666 && area < 900 && number(3, 5) != 0 && number(5, 9) != 0
}

/// Finds an IBAN, spaces allowed, by its check digits (ISO 13616).
fn has_iban(content: &str) -> bool {
    let words: Vec<&str> =
        content.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    (0..words.len()).any(|start| {
        let mut joined = String::new();
        let mut ahead = words.iter().skip(start).take(9).map_while(|word| {
            joined.push_str(word);
            (joined.len() <= 34).then(|| joined.len() >= 15 && is_iban(&joined))
        });
        ahead.any(|found| found)
    })
}

fn is_iban(text: &str) -> bool {
    let shaped = matches!(text.as_bytes(), [a, b, c, d, ..]
        if a.is_ascii_uppercase() && b.is_ascii_uppercase() && c.is_ascii_digit() && d.is_ascii_digit());
    let rotated = text.bytes().skip(4).chain(text.bytes().take(4));
    let remainder = rotated.fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte.to_ascii_uppercase() - b'A') + 10) % 97,
    });
    shaped && remainder == 1
}

#[cfg(test)]
mod tests {
    use syndic_governance::Label;

    use super::detect;

    #[test]
    fn a_megabyte_made_to_be_slow_is_not() {
        for unit in ["1 ", "4", "4111 ", "D", "DE89 ", "DE89370400440532013 ", "a@", "a@b.", "@ "] {
            detect(&unit.repeat(1_000_000 / unit.len()));
        }
    }

    #[test]
    fn personal_data_is_found_where_it_is_and_only_there() {
        for (content, labels) in [
            ("your order is on its way", ""),
            ("write to jane@example.com.", "email"),
            ("card 4111 1111 1111 1111 please", "payment_card"),
            ("card 4111-1111-1111-1112 please", ""),
            ("order 1234567890123456", ""),
            ("2 cards: 12 4111 1111 1111 1111 7", "payment_card"),
            ("ssn 123-45-6789", "us_ssn"),
            ("ssn 666-45-6789 or 000-12-3456", ""),
            ("IBAN DE89 3704 0044 0532 0130 00, thanks", "iban"),
            ("iban GB82WEST12345698765432", "iban"),
            ("GB82WEST12345698765431", ""),
            ("@ a@b x@.com ticket 2024-11-22", ""),
        ] {
            let found: Vec<_> = detect(content).into_iter().collect();
            assert_eq!(found.join(","), labels, "{content}");
        }
    }

    #[test]
    fn a_test_can_suppose_every_label() {
        let content =
            "a@example.org, 4111 1111 1111 1111, 219-09-9999, GB29 NWBK 6016 1331 9268 19";
        let labels = detect(content).into_iter();
        assert!(labels.eq(Label::ALL.iter().map(|label| label.as_str())));
    }
}
