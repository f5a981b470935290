//! A change of a tool's definition as a person reads it before approving it.
//!
//! The most important first: differences by class, highest first, and within a class by place. A text is shown by its
//! changed words, `[-before-]{+after+}`, with a few words around them; everything else as it was and as it would be.
//! Nothing a server writes can look like the layout: its new lines, backslashes and hidden characters are escaped, and
//! so is what reads like a mark.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices};
use syndic_model::canonical;

use crate::pin::class::{Change, Difference, compare};
use crate::pin::show::{show, show_json};

/// The longest difference shown whole, in bytes.
const MOST_BYTES: usize = 16 << 10;
/// The most characters of one value or of one run of words.
const MOST_CHARS: usize = 1500;
/// The most changed runs of words of one text.
const MOST_RUNS: usize = 40;
/// The most words of a text that are compared one by one.
const MOST_WORDS: usize = 4000;
/// The words shown around a change.
const AROUND: usize = 6;

/// Writes what differs between a pinned and an offered definition.
#[must_use]
pub fn diff(pinned: &Value, offered: &Value) -> String {
    write(compare(pinned, offered))
}

/// Writes a tool that was not there before.
#[must_use]
pub fn describe(offered: &Value) -> String {
    let mut nothing = Map::new();
    if let Some(name) = offered.get("name") {
        nothing.insert("name".to_owned(), name.clone());
    }
    // Parameters one by one, not as one value.
    if offered.pointer("/inputSchema/properties").is_some_and(Value::is_object) {
        nothing.insert("inputSchema".to_owned(), json!({ "properties": {} }));
    }
    write(compare(&Value::Object(nothing), offered))
}

fn write(mut differences: Vec<Difference<'_>>) -> String {
    differences.sort_by(|a, b| b.class.cmp(&a.class).then_with(|| a.place.cmp(&b.place)));
    let mut text = String::new();
    let mut left = differences.len();
    for difference in &differences {
        let entry = entry(difference);
        if text.len() + entry.len() > MOST_BYTES {
            let _ = writeln!(text, "… {left} more differences; compare the whole definitions");
            break;
        }
        text.push_str(&entry);
        left -= 1;
    }
    text
}

fn entry(difference: &Difference<'_>) -> String {
    let what = match (difference.before, difference.after) {
        (None, _) => "added",
        (_, None) => "removed",
        _ => "changed",
    };
    let place = show(&difference.place, MOST_CHARS);
    let mut text = format!("{}  {place}  {what}\n", difference.class);
    match (difference.before, difference.after) {
        (Some(Value::String(before)), Some(Value::String(after)))
            if difference.class == Change::Text =>
        {
            let _ = writeln!(text, "    {}", words(before, after));
        }
        (before, after) => {
            for (sign, value) in [('-', before), ('+', after)] {
                if let Some(value) = value {
                    let _ = writeln!(text, "  {sign} {}", show_json(&canonical(value), MOST_CHARS));
                }
            }
        }
    }
    text
}

/// Writes the changed words of a text.
fn words(before: &str, after: &str) -> String {
    let (old, new) = (split(before), split(after));
    if old.len().max(new.len()) > MOST_WORDS {
        return format!("{}{}", removed(before), added(after));
    }
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    let mut text = String::new();
    let mut runs = 0;
    for (index, op) in ops.iter().enumerate() {
        match op.as_tag_tuple() {
            (DiffTag::Equal, range, _) => {
                let kept = old.get(range).unwrap_or_default();
                text.push_str(&around(kept, index == 0, index + 1 == ops.len()));
                continue;
            }
            (_, from, to) => {
                let (from, to) =
                    (old.get(from).unwrap_or_default(), new.get(to).unwrap_or_default());
                if !from.is_empty() {
                    text.push_str(&removed(&from.concat()));
                }
                if !to.is_empty() {
                    text.push_str(&added(&to.concat()));
                }
            }
        }
        runs += 1;
        if runs == MOST_RUNS {
            let left = ops.iter().skip(index + 1).filter(|op| is_change(op)).count();
            if left > 0 {
                let _ = write!(text, " … {left} more changes in this text");
            }
            break;
        }
    }
    text
}

fn is_change(op: &DiffOp) -> bool {
    !matches!(op, DiffOp::Equal { .. })
}

/// Writes words that did not change, those far from a change left out.
fn around(words: &[&str], first: bool, last: bool) -> String {
    let most = if first || last { AROUND } else { 2 * AROUND };
    // A word and the space after it are two.
    if words.len() <= 2 * most {
        return unmarked(&words.concat());
    }
    let edge = 2 * AROUND;
    let begin = if first { &[][..] } else { words.get(..edge).unwrap_or_default() };
    let end = if last { &[][..] } else { words.get(words.len() - edge..).unwrap_or_default() };
    format!("{}…{}", unmarked(&begin.concat()), unmarked(&end.concat()))
}

fn removed(text: &str) -> String {
    format!("[-{}-]", unmarked(text))
}

fn added(text: &str) -> String {
    format!("{{+{}+}}", unmarked(text))
}

/// Shows a text in which nothing reads like a mark of ours.
fn unmarked(text: &str) -> String {
    let mut shown = show(text, MOST_CHARS);
    for mark in ["[-", "-]", "{+", "+}"] {
        if shown.contains(mark) {
            let (first, second) = mark.split_at(1);
            shown = shown.replace(mark, &format!("{first}\\{second}"));
        }
    }
    shown
}

/// Splits a text into words, and what stands between them, one character each but for equal ones.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut begin = 0;
    let mut last: Option<char> = None;
    for (at, char) in text.char_indices() {
        let joins = last.is_none_or(|last| {
            (char.is_alphanumeric() && last.is_alphanumeric()) || (char == last)
        });
        if !joins {
            parts.extend(text.get(begin..at));
            begin = at;
        }
        last = Some(char);
    }
    parts.extend(text.get(begin..).filter(|rest| !rest.is_empty()));
    parts
}
