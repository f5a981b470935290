//! `cargo xtask eval detect`: what is found, and what is not, beside the goals.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::value::RawValue;
use syndic_detect::{Context, Finding, OverBudget, Scanner, Tail};

use crate::benign;
use crate::row::{Figures, Measured, print};
use crate::score::{Mistake, Score, Share, covered, is_structured};
use crate::set::{self, Case};

const MESSAGES: &str = "corpus/detect/messages.jsonl";
const EVASION: &str = "corpus/detect/evasion.jsonl";
/// The name of a transform that no goal counts begins so.
const BEYOND: &str = "beyond";

#[derive(Debug)]
pub struct Options {
    pub file: Option<PathBuf>,
    /// In hundredths; findings below it are none.
    pub threshold: u8,
    pub json: bool,
    /// Prints each mistake.
    pub show: bool,
}

/// Scores one file, or all sets of the repository with their goals; a goal that is missed is an error.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let scanner = Scanner::builder().build();
    if let Some(file) = &options.file {
        let name = file.file_stem().and_then(|name| name.to_str()).context("a file with a name")?;
        let cases = set::read(file)?;
        if cases.iter().any(|case| case.transform.is_some()) {
            evasion(&scanner, &cases, options);
        } else {
            scored(&scanner, name, &cases, None, options);
        }
        return Ok(());
    }
    let mut goals = Goals::default();
    scored(&scanner, "messages", &set::read(Path::new(MESSAGES))?, Some(&mut goals), options);
    let found = evasion(&scanner, &set::read(Path::new(EVASION))?, options);
    goals.at_least("recall of evasion", found, 0.95);
    for corpus in benign::corpora(Path::new("."))? {
        let rate = corpus.hits(&scanner, options)?;
        if let Some(goal) = corpus.goal {
            goals.at_most(&format!("hits per MB of {}", corpus.name), rate, goal);
        }
    }
    goals.end()
}

#[derive(Debug, Default)]
struct Goals(Vec<String>);

impl Goals {
    fn at_least(&mut self, what: &str, value: f64, goal: f64) {
        if value.is_nan() || value < goal {
            self.0.push(format!("{what} is {value:.3}, below {goal}"));
        }
    }

    fn at_most(&mut self, what: &str, value: f64, goal: f64) {
        if value.is_nan() || value > goal {
            self.0.push(format!("{what} is {value:.3}, above {goal}"));
        }
    }

    fn end(self) -> anyhow::Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        bail!("goals missed:\n  {}", self.0.join("\n  "))
    }
}

pub fn findings(scanner: &Scanner, case: &Case, threshold: u8) -> Result<Vec<Finding>, OverBudget> {
    let mut tail = Tail::default();
    for message in &case.before {
        tail.push(message);
    }
    let context = Context { tail: (!case.before.is_empty()).then_some(&tail), ..Context::default() };
    let document = case.json.then(|| serde_json::from_str::<&RawValue>(&case.text).ok()).flatten();
    let mut findings = match document {
        Some(json) => scanner.scan_json(json, &context)?,
        None => scanner.scan(&case.text, &context)?,
    };
    findings.retain(|finding| finding.score.hundredths() >= threshold);
    Ok(findings.to_vec())
}

fn scored(scanner: &Scanner, name: &str, cases: &[Case], goals: Option<&mut Goals>, options: &Options) {
    let mut score = Score::of(cases);
    for case in cases {
        let Ok(findings) = findings(scanner, case, options.threshold) else {
            score.refused += 1;
            continue;
        };
        score.add(case, &findings, |mistake| {
            if options.show {
                show(case, &mistake);
            }
        });
    }
    let structured = score.structured();
    let documents = &score.documents;
    let mut figures = vec![
        ("structured_f1", structured.f1()),
        ("precision", structured.precision()),
        ("recall", structured.recall()),
        ("leaked_characters", score.characters.value()),
        ("leaked_with_names", score.all_characters.value()),
        ("document_recall", documents.with.value()),
        ("document_false_positives", documents.without.value()),
        ("documents", cases.len() as f64),
        ("refused", score.refused as f64),
    ];
    if let Some(goals) = goals {
        figures.extend([("goal_structured_f1", 0.985), ("goal_document_false_positives", 0.005)]);
        goals.at_least(&format!("structured F1 of {name}"), structured.f1(), 0.985);
        let share = documents.without.value();
        goals.at_most(&format!("share of documents of {name} that have findings and nothing to find"), share, 0.005);
    }
    if options.json {
        row(name, figures, true);
        kinds_as_json(name, &score);
    } else {
        table(name, &score);
        row(name, figures, false);
    }
}

fn row(case: &str, figures: Figures, json: bool) {
    print("detect", case, &[], &Measured { subject: "syndic", figures }, "", json);
}

fn kinds_as_json(name: &str, score: &Score) {
    for (kind, counts) in &score.kinds {
        let figures = vec![
            ("precision", counts.precision()),
            ("recall", counts.recall()),
            ("f1", counts.f1()),
            ("gold", counts.gold as f64),
            ("findings", counts.found as f64),
        ];
        row(&format!("{name} {kind}"), figures, true);
    }
    for (kind, count) in &score.apart {
        row(&format!("{name} {kind} (not in the file)"), vec![("findings", *count as f64)], true);
    }
}

fn table(name: &str, score: &Score) {
    println!("{:28} {:>5} {:>9} {:>9} {:>9}", name, "gold", "precision", "recall", "F1");
    let (looked_for, other): (Vec<_>, Vec<_>) = score.kinds.iter().partition(|(kind, _)| is_structured(kind));
    for (kind, counts) in looked_for {
        let (precision, recall) = (counts.precision(), counts.recall());
        println!("  {kind:26} {:>5} {precision:>9.3} {recall:>9.3} {:>9.3}", counts.gold, counts.f1());
    }
    for (kind, counts) in other {
        println!("  {kind:26} {:>5}   not looked for", counts.gold);
    }
    for (kind, count) in &score.apart {
        println!("  {kind:26} {:>5}   {count} findings of a kind that the file has none of", "-");
    }
}

/// Prints recall by transform and returns it over those that the goal counts.
fn evasion(scanner: &Scanner, cases: &[Case], options: &Options) -> f64 {
    let mut transforms: BTreeMap<&str, (Share, Share)> = BTreeMap::new();
    let mut sum = Share::default();
    for case in cases {
        let findings = findings(scanner, case, options.threshold).unwrap_or_default();
        let (is_covered, is_said) = met(case, &findings);
        let name = case.transform.as_deref().unwrap_or("plain");
        let (found, said) = transforms.entry(name).or_default();
        found.of += 1;
        found.part += usize::from(is_covered && is_said);
        said.of += 1;
        said.part += usize::from(is_covered);
        if !name.starts_with(BEYOND) {
            sum.of += 1;
            sum.part += usize::from(is_covered && is_said);
        }
        if options.show && !(is_covered && is_said) {
            let kind = case.gold.first().map_or("", |gold| gold.kind.as_str());
            let why = if is_covered { "not said to be disguised" } else { "missed" };
            println!("evasion\t{name}\t{kind}\t{why}\t{}\t{:?}", case.text.escape_debug(), found_in(&findings));
        }
    }
    if !options.json {
        println!("{:28} {:>5} {:>9} {:>9}", "evasion", "values", "found", "covered");
    }
    for (name, (found, said)) in &transforms {
        if options.json {
            let figures = vec![("recall", found.value()), ("covered", said.value()), ("values", found.of as f64)];
            row(&format!("evasion {name}"), figures, true);
        } else {
            println!("  {name:26} {:>5} {:>9.3} {:>9.3}", found.of, found.value(), said.value());
        }
    }
    let figures = vec![("recall", sum.value()), ("goal_recall", 0.95), ("values", sum.of as f64)];
    row("evasion", figures, options.json);
    sum.value()
}

/// Whether 80 % of the value's characters are covered by its kind, and a disguise is said to be one.
fn met(case: &Case, findings: &[Finding]) -> (bool, bool) {
    let Some(kind) = case.gold.first().map(|gold| gold.kind.as_str()) else { return (false, false) };
    let same: Vec<&Finding> = findings.iter().filter(|finding| finding.entity.as_str() == kind).collect();
    let spans: Vec<Range<usize>> = same.iter().map(|finding| finding.span.clone()).collect();
    let length: usize = case.gold.iter().map(|gold| case.text[gold.span.clone()].chars().count()).sum();
    let covered: usize = case.gold.iter().map(|gold| covered(&case.text, &gold.span, &spans)).sum();
    let touches = |finding: &&&Finding| {
        case.gold.iter().any(|gold| gold.span.start < finding.span.end && finding.span.start < gold.span.end)
    };
    let said = same.iter().filter(touches).any(|finding| finding.evidence.evasion.is_some());
    (covered * 10 >= length * 8, said || !case.disguised)
}

fn found_in(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| format!("{} {:?} {}", finding.entity, finding.span, finding.score)).collect()
}

fn show(case: &Case, mistake: &Mistake<'_>) {
    let template = case.template.as_deref().unwrap_or("-");
    match mistake {
        Mistake::Missed(kind, span) => println!("missed\t{kind}\t{template}\t{}", around(&case.text, span)),
        Mistake::False(finding) => println!(
            "false\t{}\t{template}\t{}\t{} {}{}",
            finding.entity,
            around(&case.text, &finding.span),
            finding.evidence.pattern,
            finding.score,
            finding.evidence.evasion.map_or(String::new(), |evasion| format!(" {}", evasion.as_str())),
        ),
    }
}

/// The span in «» with some of what stands around it, on one line.
pub fn around(text: &str, span: &Range<usize>) -> String {
    let from = text.floor_char_boundary(span.start.saturating_sub(50));
    let to = text.ceil_char_boundary((span.end + 30).min(text.len()));
    let shown = format!("{}«{}»{}", &text[from..span.start], &text[span.clone()], &text[span.end..to]);
    shown.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'")
}
