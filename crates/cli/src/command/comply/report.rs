//! `syndic comply report`

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::ValueEnum;
use jiff::civil::Date;
use serde_json::{Value, json};
use syndic_api::ProvenReport;
use syndic_client::ReportFilter;
use syndic_compliance::{Report, Status, render};
use syndic_gate::{MadeReport, ReportRequest, SystemClock};
use syndic_model::AgentId;

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};
use crate::{connect, daemon, directory};

/// Report what the evidence shows of each duty, and what it does not show
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic comply report --agent customer-support
  syndic comply report --agent customer-support --out report.json --proofs report.proofs
  syndic comply report --agent customer-support --framework eu-ai-act --role deployer --format html --out report.html
  syndic comply report --agent customer-support --as-of 2027-12-02

The JSON is signed by the log's key and can be verified by `syndic comply verify`; the other formats are derived from it.
Needs an auditor's or admin's key: --key-file FILE or SYNDIC_KEY; none where no daemon runs, for then the data directory
is opened by this process.")]
pub(crate) struct ReportArgs {
    /// The agent
    #[arg(long, value_name = "ID")]
    agent: AgentId,
    /// A framework, such as `eu-ai-act`; may be given several times, all where it is left out
    #[arg(long, value_name = "ID")]
    framework: Vec<String>,
    /// Only what binds an operator in this part
    #[arg(long)]
    role: Option<Part>,
    /// The day for which to judge which duties apply (UTC); today where it is left out
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// A summary on a terminal, JSON elsewhere, where it is left out
    #[arg(long)]
    format: Option<Format>,
    /// Write the report to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the records that the report cites, with their proofs, to this file
    #[arg(long, value_name = "FILE")]
    proofs: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Part {
    /// Who has the system made and puts it into service
    Provider,
    /// Who uses it
    Deployer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The report itself, signed
    Json,
    /// A page that prints well
    Html,
    /// Markdown
    Md,
    /// What matters most, for a terminal
    Text,
}

pub(crate) async fn run(args: ReportArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    if let Some(format) = args.format.filter(|format| out.is_json() && *format != Format::Json) {
        return Err(Failure::two_forms(&format).into());
    }
    let about = ReportFilter {
        frameworks: args.framework.clone(),
        role: args
            .role
            .and_then(|role| role.to_possible_value())
            .map(|role| role.get_name().to_owned()),
        as_of: args.as_of,
    };
    let made = made(&args.agent, about, global, out).await?;
    if let Some(file) = &args.proofs {
        match &made.proofs {
            Some(proofs) => fs::write(file, proofs)
                .with_context(|| format!("cannot write `{}`", file.display()))?,
            None => out.warning("the report cites no record, so there are no proofs to write"),
        }
    }
    let report: Report =
        serde_json::from_value(made.report.clone()).context("the report cannot be read")?;
    let text = written(args.format(out), &made.report, &report)?;
    match &args.out {
        Some(file) => {
            fs::write(file, text).with_context(|| format!("cannot write `{}`", file.display()))?;
            let told = json!({"file": file, "headline": report.headline, "record": made.record});
            out.wrote(&told, format!("{}: {}", file.display(), report.headline))?;
        }
        None if args.format(out) == Format::Text => {
            out.text(&coloured(&text, out))?;
            if !report.gaps.is_empty() {
                out.note(super::with_commands(global));
            }
        }
        None => out.text(&text)?,
    }
    Ok(Exit::Success)
}

/// Has the daemon make it; where none runs and no key is at hand, this process opens the data directory for it.
async fn made(
    agent: &AgentId,
    about: ReportFilter,
    global: &Global,
    out: &Output,
) -> anyhow::Result<ProvenReport> {
    if !super::is_alone(global)? {
        return connect::with(global, out, async |client| {
            Ok(client.proven_report(agent.as_str(), &about).await?)
        })
        .await;
    }
    let gate = daemon::open(directory::load(&global.dir, out)?, Arc::new(SystemClock)).await?;
    let ReportFilter { frameworks, role, as_of } = about;
    let role = role.and_then(|role| role.parse().ok());
    let request = ReportRequest { agent: agent.to_string(), frameworks, role, as_of };
    let MadeReport { report, proofs, record, .. } =
        gate.compliance_report(request, super::LOCAL).await?;
    Ok(ProvenReport { report: serde_json::to_value(report)?, proofs, record })
}

impl ReportArgs {
    fn format(&self, out: &Output) -> Format {
        let summary = self.out.is_none() && Output::is_terminal() && !out.is_json();
        self.format.unwrap_or(if summary { Format::Text } else { Format::Json })
    }
}

fn written(format: Format, value: &Value, report: &Report) -> anyhow::Result<String> {
    Ok(match format {
        Format::Json => serde_json::to_string_pretty(value)? + "\n",
        Format::Html => render::html(report),
        Format::Md => render::markdown(report),
        Format::Text => render::text(report),
    })
}

/// Colours the words of the statuses.
fn coloured(text: &str, out: &Output) -> String {
    Status::ALL.iter().fold(text.to_owned(), |text, status| {
        let tone = match status {
            Status::SatisfiedMeasured | Status::SatisfiedAttested => Tone::Good,
            Status::NotSatisfied => Tone::Bad,
            Status::Partial | Status::Stale | Status::Unknown => Tone::Waiting,
            Status::NotApplicable | Status::NotYetApplicable => Tone::Quiet,
        };
        text.replace(
            &format!(" {} ", status.as_str()),
            &format!(" {} ", out.paint(tone, status.as_str())),
        )
    })
}
