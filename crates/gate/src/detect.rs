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

/// Finds whole groups that join to 13 to 19 digits, begin like a card and pass the Luhn check (ISO/IEC 7812-1).
fn has_payment_card(run: &Run) -> bool {
    let ends = run.groups.iter().scan(0, |end, size| {
        *end += size;
        Some(*end)
    });
    let ends: Vec<usize> = ends.collect();
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.into_iter().any(|start| {
        ends.iter().any(|end| {
            let card = run.digits.get(start..*end).unwrap_or_default();
            (13..=19).contains(&card.len()) && matches!(card.first(), Some(2..=6)) && luhn(card)
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
        words.iter().skip(start).take(9).any(|word| {
            joined.push_str(word);
            (15..=34).contains(&joined.len()) && is_iban(&joined)
        })
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
    use super::detect;

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
}
