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

#[test]
fn digits_in_unusual_groups_are_put_together() {
    let cases = [
        ("4111  1111  1111  1111", Entity::CreditCard),
        ("4111/1111/1111/1111", Entity::CreditCard),
        ("4111_1111_1111_1111", Entity::CreditCard),
        ("4111.1111-1111 1111", Entity::CreditCard),
        ("4111 - 1111 - 1111 - 1111", Entity::CreditCard),
        ("3782/822463/10005", Entity::CreditCard),
        ("DE89  3704  0044  0532  0130  00", Entity::Iban),
        ("DE89/3704/0044/0532/0130/00", Entity::Iban),
        ("GB29.NWBK.6016.1331.9268.19", Entity::Iban),
        ("GB29\nNWBK\n6016\n1331\n9268\n19", Entity::Iban),
    ];
    for (value, entity) in &cases {
        for text in
            [(*value).to_owned(), format!("it is {value}, thanks"), format!("Pay {value}\n")]
        {
            assert_eq!(
                seen(&text, value, entity),
                Some(Some(Evasion::Spaced)),
                "{text}: {:?}",
                scan(&text)
            );
        }
    }
    let told = [
        ("my card: ", "4111\n1111\n1111\n1111", Entity::CreditCard),
        ("my card: ", "4111\t1111\t1111\t1111", Entity::CreditCard),
        ("my card: ", "4111,1111,1111,1111", Entity::CreditCard),
        ("my card is ", "41 11 11 11 11 11 11 11", Entity::CreditCard),
        ("my card is ", "41111 11111 11111 1", Entity::CreditCard),
        ("my card is ", "411111  1111/111111", Entity::CreditCard),
        ("card ", "41/11/11/11/11/11/11/11", Entity::CreditCard),
        ("ssn ", "536  90  4399", Entity::UsSsn),
        ("ssn: ", "536/90/4399", Entity::UsSsn),
        ("ssn: ", "536_90_4399", Entity::UsSsn),
        ("ssn: ", "536\n90\n4399", Entity::UsSsn),
        ("ssn: ", "536,90,4399", Entity::UsSsn),
        ("ssn: ", "536 - 90 - 4399", Entity::UsSsn),
        ("ssn: ", "536.90/4399", Entity::UsSsn),
    ];
    for (word, value, entity) in &told {
        for end in ["", " ok", ", thanks", "\nbye"] {
            let text = format!("{word}{value}{end}");
            assert_eq!(
                seen(&text, value, entity),
                Some(Some(Evasion::Spaced)),
                "{text}: {:?}",
                scan(&text)
            );
        }
    }
}

#[test]
fn lists_dates_and_sums_are_no_groups_of_a_value() {
    for text in [
        "1,234,567,890 and 4,111,111,111,111,111 rows",
        "2024/11/23 09:43:50, 2024/11/24 10:12:33, 2024/11/25",
        "4.11.1111/24, 1.1111.1111.11, 172.16.2540.1",
        "4111,1111,1111,1111\n4000,0000,0000,0002\n5500,0000,0000,0004\n",
        "| 4111 | 1111 | 1111 | 1111 | 2031 |",
        "[4111, 1111, 1111, 1111, 2031, 8842]",
        "rooms 101, 102, 103 and 104\nfloors 1, 2, 3, 4, 5, 6, 7, 8",
        "v1.2.3-4.5.6 1.22.333.4444",
        "0.411111 1.111111 2.111 3.04 1.000 2.11",
    ] {
        assert!(scan(text).is_empty(), "{text}: {:?}", scan(text));
    }
}

/// What `last` ends that began in `before`: what, its text in `last`, and how many messages back.
fn continued(before: &[&str], last: &str) -> Vec<(Entity, String, usize)> {
    let mut tail = Tail::default();
    before.iter().for_each(|message| tail.push(message));
    let context = Context { tail: Some(&tail), ..Context::default() };
    let findings = Scanner::builder().build().scan(last, &context).unwrap();
    let split =
        |finding: &&syndic_detect::Finding| finding.evidence.evasion == Some(Evasion::Messages);
    let told = |finding: &syndic_detect::Finding| {
        let text = last.get(finding.span.clone()).unwrap().to_owned();
        (finding.entity.clone(), text, finding.evidence.messages_back)
    };
    findings.iter().filter(split).map(told).collect()
}

#[test]
fn a_value_in_more_than_two_messages_or_in_disguised_halves_is_found() {
    let card = |text: &str, back| vec![(Entity::CreditCard, text.to_owned(), back)];
    assert_eq!(continued(&["4111 1111", "1111"], "1111"), card("1111", 2));
    assert_eq!(continued(&["4111", "1111", "1111"], "1111 is it"), card("1111", 3));
    assert_eq!(continued(&["hi", "41 11 11", "11 11", "11 11"], "11"), card("11", 3));
    assert_eq!(continued(&["4 1 1 1 1 1 1 1"], "1 1 1 1 1 1 1 1"), card("1 1 1 1 1 1 1 1", 1));
    assert_eq!(continued(&["four one one one one one one one"], "1111 1111"), card("1111 1111", 1));
    assert_eq!(continued(&["4111-1111-"], "1111-1111"), card("1111-1111", 1));
    assert_eq!(
        continued(&["４１１１ １１１１"], "１１１１ １１１１"),
        card("１１１１ １１１１", 1)
    );
    assert_eq!(
        continued(&["jane.d", "oe@exam"], "ple.org."),
        [(Entity::EmailAddress, "ple.org".to_owned(), 2)]
    );
    assert_eq!(
        continued(&["my ssn is 536", "90"], "4399"),
        [(Entity::UsSsn, "4399".to_owned(), 2)]
    );
}

#[test]
fn messages_that_only_follow_each_other_are_no_value() {
    for (before, last) in [
        (&["We have 4111 items", "and 1111 more"][..], "1111 1111 in all"),
        (&["4111 1111 1111 1111"][..], "1111 of 2031"),
        (&["Order 4523", "Order 1123"][..], "Order 5564"),
        (&["2024-11-23", "2024-11-24"][..], "2024-11-25"),
        (&["write to jane@example.org"][..], "com or not"),
        (&["room 12", "14"][..], "16"),
    ] {
        assert_eq!(continued(before, last), [], "{before:?} {last}");
    }
}
