//! Exact amounts: never a float, never rounded.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A non-negative decimal number with at most four digits after the point.
///
/// Held as a count of ten-thousandths, the representation of Cedar's `decimal`, so the largest is
/// 922337203685477.5807.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(i64);

/// Says why a text is not a [`Decimal`]. The text itself is not repeated: it may be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecimalError {
    /// Not in the grammar of a JSON number.
    #[error("not a number")]
    Malformed,
    /// Below zero, or a negative zero.
    #[error("a negative number")]
    Negative,
    /// Would have to be rounded.
    #[error("more than four digits after the point")]
    NotExact,
    /// Does not fit.
    #[error("a number above 922337203685477.5807")]
    TooLarge,
}

const SCALE: u32 = 4;

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self(0);
    /// The largest there is.
    pub const MAX: Self = Self(i64::MAX);

    /// Makes a decimal from a count of ten-thousandths; `None` if negative.
    #[must_use]
    pub const fn from_ten_thousandths(count: i64) -> Option<Self> {
        if count < 0 { None } else { Some(Self(count)) }
    }

    /// Returns the count of ten-thousandths.
    #[must_use]
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// Adds, or `None` when the sum does not fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Reads the grammar of a JSON number (RFC 8259 §6), exponent included, exactly.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return Err(DecimalError::Malformed),
            Some(split) => split,
            None => (mantissa, ""),
        };
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        let digits = || whole.bytes().chain(fraction.bytes());
        if whole.is_empty() || leading_zero || !digits().all(|b| b.is_ascii_digit()) {
            return Err(DecimalError::Malformed);
        }
        if negative {
            return Err(DecimalError::Negative);
        }
        let places = i64::try_from(fraction.len()).map_err(|_| DecimalError::NotExact)?;
        scale(digits(), i64::from(SCALE) + exponent - places).map(Self)
    }
}

/// Returns the exponent, clamped to where every further step has the same answer.
fn parse_exponent(text: &str) -> Result<i64, DecimalError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DecimalError::Malformed);
    }
    let size = digits.parse::<i64>().unwrap_or(i64::MAX).min(1_000_000_000);
    Ok(if text.starts_with('-') { -size } else { size })
}

/// Returns `digits` × 10^`shift`, exactly.
fn scale(digits: impl Iterator<Item = u8>, shift: i64) -> Result<i64, DecimalError> {
    let digits: Vec<u8> = digits.skip_while(|b| *b == b'0').collect();
    if digits.is_empty() {
        return Ok(0);
    }
    let trailing = digits.iter().rev().take_while(|b| **b == b'0').count();
    let kept = digits.len() - trailing;
    let shift = shift.saturating_add(i64::try_from(trailing).map_err(|_| DecimalError::TooLarge)?);
    let shift = u32::try_from(shift).map_err(|_| DecimalError::NotExact)?;
    let factor = 10_i64.checked_pow(shift).ok_or(DecimalError::TooLarge)?;
    digits
        .iter()
        .take(kept)
        .try_fold(0_i64, |sum, b| sum.checked_mul(10)?.checked_add(i64::from(b - b'0')))
        .and_then(|sum| sum.checked_mul(factor))
        .ok_or(DecimalError::TooLarge)
}

impl fmt::Display for Decimal {
    /// Writes the shortest form: `1000`, `0.5`, `12.3456`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 10_000, self.0 % 10_000);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        let fraction = format!("{rest:04}");
        write!(f, "{whole}.{}", fraction.trim_end_matches('0'))
    }
}

/// A currency by its three letters (ISO 4217).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// US dollars, the currency of the shipped catalogue.
    pub const USD: Self = Self(*b"USD");

    /// Returns the three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // INVARIANT: three upper-case ASCII letters.
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

/// Says why a text is not an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Not three capital letters.
    #[error("a currency is three capital letters, like `USD`")]
    Currency,
    /// Not `amount currency`.
    #[error("an amount of money is written like `1000.00 USD`")]
    Shape,
    /// The number is no exact decimal.
    #[error("the amount is {0}")]
    Amount(#[from] DecimalError),
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(letters) if letters.iter().all(u8::is_ascii_uppercase) => Ok(Self(letters)),
            _ => Err(MoneyError::Currency),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount in a currency, written `1000.00 USD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// How much.
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
}

impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (amount, currency) = text.split_once(' ').ok_or(MoneyError::Shape)?;
        Ok(Self { amount: amount.parse()?, currency: currency.trim().parse()? })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::{Decimal, DecimalError, Money};

    #[test]
    fn a_decimal_is_read_exactly_or_refused() {
        use DecimalError::{Malformed, Negative, NotExact, TooLarge};
        for (text, expected) in [
            ("0", Ok("0")),
            ("100.00", Ok("100")),
            ("1e2", Ok("100")),
            ("1.5e+1", Ok("15")),
            ("12345e-4", Ok("1.2345")),
            ("0.00010", Ok("0.0001")),
            ("0e999999999999", Ok("0")),
            ("922337203685477.5807", Ok("922337203685477.5807")),
            ("922337203685477.5808", Err(TooLarge)),
            ("1e400", Err(TooLarge)),
            ("1e-400", Err(NotExact)),
            ("100.00004", Err(NotExact)),
            ("100.00004000000000000001", Err(NotExact)),
            ("-1", Err(Negative)),
            ("-0", Err(Negative)),
            ("NaN", Err(Malformed)),
            ("1.", Err(Malformed)),
            (".5", Err(Malformed)),
            ("01", Err(Malformed)),
            ("1e", Err(Malformed)),
            ("+1", Err(Malformed)),
            ("", Err(Malformed)),
        ] {
            let read = text.parse::<Decimal>().map(|d| d.to_string());
            assert_eq!(read, expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn money_names_its_currency() {
        assert_eq!("1000.00 USD".parse::<Money>().unwrap().to_string(), "1000 USD");
        for wrong in ["1000", "1000 usd", "1000 DOLLAR", "-5 USD", "USD 5", ""] {
            assert!(wrong.parse::<Money>().is_err(), "{wrong}");
        }
    }
}
