//! Numbers of payment cards (ISO/IEC 7812).

use crate::checksum::luhn;
use crate::entity::Kind;
use crate::hit::Hit;
use crate::pii::digits::{MIXED, Part, shape};
use crate::pii::{Claim, Text};

/// Issuers: the first and the last number of four digits that theirs begin with, the lengths, and how sure one is
/// without a word near it.
const ISSUERS: &[(u16, u16, &[usize], &str, u8)] = &[
    (4000, 4999, &[16], "card-visa", 80),
    (4000, 4999, &[13], "card-visa", 45),
    (4000, 4999, &[19], "card-visa", 45),
    (5100, 5599, &[16], "card-mastercard", 80),
    (2221, 2720, &[16], "card-mastercard", 75),
    (3400, 3499, &[15], "card-american-express", 80),
    (3700, 3799, &[15], "card-american-express", 80),
    (3000, 3059, &[14], "card-diners-club", 65),
    (3095, 3095, &[14, 16], "card-diners-club", 65),
    (3600, 3699, &[14], "card-diners-club", 60),
    (3800, 3999, &[14], "card-diners-club", 60),
    (6011, 6011, &[16], "card-discover", 80),
    (6440, 6599, &[16], "card-discover", 78),
    (6011, 6011, &[19], "card-discover", 45),
    (3528, 3589, &[16], "card-jcb", 80),
    (3500, 3599, &[16], "card-jcb", 65),
    (2131, 2131, &[15], "card-jcb", 65),
    (1800, 1800, &[15], "card-jcb", 60),
    (6200, 6299, &[16], "card-unionpay", 78),
    (6200, 6299, &[17, 18, 19], "card-unionpay", 45),
    (8100, 8171, &[16], "card-unionpay", 60),
    (2200, 2204, &[16], "card-mir", 75),
    (9792, 9792, &[16], "card-troy", 70),
    (6521, 6522, &[16], "card-rupay", 75),
    (6060, 6089, &[16], "card-rupay", 70),
    (6304, 6304, &[16], "card-maestro", 70),
    (6759, 6759, &[16], "card-maestro", 75),
    (6761, 6763, &[16], "card-maestro", 75),
    (5018, 5020, &[16], "card-maestro", 75),
    (5000, 5099, &[16], "card-maestro", 65),
    (5600, 5899, &[16], "card-maestro", 65),
    (6000, 6999, &[16], "card-maestro", 60),
    (5000, 5099, &[12, 13, 14, 15, 17, 18, 19], "card-maestro", 35),
    (5600, 5899, &[12, 13, 14, 15, 17, 18, 19], "card-maestro", 35),
    (6300, 6799, &[12, 13, 14, 15, 17, 18, 19], "card-maestro", 35),
    (1000, 1999, &[15], "card-uatp", 30),
];

const GROUPED: [u64; 7] = [
    shape(&[4, 4, 4, 4]),
    shape(&[4, 6, 5]),
    shape(&[4, 6, 4]),
    shape(&[4, 4, 4, 4, 3]),
    shape(&[4, 4, 4, 1]),
    shape(&[4, 5, 6]),
    shape(&[4, 3, 3, 3]),
];

/// Tells whether digits are as many as those of a card that begins like them.
pub(crate) fn is_issued(digits: &[u8]) -> bool {
    issuer(digits).is_some()
}

/// Tells whether the digits of cards are in groups of such lengths: see [`shape`].
pub(crate) fn is_grouped(shape: u64) -> bool {
    GROUPED.contains(&shape)
}

/// Whose digits are, and how sure that is without a word near them.
fn issuer(digits: &[u8]) -> Option<(&'static str, u8)> {
    let [a, b, c, d, ..] = *digits else { return None };
    if digits.iter().all(|digit| *digit == a) {
        return None;
    }
    let first = [a, b, c, d].iter().fold(0, |number, digit| number * 10 + u16::from(*digit));
    let issuer = ISSUERS.iter().find(|(from, to, lengths, ..)| {
        (*from..=*to).contains(&first) && lengths.contains(&digits.len())
    });
    issuer.map(|(.., pattern, alone)| (*pattern, *alone))
}

pub(crate) fn verify(text: &Text<'_>, part: &Part<'_>, hits: &mut Vec<Hit>) {
    let length = part.digits.len();
    if !(12..=19).contains(&length) || (part.groups > 1 && !GROUPED.contains(&part.shape)) {
        return;
    }
    if part.separator == MIXED || part.separator == b'/' {
        return;
    }
    if !luhn(part.digits) {
        return;
    }
    let Some((pattern, alone)) = issuer(part.digits) else { return };
    let alone = if part.groups > 1 { alone + 10 } else { alone };
    let claim = Claim { kind: Kind::CreditCard, pattern, alone, checksum: true };
    let near = part.near(text);
    if claim.score(near) >= text.floor {
        hits.push(claim.hit(part.from..part.to, near));
    }
}
