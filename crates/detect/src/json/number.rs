//! Whole numbers that are written with a fraction or an exponent: `4111111111111111.0`, `4.111111111111111e15`.

use crate::views::{Marks, Unit, View};

/// Longer ones are nothing that is known.
const LONGEST: usize = 24;

/// Reads a number without a sign as its digits, all of which come from all of it. Nothing if it is no whole one.
pub(super) fn whole(text: &str) -> Option<View> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (front, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i16 = exponent.parse().ok()?;
    let zeros = usize::from(exponent.unsigned_abs());
    let (kept, added) = if exponent < 0 { (0, 0) } else { (zeros.min(fraction.len()), zeros) };
    let added = added.saturating_sub(fraction.len());
    if exponent < 0 || added > LONGEST || front.len() + kept > LONGEST {
        return None;
    }
    let (fraction, rest) = fraction.split_at_checked(kept)?;
    if rest.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let digits = format!("{front}{fraction}{}", "0".repeat(added));
    let digits = digits.trim_start_matches('0');
    let marks = if exponent == 0 { Marks::PLAIN } else { Marks::ENCODED };
    let mut view = View::with_capacity(digits.len());
    let end = u32::try_from(text.len()).ok()?;
    view.push_all(digits.as_bytes(), Unit { start: 0, end, marks });
    Some(view)
}

#[cfg(test)]
mod tests {
    #[test]
    fn whole_numbers_are_read_however_they_are_written() {
        let cases = [
            ("4111111111111111.0", Some("4111111111111111")),
            ("4111111111111111.000", Some("4111111111111111")),
            ("4.111111111111111e15", Some("4111111111111111")),
            ("4.111111111111111E+15", Some("4111111111111111")),
            ("41.5e3", Some("41500")),
            ("0.5e1", Some("5")),
            ("4111.5", None),
            ("41.55e1", None),
            ("1e999", None),
            ("1e99999999999", None),
            ("5e-3", None),
        ];
        for (text, digits) in cases {
            let view = super::whole(text);
            assert_eq!(view.as_ref().map(|view| view.bytes()), digits.map(str::as_bytes), "{text}");
        }
    }
}
