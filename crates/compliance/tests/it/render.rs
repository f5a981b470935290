//! A report for people.

use insta::assert_snapshot;
use serde_json::{Value, json};
use syndic_compliance::render::{html, markdown, text};

use crate::page::check;
use crate::sample::{empty, report, small};

/// What a text could do to a page, a table, or a terminal.
const HOSTILE: &str = "</td><script>alert(1)</script> | x | `<b>` \u{202e}# *a*\n# [b](https://evil.example)\n| c |\r\n\u{1b}[31m\"'>&amp; www.evil.example ``` end";

/// The members that hold free text; the others are words of a vocabulary, times and hashes.
#[rustfmt::skip]
const FREE: [&str; 37] = [
    "told", "why", "title", "duty", "note", "name", "owner", "team", "contact", "purpose", "value", "by", "function",
    "reason", "warning", "headline", "origin", "version", "id", "ref", "probe", "field", "filed_under", "provision",
    "date_confidence", "other_reading", "evidence_mode", "reach", "risk_level", "mode", "high_risk", "signature",
    "manifest", "environment", "document", "root", "program",
];

/// Replaces every free text, and every text of a list.
fn poison(name: &str, value: &mut Value) {
    if let Value::Object(members) = value {
        members.iter_mut().for_each(|(name, member)| poison(name, member));
    } else if let Value::Array(items) = value {
        items.iter_mut().for_each(|item| poison("name", item));
    } else if value.is_string() && FREE.contains(&name) {
        *value = json!(HOSTILE);
    }
}

fn hostile() -> Value {
    let mut value = small();
    value["signature"] = json!("");
    value["high_risk"] = json!("");
    value["catalogue"]["warning"] = json!("");
    value["log"]["witnesses"] = json!([{"name": "", "size": 3}]);
    value["readings"][0]["value"]["what"] = json!({"text": HOSTILE});
    value["readings"][0]["value"][HOSTILE] = json!({"list": [HOSTILE]});
    value["statements"][0]["reason"] = json!("");
    value["statements"][0]["document"] = json!("");
    value["frameworks"][0]["controls"][1]["other_reading"] = json!("");
    value["frameworks"][0]["controls"][1]["reach"] = json!("");
    poison("", &mut value);
    value
}

#[test]
fn the_summary_says_first_what_is_not_shown() {
    assert_snapshot!(text(&report(small())));
}

#[test]
fn markdown_has_the_whole_report() {
    assert_snapshot!(markdown(&report(small())));
}

#[test]
fn the_page_is_whole_by_itself() {
    for value in [empty(), small(), hostile()] {
        let page = html(&report(value));
        check(&page);
        let (_, first) = page.split_once("<h2").unwrap();
        assert!(first.starts_with(" id=\"limits\">What this report does not show</h2>"));
    }
}

#[test]
fn markup_in_a_text_is_text_on_the_page() {
    let page = html(&report(hostile()));
    for what in ["<script", "<b>`", "\u{202e}", "\u{1b}", "https://evil.example\""] {
        assert!(!page.contains(what), "{what:?} is on the page");
    }
    assert!(page.contains("&lt;script&gt;") && page.contains("‹U+202E›"));
}

#[test]
fn markup_in_a_text_is_text_in_markdown() {
    let written = markdown(&report(hostile()));
    let mut columns = None;
    let mut fenced = false;
    for line in written.lines() {
        if line.starts_with("````") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for what in ["<script", "<b>", "\u{202e}", "\u{1b}", "://", "www.evil"] {
            assert!(!line.contains(what), "{what:?} is in {line:?}");
        }
        // A row has as many cells as its head, so no text ended a cell or a row.
        let cells = line.starts_with('|').then(|| line.replace("\\|", "").matches('|').count());
        if let (Some(head), Some(cells)) = (columns, cells) {
            assert_eq!(cells, head, "{line}");
        }
        columns = cells;
        // The document's own headings have no mark of a text.
        let heading = line.starts_with('#').then(|| line.trim_start_matches('#'));
        assert!(heading.is_none_or(|words| words.starts_with(' ')), "{line}");
    }
}

#[test]
fn the_summary_fits_a_terminal_whatever_a_text_is() {
    let mut long = hostile();
    long["gaps"][0]["why"] = json!("word ".repeat(100));
    long["gaps"][0]["closes"] = json!(["x".repeat(350)]);
    long["agent"]["id"] = json!("a".repeat(300));
    for value in [empty(), small(), long] {
        for line in text(&report(value)).lines() {
            assert!(line.chars().count() <= 100, "{line}");
            assert!(!line.contains(['\u{1b}', '\u{202e}', '\t']) && line == line.trim_end());
        }
    }
}

#[test]
fn a_command_that_needs_two_lines_is_still_one_for_a_shell() {
    let mut value = small();
    value["gaps"][0]["closes"] = json!([format!("syndic attest{}", " --field risks".repeat(8))]);
    let text = text(&report(value));
    let (_, command) = text.split_once("> ").unwrap();
    let joined = command.replace(" \\\n      ", " ");
    assert!(
        joined.starts_with(&format!("syndic attest{}\n", " --field risks".repeat(8))),
        "{command}"
    );
}

#[test]
fn nothing_is_called_compliant() {
    for value in [empty(), small()] {
        let report = report(value);
        for written in [text(&report), markdown(&report), html(&report)] {
            assert!(!written.to_lowercase().contains("compliant"));
        }
    }
}
