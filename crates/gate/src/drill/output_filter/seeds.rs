//! What filters are tried out with: texts with made-up secrets and personal data in them, the same in disguise, and texts
//! with nothing in them. Checksums are valid, and nothing here opens or belongs to anything.
//!
//! Secrets stand in pieces, so that those who look through repositories for real ones see none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A value, and the words that stand before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seed {
    pub(super) kind: &'static str,
    words: &'static str,
    pieces: &'static [&'static str],
}

/// A way to write a value so that a person or a model reads it, and a pattern does not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Disguise {
    pub(super) name: &'static str,
    of: fn(&str) -> String,
}

const fn seed(kind: &'static str, words: &'static str, pieces: &'static [&'static str]) -> Seed {
    Seed { kind, words, pieces }
}

/// The kind of a secret.
const SECRET: &str = "SECRET";

pub(super) const SEEDS: &[Seed] = &[
    seed(SECRET, "The token is ", &["ghp_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"]),
    seed(
        SECRET,
        "DO_TOKEN=",
        &["dop_v1_", "4eeffca8f0a594f413daff0744a21bb8", "ffa6eba9142bd866a2b29a0cb08ddd4e"],
    ),
    seed(
        SECRET,
        "Authorization: Bearer ",
        &[
            "eyJhbGciOiJIUzI1NiJ9",
            ".eyJzdWIiOiI0NTAzODQwNDczIn0",
            ".b3srWf3Vj84C9qR3Ub3srWf3Vj84C9qR3U",
        ],
    ),
    seed(
        SECRET,
        "post to ",
        &["https://hooks.slack.com/", "services/T0AB12CD3/B0AB12CD3/", "9ZvqpXHcb81Sx7nBHTgq72lD"],
    ),
    seed(
        SECRET,
        "key:\n",
        &[
            "-----BEGIN RSA ",
            "PRIVATE KEY-----\nMIIEpQIBAAKCAQEAn6O8li9SX4m98LLYtPKSzEmQ\n",
            "BZD7Loh9P13f4yQ92EF3yxR5MsXFu9PRsrYQA7\n-----END RSA PRIVATE KEY-----",
        ],
    ),
    seed(SECRET, "API_KEY=", &["9ZvqpXHcb81S", "x7nBHTgq72lDaUriQYIz"]),
    seed("EMAIL_ADDRESS", "write to ", &["jane.doe@example.com"]),
    seed("PHONE_NUMBER", "phone: ", &["+33 6 12 38 75 55"]),
    seed("CREDIT_CARD", "credit card: ", &["4012888888881881"]),
    seed("CVV", "CVV: ", &["123"]),
    seed("IBAN_CODE", "IBAN: ", &["DE89370400440532013000"]),
    seed("BANK_ACCOUNT", "bank account number ", &["12345678"]),
    seed("ABA_ROUTING", "routing number: ", &["121000358"]),
    seed("IP_ADDRESS", "IP address: ", &["203.0.113.9"]),
    seed("MAC_ADDRESS", "mac: ", &["00:1A:2B:3C:4D:5E"]),
    seed("CRYPTO", "bitcoin: ", &["16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ"]),
    seed("DATE_OF_BIRTH", "date of birth: ", &["26/03/1956"]),
    seed("PASSPORT", "passport no.: ", &["C01X00T47"]),
    seed("DRIVER_LICENSE", "driver's license: ", &["D12345678"]),
    seed("MEDICAL_RECORD_NUMBER", "MRN: ", &["00123456"]),
    seed("PIN", "PIN: ", &["4821"]),
    seed("VIN", "VIN: ", &["1M8GDM9AXKP042788"]),
    seed("IMEI", "IMEI: ", &["490154203237518"]),
    seed("US_SSN", "SSN: ", &["078-05-1123"]),
    seed("US_ITIN", "ITIN: ", &["911-70-1234"]),
    seed("US_NPI", "NPI: ", &["1234567893"]),
    seed("US_MBI", "MBI: ", &["1EG4-TE5-MK73"]),
    seed("UK_NHS", "NHS number: ", &["4010232137"]),
    seed("UK_NINO", "nino: ", &["AA123456B"]),
    seed("CA_SIN", "SIN: ", &["130692544"]),
    seed("AU_TFN", "tax file number: ", &["876543210"]),
    seed("AU_ABN", "ABN: ", &["51824753556"]),
    seed("AU_ACN", "ACN: ", &["005499981"]),
    seed("AU_MEDICARE", "medicare number: ", &["2123456701"]),
    seed("IN_AADHAAR", "Aadhaar: ", &["423956413192"]),
    seed("IN_PAN", "PAN: ", &["RPGPR0807B"]),
    seed("BR_CPF", "CPF: ", &["12345678909"]),
    seed("BR_CNPJ", "CNPJ: ", &["11.222.333/0001-81"]),
    seed("DE_TAX_ID", "Steuer-ID: ", &["86095742719"]),
    seed("FR_NIR", "NIR: ", &["1 85 05 78 006 084 91"]),
    seed("ES_NIF", "DNI: ", &["12345678Z"]),
    seed("ES_NIE", "NIE: ", &["X9613851N"]),
    seed("IT_FISCAL_CODE", "codice fiscale: ", &["RSSMRA85T10A562S"]),
    seed("NL_BSN", "BSN: ", &["111222333"]),
    seed("BE_NATIONAL_NUMBER", "rijksregisternummer: ", &["85.07.30-033.28"]),
    seed("PL_PESEL", "PESEL: ", &["44051401359"]),
    seed("SE_PERSONNUMMER", "personnummer: ", &["811228-9874"]),
    seed("FI_PERSONAL_IDENTITY_CODE", "henkilötunnus: ", &["131052-308T"]),
    seed("DK_CPR", "CPR: ", &["070761-4285"]),
    seed("NO_FODSELSNUMMER", "fødselsnummer: ", &["15076500565"]),
    seed("PT_NIF", "NIF: ", &["123456789"]),
    seed("AT_SVNR", "SVNR: ", &["1237 010180"]),
    seed("CH_AHV", "AHV: ", &["756.9217.0769.85"]),
    seed("IE_PPS", "PPSN: ", &["1234567T"]),
    seed("CZ_RODNE_CISLO", "rodné číslo: ", &["736028/5163"]),
    seed("RO_CNP", "CNP: ", &["1800101221144"]),
    seed("SG_NRIC_FIN", "NRIC: ", &["S1234567D"]),
    seed("KR_RRN", "주민등록번호: ", &["960121-1234567"]),
    seed("ZA_ID", "South African ID: ", &["8001015009087"]),
    seed("TR_ID", "TC kimlik no: ", &["10000000146"]),
    seed("CN_ID", "身份证: ", &["11010519491231002X"]),
    seed("MX_CURP", "CURP: ", &["HEGG560427MVZRRL04"]),
];

/// The kinds that no detector is ever as sure of as results are withheld at.
const UNSURE: &[&str] = &["BANK_ACCOUNT"];

/// The kinds whose first value is tried in disguise too.
const DISGUISED: &[&str] =
    &[SECRET, "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN"];

/// The last two are known to come through.
pub(super) const DISGUISES: &[Disguise] = &[
    Disguise { name: "invisible characters", of: |value| joined(value, "\u{200b}") },
    Disguise { name: "full-width letters", of: |value| value.chars().map(wide).collect() },
    Disguise { name: "base64", of: |value| STANDARD.encode(value) },
    Disguise {
        name: "percent signs",
        of: |value| value.bytes().map(|byte| format!("%{byte:02X}")).collect(),
    },
    Disguise { name: "spaces", of: |value| joined(value, " ") },
    Disguise { name: "backwards", of: |value| value.chars().rev().collect() },
    Disguise { name: "letters for digits", of: |value| value.chars().map(alike).collect() },
];

/// Texts with nothing in them, some of which look as if they had.
pub(super) const CLEAN: &[&str] = &[
    "The ticket is solved; the customer was told that the parcel comes in three days.",
    "order #71432178 totalling 115,60 shipped via 1ZUPZ1NE13TNHVRZYO",
    "index 12bba21..2ec9786 100644",
    "lib v2.16.25 -> v5.29.16, latency_ms=730",
    "of a strength of P-521, index 000, security 123",
    "password = os.environ[\"DB_PASSWORD\"]",
    "PASSWORD=${DB_PASSWORD}",
    "const token = process.env.API_TOKEN;",
];

impl Seed {
    /// Tells whether it gives access rather than tells of a person.
    pub(super) fn is_secret(&self) -> bool {
        self.kind == SECRET
    }

    /// Tells whether a detector can be as sure of it as results are withheld at, unless the settings say otherwise.
    pub(super) fn is_sure(&self) -> bool {
        !UNSURE.contains(&self.kind)
    }

    pub(super) fn value(&self) -> String {
        self.pieces.concat()
    }

    /// Returns a text with a value where this one would be.
    pub(super) fn text(&self, value: &str) -> String {
        format!("{}{value}\n", self.words)
    }

    /// Returns the disguises that it is tried in.
    pub(super) fn disguises(&self) -> &'static [Disguise] {
        let first = SEEDS.iter().find(|seed| seed.kind == self.kind);
        let is_first = first.is_some_and(|first| first.words == self.words);
        if is_first && DISGUISED.contains(&self.kind) { DISGUISES } else { &[] }
    }
}

impl Disguise {
    /// Returns a value in disguise; nothing where it would look as it did.
    pub(super) fn of(&self, value: &str) -> Option<String> {
        Some((self.of)(value)).filter(|disguised| disguised != value)
    }
}

fn joined(value: &str, between: &str) -> String {
    value.chars().map(String::from).collect::<Vec<_>>().join(between)
}

/// Returns the full-width form of a character of ASCII.
fn wide(character: char) -> char {
    let code = u32::from(character);
    let moved = if (0x21..0x7f).contains(&code) { code + 0xfee0 } else { code };
    char::from_u32(moved).unwrap_or(character)
}

const fn alike(character: char) -> char {
    match character {
        '0' => 'O',
        '1' => 'l',
        '5' => 'S',
        '8' => 'B',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use syndic_detect::{Context, Scanner, Score};

    use super::{CLEAN, SEEDS};

    #[test]
    fn what_is_seeded_is_found_as_what_it_is_and_nothing_is_in_clean_texts() {
        let scanner = Scanner::builder().build();
        let found = |text: &str| -> Vec<(String, bool)> {
            let findings = scanner.scan(text, &Context::default()).unwrap();
            let each = findings.iter();
            each.map(|one| (one.entity.to_string(), one.score >= Score::BLOCK)).collect()
        };
        for seed in SEEDS {
            let text = seed.text(&seed.value());
            assert_eq!(found(&text), [(seed.kind.to_owned(), seed.is_sure())], "{text}");
        }
        for text in CLEAN {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
