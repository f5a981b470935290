//! `syndic test`

mod junit;
mod show;

use std::path::PathBuf;

use anyhow::Context as _;
use syndic_gate::{Coverage, SystemClock, Trial, coverage, try_case};
use syndic_governance::{Case, read_cases};
use syndic_model::{Finding, Level};

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::{self, Failure};
use crate::finding;
use crate::output::Output;
use crate::{directory, watch};

/// Run the tests of the policies
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic test                              every test in policies/tests
  syndic test refund                       those with `refund` in name or file
  syndic test --coverage                   and which policies they reach
  syndic test --junit report.xml           and a report for a CI server
  syndic test --watch                      again whenever a file changes

A test says what is given and what is expected; see policies/tests of a fresh directory.
Exits 0 when all pass, 1 when one does not or a file is wrong, 2 when NAME matches nothing.")]
pub(crate) struct TestArgs {
    /// Only tests with this in their name or file
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Tell of every policy whether it stood in the way, passed, or was never asked
    #[arg(long)]
    coverage: bool,
    /// Write the results to this file as XML, for a CI server
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Run again whenever a file of the governance directory changes, until stopped
    #[arg(long)]
    watch: bool,
}

/// What a run came to.
struct Run<'a> {
    trials: Vec<Trial<'a>>,
    coverage: Vec<Coverage>,
    /// What is wrong in the test files.
    findings: &'a [Finding],
}

pub(crate) fn run(args: &TestArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    if !args.watch {
        return once(args, global, out);
    }
    watch::each_change(&global.dir, || {
        if let Err(error) = once(args, global, out) {
            failure::report(&error, out);
        }
        out.note("waiting for a change; Ctrl-C ends");
    })
}

fn once(args: &TestArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let governance = directory::load(&global.dir, out)?;
    let read = read_cases(&global.dir, &governance);
    for one in &read.findings {
        out.note(finding::render(one, &read.sources, out.colours_errors()));
    }
    let chosen: Vec<_> = read.cases.iter().filter(|case| args.chooses(case)).collect();
    if chosen.is_empty() && read.findings.is_empty() {
        return Err(nothing_to_run(args, !read.cases.is_empty()).into());
    }
    let trials: Vec<_> =
        chosen.into_iter().map(|case| try_case(&governance, &SystemClock, case)).collect();
    let run = Run { coverage: coverage(&governance, &trials), trials, findings: &read.findings };
    if let Some(path) = &args.junit {
        std::fs::write(path, junit::report(&run))
            .with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    if out.is_json() {
        out.document(&show::document(&run))?;
    } else {
        show::print(&run, args.coverage, out)?;
    }
    Ok(if run.passed() { Exit::Success } else { Exit::Failure })
}

impl TestArgs {
    fn chooses(&self, case: &Case) -> bool {
        self.name
            .as_ref()
            .is_none_or(|name| case.name.contains(name) || case.place.file.contains(name))
    }
}

impl Run<'_> {
    fn failed(&self) -> impl Iterator<Item = &Trial<'_>> {
        self.trials.iter().filter(|trial| !trial.mismatches.is_empty())
    }

    fn passed(&self) -> bool {
        self.failed().next().is_none()
            && self.findings.iter().all(|finding| finding.level != Level::Error)
    }
}

fn nothing_to_run(args: &TestArgs, others: bool) -> Failure {
    match &args.name {
        Some(name) if others => Failure::usage(
            format!("no test has `{name}` in its name or file"),
            "leave NAME out to run all of them",
        ),
        _ => Failure::new(
            "there are no tests in policies/tests",
            "write one, as in the directory that `syndic init DIR` makes",
        ),
    }
}
