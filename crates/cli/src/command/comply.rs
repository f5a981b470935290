//! `syndic comply`

mod catalogue;
mod diff;
mod report;
mod verify;

use std::path::Path;

use anyhow::Context as _;
use clap::Subcommand;
use syndic_compliance::Report;

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// Report what the evidence shows of an agent's duties, and verify such reports
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  syndic comply report --agent customer-support --out report.json
  syndic comply verify report.json --log governance
  syndic comply diff january.json november.json
  syndic comply catalogue eu-ai-act

A report says what was measured, what somebody answers for, and what is unknown. It says of no agent that it is in order.")]
pub(crate) enum ComplyCommand {
    Report(report::ReportArgs),
    Verify(verify::VerifyArgs),
    Diff(diff::DiffArgs),
    Catalogue(catalogue::CatalogueArgs),
}

pub(crate) async fn run(
    command: ComplyCommand,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Exit> {
    match command {
        ComplyCommand::Report(args) => report::run(args, global, out).await,
        ComplyCommand::Verify(args) => verify::run(&args, global, out),
        ComplyCommand::Diff(args) => diff::run(&args, out),
        ComplyCommand::Catalogue(args) => catalogue::run(&args, out),
    }
}

/// Reads a report that was written to a file.
fn read(file: &Path) -> anyhow::Result<Report> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read `{}`", file.display()))?;
    serde_json::from_str(&text).map_err(|error| {
        let message = format!("`{}` is no report: {error}", file.display());
        Failure::usage(message, "make one with `syndic comply report --agent ID --out report.json`")
            .into()
    })
}
