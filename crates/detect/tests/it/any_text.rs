//! What holds of every text.

use proptest::prelude::*;
use syndic_detect::{Context, Entity, Findings, Region, Scanner};

/// Pieces that verifiers look for, so that what is generated is near the edge of what they take.
const PIECES: &[&str] = &[
    "@",
    "a@b.co",
    ":",
    "::",
    ".",
    "-",
    "/",
    " ",
    "\n",
    "+",
    "(",
    ")",
    "#",
    "$",
    "x",
    "1",
    "12",
    "123",
    "1234",
    "12345678",
    "123456789",
    "4111111111111111",
    "078-05-1123",
    "DE89",
    "GB82 WEST 1234 5698 7654 32",
    "AB",
    "A",
    "ssn",
    "dob",
    "March",
    "1956",
    "26",
    "password=",
    "-----BEGIN RSA PRIVATE KEY-----",
    "eyJhbGciOiJIUzI1NiJ9",
    "0x",
    "bc1q",
    "é",
    "世",
    "\u{200b}",
    "１２３",
    "\\u0031",
    "%31",
    "&#49;",
    "\"",
    "{",
    "}",
    ",",
    "fe80::1%",
    "00:1a:2b:3c:4d:5e",
    "00-1a-",
    "AKIA",
    "=",
    "_",
    "T22:41:35Z",
    "mrn,born\n",
    "| ssn | phone |\n",
    "INSERT INTO t (pin, ssn) VALUES (",
    "\nMe: ",
    "example.com",
    ".de",
    "SW1A 1AA",
    "CA 94105",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
        1 => "[0-9A-Za-z ./:-]{0,70}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn scan(text: &str, key: Option<&str>) -> Findings {
    let context = Context { key, region: Region::new("FR"), ..Context::default() };
    let all = Entity::ALL.iter().filter(|entity| !entity.is_default());
    let builder = all.fold(Scanner::builder(), |builder, entity| builder.with(entity.clone()));
    builder.build().scan(text, &context).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn findings_are_in_order_disjoint_and_of_whole_characters(text in text(), key in proptest::option::of(text())) {
        let findings = scan(&text, key.as_deref());
        prop_assert!(findings.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
        for finding in findings.iter() {
            prop_assert!(!finding.span.is_empty());
            prop_assert!(text.get(finding.span.clone()).is_some(), "{finding:?}");
        }
    }

    #[test]
    fn the_same_text_has_the_same_findings(text in text()) {
        prop_assert_eq!(scan(&text, None), scan(&text, None));
    }
}
