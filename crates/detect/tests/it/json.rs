//! JSON: what its strings, keys and numbers hold, and where.

use serde_json::value::RawValue;
use syndic_detect::{Context, Evasion, Findings, JsonError, OverBudget, Scanner};

fn scan(json: &str) -> Findings {
    let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
    Scanner::builder().build().scan_json(&raw, &Context::default()).unwrap()
}

/// What is found: the bytes of the document, and the path.
fn found(json: &str) -> Vec<(String, String)> {
    let findings = scan(json);
    let one = |finding: &syndic_detect::Finding| {
        (
            json.get(finding.span.clone()).unwrap().to_owned(),
            finding.path.as_deref().unwrap().to_owned(),
        )
    };
    findings.iter().map(one).collect()
}

#[track_caller]
fn check(json: &str, expected: &[(&str, &str)]) {
    let expected: Vec<(String, String)> =
        expected.iter().map(|(value, path)| ((*value).to_owned(), (*path).to_owned())).collect();
    assert_eq!(found(json), expected, "{json}");
}

#[test]
fn strings_and_keys_are_searched_and_tell_their_path() {
    check(r#"{"a":{"b":["x","to jo@example.com"]}}"#, &[("jo@example.com", "/a/b/1")]);
    check(r#"{"jo@example.com":1}"#, &[("jo@example.com", "/jo@example.com")]);
    check(r#"{"a/b~":{"":"jo@example.com"}}"#, &[("jo@example.com", "/a~1b~0/")]);
    check(r#""jo@example.com""#, &[("jo@example.com", "")]);
}

#[test]
fn escapes_are_read_and_spans_are_of_the_document() {
    check(r#"{"m":"\"\u00e9\n jo\u0040example.com"}"#, &[(r"jo\u0040example.com", "/m")]);
    assert!(scan(r#"{"m":"jo\u0040example.com"}"#)[0].evidence.evasion.is_none());
    check(r#"{"m":"\ud83d jo@example.com"}"#, &[("jo@example.com", "/m")]);
}

#[test]
fn json_in_a_string_is_read_as_json() {
    check(
        r#"{"body":"{\"to\":[\"jo@example.com\"],\"m\":\"{\\\"x\\\":\\\"al@example.com\\\"}\"}"}"#,
        &[("jo@example.com", "/body"), ("al@example.com", "/body")],
    );
}

#[test]
fn disguises_in_strings_are_seen_through() {
    let findings = scan(r#"{"m":"write to jo\u200b@ex\u200bample.com"}"#);
    assert_eq!(findings[0].evidence.evasion, Some(Evasion::Lookalike));
}

#[test]
fn pieces_that_follow_each_other_are_one_value_and_each_is_a_finding() {
    let json = r#"{"a":["jo","@","example.com"],"b":"x"}"#;
    let findings = scan(json);
    assert!(findings.iter().all(|finding| finding.evidence.evasion == Some(Evasion::Split)));
    check(json, &[("jo", "/a/0"), ("@", "/a/1"), ("example.com", "/a/2")]);
    check(r#"{"user":"jo","host":"@example.com"}"#, &[("jo", "/user"), ("@example.com", "/host")]);
    check(
        r#"{"note":"my card number is","parts":["4111","1111","1111","1111"]}"#,
        &[("4111", "/parts/0"), ("1111", "/parts/1"), ("1111", "/parts/2"), ("1111", "/parts/3")],
    );
    check(
        r#"{"note":"card number","a":"5500 0055","b":"5555 5559"}"#,
        &[("5500 0055", "/a"), ("5555 5559", "/b")],
    );
    check(r#"["hello there","jo@example.com","bye"]"#, &[("jo@example.com", "/1")]);
}

#[test]
fn what_is_no_json_is_refused_and_what_is_too_deep_is_over_budget() {
    let scanner = Scanner::builder().build();
    let scan = |text: &str| scanner.scan_json_text(text, &Context::default());
    assert_eq!(scan("{\"a\":").unwrap_err(), JsonError::Malformed(5));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(scan(&deep).unwrap_err(), JsonError::OverBudget(OverBudget::Depth(_))));
}

#[test]
fn a_long_string_with_escapes_is_searched_to_its_end() {
    let long = r"na\u00efve words \n".repeat(60_000);
    let json = format!(r#"{{"m":"{long} jo@example.com {long} al@example.com"}}"#);
    check(&json, &[("jo@example.com", "/m"), ("al@example.com", "/m")]);
}

#[test]
fn a_whole_number_is_searched_however_it_is_written() {
    check(r#"{"n":4111111111111111.0}"#, &[("4111111111111111.0", "/n")]);
    check(r#"{"n":4.111111111111111e15}"#, &[("4.111111111111111e15", "/n")]);
    check(r#"{"ssn":536904399.00}"#, &[("536904399.00", "/ssn")]);
    check(r#"{"lat":41.11111111111111,"p":4111111111111111.5}"#, &[]);
    let evasion = |json: &str| scan(json)[0].evidence.evasion;
    assert_eq!(evasion(r#"{"n":4111111111111111.0}"#), None);
    assert_eq!(evasion(r#"{"n":4.111111111111111e15}"#), Some(Evasion::Encoded));
}

#[test]
fn pieces_in_containers_of_their_own_are_one_value() {
    let parts = |paths: [&'static str; 4]| {
        [("4111", paths[0]), ("1111", paths[1]), ("1111", paths[2]), ("1111", paths[3])]
    };
    check(
        r#"{"parts":[{"v":"4111"},{"v":"1111"},{"v":"1111"},{"v":"1111"}]}"#,
        &parts(["/parts/0/v", "/parts/1/v", "/parts/2/v", "/parts/3/v"]),
    );
    check(
        r#"[{"i":1,"v":"4111"},{"i":2,"v":"1111"},{"i":3,"v":"1111"},{"i":4,"v":"1111"}]"#,
        &parts(["/0/v", "/1/v", "/2/v", "/3/v"]),
    );
    check(
        r#"{"a":{"x":"4111"},"b":{"x":"1111","y":{"z":"1111"}},"c":[["1111"]]}"#,
        &parts(["/a/x", "/b/x", "/b/y/z", "/c/0/0"]),
    );
    check(r#"[["4111","1111"],["1111","1111"]]"#, &parts(["/0/0", "/0/1", "/1/0", "/1/1"]));
    check(
        r#"[{"user":"jo"},{"host":"@example.com"}]"#,
        &[("jo", "/0/user"), ("@example.com", "/1/host")],
    );
    check(
        r#"[{"ssn":"536"},{"ssn":"90"},{"ssn":"4399"}]"#,
        &[("536", "/0/ssn"), ("90", "/1/ssn"), ("4399", "/2/ssn")],
    );
}

#[test]
fn records_are_no_pieces() {
    for json in [
        r#"[{"id":4111,"n":1},{"id":1112,"n":1},{"id":1113,"n":2},{"id":1114,"n":3},{"id":1115,"n":3}]"#,
        r#"{"width":1920,"height":1080,"at":{"x":12,"y":14},"of":{"x":1,"y":2,"z":3}}"#,
        r#"[[4523,1123],[5564,8892]]"#,
        r#"{"rows":[{"year":2021,"sum":4100},{"year":2022,"sum":5200},{"year":2023,"sum":6300}]}"#,
    ] {
        check(json, &[]);
    }
}
