//! Redaction: what comes in the place of values, and what stays.

use proptest::prelude::*;
use serde_json::Value;
use serde_json::value::RawValue;
use syndic_detect::{
    Context, Entity, Key, Operator, Redaction, Scanner, Tags, Vault, VaultError, redact,
    redact_json,
};

fn tags() -> Tags {
    Tags::new(Key::new([1; 32]))
}

fn scanner() -> Scanner {
    Scanner::builder().build()
}

fn redacted(text: &str, redaction: &Redaction, tags: &mut Tags) -> String {
    scanner().redact(text, &Context::default(), redaction, tags).unwrap().text
}

fn redacted_json(json: &str, redaction: &Redaction, tags: &mut Tags) -> String {
    let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
    let out = scanner().redact_json(&raw, &Context::default(), redaction, tags).unwrap();
    out.text.get().to_owned()
}

/// Every operator that puts something else in the place of a value.
fn operators() -> Vec<Operator> {
    let key = Key::new([2; 32]);
    vec![
        Operator::Tag,
        Operator::Mask,
        Operator::Partial,
        Operator::Hash(key.clone()),
        Operator::Token(Vault::new(&key).into()),
    ]
}

#[test]
fn the_same_value_has_the_same_number_however_it_is_written() {
    let mut tags = tags();
    let text = "jo@example.com, al@example.com, JO@Example.com, jo\u{200b}@example.com";
    let expected = "<EMAIL_ADDRESS_1>, <EMAIL_ADDRESS_2>, <EMAIL_ADDRESS_1>, <EMAIL_ADDRESS_1>";
    assert_eq!(redacted(text, &Redaction::default(), &mut tags), expected);
    let next = redacted("from al@example.com", &Redaction::default(), &mut tags);
    assert_eq!(next, "from <EMAIL_ADDRESS_2>");
}

#[test]
fn tags_beyond_the_most_have_no_number() {
    let mut tags = tags();
    let text: String = (0..=Tags::MOST).map(|n| format!("u{n}@example.com ")).collect();
    let findings = scanner().scan(&text, &Context::default());
    // The scanner's own bound on findings is one below.
    assert!(findings.is_err() && tags.is_empty());
    let halves = text.split_at(text.find("u9999@").unwrap());
    drop(redacted(halves.0, &Redaction::default(), &mut tags));
    let rest = redacted(halves.1, &Redaction::default(), &mut tags);
    assert_eq!(rest, "<EMAIL_ADDRESS_10000> <EMAIL_ADDRESS> ");
    assert_eq!(tags.len(), Tags::MOST);
}

#[test]
fn each_kind_may_have_its_operator() {
    let redaction = Redaction::new(Operator::Mask).of(Entity::EmailAddress, Operator::Partial);
    assert_eq!(redacted("to jane@example.com", &redaction, &mut tags()), "to j***@example.com");
    let keep = Redaction::default().of(Entity::EmailAddress, Operator::Keep);
    assert_eq!(redacted("to jane@example.com", &keep, &mut tags()), "to jane@example.com");
}

#[test]
fn a_hash_is_the_same_for_the_same_value_under_the_same_key_alone() {
    let hash = |text: &str, key: u8| {
        redacted(text, &Redaction::new(Operator::Hash(Key::new([key; 32]))), &mut tags())
    };
    assert_eq!(hash("jo@example.com", 1), hash("JO@example.com", 1));
    assert_ne!(hash("jo@example.com", 1), hash("jo@example.com", 2));
    assert_eq!(hash("jo@example.com", 1).len(), "<EMAIL_ADDRESS:>".len() + 20);
}

#[test]
fn a_vault_opens_its_own_tokens_and_no_others() {
    let vault = Vault::new(&Key::new([3; 32]));
    let token = vault.token(&Entity::EmailAddress, "Jo@example.com");
    assert_eq!(token, vault.token(&Entity::EmailAddress, "Jo@example.com"));
    assert_ne!(token, vault.token(&Entity::Secret, "Jo@example.com"));
    let opened = vault.open(&token).unwrap();
    assert_eq!(
        (opened.entity.as_str(), opened.value.as_str()),
        ("EMAIL_ADDRESS", "Jo@example.com")
    );
    assert_eq!(Vault::new(&Key::new([4; 32])).open(&token), Err(VaultError::OtherKey));
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        assert!(vault.open(&String::from_utf8(bytes).unwrap()).is_err(), "changed at {at}");
    }
    for cut in 0..token.len() {
        assert!(vault.open(token.get(..cut).unwrap()).is_err());
    }
}

#[test]
fn a_document_is_spliced_and_every_other_byte_stays() {
    let json = r#" { "to" : ["jo\u0040example.com" , 1.50, "caf\u00e9 \/ al@example.com"],
        "x":{"jo@example.com":null,"k":"\ud83d"} } "#;
    let expected = r#"{ "to" : ["<EMAIL_ADDRESS_1>" , 1.50, "caf\u00e9 \/ <EMAIL_ADDRESS_2>"],
        "x":{"<EMAIL_ADDRESS_1>":null,"k":"\ud83d"} }"#;
    assert_eq!(redacted_json(json, &Redaction::default(), &mut tags()), expected);
}

#[test]
fn redacted_keys_stay_different() {
    let json = r#"{"j***@x.com":0,"jo@x.com":1,"ja@x.com":2,"j***@x.com#2":3,"in":{"jo@x.com":4}}"#;
    let expected = r#"{"j***@x.com":0,"j***@x.com#3":1,"j***@x.com#4":2,"j***@x.com#2":3,"in":{"j***@x.com":4}}"#;
    assert_eq!(redacted_json(json, &Redaction::new(Operator::Partial), &mut tags()), expected);
}

#[test]
fn findings_of_another_document_do_no_harm() {
    let raw = |json: &str| -> Box<RawValue> { serde_json::from_str(json).unwrap() };
    let of = scanner().scan_json(&raw(r#"{"a":"jo@example.com"}"#), &Context::default()).unwrap();
    for other in
        ["{}", r#"{"a":1,"b":[2,3,4,5]}"#, r#""éééééééééééé""#, r#"{"\u00e9\u00e9\u00e9":""}"#]
    {
        if let Ok(out) = redact_json(&raw(other), &of, &Redaction::default(), &mut tags()) {
            assert!(serde_json::from_str::<Value>(out.get()).is_ok());
        }
        drop(redact(other, &of, &Redaction::default(), &mut tags()));
    }
}

/// A value of JSON with addresses here and there.
fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[a-z \"\\\\é😀\u{200b}@.<>*_0-9]{0,24}",
        "[a-c]{1,3}@[a-c]{1,3}\\.com",
        "[a-c ]{0,4}[a-c]@example\\.com[, ]{0,3}[a-c]@example\\.org",
        "\\{\"[a-c]{0,2}\":\"[a-c]@example\\.com\",\"n\":[0-9]{1,9}\\}",
        "[a-z]{1,3}%40example\\.com",
        Just("am9obkBleGFtcGxlLmNvbQ==".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text.clone(), inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// Tells whether two values have the same shape: a redacted number may be a string, and keys may differ.
fn same_shape(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.values().zip(other.values()).all(|(one, other)| same_shape(one, other))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| same_shape(one, other))
        }
        (Value::Number(_), Value::String(_)) | (Value::String(_), Value::String(_)) => true,
        (one, other) => one == other,
    }
}

proptest! {
    #[test]
    fn redacting_text_leaves_nothing_to_redact(
        text in "([a-c]{1,3}@[a-c]{1,2}\\.com|[ -~é\u{200b}]{0,12}|password=[a-z0-9]{4,9}|4111 ?1111 ?1111 ?1111 ){0,6}",
    ) {
        for operator in operators() {
            let redaction = Redaction::new(operator);
            let mut tags = tags();
            let once = redacted(&text, &redaction, &mut tags);
            let left = scanner().scan(&once, &Context::default()).unwrap();
            prop_assert!(!left.iter().any(|finding| redaction.takes(finding)), "{once}: {left:?}");
            prop_assert_eq!(&redacted(&once, &redaction, &mut tags), &once);
        }
    }

    #[test]
    fn a_redacted_document_parses_keeps_its_shape_and_is_not_redacted_again(value in value()) {
        let json = value.to_string();
        for operator in operators() {
            let redaction = Redaction::new(operator);
            let mut tags = tags();
            let once = redacted_json(&json, &redaction, &mut tags);
            let parsed: Value = serde_json::from_str(&once).unwrap();
            prop_assert!(same_shape(&value, &parsed), "{json} {once}");
            prop_assert_eq!(&redacted_json(&once, &redaction, &mut tags), &once);
        }
    }

    #[test]
    fn what_is_between_findings_stays_to_the_byte(value in value()) {
        let json = value.to_string();
        let raw: Box<RawValue> = serde_json::from_str(&json).unwrap();
        let findings = scanner().scan_json(&raw, &Context::default()).unwrap();
        let redaction = Redaction::default();
        let out = redact_json(&raw, &findings, &redaction, &mut tags()).unwrap();
        let mut rest = out.get();
        let mut at = 0;
        for finding in findings.iter().filter(|finding| redaction.takes(finding)) {
            let between = json.get(at..finding.span.start).unwrap().trim_end_matches(['"', '\\', '-']);
            let found = rest.find(between);
            prop_assert!(found.is_some(), "{json} {}", out.get());
            rest = rest.get(found.unwrap() + between.len()..).unwrap();
            at = finding.span.end;
        }
        let end = json.get(at..).unwrap().trim_start_matches(['"', '\\']);
        prop_assert!(rest.ends_with(end), "{json} {}", out.get());
    }

    #[test]
    fn a_vault_gives_back_what_it_was_given(value in ".{0,64}", key in any::<[u8; 32]>()) {
        let vault = Vault::new(&Key::new(key));
        let token = vault.token(&Entity::Secret, &value);
        prop_assert_eq!(vault.open(&token).unwrap().value, value);
    }

    #[test]
    fn no_text_makes_anything_panic(text in "\\PC{0,64}", bytes in prop::collection::vec(any::<u8>(), 0..96)) {
        let lossy = String::from_utf8_lossy(&bytes).into_owned();
        for text in [text, lossy] {
            let scanner = scanner();
            drop(scanner.scan(&text, &Context::default()).unwrap());
            drop(scanner.scan_json_text(&text, &Context::default()));
            drop(Vault::new(&Key::new([0; 32])).open(&format!("tok_v1_{text}")));
        }
    }
}
