//! `syndic scan`

mod lines;
mod shown;

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;
use serde_json::value::RawValue;
use syndic_detect::{
    Context, Finding, Findings, JsonError, Key, OverBudget, Redaction, Region, Scanner, Score, Tags,
};
use syndic_gate::SystemClock;
use syndic_model::Clock as _;

use crate::args::Global;
use crate::directory;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// Find personal data and secrets in a text, disguised ones too
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic scan notes.txt
  git diff | syndic scan
  syndic scan --json call.json
  syndic scan --redact notes.txt > shared.txt
  syndic scan --jsonl messages.jsonl > spans.jsonl

A document that is JSON is read as such: the key a value stands under tells what it is.
In a governance directory (--dir) what its `detection` and `detectors/` say holds here too.
Names of people and street addresses are not found.

With --redact --json the answer is `{\"findings\": [...], \"text\": ...}`, or `json` in place of `text` for a document.
Of --jsonl, a line that is no message is told of by its number, and has `{\"error\": ...}` in the place of spans.

Exits 0 when nothing is found, 1 when something is, 2 when the text, or a line of it, cannot be read.")]
pub(crate) struct ScanArgs {
    /// The text; `-` reads standard input
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// Read a JSON document with a `text` on each line, and answer with a line `{"spans": [...]}` for each; positions
    /// count code points
    #[arg(long)]
    jsonl: bool,
    /// Write the text with numbered tags in the place of what is found
    #[arg(long, conflicts_with = "jsonl")]
    redact: bool,
    /// Tell only of what has at least this score, 0.01 to 1.00
    #[arg(long, value_name = "SCORE", default_value = "0.50", value_parser = score)]
    threshold: Score,
    /// Take numbers without a country to be of this one, by two letters
    #[arg(long, value_name = "CC", value_parser = region)]
    region: Option<Region>,
}

pub(crate) fn run(args: &ScanArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let (scanner, region) = scanner(global, out)?;
    let context = Context { region: args.region.or(region), ..Context::default() };
    if args.jsonl {
        return lines::run(&args.file, &scanner, &context, args.threshold, out);
    }
    let read = read(&args.file)?;
    // A mark of the byte order is no part of the text.
    let text = read.strip_prefix('\u{feff}').unwrap_or(&read);
    let mark = read.len() - text.len();
    let mut findings = scan(&scanner, text, &context).map_err(|over| costly(&over))?;
    findings.retain(|finding| finding.score >= args.threshold);
    if args.redact {
        let redacted = redacted(&scanner, text, &context, args.threshold);
        let redacted = redacted.map_err(|over| costly(&over))?;
        if out.is_json() {
            let findings = findings.iter().map(|finding| Found::of(finding, mark)).collect();
            let (text, json) = match &redacted {
                Redacted::Text(text) => (Some(text.as_str()), None),
                Redacted::Json(json) => (None, Some(&**json)),
            };
            out.document(&Left { findings, text, json })?;
        } else {
            redacted.print(out)?;
        }
    } else if out.is_json() {
        out.document(&Scanned {
            findings: findings.iter().map(|finding| Found::of(finding, mark)).collect(),
        })?;
    } else {
        shown::show(&name(&args.file), text, &findings, out)?;
    }
    Ok(if findings.is_empty() { Exit::Success } else { Exit::Failure })
}

/// Looks for what the governance directory says, where there is one.
fn scanner(global: &Global, out: &Output) -> anyhow::Result<(Scanner, Option<Region>)> {
    let is_named = global.dir != Path::new(".");
    if !is_named && !global.dir.join("syndic.yaml").is_file() {
        return Ok((Scanner::builder().build(), None));
    }
    let governance = directory::load(&global.dir, out)?;
    Ok((governance.scanner.clone(), governance.settings.detection.region))
}

/// Scans a text as JSON where it is a document, and as text otherwise.
fn scan(scanner: &Scanner, text: &str, context: &Context<'_>) -> Result<Findings, OverBudget> {
    if is_document(text) {
        match scanner.scan_json_text(text, context) {
            Ok(findings) => return Ok(findings),
            Err(JsonError::OverBudget(over)) => return Err(over),
            Err(_) => {}
        }
    }
    scanner.scan(text, context)
}

/// What is left of a text.
enum Redacted {
    Text(String),
    Json(Box<RawValue>),
}

impl Redacted {
    fn print(&self, out: &Output) -> io::Result<()> {
        match self {
            Self::Text(text) => out.text(text),
            Self::Json(json) => out.text(&format!("{json}\n")),
        }
    }
}

/// Puts what is found out of a text: of JSON, so that JSON is left.
fn redacted(
    scanner: &Scanner,
    text: &str,
    context: &Context<'_>,
    threshold: Score,
) -> Result<Redacted, OverBudget> {
    let mut key = [0; 32];
    SystemClock.fill(&mut key);
    let (redaction, mut tags) = (Redaction::default().at(threshold), Tags::new(Key::new(key)));
    if is_document(text)
        && let Ok(json) = serde_json::from_str::<&RawValue>(text.trim())
    {
        let redacted = scanner.redact_json(json, context, &redaction, &mut tags)?;
        return Ok(Redacted::Json(redacted.text));
    }
    Ok(Redacted::Text(scanner.redact(text, context, &redaction, &mut tags)?.text))
}

/// Tells whether a text begins like a JSON document: a number by itself is a text, too.
fn is_document(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[', '"'])
}

fn read(file: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
    } else {
        bytes = fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::usage(
            format!("{} is not UTF-8 at byte {at}", name(file)),
            "convert it first, like `iconv -f latin1 -t utf-8 FILE | syndic scan`",
        )
    })?;
    Ok(text)
}

fn costly(over: &OverBudget) -> Failure {
    Failure::usage(
        format!("the text cannot be looked through: {over}"),
        "scan it in parts, or lines of it with --jsonl",
    )
}

fn name(file: &Path) -> String {
    if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() }
}

fn score(text: &str) -> Result<Score, String> {
    let score: f32 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
    if !(0.01..=1.0).contains(&score) {
        return Err("a score is from 0.01 to 1.00".to_owned());
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 100")]
    Ok(Score::new((score * 100.0).round() as u8))
}

fn region(text: &str) -> Result<Region, String> {
    let region = Region::new(text).filter(Region::is_known);
    region.ok_or_else(|| "two letters of a country (ISO 3166-1), like `DE`".to_owned())
}

/// The answer with `--redact --json`.
#[derive(Serialize)]
struct Left<'a> {
    findings: Vec<Found<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    json: Option<&'a RawValue>,
}

/// The answer with `--json`; positions count bytes.
#[derive(Debug, Serialize)]
struct Scanned<'a> {
    findings: Vec<Found<'a>>,
}

#[derive(Debug, Serialize)]
struct Found<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    start: usize,
    end: usize,
    score: f64,
    pattern: &'a str,
    checksum: bool,
    context: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    evasion: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
}

impl<'a> Found<'a> {
    /// Tells of a finding in a text that begins after `mark` bytes.
    fn of(finding: &'a Finding, mark: usize) -> Self {
        Self {
            kind: finding.entity.as_str(),
            start: mark + finding.span.start,
            end: mark + finding.span.end,
            score: f64::from(finding.score.hundredths()) / 100.0,
            pattern: &finding.evidence.pattern,
            checksum: finding.evidence.checksum,
            context: finding.evidence.context,
            evasion: finding.evidence.evasion.map(|evasion| evasion.as_str()),
            path: finding.path.as_deref(),
        }
    }
}
