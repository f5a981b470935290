//! A set of texts with what is to be found in them: a line of JSON each, or an array as presidio-research writes it.

use std::ops::Range;
use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};

/// Stands inside secrets in files of the repository, so that those who scan repositories for real ones see none.
/// Spans do not count it.
const MARK: char = '\u{241f}';
const MARK_EVERY: usize = 7;

#[derive(Debug, Clone, Default)]
pub struct Case {
    pub text: String,
    pub gold: Vec<Gold>,
    /// How the value was disguised, in a set of evasions.
    pub transform: Option<String>,
    /// The finding must say that the value is disguised.
    pub disguised: bool,
    /// What the same party sent before.
    pub before: Vec<String>,
    /// The text is a JSON document and scanned as one.
    pub json: bool,
    /// The template it was made from.
    pub template: Option<String>,
}

/// Something that is to be found.
#[derive(Debug, Clone)]
pub struct Gold {
    /// In bytes.
    pub span: Range<usize>,
    pub kind: String,
    /// The span is not known: a finding anywhere in the text will do.
    pub anywhere: bool,
}

pub fn read(path: &Path) -> anyhow::Result<Vec<Case>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    if text.trim_start().starts_with('[') {
        let cases: Vec<Value> = serde_json::from_str(&text).with_context(|| format!("`{}`", path.display()))?;
        return cases.iter().map(case).collect();
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let place = |line| format!("`{}`, line {}", path.display(), line + 1);
    lines
        .map(|(at, line)| case(&serde_json::from_str(line).with_context(|| place(at))?).with_context(|| place(at)))
        .collect()
}

fn case(value: &Value) -> anyhow::Result<Case> {
    let text = value["text"].as_str().or_else(|| value["full_text"].as_str()).context("there is no `text`")?;
    let text = text.replace(MARK, "");
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let empty = Vec::new();
    let spans = value["spans"].as_array().unwrap_or(&empty);
    let gold = spans.iter().map(|span| gold(span, &starts)).collect::<Result<_, _>>()?;
    let strings = |value: &Value| {
        value.as_array().unwrap_or(&empty).iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    Ok(Case {
        gold,
        transform: value["transform"].as_str().map(str::to_owned),
        disguised: value["disguised"].as_bool().unwrap_or(false),
        before: strings(&value["before"]),
        json: value["json"].as_bool().unwrap_or(false),
        template: value["template"].as_str().map(str::to_owned),
        text,
    })
}

fn gold(span: &Value, starts: &[usize]) -> anyhow::Result<Gold> {
    let kind = span["type"].as_str().or_else(|| span["entity_type"].as_str()).context("a span without `type`")?;
    let number = |name: &str, other: &str| span[name].as_u64().or_else(|| span[other].as_u64());
    let kind = ours(kind);
    let (start, end) = (number("start", "start_position"), number("end", "end_position"));
    let byte =
        |at: u64| starts.get(at as usize).copied().with_context(|| format!("a span ends at {at}, after the text"));
    let (Some(start), Some(end)) = (start, end) else {
        let whole = 0..starts.last().copied().unwrap_or(0);
        return Ok(Gold { span: whole, kind: kind.to_owned(), anywhere: true });
    };
    Ok(Gold { span: byte(start)?..byte(end)?, kind: kind.to_owned(), anywhere: false })
}

/// What Presidio calls otherwise.
fn ours(kind: &str) -> &str {
    match kind {
        "US_DRIVER_LICENSE" | "IT_DRIVER_LICENSE" => "DRIVER_LICENSE",
        "US_PASSPORT" | "UK_PASSPORT" | "IN_PASSPORT" | "IT_PASSPORT" => "PASSPORT",
        "US_BANK_NUMBER" => "BANK_ACCOUNT",
        other => other,
    }
}

/// Writes a case as a line; with `marked`, secrets are broken up by marks.
pub fn line(case: &Case, marked: bool) -> String {
    let points = |byte: usize| case.text[..byte].chars().count();
    let spans: Vec<Value> = case
        .gold
        .iter()
        .map(|gold| json!({"start": points(gold.span.start), "end": points(gold.span.end), "type": gold.kind}))
        .collect();
    let text = if marked { with_marks(case) } else { case.text.clone() };
    let mut value = json!({"text": text, "spans": spans});
    if let Some(transform) = &case.transform {
        value["transform"] = json!(transform);
        value["disguised"] = json!(case.disguised);
    }
    if !case.before.is_empty() {
        value["before"] = json!(case.before);
    }
    if case.json {
        value["json"] = json!(true);
    }
    if let Some(template) = &case.template {
        value["template"] = json!(template);
    }
    value.to_string()
}

fn with_marks(case: &Case) -> String {
    let secret = |at: usize| case.gold.iter().find(|gold| gold.kind == "SECRET" && gold.span.contains(&at));
    let mut text = String::with_capacity(case.text.len());
    for (at, sign) in case.text.char_indices() {
        // After the first signs and every few more: no prefix and no long run stays whole.
        if secret(at).is_some_and(|gold| (at - gold.span.start) % MARK_EVERY == 2) {
            text.push(MARK);
        }
        text.push(sign);
    }
    text
}
