//! Findings as people read them: the lines they stand in, underlined.

use std::io;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use syndic_detect::Finding;

use crate::output::{Output, Tone};

/// How many findings are shown.
const MOST: usize = 200;
/// How many bytes of a long line are shown on either side of what was found.
const AROUND: usize = 60;

pub(super) fn show(name: &str, text: &str, findings: &[Finding], out: &Output) -> io::Result<()> {
    if findings.is_empty() {
        return out.line(out.paint(Tone::Good, format!("nothing is found in {name}")));
    }
    let renderer = if out.colours() { Renderer::styled() } else { Renderer::plain() };
    let mut places = Places::default();
    for finding in findings.iter().take(MOST) {
        let (line, shown) = places.around(text, &finding.span);
        let mark = finding.span.start - shown.start..finding.span.end.min(shown.end) - shown.start;
        let label = why(finding);
        let mark = AnnotationKind::Primary.span(mark).label(&label);
        let source = text.get(shown).unwrap_or_default();
        let snippet = Snippet::source(source).path(name).line_start(line).annotation(mark);
        let title = Level::WARNING.no_name().primary_title(finding.entity.as_str());
        out.line(renderer.render(&[title.element(snippet)]))?;
    }
    let count = findings.len();
    if count > MOST {
        out.line(format!("… and {} more; --json tells of all", count - MOST))?;
    }
    let found = if count == 1 { "1 finding".to_owned() } else { format!("{count} findings") };
    out.line(out.paint(Tone::Bad, format!("{found} in {name}")))
}

/// Says how sure it is and why.
fn why(finding: &Finding) -> String {
    let evidence = &finding.evidence;
    let mut told = format!("{} {}", finding.score, evidence.pattern);
    for (holds, word) in [(evidence.checksum, "checksum"), (evidence.context, "context")] {
        if holds {
            told.push_str(", ");
            told.push_str(word);
        }
    }
    if let Some(evasion) = evidence.evasion {
        told.push_str(", disguised: ");
        told.push_str(evasion.as_str());
    }
    if let Some(path) = &finding.path {
        told.push_str(", at ");
        told.push_str(path);
    }
    told
}

/// Counts lines once along the text: findings come in its order.
#[derive(Debug, Default)]
struct Places {
    bytes: usize,
    lines: usize,
}

impl Places {
    /// Returns the line of a span, from 1, and the bytes around it that are shown.
    fn around(&mut self, text: &str, span: &Range<usize>) -> (usize, Range<usize>) {
        let between = text.get(self.bytes..span.start).unwrap_or_default();
        self.lines += between.matches('\n').count();
        self.bytes = span.start;
        let before = text.get(..span.start).unwrap_or_default();
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let after = text.get(span.end..).unwrap_or_default();
        let end = span.end + after.find('\n').unwrap_or(after.len());
        let start = line.max(text.floor_char_boundary(span.start.saturating_sub(AROUND)));
        let end = end.min(text.ceil_char_boundary(span.end + AROUND));
        (self.lines + 1, start..end)
    }
}
