//! The exact arguments of an action: complete, typed, and with what cannot be seen made visible.

use maud::{Markup, PreEscaped, html};
use serde_json::Value;

use super::reveal::{Found, escape, name, reveal};

/// A longer text is folded, behind its beginning.
const FOLD_CHARS: usize = 600;

/// A value with more lines is folded.
const FOLD_LINES: usize = 24;

/// How much of a folded text is seen before it is unfolded.
const PREVIEW_CHARS: usize = 160;

/// The most kinds of hidden characters a note names.
const MOST_NAMED: usize = 12;

/// Shows arguments one by one, with a note above them when something in them deserves a second look. Null is arguments
/// that were erased.
pub(crate) fn arguments(value: Option<&Value>) -> Markup {
    let mut found = Found::default();
    let list = match value {
        None => html! { p.quiet { "The arguments were erased." } },
        Some(Value::Object(arguments)) if arguments.is_empty() => {
            html! { p.quiet { "No arguments." } }
        }
        Some(Value::Object(arguments)) => html! {
            dl.arguments {
                @for (key, value) in arguments {
                    div {
                        dt { code { (revealed(key, &mut found)) } }
                        dd { (shown(value, &mut found)) }
                    }
                }
            }
        },
        Some(other) => html! { dl.arguments { div { dd { (shown(other, &mut found)) } } } },
    };
    html! {
        (note(&found))
        (list)
    }
}

/// Says what was made visible, by name.
fn note(found: &Found) -> Markup {
    if !found.is_remarkable() {
        return html! {};
    }
    let hidden = &found.hidden;
    html! {
        div.note.warn role="note" {
            p { strong { "Look twice." } " Not everything in these arguments is what it looks like elsewhere." }
            ul {
                @for (ch, times) in hidden.iter().take(MOST_NAMED) {
                    li { i.mark { (format!("U+{:04X}", u32::from(*ch))) } " " (name(*ch)) @if *times > 1 { ", " (times) " times" } }
                }
                @if hidden.len() > MOST_NAMED {
                    li { "and " (hidden.len() - MOST_NAMED) " other kinds of hidden characters" }
                }
                @if found.mixed_words > 0 {
                    li { u { "underlined" } " words mix letters of different alphabets that look alike" }
                }
                @if found.right_to_left {
                    li { "letters that are read from right to left" }
                }
            }
        }
    }
}

fn shown(value: &Value, found: &mut Found) -> Markup {
    match value {
        Value::String(text) => shown_text(text, found),
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            html! { code.value { (PreEscaped(written(value, found))) } }
        }
        Value::Array(_) | Value::Object(_) => {
            let lines = lines(value);
            let block = html! { pre.value tabindex="0" { (PreEscaped(written(value, found))) } };
            if lines <= FOLD_LINES {
                return block;
            }
            html! {
                details {
                    summary { (kind(value)) span.quiet { ", " (counted(lines)) " lines" } }
                    (block)
                }
            }
        }
    }
}

fn shown_text(text: &str, found: &mut Found) -> Markup {
    let whole = quoted(text, found);
    let (chars, breaks) = (text.chars().count(), text.matches('\n').count());
    if chars <= FOLD_CHARS && breaks < FOLD_LINES {
        return html! { code.value.text { (PreEscaped(whole)) } };
    }
    let preview: String = text.chars().take(PREVIEW_CHARS).collect();
    html! {
        details {
            summary {
                code.value.text { (PreEscaped(quoted(&preview, &mut Found::default()))) "…" }
                " " span.quiet { (counted(chars)) " characters" @if breaks > 0 { ", " (counted(breaks + 1)) " lines" } ", shown whole when unfolded" }
            }
            code.value.text { (PreEscaped(whole)) }
        }
    }
}

fn kind(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("a list of {}", counted(items.len())),
        Value::Object(fields) => format!("an object with {} fields", counted(fields.len())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => "a value".to_owned(),
    }
}

/// Writes a value as indented JSON whose texts are revealed rather than escaped.
fn written(value: &Value, found: &mut Found) -> String {
    let mut html = String::new();
    write(value, 0, &mut html, found);
    html
}

fn write(value: &Value, depth: usize, html: &mut String, found: &mut Found) {
    match value {
        Value::Null => html.push_str("null"),
        Value::Bool(yes) => html.push_str(if *yes { "true" } else { "false" }),
        Value::Number(number) => escape(&number.to_string(), html),
        Value::String(text) => write_quoted(text, html, found),
        Value::Array(items) if items.is_empty() => html.push_str("[]"),
        Value::Object(fields) if fields.is_empty() => html.push_str("{}"),
        Value::Array(items) => {
            html.push('[');
            for (at, item) in items.iter().enumerate() {
                begin_line(at, depth, html);
                write(item, depth + 1, html, found);
            }
            end_lines(depth, ']', html);
        }
        Value::Object(fields) => {
            html.push('{');
            for (at, (key, field)) in fields.iter().enumerate() {
                begin_line(at, depth, html);
                write_quoted(key, html, found);
                html.push_str(": ");
                write(field, depth + 1, html, found);
            }
            end_lines(depth, '}', html);
        }
    }
}

fn begin_line(at: usize, depth: usize, html: &mut String) {
    html.push_str(if at == 0 { "\n" } else { ",\n" });
    indent(depth + 1, html);
}

fn end_lines(depth: usize, bracket: char, html: &mut String) {
    html.push('\n');
    indent(depth, html);
    html.push(bracket);
}

fn indent(depth: usize, html: &mut String) {
    html.extend(std::iter::repeat_n("  ", depth));
}

fn write_quoted(text: &str, html: &mut String, found: &mut Found) {
    html.push_str("<q>");
    reveal(text, html, found);
    html.push_str("</q>");
}

fn quoted(text: &str, found: &mut Found) -> String {
    let mut html = String::new();
    write_quoted(text, &mut html, found);
    html
}

fn revealed(text: &str, found: &mut Found) -> PreEscaped<String> {
    let mut html = String::new();
    reveal(text, &mut html, found);
    PreEscaped(html)
}

/// Counts the lines a value takes.
fn lines(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 1,
        Value::String(text) => 1 + text.matches('\n').count(),
        Value::Array(items) if items.is_empty() => 1,
        Value::Object(fields) if fields.is_empty() => 1,
        Value::Array(items) => 2 + items.iter().map(lines).sum::<usize>(),
        Value::Object(fields) => 2 + fields.values().map(lines).sum::<usize>(),
    }
}

/// Writes a number with commas between thousands.
pub(crate) fn counted(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{arguments, counted};

    fn page(value: &Value) -> String {
        arguments(Some(value)).into_string()
    }

    #[test]
    fn arguments_are_shown_with_their_types() {
        let html = page(
            &json!({"order": "A-1", "amount": 150, "items": [1, "1", null, {}], "to": {"a": true}}),
        );
        for part in [
            "<code>order</code></dt><dd><code class=\"value text\"><q>A-1</q></code>",
            "<code class=\"value\">150</code>",
            "[\n  1,\n  <q>1</q>,\n  null,\n  {}\n]",
            "{\n  <q>a</q>: true\n}",
        ] {
            assert!(html.contains(part), "{part}\n{html}");
        }
    }

    #[test]
    fn numbers_are_shown_as_they_were_written() {
        let value =
            serde_json::from_str(r#"{"amount": 100.00004000000000000001, "n": 1.50}"#).unwrap();
        let html = page(&value);
        assert!(html.contains("100.00004000000000000001") && html.contains("1.50"), "{html}");
    }

    #[test]
    fn a_long_text_is_folded_and_complete() {
        let text = "x".repeat(1_000_000);
        let html = page(&json!({ "note": text }));
        assert!(html.contains(&text) && html.contains("1,000,000 characters"));
        assert!(html.contains("<details>") && html.len() < 1_002_000);
    }

    #[test]
    fn a_long_list_is_folded_and_complete() {
        let html = page(&json!({ "ids": (0..100_000).collect::<Vec<_>>() }));
        assert!(html.contains("a list of 100,000") && html.contains("99999"));
    }

    #[test]
    fn the_worst_of_a_megabyte_stays_in_proportion() {
        let html = page(&json!({ "note": "\u{7f}a".repeat(500_000) }));
        assert!(html.len() < 8_000_000, "{}", html.len());
    }

    #[test]
    fn what_deserves_a_second_look_is_said_above_by_name() {
        let html = page(&json!({"to": "p\u{430}ypal\u{202e}", "<b>": "\u{200b}"}));
        for part in
            ["Look twice", "right-to-left override", "zero width space", "alphabets", "&lt;b&gt;"]
        {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!page(&json!({"note": "two\nlines"})).contains("Look twice"));
    }

    #[test]
    fn arguments_that_were_erased_are_said_to_be() {
        assert!(arguments(None).into_string().contains("erased"));
        assert!(page(&json!({})).contains("No arguments"));
    }

    #[test]
    fn large_numbers_are_read_in_thousands() {
        let cases = [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")];
        assert!(cases.iter().all(|(number, text)| counted(*number) == *text));
    }
}
