//! `syndic scan --jsonl`: a message a line.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use syndic_detect::{Context, Finding, Scanner, Score};

use super::{costly, scan};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// A line; what else stands in it is not read.
#[derive(Debug, Deserialize)]
struct Message {
    text: String,
}

#[derive(Debug, Serialize)]
struct Spans<'a> {
    spans: Vec<Span<'a>>,
}

/// Positions count code points.
#[derive(Debug, Serialize)]
struct Span<'a> {
    start: usize,
    end: usize,
    #[serde(rename = "type")]
    kind: &'a str,
    score: f64,
}

pub(super) fn run(
    file: &Path,
    scanner: &Scanner,
    context: &Context<'_>,
    threshold: Score,
    out: &Output,
) -> anyhow::Result<Exit> {
    let lines: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let open = File::open(file).with_context(|| format!("cannot read `{}`", file.display()))?;
        Box::new(BufReader::new(open))
    };
    let mut exit = Exit::Success;
    for (number, line) in (1..).zip(lines.lines()) {
        let line = line.with_context(|| format!("cannot read line {number}"))?;
        if line.trim().is_empty() {
            continue;
        }
        let message: Message = serde_json::from_str(&line).map_err(|error| {
            let hint = "every line is a JSON document like `{\"text\": \"…\"}`";
            Failure::usage(format!("line {number} is no message: {error}"), hint)
        })?;
        let mut findings = scan(scanner, &message.text, context)
            .map_err(|over| costly(&over))
            .with_context(|| format!("line {number}"))?;
        findings.retain(|finding| finding.score >= threshold);
        if !findings.is_empty() {
            exit = Exit::Failure;
        }
        out.json_line(&Spans { spans: spans(&message.text, &findings) })?;
    }
    Ok(exit)
}

/// Counts code points once along the text: findings come in its order.
fn spans<'a>(text: &str, findings: &'a [Finding]) -> Vec<Span<'a>> {
    let (mut bytes, mut points) = (0, 0);
    let mut count = |to: usize| {
        points += text.get(bytes..to).map_or(0, |between| between.chars().count());
        bytes = to;
        points
    };
    let span = |finding: &'a Finding| Span {
        start: count(finding.span.start),
        end: count(finding.span.end),
        kind: finding.entity.as_str(),
        score: f64::from(finding.score.hundredths()) / 100.0,
    };
    findings.iter().map(span).collect()
}
