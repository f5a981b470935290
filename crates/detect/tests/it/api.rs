use syndic_detect::{Context, Entity, Scanner, Tail};

#[test]
fn a_text_with_nothing_in_it_has_no_findings() {
    let scanner = Scanner::builder().build();
    let findings = scanner.scan("your order is on its way", &Context::default()).unwrap();
    assert!(findings.is_empty());
}

#[test]
fn every_name_reads_back() {
    for entity in Entity::ALL {
        assert_eq!(entity.as_str().parse::<Entity>().as_ref(), Ok(entity));
    }
}

#[test]
fn a_tail_keeps_the_end_of_what_was_sent_and_no_more() {
    let mut tail = Tail::default();
    for _ in 0..100 {
        tail.push(&"ünï".repeat(300));
    }
    assert!(format!("{tail:?}").len() < 2 * Tail::LENGTH);
}
