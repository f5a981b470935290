//! A finding as people read it: what is wrong, the lines around it, and what to do.

use std::collections::BTreeMap;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level as Title, Origin, Renderer, Snippet};
use serde::Serialize;
use syndic_model::{Finding, Level};

/// A finding on the wire of `syndic check --json`.
#[derive(Debug, Serialize)]
pub(crate) struct FindingBody<'a> {
    level: String,
    code: &'a str,
    file: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    message: &'a str,
    hint: Option<&'a str>,
}

impl<'a> From<&'a Finding> for FindingBody<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            level: finding.level.to_string(),
            code: finding.code,
            file: &finding.place.file,
            line: finding.place.position.map(|(line, _)| line),
            column: finding.place.position.map(|(_, column)| column),
            message: &finding.message,
            hint: finding.hint.as_deref(),
        }
    }
}

/// Draws a finding with the line it is about.
pub(crate) fn render(
    finding: &Finding,
    sources: &BTreeMap<String, String>,
    colour: bool,
) -> String {
    let title = match finding.level {
        Level::Error => Title::ERROR,
        Level::Warning => Title::WARNING,
        Level::Note => Title::NOTE,
    };
    let report = title.primary_title(&finding.message).id(finding.code);
    let file = finding.place.file.as_str();
    let mut report = match sources.get(file).zip(finding.place.position) {
        Some((text, position)) => {
            let mark = AnnotationKind::Primary.span(mark(text, position));
            report.element(Snippet::source(text).path(file).annotation(mark))
        }
        None => report.element(Origin::path(file)),
    };
    if let Some(hint) = &finding.hint {
        report = report.element(Title::HELP.with_name("hint").message(hint));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    format!("{}\n", renderer.render(&[report]))
}

/// Returns the bytes of the word at a line and column, both from 1.
fn mark(text: &str, (line, column): (u32, u32)) -> Range<usize> {
    let before = usize::try_from(line).unwrap_or(1).saturating_sub(1);
    let start: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
    let skip = usize::try_from(column).unwrap_or(1).saturating_sub(1);
    let indent: usize = rest.chars().take(skip).map(char::len_utf8).sum();
    let word = rest.get(indent..).unwrap_or_default();
    let end = |c: char| c.is_whitespace() || ",;:)]}".contains(c);
    let length = word.find(end).unwrap_or(word.len());
    start + indent..start + indent + length
}

#[cfg(test)]
mod tests {
    use super::mark;

    #[test]
    fn a_mark_covers_the_word_it_points_at() {
        let text = "one\n  twö: three\nfour";
        for (position, marked) in [
            ((1, 1), "one"),
            ((2, 3), "twö"),
            ((2, 8), "three"),
            ((3, 1), "four"),
            ((3, 9), ""),
            ((9, 1), ""),
        ] {
            assert_eq!(text.get(mark(text, position)), Some(marked), "{position:?}");
        }
    }
}
