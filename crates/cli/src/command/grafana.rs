//! `syndic grafana`

use clap::Subcommand;

use crate::exit::Exit;
use crate::output::Output;

/// The dashboard, as Grafana exports and imports it.
const DASHBOARD: &str = include_str!("../../../../monitoring/grafana.json");

/// A dashboard for Grafana
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  syndic grafana print > ai-governance.json")]
pub(crate) enum GrafanaCommand {
    Print(PrintArgs),
}

/// Print the dashboard for Grafana
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic grafana print > ai-governance.json
  syndic grafana print | jq -r '.panels[].title'

Needs no daemon and no directory. Import the file in Grafana under Dashboards, and choose the Prometheus
that scrapes syndic. docs/alerts.md says more.")]
pub(crate) struct PrintArgs {}

pub(crate) fn run(command: &GrafanaCommand, out: &Output) -> anyhow::Result<Exit> {
    match command {
        GrafanaCommand::Print(PrintArgs {}) => out.text(DASHBOARD)?,
    }
    Ok(Exit::Success)
}
