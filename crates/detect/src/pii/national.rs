//! Numbers that states, banks and makers give, of digits alone: a row for each form.
//!
//! To add one: a row in [`FORMS`] under its count of digits, a check in the file of its part of the world, its words
//! in `keyword.rs`, cases in `tests/it/`.

pub(crate) mod americas;
pub(crate) mod asia;
pub(crate) mod europe;

use crate::bytes::{at, run};
use crate::checksum::mod_11_10;
use crate::entity::Kind::{self, *};
use crate::hit::Hit;
use crate::pii::digits::{MIXED, Part, shape};
use crate::pii::{Claim, Text};
use americas as am;
use asia as asi;
use europe as eu;

/// One way to write a number.
#[derive(Debug)]
struct Form {
    kind: Kind,
    pattern: &'static str,
    /// How its digits are grouped, by the last byte of the name of the count where there is one group.
    shape: u64,
    /// What may stand between groups; none of one group.
    separators: &'static [u8],
    /// Tells whether digits can be one.
    check: fn(&[u8]) -> bool,
    /// Whether the check is of digits that depend on the others.
    checksum: bool,
    /// How sure it is without a word near it.
    alone: u8,
}

const fn form(
    kind: Kind,
    pattern: &'static str,
    groups: &[u8],
    separators: &'static [u8],
    check: fn(&[u8]) -> bool,
    checksum: bool,
    alone: u8,
) -> Form {
    Form { kind, pattern, shape: shape(groups), separators, check, checksum, alone }
}

/// The forms of 8 digits and more.
static FORMS: [&[Form]; 11] = [
    // 8
    &[],
    // 9
    &[
        form(UsSsn, "us-ssn", &[9], b"", am::ssn, false, 25),
        form(UsSsn, "us-ssn", &[3, 2, 4], b"-", am::ssn, false, 82),
        form(UsSsn, "us-ssn", &[3, 2, 4], b" .", am::ssn, false, 62),
        form(UsSsn, "us-ssn", &[3, 6], b"-", am::ssn, false, 25),
        form(UsSsn, "us-ssn", &[5, 4], b"-", am::ssn, false, 25),
        form(UsItin, "us-itin", &[9], b"", am::itin, false, 25),
        form(UsItin, "us-itin", &[3, 2, 4], b"-", am::itin, false, 75),
        form(UsItin, "us-itin", &[3, 2, 4], b" .", am::itin, false, 60),
        form(AbaRouting, "us-aba", &[9], b"", am::aba, true, 30),
        form(AbaRouting, "us-aba", &[4, 4, 1], b"-", am::aba, true, 65),
        form(CaSin, "ca-sin", &[9], b"", am::sin, true, 25),
        form(CaSin, "ca-sin", &[3, 3, 3], b"-", am::sin, true, 55),
        form(CaSin, "ca-sin", &[3, 3, 3], b" ", am::sin, true, 45),
        form(NlBsn, "nl-bsn", &[9], b"", eu::bsn, true, 25),
        form(NlBsn, "nl-bsn", &[4, 2, 3], b". ", eu::bsn, true, 45),
        form(AuTfn, "au-tfn", &[9], b"", asi::tfn, true, 25),
        form(AuTfn, "au-tfn", &[3, 3, 3], b" -", asi::tfn, true, 40),
        form(AuAcn, "au-acn", &[9], b"", asi::acn, true, 25),
        form(AuAcn, "au-acn", &[3, 3, 3], b" -", asi::acn, true, 40),
        form(PtNif, "pt-nif", &[9], b"", eu::nif_pt, true, 25),
        form(PtNif, "pt-nif", &[3, 3, 3], b" ", eu::nif_pt, true, 40),
        form(CzBirthNumber, "cz-rodne-cislo", &[6, 3], b"/", eu::rodne_cislo, false, 45),
    ],
    // 10
    &[
        form(UkNhs, "uk-nhs", &[10], b"", eu::nhs, true, 30),
        form(UkNhs, "uk-nhs", &[3, 3, 4], b" -", eu::nhs, true, 64),
        form(UsNpi, "us-npi", &[10], b"", am::npi, true, 30),
        form(DkCpr, "dk-cpr", &[6, 4], b"-", eu::cpr, false, 55),
        form(DkCpr, "dk-cpr", &[10], b"", eu::cpr, false, 20),
        form(SePersonnummer, "se-personnummer", &[6, 4], b"-", eu::personnummer, true, 75),
        form(SePersonnummer, "se-personnummer", &[10], b"", eu::personnummer, true, 30),
        form(CzBirthNumber, "cz-rodne-cislo", &[6, 4], b"/", eu::rodne_cislo, true, 75),
        form(CzBirthNumber, "cz-rodne-cislo", &[10], b"", eu::rodne_cislo, true, 25),
        form(AtSocialNumber, "at-svnr", &[4, 6], b" -", eu::svnr, true, 65),
        form(AtSocialNumber, "at-svnr", &[10], b"", eu::svnr, true, 30),
        form(AuMedicare, "au-medicare", &[4, 5, 1], b" -", asi::medicare, true, 80),
        form(AuMedicare, "au-medicare", &[10], b"", asi::medicare, true, 30),
    ],
    // 11
    &[
        form(PlPesel, "pl-pesel", &[11], b"", eu::pesel, true, 45),
        form(DeTaxId, "de-tax-id", &[11], b"", eu::tax_id_de, true, 45),
        form(DeTaxId, "de-tax-id", &[11], b"", mod_11_10, true, 15),
        form(DeTaxId, "de-tax-id", &[2, 3, 3, 3], b" ", eu::tax_id_de, true, 75),
        form(NoBirthNumber, "no-fodselsnummer", &[11], b"", eu::fodselsnummer, true, 55),
        form(NoBirthNumber, "no-fodselsnummer", &[6, 5], b" -", eu::fodselsnummer, true, 80),
        form(TrId, "tr-id", &[11], b"", eu::tr_id, true, 45),
        form(BrCpf, "br-cpf", &[3, 3, 3, 2], b"*", am::cpf, true, 92),
        form(BrCpf, "br-cpf", &[9, 2], b"-", am::cpf, true, 80),
        form(BrCpf, "br-cpf", &[11], b"", am::cpf, true, 45),
        form(AuAbn, "au-abn", &[11], b"", asi::abn, true, 45),
        form(AuAbn, "au-abn", &[2, 3, 3, 3], b" ", asi::abn, true, 78),
        form(
            BeNationalNumber,
            "be-national-number",
            &[2, 2, 2, 3, 2],
            b"*. ",
            eu::national_be,
            true,
            92,
        ),
        form(
            BeNationalNumber,
            "be-national-number",
            &[6, 3, 2],
            b"*. -",
            eu::national_be,
            true,
            75,
        ),
        form(BeNationalNumber, "be-national-number", &[11], b"", eu::national_be, true, 50),
    ],
    // 12
    &[
        form(InAadhaar, "in-aadhaar", &[12], b"", asi::aadhaar, true, 40),
        form(InAadhaar, "in-aadhaar", &[4, 4, 4], b" -", asi::aadhaar, true, 78),
        form(SePersonnummer, "se-personnummer", &[8, 4], b"-", eu::personnummer, true, 88),
        form(SePersonnummer, "se-personnummer", &[12], b"", eu::personnummer, true, 60),
    ],
    // 13
    &[
        form(ZaId, "za-id", &[13], b"", asi::za_id, true, 60),
        form(ZaId, "za-id", &[6, 4, 3], b" ", asi::za_id, true, 80),
        form(RoCnp, "ro-cnp", &[13], b"", eu::cnp, true, 45),
        form(KrRrn, "kr-rrn", &[6, 7], b"-", asi::rrn, true, 80),
        form(KrRrn, "kr-rrn", &[6, 7], b"-", asi::rrn_by_date, false, 52),
        form(KrRrn, "kr-rrn", &[13], b"", asi::rrn, true, 25),
        form(ChAhv, "ch-ahv", &[3, 4, 4, 2], b". ", eu::ahv, true, 95),
        form(ChAhv, "ch-ahv", &[13], b"", eu::ahv, true, 60),
    ],
    // 14
    &[
        form(BrCnpj, "br-cnpj", &[2, 3, 3, 4, 2], b"*", am::cnpj, true, 92),
        form(BrCnpj, "br-cnpj", &[14], b"", am::cnpj, true, 45),
    ],
    // 15
    &[
        form(FrNir, "fr-nir", &[15], b"", eu::nir, true, 70),
        form(FrNir, "fr-nir", &[13, 2], b" ", eu::nir, true, 85),
        form(FrNir, "fr-nir", &[1, 2, 2, 2, 3, 3, 2], b" .-", eu::nir, true, 92),
        form(Imei, "imei", &[15], b"", am::imei, true, 40),
        form(Imei, "imei", &[2, 6, 6, 1], b"- ", am::imei, true, 80),
    ],
    // 16
    &[],
    // 17
    &[],
    // 18
    &[form(CnId, "cn-id", &[18], b"", asi::cn_id, true, 88)],
];

pub(crate) fn verify(text: &Text<'_>, part: &Part<'_>, hits: &mut Vec<Hit>) {
    let forms = part.digits.len().checked_sub(8).and_then(|row| FORMS.get(row));
    let mut near = None;
    for form in forms.copied().unwrap_or_default() {
        let separated = part.separator == 0 || form.separators.contains(&part.separator);
        if form.shape != part.shape || !separated {
            continue;
        }
        let Form { kind, pattern, alone, checksum, .. } = *form;
        let claim = Claim { kind, pattern, alone, checksum };
        let near = *near.get_or_insert_with(|| part.near(text));
        if claim.score(near) < text.floor || !(form.check)(part.digits) {
            continue;
        }
        if part.shape == shape(&[4, 4, 4]) && is_card_like(text.bytes, part) {
            continue;
        }
        hits.push(claim.hit(part.from..part.to, near));
    }
}

/// Tells whether four more digits follow three groups of four: a card's number, mistyped as it may be.
fn is_card_like(bytes: &[u8], part: &Part<'_>) -> bool {
    at(bytes, part.to) == part.separator
        && run(bytes, part.to + 1, 5, |byte| byte.is_ascii_digit()) == 4
}

/// The separator of forms with several.
const _: () = assert!(MIXED == b'*', "forms write it so");

/// Tells whether two digits of a month and two of a day can be.
pub(crate) fn is_day(month: u32, day: u32) -> bool {
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 29,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// The number that digits `from..to` write.
pub(crate) fn value(digits: &[u8], from: usize, to: usize) -> u32 {
    let digits = digits.get(from..to).unwrap_or_default();
    digits
        .iter()
        .fold(0, |value: u32, digit| value.wrapping_mul(10).wrapping_add(u32::from(*digit)))
}

/// Tells whether all digits are the same.
pub(crate) fn is_one_digit(digits: &[u8]) -> bool {
    digits.windows(2).all(|pair| matches!(pair, [a, b] if a == b))
}
