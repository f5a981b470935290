//! Numbers that only a word tells: codes, accounts, passports, licences, records.

use crate::bytes::{at, cut, run};
use crate::entity::Kind::*;
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
    let near = text.near.close(from);
    if !near.meets(NAMED) {
        return None;
    }
    let to = to + run(text.bytes, to, 16, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let word = cut(text.bytes, from, to);
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    let pure = digits == word.len();
    let said = |words: &[&str]| is_said(text, from, words);
    let (kind, pattern, score) = if near.has(CardCode) && pure && matches!(length, 3 | 4) {
        (CardCode, "card-code", 85)
    } else if near.has(Pin) && pure && (4..=8).contains(&length) {
        (Pin, "pin", 80)
    } else if near.has(Passport) && (6..=9).contains(&word.len()) && digits >= 5 {
        (Passport, "passport", 85)
    } else if near.has(DriverLicense)
        && (5..=18).contains(&word.len())
        && digits >= 4
        && said(&DRIVER)
    {
        (DriverLicense, "driver-license", 82)
    } else if near.has(MedicalRecord)
        && (5..=14).contains(&word.len())
        && digits >= 4
        && said(&RECORD)
    {
        (MedicalRecord, "medical-record", 82)
    } else if near.has(BankAccount)
        && (6..=18).contains(&word.len())
        && digits + 3 >= word.len()
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
