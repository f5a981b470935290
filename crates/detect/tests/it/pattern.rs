use syndic_detect::{Checksum, Context, Entity, Examples, Pattern, PatternError, Scanner, Score};

fn employee() -> Pattern {
    Pattern::new("employee-number", Entity::Custom("EMPLOYEE".into()), r"\bEMP-\d{6}\b")
}

/// What a pattern finds: the texts and their scores.
fn found(pattern: Pattern, text: &str) -> Vec<(String, u8)> {
    found_under(pattern, None, text)
}

fn found_under(pattern: Pattern, key: Option<&str>, text: &str) -> Vec<(String, u8)> {
    let name = pattern.name.clone();
    let scanner = Scanner::builder().pattern(pattern).unwrap().build();
    let findings = scanner.scan(text, &Context { key, ..Context::default() }).unwrap();
    let own = findings.iter().filter(|finding| *finding.evidence.pattern == *name);
    own.map(|f| (text.get(f.span.clone()).unwrap().to_owned(), f.score.hundredths())).collect()
}

fn refusal(pattern: Pattern) -> String {
    Scanner::builder().pattern(pattern).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn a_users_pattern_finds_what_it_says_with_its_name_and_entity() {
    let scanner = Scanner::builder().pattern(employee()).unwrap().build();
    let findings = scanner.scan("ask EMP-004711 about it", &Context::default()).unwrap();
    let [finding] = &*findings else { panic!("{findings:?}") };
    assert_eq!(finding.entity.as_str(), "EMPLOYEE");
    assert_eq!(&*finding.evidence.pattern, "employee-number");
    assert_eq!(finding.span, 4..14);
}

#[test]
fn the_literal_is_taken_from_the_expression_wherever_it_stands() {
    for (regex, text, value) in [
        (r"\d{4}-ACME\b", "no 1234-ACME.", "1234-ACME"),
        (r"(?i)acme[0-9]{3}", "an AcMe123 x", "AcMe123"),
        (r"(?:foo|bar)\d+", "a bar77 b", "bar77"),
        (r"[A-Z]{2}(?:-x9-){1,2}\d", "is AB-x9-7 ok", "AB-x9-7"),
        (r"prüf-\d+", "die prüf-12 da", "prüf-12"),
    ] {
        let pattern = Pattern::new("p", Entity::Custom("P".into()), regex);
        assert_eq!(found(pattern, text), [(value.to_owned(), 80)], "{regex}");
    }
}

#[test]
fn a_pattern_that_needs_no_literal_is_refused_with_a_remedy() {
    let pattern = Pattern::new("digits", Entity::Custom("D".into()), r"\b\d{7}\b");
    assert_eq!(
        refusal(pattern),
        "pattern `digits`: no text of 2 or more characters is part of every match of its regular expression; name one that stands near every match in `literals`",
    );
    let named = Pattern {
        literals: vec!["badge".to_owned()],
        ..Pattern::new("digits", Entity::Custom("D".into()), r"\b\d{7}\b")
    };
    assert_eq!(found(named.clone(), "badge no. 1234567"), [("1234567".to_owned(), 80)]);
    assert_eq!(found(named, "order no. 1234567"), []);
}

#[test]
fn examples_are_tried_and_the_one_that_fails_is_named() {
    let examples = Examples { matches: vec!["EMP-00471".into()], misses: vec![] };
    let refused = refusal(Pattern { examples, ..employee() });
    assert_eq!(refused, "pattern `employee-number` finds nothing in its example `EMP-00471`");
    let examples = Examples { matches: vec![], misses: vec!["the EMP-004711".into()] };
    let refused = refusal(Pattern { examples, ..employee() });
    assert_eq!(
        refused,
        "pattern `employee-number` finds something in `the EMP-004711`, where it must not"
    );
}

#[test]
fn what_does_not_compile_or_is_too_large_is_refused() {
    for regex in ["EMP-(", r"EMP-(?:\w{200}){200}"] {
        let pattern = Pattern { regex: regex.into(), ..employee() };
        let error = Scanner::builder().pattern(pattern).map(|_| ()).unwrap_err();
        assert!(matches!(error, PatternError::Regex { .. }), "{error}");
    }
    assert!(refusal(Pattern { name: "No Name".into(), ..employee() }).contains("`No Name`"));
    assert!(refusal(Pattern { literals: vec!["x".into()], ..employee() }).contains("`x`"));
    let twice = Scanner::builder().pattern(employee()).unwrap().pattern(employee());
    assert!(matches!(twice, Err(PatternError::Twice(_))));
}

#[test]
fn a_checksum_that_is_wrong_is_no_match() {
    let pattern = || Pattern {
        checksum: Checksum::Luhn,
        ..Pattern::new("member", Entity::Custom("MEMBER".into()), r"M#\d{8}")
    };
    assert_eq!(found(pattern(), "M#12345674"), [("M#12345674".to_owned(), 80)]);
    assert_eq!(found(pattern(), "M#12345675"), []);
    assert_eq!("verhoeff".parse(), Ok(Checksum::Verhoeff));
    assert!("crc".parse::<Checksum>().unwrap_err().to_string().contains("luhn"));
}

#[test]
fn context_makes_it_surer_and_may_be_required() {
    let pattern = |required| Pattern {
        context: vec!["badge".into()],
        context_required: required,
        score: Score::new(60),
        ..Pattern::new("badge", Entity::Custom("BADGE".into()), r"B-\d{5}")
    };
    assert_eq!(found(pattern(false), "see B-12345"), [("B-12345".to_owned(), 60)]);
    assert_eq!(found(pattern(false), "Badge: B-12345"), [("B-12345".to_owned(), 70)]);
    assert_eq!(found(pattern(true), "see B-12345"), []);
    assert_eq!(found(pattern(true), "badges B-12345"), [], "a whole word");
    assert_eq!(
        found_under(pattern(true), Some("staff_badge"), "B-12345"),
        [("B-12345".to_owned(), 70)]
    );
    assert!(refusal(Pattern { context: vec![], ..pattern(true) }).contains("`context`"));
}

#[test]
fn a_group_named_value_is_what_was_found() {
    let pattern = Pattern::new("case", Entity::Custom("CASE".into()), r"case no (?<value>\d{4})");
    assert_eq!(found(pattern, "the case no 1234 is"), [("1234".to_owned(), 80)]);
}

#[test]
fn many_patterns_and_many_matches_are_all_found() {
    let mut builder = Scanner::builder();
    for number in 0..40 {
        let name = format!("p{number}");
        let regex = format!(r"\bQ{number:02}-\d{{3}}\b");
        builder = builder.pattern(Pattern::new(name, Entity::Custom("Q".into()), regex)).unwrap();
    }
    let text: String = (0..2000).map(|at| format!("Q{:02}-{:03} ", at % 40, at % 1000)).collect();
    let findings = builder.build().scan(&text, &Context::default()).unwrap();
    assert_eq!(findings.iter().filter(|f| f.entity.as_str() == "Q").count(), 2000);
}

#[test]
fn a_match_is_found_wherever_the_window_falls() {
    let scanner = Scanner::builder().pattern(employee()).unwrap().build();
    for gap in 0..600 {
        let text = format!("EMP- {} EMP-004711 EMP-{}", "x".repeat(gap), " ".repeat(gap));
        let findings = scanner.scan(&text, &Context::default()).unwrap();
        let own = findings.iter().filter(|finding| finding.entity.as_str() == "EMPLOYEE");
        assert_eq!(own.count(), 1, "{gap}");
    }
}
