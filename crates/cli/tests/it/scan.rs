use serde_json::{Value, json};

use crate::syndic::Place;

const TEXT: &str = "Hello,\nwrite to jane.doe@example.org, card 4111 1111 1111 1111.\n";

#[test]
fn findings_are_underlined_where_they_stand() {
    let place = Place::governed();
    let ended = place.run_with_input(&["scan"], TEXT);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    for part in [
        "EMAIL_ADDRESS",
        "standard input:2:10",
        "^^^^^^^^^^^^^^^^^^^^",
        "CREDIT_CARD",
        "checksum",
        "2 findings",
    ] {
        assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
    }
    let ended = place.run_with_input(&["scan"], "Your order is on its way.");
    assert_eq!((ended.code, ended.stdout.lines().count()), (Some(0), 1), "{}", ended.stdout);
}

#[test]
fn a_text_is_redacted_and_json_stays_json() {
    let place = Place::governed();
    let ended = place.run_with_input(&["scan", "--redact"], TEXT);
    assert_eq!(ended.stdout, "Hello,\nwrite to <EMAIL_ADDRESS_1>, card <CREDIT_CARD_1>.\n");
    let document = r#"{"to": ["jane.doe@example.org"], "n": 1}"#;
    let ended = place.run_with_input(&["scan", "--redact"], document);
    let left: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(left, json!({"to": ["<EMAIL_ADDRESS_1>"], "n": 1}));
}

#[test]
fn json_tells_places_and_why() {
    let place = Place::governed();
    let ended = place.run_with_input(&["scan", "--json"], r#"{"ssn": "536-90-4399"}"#);
    let found: Value = serde_json::from_str(&ended.stdout).unwrap();
    let finding = &found["findings"][0];
    assert_eq!((&finding["type"], &finding["path"]), (&json!("US_SSN"), &json!("/ssn")), "{found}");
    assert_eq!(
        (&finding["start"], &finding["end"], &finding["context"]),
        (&json!(9), &json!(20), &json!(true))
    );
}

#[test]
fn lines_of_messages_have_lines_of_spans_in_code_points() {
    let place = Place::governed();
    let input = "{\"text\": \"größer: a@example.org\", \"spans\": []}\n\n{\"text\": \"nothing\"}\n";
    let ended = place.run_with_input(&["scan", "--jsonl"], input);
    let lines: Vec<Value> =
        ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let span = &lines[0]["spans"][0];
    assert_eq!(
        (&span["start"], &span["end"], &span["type"]),
        (&json!(8), &json!(21), &json!("EMAIL_ADDRESS"))
    );
    assert_eq!(lines[1], json!({"spans": []}));
    assert_eq!((lines.len(), ended.code), (2, Some(1)));
}

#[test]
fn what_cannot_be_scanned_is_told_with_a_remedy() {
    let place = Place::governed();
    std::fs::write(place.path("latin1.txt"), b"caf\xe9").unwrap();
    let latin1 = place.path("latin1.txt");
    for (arguments, input, told) in [
        (&["scan", latin1.to_str().unwrap()][..], "", "not UTF-8 at byte 3"),
        (&["scan", "no-such-file"], "", "cannot read `no-such-file`"),
        (&["scan", "--jsonl"], "{\"text\": 1}\n", "line 1 is no message"),
        (&["scan", "--dir", "no-such-directory"], "a text", "is not a governance directory"),
        (&["scan", "--threshold", "2"], "", "from 0.01 to 1.00"),
        (&["scan", "--region", "Germany"], "", "two letters"),
    ] {
        let ended = place.run_with_input(arguments, input);
        assert_ne!(ended.code, Some(0), "{arguments:?}");
        assert!(ended.stderr.contains(told), "{arguments:?}: {}", ended.stderr);
        assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
    }
}

#[test]
fn a_line_that_is_no_message_is_told_and_the_rest_goes_on() {
    let place = Place::governed();
    let input =
        "\u{feff}{\"text\": \"a@example.org\"}\nno message\n{\"text\": \"b@example.org\"}\n";
    let ended = place.run_with_input(&["scan", "--jsonl"], input);
    let lines: Vec<Value> =
        ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), ended.code), (3, Some(2)), "{}", ended.stderr);
    assert!(lines[1]["error"].as_str().unwrap().starts_with("is no message"), "{}", lines[1]);
    assert_eq!(lines[2]["spans"][0]["type"], "EMAIL_ADDRESS");
    assert!(ended.stderr.contains("line 2 is no message"), "{}", ended.stderr);
    assert!(ended.stderr.contains("1 line is not looked through"), "{}", ended.stderr);
}

#[test]
fn what_is_redacted_is_told_as_json_too() {
    let place = Place::governed();
    let read = |input: &str| -> Value {
        let ended = place.run_with_input(&["scan", "--redact", "--json"], input);
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        serde_json::from_str(&ended.stdout).unwrap()
    };
    let text = read("to a@example.org");
    assert_eq!(text["text"], "to <EMAIL_ADDRESS_1>");
    assert_eq!(text["findings"][0]["type"], "EMAIL_ADDRESS");
    let document = read(r#"{"to": "a@example.org"}"#);
    assert_eq!(document["json"], json!({"to": "<EMAIL_ADDRESS_1>"}));
    assert_eq!(document["findings"][0]["path"], "/to");
}

#[test]
fn a_string_and_a_mark_of_the_byte_order_are_read_as_what_they_are() {
    let place = Place::governed();
    let read = |input: &str| -> Value {
        let ended = place.run_with_input(&["scan", "--json"], input);
        serde_json::from_str(&ended.stdout).unwrap()
    };
    let string = read(r#""write to jo\u0040example.com""#);
    assert_eq!(string["findings"][0]["path"], "", "{string}");
    let document = read("\u{feff}{\"ssn\": 536904399}");
    assert_eq!(document["findings"][0]["path"], "/ssn", "{document}");
    assert_eq!(document["findings"][0]["start"], 11, "{document}");
}
