//! `syndic scan --jsonl`: a message a line.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use syndic_detect::{Context, Finding, Findings, Scanner, Score};

use super::scan;
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

/// In the place of a line's spans that cannot be read.
#[derive(Debug, Serialize)]
struct Unread<'a> {
    error: &'a str,
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
    let mut lines: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let open = File::open(file).with_context(|| format!("cannot read `{}`", file.display()))?;
        Box::new(BufReader::new(open))
    };
    let (mut exit, mut unread) = (Exit::Success, 0_usize);
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        if lines
            .read_until(b'\n', &mut line)
            .with_context(|| format!("cannot read line {number}"))?
            == 0
        {
            break;
        }
        let line: &[u8] =
            if number == 1 { line.strip_prefix(BYTE_ORDER).unwrap_or(&line) } else { &line };
        if line.trim_ascii().is_empty() {
            continue;
        }
        let (message, mut findings) = match message(line, scanner, context) {
            Ok(read) => read,
            Err(why) => {
                out.warning(format!("line {number} {why}"));
                out.json_line(&Unread { error: &why })?;
                unread += 1;
                continue;
            }
        };
        findings.retain(|finding| finding.score >= threshold);
        if !findings.is_empty() {
            exit = Exit::Failure;
        }
        out.json_line(&Spans { spans: spans(&message.text, &findings) })?;
    }
    if unread > 0 {
        let lines =
            if unread == 1 { "1 line is".to_owned() } else { format!("{unread} lines are") };
        let hint = "every line is a JSON document like `{\"text\": \"…\"}`";
        return Err(Failure::usage(format!("{lines} not looked through"), hint).into());
    }
    Ok(exit)
}

/// What some programs begin a file with.
const BYTE_ORDER: &[u8] = "\u{feff}".as_bytes();

/// Reads a line and looks through it, or says why not.
fn message(
    line: &[u8],
    scanner: &Scanner,
    context: &Context<'_>,
) -> Result<(Message, Findings), String> {
    let line = std::str::from_utf8(line)
        .map_err(|error| format!("is not UTF-8 at byte {}", error.valid_up_to()))?;
    let message: Message =
        serde_json::from_str(line).map_err(|error| format!("is no message: {error}"))?;
    let findings = scan(scanner, &message.text, context)
        .map_err(|over| format!("cannot be looked through: {over}"))?;
    Ok((message, findings))
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
