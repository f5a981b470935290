//! The results as people and machines read them.

use std::collections::BTreeMap;
use std::io;

use serde_json::{Value, json};
use syndic_gate::{BranchCoverage, Coverage, Trial};

use super::Run;
use crate::finding::FindingBody;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};

/// Prints failures first, then a line for each file, then the sum.
pub(super) fn print(run: &Run<'_>, with_coverage: bool, out: &Output) -> io::Result<()> {
    for trial in run.failed() {
        failure(trial, out)?;
    }
    files(run, out)?;
    if with_coverage {
        out.line("")?;
        covered(&run.coverage, out)?;
    }
    let (all, failed) = (run.trials.len(), run.failed().count());
    let verdict = if run.passed() { (Tone::Good, "ok") } else { (Tone::Bad, "failed") };
    let wrong = match run.findings.len() {
        0 => String::new(),
        1 => "; 1 finding in the test files".to_owned(),
        many => format!("; {many} findings in the test files"),
    };
    out.line(format!(
        "\n{}: {} of {all} tests passed; {}{wrong}",
        out.paint(verdict.0, verdict.1),
        all - failed,
        reach(&run.coverage),
    ))
}

/// Shows what was expected, what was decided, and why.
fn failure(trial: &Trial<'_>, out: &Output) -> io::Result<()> {
    let case = trial.case;
    out.line(format!(
        "{}  {}\n      {}",
        out.paint(Tone::Bad, "FAIL"),
        out.paint(Tone::Strong, &case.name),
        out.paint(Tone::Quiet, &case.place),
    ))?;
    let mut table = Table::new(&["     ", "expected", "decided"]);
    for miss in &trial.mismatches {
        table.push(vec![
            Cell::from(format!("      {}", miss.field)),
            Cell::new(Tone::Good, &miss.expected),
            Cell::new(Tone::Bad, &miss.actual),
        ]);
    }
    table.write(out)?;
    for reason in trial.decided.reasons() {
        out.line(format!("      {} {reason}", out.paint(Tone::Quiet, "because")))?;
    }
    out.line("")
}

fn files(run: &Run<'_>, out: &Output) -> io::Result<()> {
    let mut files: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for trial in &run.trials {
        let (all, failed) = files.entry(&trial.case.place.file).or_default();
        *all += 1;
        *failed += usize::from(!trial.mismatches.is_empty());
    }
    let mut table = Table::without_header();
    for (file, (all, failed)) in files {
        let (tone, word) = if failed == 0 { (Tone::Good, "ok") } else { (Tone::Bad, "FAIL") };
        let count = format!("{} of {all}", all - failed);
        table.push(vec![Cell::new(tone, word), Cell::from(file), Cell::new(Tone::Quiet, count)]);
    }
    table.write(out)
}

fn covered(coverage: &[Coverage], out: &Output) -> io::Result<()> {
    let mut table = Table::new(&["policy", "covered", "stood in the way", "passed", "branches"]);
    for covered in coverage {
        let tone = match word(covered) {
            "fired" => Tone::Good,
            "passed" => Tone::Plain,
            _ => Tone::Waiting,
        };
        table.push(vec![
            Cell::from(covered.policy.as_str()),
            Cell::new(tone, word(covered)),
            Cell::from(covered.fired.to_string()),
            Cell::from(covered.passed.to_string()),
            branches_cell(&covered.branches),
        ]);
    }
    table.write(out)?;
    unseen(coverage, out)
}

/// Counts the answers that were seen; each branch has two.
fn branches_cell(branches: &[BranchCoverage]) -> Cell {
    if branches.is_empty() {
        return Cell::from("");
    }
    let (seen, all) = (seen(branches), 2 * branches.len());
    let tone = if seen == all { Tone::Good } else { Tone::Waiting };
    Cell::new(tone, format!("{seen} of {all}"))
}

fn seen(branches: &[BranchCoverage]) -> usize {
    branches.iter().map(BranchCoverage::seen).sum()
}

/// Lists the branches that some answer is missing of.
fn unseen(coverage: &[Coverage], out: &Output) -> io::Result<()> {
    let mut table = Table::new(&["branch", "written at", "not seen"]);
    let mut any = false;
    for branch in coverage.iter().flat_map(|covered| &covered.branches) {
        let missing = match (branch.held, branch.failed) {
            (0, 0) => "true, false",
            (0, _) => "true",
            (_, 0) => "false",
            (_, _) => continue,
        };
        any = true;
        table.push(vec![
            Cell::from(branch.text.as_str()),
            Cell::new(Tone::Quiet, branch.place.to_string()),
            Cell::new(Tone::Waiting, missing),
        ]);
    }
    if any {
        out.line("")?;
        table.write(out)?;
    }
    Ok(())
}

/// Says how far a policy was exercised; a `permit` that permits has passed.
const fn word(covered: &Coverage) -> &'static str {
    match (covered.fired, covered.passed) {
        (0, 0) => "never exercised",
        (0, _) => "passed",
        (_, _) => "fired",
    }
}

fn reach(coverage: &[Coverage]) -> String {
    let count = |what: &str| coverage.iter().filter(|covered| word(covered) == what).count();
    format!(
        "of {} policies {} fired, {} only passed, {} never exercised",
        coverage.len(),
        count("fired"),
        count("passed"),
        count("never exercised"),
    )
}

/// Makes the answer of `--json`.
pub(super) fn document(run: &Run<'_>) -> Value {
    let tests: Vec<_> = run.trials.iter().map(trial).collect();
    let coverage: Vec<_> = run
        .coverage
        .iter()
        .map(|covered| {
            json!({
                "policy": covered.policy.as_str(),
                "covered": word(covered),
                "fired": covered.fired,
                "passed": covered.passed,
                "branches": covered.branches.iter().map(branch).collect::<Vec<_>>(),
            })
        })
        .collect();
    let findings: Vec<_> = run.findings.iter().map(FindingBody::from).collect();
    let failed = run.failed().count();
    json!({
        "ok": run.passed(),
        "passed": run.trials.len() - failed,
        "failed": failed,
        "tests": tests,
        "coverage": coverage,
        "findings": findings,
    })
}

fn branch(branch: &BranchCoverage) -> Value {
    let position = branch.place.position;
    json!({
        "text": branch.text,
        "file": branch.place.file,
        "line": position.map(|(line, _)| line),
        "column": position.map(|(_, column)| column),
        "true": branch.held,
        "false": branch.failed,
    })
}

fn trial(trial: &Trial<'_>) -> Value {
    let position = trial.case.place.position;
    let mismatches: Vec<_> = trial
        .mismatches
        .iter()
        .map(
            |miss| json!({ "field": miss.field, "expected": miss.expected, "actual": miss.actual }),
        )
        .collect();
    json!({
        "name": trial.case.name,
        "file": trial.case.place.file,
        "line": position.map(|(line, _)| line),
        "column": position.map(|(_, column)| column),
        "ok": mismatches.is_empty(),
        "effect": trial.decided.effect.to_string(),
        "reasons": trial.decided.reasons(),
        "mismatches": mismatches,
    })
}
