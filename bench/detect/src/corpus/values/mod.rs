//! Made-up values of each kind, right by their checksum, as people write them.

mod contact;
mod lookalike;
mod money;
mod national;
mod secret;
mod words;

pub use contact::{email, ipv4};
pub use money::{card, iban};
pub use national::ssn;

use super::random::Random;

/// What a placeholder stands for: what is written, and of what kind it is where that is to be found.
pub struct Value {
    pub text: String,
    pub kind: Option<&'static str>,
}

/// Draws the value of a placeholder such as `card`, `phone:de` or `uuid`; none when there is no such placeholder.
pub fn draw(placeholder: &str, random: &mut Random) -> Option<Value> {
    let (name, form) = placeholder.split_once(':').unwrap_or((placeholder, ""));
    let found = national::draw(name, form, random)
        .or_else(|| money::draw(name, form, random))
        .or_else(|| contact::draw(name, form, random))
        .or_else(|| secret::draw(name, form, random));
    if let Some((kind, text)) = found {
        return Some(Value { text, kind: Some(kind) });
    }
    if let Some(text) = lookalike::draw(name, form, random) {
        return Some(Value { text, kind: None });
    }
    let (kind, text) = words::draw(name, form, random)?;
    Some(Value { text, kind })
}

/// A date of a person's life, as year, month and day.
pub fn born(random: &mut Random) -> (usize, usize, usize) {
    (random.between(1942, 2004), random.between(1, 12), random.between(1, 28))
}

/// Writes digits in groups, such as `3-2-4` with `-`.
pub fn grouped(digits: &str, groups: &[usize], between: &str) -> String {
    let mut parts = Vec::new();
    let mut from = 0;
    for length in groups {
        parts.push(&digits[from..from + length]);
        from += length;
    }
    parts.join(between)
}
