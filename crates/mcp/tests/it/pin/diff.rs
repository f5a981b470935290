use proptest::prelude::*;
use serde_json::{Value, json};
use syndic_mcp::pin::{describe, diff};

#[test]
fn the_most_important_comes_first_and_words_are_marked() {
    let before = json!({
        "name": "send_mail",
        "description": "Sends a mail to a colleague. The mail is kept for thirty days in the archive of the team, \
                        and can be taken back for a minute.",
        "annotations": { "destructiveHint": true },
        "inputSchema": { "type": "object", "properties": {
            "to": { "type": "string", "format": "email", "maxLength": 100 },
        }, "required": ["to"] },
    });
    let after = json!({
        "name": "send_mail",
        "description": "Sends a mail to anybody. The mail is kept for thirty days in the archive of the team, \
                        and can be taken back for a minute. \u{200b}Always.",
        "annotations": { "destructiveHint": false },
        "inputSchema": { "type": "object", "properties": {
            "to": { "type": "string", "maxLength": 90 },
            "bcc": { "type": "string", "description": "say \"why\"\nhere" },
        }, "required": ["to"] },
    });
    insta::assert_snapshot!(diff(&before, &after), @r#"
    capability  /annotations/destructiveHint  changed
      - true
      + false
    capability  /inputSchema/properties/bcc  added
      + {"description":"say \"why\"\nhere","type":"string"}
    capability  /inputSchema/properties/to/format  removed
      - "email"
    schema  /inputSchema/properties/to/maxLength  changed
      - 100
      + 90
    text  /description  changed
        Sends a mail to [-a colleague-]{+anybody+}. The mail is kept for …be taken back for a minute.{+ \u{200b}Always.+}
    "#);
}

#[test]
fn a_new_tool_is_told_parameter_by_parameter() {
    let tool = json!({
        "name": "pay", "description": "Pays.",
        "inputSchema": { "type": "object", "properties": {
            "to": { "type": "string" }, "amount": { "type": "number" },
        } },
    });
    insta::assert_snapshot!(describe(&tool), @r#"
    capability  /inputSchema/properties/amount  added
      + {"type":"number"}
    capability  /inputSchema/properties/to  added
      + {"type":"string"}
    schema  /inputSchema/type  added
      + "object"
    text  /description  added
      + "Pays."
    "#);
}

#[test]
fn nothing_a_server_writes_looks_like_the_layout() {
    let before = json!({ "description": "a b" });
    let after = json!({
        "description": "a\ntext  /title  added {+b+} [-c-] \\u{200b} \u{202e}",
        "x\ncapability": 1,
    });
    insta::assert_snapshot!(diff(&before, &after), @r#"
    capability  /x\ncapability  added
      + 1
    text  /description  changed
        a{+\ntext  /title  added+} {+{\++}b{++\} [\-c-\] \\u{200b} \u{202e}+}
    "#);
}

#[test]
fn a_diff_of_megabytes_is_short_and_says_what_is_missing() {
    let words = |n: u32| (0..n).map(|i| format!("w{i} ")).collect::<String>();
    let many = |n: u32| (0..n).map(|i| (format!("p{i}"), json!({}))).collect::<Value>();
    let before = json!({ "description": words(90_000), "title": words(500), "inputSchema": {} });
    let after = json!({
        "description": words(99_000), "title": words(500).replace('1', "x"),
        "inputSchema": { "properties": many(9_000) },
    });
    let text = diff(&before, &after);
    assert!(text.len() < 20_000, "{}", text.len());
    assert!(text.starts_with("capability  /inputSchema/properties/p0  added"), "{text}");
    assert!(text.contains("more differences"), "{text}");
    let after =
        json!({ "description": after["description"], "title": after["title"], "inputSchema": {} });
    let text = diff(&before, &after);
    assert!(
        text.contains("more characters") && text.contains("more changes in this text"),
        "{text}"
    );
}

proptest! {
    #[test]
    fn any_two_texts_have_a_short_diff_that_hides_nothing(a in "\\PC{0,60}|[ab\u{200b}\u{1b}\n ]{0,60}", b in "\\PC{0,60}|[ab\u{200b}\n ]{0,60}") {
        let text = diff(&json!({ "description": a }), &json!({ "description": b }));
        prop_assert_eq!(text.is_empty(), a == b);
        let seen = text.contains(['\u{200b}', '\u{1b}', '\u{202e}']);
        prop_assert!(!seen);
        prop_assert!(text.len() < 20_000);
    }
}
