//! `syndic comply`

mod catalogue;
mod diff;
mod dossier;
mod report;
mod verified;
mod verify;

use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::Context as _;
use clap::Subcommand;
use syndic_compliance::Report;
use syndic_governance::data_dir;

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::{daemon, key};

/// Report what the evidence shows of an agent's duties, and verify such reports
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  syndic comply report --agent customer-support --out report.json
  syndic comply verify report.json --log governance
  syndic comply diff january.json november.json
  syndic comply dossier --agent customer-support --format html --out annex-iv.html
  syndic comply catalogue eu-ai-act

A report says what was measured, what somebody answers for, and what is unknown. It says of no agent that it is in order.")]
pub(crate) enum ComplyCommand {
    Report(report::ReportArgs),
    Verify(verify::VerifyArgs),
    Diff(diff::DiffArgs),
    Dossier(dossier::DossierArgs),
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
        ComplyCommand::Dossier(args) => dossier::run(&args, global, out).await,
        ComplyCommand::Catalogue(args) => catalogue::run(&args, out),
    }
}

/// Who asked, where nobody needed a key.
pub(super) const LOCAL: &str = "local";

/// Says what the commands that would close something leave out.
pub(super) fn with_commands(global: &Global) -> String {
    let dir = match global.dir.as_path() {
        here if here == Path::new(".") => String::new(),
        dir => format!("`--dir {}` and ", dir.display()),
    };
    format!("add to the commands {dir}`--key-file FILE`, or set SYNDIC_KEY")
}

/// Tells whether no daemon runs and no key is at hand: then this process opens the data directory.
pub(super) fn is_alone(global: &Global) -> anyhow::Result<bool> {
    let runs = || UnixStream::connect(daemon::socket(&data_dir(&global.dir))).is_ok();
    Ok(global.url.is_none() && key::given(global)?.is_none() && !runs())
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
