//! Disguised values: each of twenty-odd ways to write a value is seen through, and ordinary text has no findings.

use syndic_detect::{Context, Entity, Evasion, Findings, Scanner, Tail};

fn scan(text: &str) -> Findings {
    Scanner::builder().build().scan(text, &Context::default()).unwrap()
}

/// Finds `value` in `text` as `entity`, and tells how it was disguised.
fn seen(text: &str, value: &str, entity: &Entity) -> Option<Option<Evasion>> {
    let start = text.find(value).unwrap();
    let found = scan(text).iter().find(|finding| finding.entity == *entity).cloned()?;
    let covered =
        found.span.end.min(start + value.len()).saturating_sub(found.span.start.max(start));
    (covered * 10 >= value.len() * 8).then_some(found.evidence.evasion)
}

#[test]
fn a_disguised_address_is_found_and_says_how_it_was_disguised() {
    let cases = [
        ("john.doe@example.com", None),
        ("ｊｏｈｎ.doe@example.com", Some(Evasion::Lookalike)),
        ("john.doe＠example．com", Some(Evasion::Lookalike)),
        ("john\u{200b}.doe@exam\u{200b}ple.com", Some(Evasion::Lookalike)),
        ("john.dоe@ехample.com", Some(Evasion::Lookalike)),
        ("𝐣𝐨𝐡𝐧.𝐝𝐨𝐞@𝐞𝐱𝐚𝐦𝐩𝐥𝐞.𝐜𝐨𝐦", Some(Evasion::Lookalike)),
        ("j\u{e0061}ohn\u{fe0f}.doe@example.com", Some(Evasion::Lookalike)),
        ("am9obi5kb2VAZXhhbXBsZS5jb20=", Some(Evasion::Encoded)),
        ("6a6f686e2e646f65406578616d706c652e636f6d", Some(Evasion::Encoded)),
        ("john.doe%40example.com", Some(Evasion::Encoded)),
        ("%6a%6f%68%6e%2e%64%6f%65%40%65%78%61%6d%70%6c%65%2e%63%6f%6d", Some(Evasion::Encoded)),
        ("john.doe%2540example.com", Some(Evasion::Encoded)),
        (r"john.doe\u0040example.com", Some(Evasion::Encoded)),
        ("john.doe&#64;example&period;com", Some(Evasion::Encoded)),
        ("j o h n . d o e @ e x a m p l e . c o m", Some(Evasion::Spaced)),
        ("john.doe (at) example (dot) com", Some(Evasion::Spelled)),
        ("john dot doe at example dot com", Some(Evasion::Spelled)),
        ("josé@example.com", None),
    ];
    for (value, evasion) in cases {
        for text in [
            value.to_owned(),
            format!("write to {value} today"),
            format!("{} {value} {}", "so it goes. ".repeat(60), "so it went. ".repeat(60)),
        ] {
            assert_eq!(seen(&text, value, &Entity::EmailAddress), Some(evasion), "{text}");
        }
    }
}

#[test]
fn ordinary_text_in_any_language_has_no_findings() {
    let cases = [
        "Привет, мир! Сегодня 12.05.2024 мы встречаемся в 18:30 на улице Ленина.",
        "Το σύστημα αυτό είναι γρήγορο και ασφαλές, περίπου 1.234,56 ευρώ.",
        "今日は２０２４年１２月２５日です。会議は１５：３０から始まります。",
        "اجتماع الفريق يوم ١٢ مارس ٢٠٢٤ الساعة ٣ مساءً في القاعة الكبرى.",
        "🎉🎉 Great work, team! 👩‍💻 1️⃣ first 2️⃣ second 3️⃣ third",
        "GET /search?q=caf%C3%A9%20au%20lait&page=2&sort=%2Bdate HTTP/1.1",
        "00000000: 7f45 4c46 0201 0100 0000 0000 0000 0000  .ELF............",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
        "let x = a + b; let y = c * d; f(x, y, z); // i j k l m n o p",
        "one of the two or three at the least, look at the dot com bubble",
    ];
    for text in cases {
        assert!(scan(text).is_empty(), "{text}: {:?}", scan(text));
    }
}

#[test]
fn a_value_that_begins_in_one_message_and_ends_in_the_next_is_found() {
    let mut tail = Tail::default();
    tail.push("it is john.doe");
    let context = Context { tail: Some(&tail), ..Context::default() };
    let scanner = Scanner::builder().build();
    let findings = scanner.scan("@example.com and that is all", &context).unwrap();
    assert_eq!(findings[0].span, 0..12);
    assert_eq!(findings[0].evidence.evasion, Some(Evasion::Messages));
    let findings = scanner.scan("jane@example.com", &context).unwrap();
    assert_eq!((findings[0].span.clone(), findings[0].evidence.evasion), (0..16, None));
    assert_eq!(findings.len(), 1);
}

#[test]
fn what_was_sent_whole_is_no_half_of_what_comes_after_it() {
    let mut tail = Tail::default();
    tail.push("We have on file: jane@example.com.");
    let context = Context { tail: Some(&tail), ..Context::default() };
    let findings = Scanner::builder().build().scan("Hello again, your order", &context).unwrap();
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn one_invisible_character_hides_no_key_and_no_password() {
    for text in [
        concat!("AKIA", "\u{200b}3EXAMPL7QWERTZUI"),
        concat!("glpat-", "\u{200b}Ab3dEf6hIj9kLm2nOp5q"),
        "password=\u{200b}x7Gk29sLqPzR",
    ] {
        let findings = scan(text);
        assert_eq!(findings.len(), 1, "{text}: {findings:?}");
        assert_eq!(findings[0].entity, Entity::Secret, "{text}");
    }
}
