//! Numbers that only a word tells: codes, accounts, passports, licences, records.

use crate::bytes::{at, before, cut, run};
use crate::entity::Kind::{self, *};
use crate::hit::Hit;
use crate::kinds::Kinds;
use crate::pii::{Claim, Text};

const NAMED: Kinds =
    Kinds::of(&[CardCode, Pin, Passport, DriverLicense, MedicalRecord, BankAccount]);

/// Says what the word with digits at `from..to` is, if a word right before it does. Returns where it ends.
pub(crate) fn verify(
    text: &Text<'_>,
    from: usize,
    to: usize,
    hits: &mut Vec<Hit>,
) -> Option<usize> {
    let length = to - from;
    if !(3..=20).contains(&length) {
        return None;
    }
    if matches!(before(text.bytes, from), b'-' | b'.' | b'/' | b'_' | b',') {
        return None;
    }
    let near = text.near.close(from);
    if !near.meets(NAMED) {
        return None;
    }
    let to = to + run(text.bytes, to, 16, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let word = cut(text.bytes, from, to);
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    let pure = digits == word.len();
    let claimed = |kind| near.has(kind) && leads(text, from, kind);
    let said = |words: &[&str]| is_said(text, from, words);
    let (kind, pattern, score) =
        if pure && matches!(length, 3 | 4) && claimed(CardCode) && said(&CODE) {
            (CardCode, "card-code", 85)
        } else if pure && (4..=8).contains(&length) && claimed(Pin) {
            (Pin, "pin", 80)
        } else if (6..=9).contains(&word.len()) && digits >= 5 && claimed(Passport) {
            (Passport, "passport", 85)
        } else if (5..=18).contains(&word.len())
            && digits >= 4
            && claimed(DriverLicense)
            && said(&DRIVER)
        {
            (DriverLicense, "driver-license", 82)
        } else if (5..=14).contains(&word.len())
            && digits >= 4
            && claimed(MedicalRecord)
            && said(&RECORD)
        {
            (MedicalRecord, "medical-record", 82)
        } else if (6..=18).contains(&word.len())
            && digits + 3 >= word.len()
            && claimed(BankAccount)
            && said(&ACCOUNT)
        {
            (BankAccount, "bank-account", 75)
        } else {
            return None;
        };
    let claim = Claim { kind, pattern, alone: 0, checksum: false };
    hits.push(Hit { score, ..claim.hit(from..to, near) });
    Some(to)
}

/// Words that may stand between a keyword and the value.
const BETWEEN: &[&str] = &[
    "is", "was", "are", "number", "numbers", "no", "nr", "num", "code", "id", "the", "my", "your",
    "our", "his", "her", "their", "a", "of", "s", "card", "equals", "as", "record", "nummer",
    "numero", "número", "value", "on", "file", "ends", "here", "it", "n", "it's", "book",
];
const CODE: [&str; 9] = ["cvv", "cvc", "cvv2", "cvc2", "cid", "csc", "cvn", "code", "cardcode"];
const DRIVER: [&str; 9] = [
    "driver",
    "drivers",
    "driving",
    "dl",
    "driverslicense",
    "driverlicense",
    "führerschein",
    "führerscheinnummer",
    "permis",
];
const RECORD: [&str; 6] = ["mrn", "record", "medicalrecord", "chart", "patientid", "patient"];
const ACCOUNT: [&str; 12] = [
    "number",
    "no",
    "nr",
    "num",
    "acct",
    "nummer",
    "bank",
    "konto",
    "kontonummer",
    "accountnumber",
    "bankaccount",
    "compte",
];

/// Tells whether a keyword of `kind` stands before `place` with nothing but words between that may.
fn leads(text: &Text<'_>, place: usize, kind: Kind) -> bool {
    let mut leads = false;
    text.near.words_before(place, |word| {
        leads = crate::near::says(word).has(kind);
        !leads && BETWEEN.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
    });
    leads
}

/// Tells whether one of `words` is among the few before `place`.
fn is_said(text: &Text<'_>, place: usize, words: &[&str]) -> bool {
    let (mut seen, mut said) = (0, false);
    text.near.words_before(place, |word| {
        seen += 1;
        said = words.iter().any(|known| {
            // `accountNumber` and `account_number` are as good.
            let tail = word.len().checked_sub(known.len()).and_then(|start| word.get(start..));
            let whole = word.len() == known.len();
            let hump = tail.is_some_and(|tail| at(tail, 0).is_ascii_uppercase());
            (whole || hump) && tail.is_some_and(|tail| tail.eq_ignore_ascii_case(known.as_bytes()))
        });
        !said && seen < 5
    });
    said
}
