//! `syndic init`

use std::path::PathBuf;

use serde_json::json;
use syndic_governance::InitError;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};

/// Start a governance directory with three agents, a catalogue and policies
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic init governance                   write it into ./governance
  syndic check --dir governance            a fresh one has no findings")]
pub(crate) struct InitArgs {
    /// Where to write it; nothing that is there is overwritten
    #[arg(value_name = "DIR")]
    target: PathBuf,
}

pub(crate) fn run(args: &InitArgs, out: &Output) -> anyhow::Result<Exit> {
    let files = syndic_governance::init(&args.target).map_err(|error| match error {
        InitError::Exists { .. } => anyhow::Error::new(Failure::new(
            error.to_string(),
            "nothing was written; name a directory that holds none of it yet",
        )),
        InitError::Write { .. } => error.into(),
    })?;
    if out.is_json() {
        out.document(&json!({ "files": files }))?;
        return Ok(Exit::Success);
    }
    for file in &files {
        out.line(out.paint(Tone::Quiet, file.display()))?;
    }
    let dir = args.target.display();
    out.line(format!(
        "\nWrote {} files. Next:\n  syndic check --dir {dir}\n  syndic serve --dir {dir}",
        files.len()
    ))?;
    Ok(Exit::Success)
}
