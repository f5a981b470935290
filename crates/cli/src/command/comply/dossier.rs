//! `syndic comply dossier`

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::ValueEnum;
use serde_json::json;
use syndic_client::ReportFilter;
use syndic_compliance::Dossier;
use syndic_gate::{ReportRequest, SystemClock};
use syndic_model::AgentId;

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::{connect, daemon, directory};

/// Put together the technical file of Annex IV, as far as the evidence fills it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic comply dossier --agent customer-support
  syndic comply dossier --agent customer-support --format html --out annex-iv.html
  syndic comply dossier --agent customer-support --json

What a runtime knows is filled and says where it comes from; the rest is marked as needing a person, with the statement
that would carry it. Needs an auditor's or admin's key where a daemon runs: --key-file FILE or SYNDIC_KEY.")]
pub(crate) struct DossierArgs {
    /// The agent
    #[arg(long, value_name = "ID")]
    agent: AgentId,
    /// Markdown where it is left out; JSON with --json
    #[arg(long)]
    format: Option<Format>,
    /// Write the dossier to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For programs
    Json,
    /// A page that prints well
    Html,
    /// Markdown
    Md,
}

pub(crate) async fn run(args: &DossierArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    if let Some(format) = args.format.filter(|format| out.is_json() && *format != Format::Json) {
        return Err(Failure::two_forms(&format).into());
    }
    let dossier = made(&args.agent, global, out).await?;
    let format = args.format.unwrap_or(if out.is_json() { Format::Json } else { Format::Md });
    let text = match format {
        Format::Json => serde_json::to_string_pretty(&dossier)? + "\n",
        Format::Html => dossier.html(),
        Format::Md => dossier.markdown(),
    };
    match &args.out {
        Some(file) => {
            fs::write(file, text).with_context(|| format!("cannot write `{}`", file.display()))?;
            let open = dossier.open.len();
            let told = format!("{}: {open} elements need a person", file.display());
            out.wrote(&json!({"file": file, "open": open}), told)?;
        }
        None => out.text(&text)?,
    }
    Ok(Exit::Success)
}

async fn made(agent: &AgentId, global: &Global, out: &Output) -> anyhow::Result<Dossier> {
    if !super::is_alone(global)? {
        let found = connect::with(global, out, async |client| {
            Ok(client.compliance_dossier(agent.as_str(), &ReportFilter::default()).await?)
        });
        return serde_json::from_value(found.await?).context("the dossier cannot be read");
    }
    let gate = daemon::open(directory::load(&global.dir, out)?, Arc::new(SystemClock)).await?;
    let request = ReportRequest { agent: agent.to_string(), ..ReportRequest::default() };
    Ok(gate.compliance_report(request, super::LOCAL).await?.dossier)
}
