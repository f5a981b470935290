//! `syndic alerts`

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// The rules, as Prometheus loads them.
const RULES: &str = include_str!("../../../../monitoring/ai-governance.yaml");

/// Where the rules say that their runbooks are.
const RUNBOOKS_IN_RULES: &str = "docs/runbooks";

macro_rules! runbooks {
    ($($alert:ident),* $(,)?) => {
        &[$((
            stringify!($alert),
            include_str!(concat!("../../../../docs/runbooks/", stringify!($alert), ".md")),
        )),*]
    };
}

/// What to do about each alert.
const RUNBOOKS: &[(&str, &str)] = runbooks![
    HighPolicyViolationRate,
    UnauthorizedToolAccess,
    EvaluationErrors,
    OutcomesMissing,
    AgentSuspended,
    AgentSilent,
    UnusualBehaviour,
    ApprovalTimeouts,
    ApprovalsHalfOver,
    NotificationsFailing,
    BreakGlassOpen,
    SyndicDown,
    LedgerNotWritable,
    LedgerContradicted,
    CheckpointStale,
    WitnessMissing,
    WitnessContradicts,
    RelayBehind,
    SinkStopped,
    PolicyReloadFailed,
    RetentionAtRisk,
    DrillFailed,
    IncidentOverdue,
    ClockNotSane,
];

/// Alerts for Prometheus, and what to do when one fires
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  syndic alerts print > /etc/prometheus/ai-governance.yaml
  syndic alerts runbook UnauthorizedToolAccess")]
pub(crate) enum AlertsCommand {
    Print(PrintArgs),
    Runbook(RunbookArgs),
}

/// Print the rules for Prometheus
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic alerts print > /etc/prometheus/ai-governance.yaml
  syndic alerts print --runbooks https://wiki.example.org/runbooks
  syndic alerts print --json | jq -r '.groups[].rules[].alert // empty'

Needs no daemon and no directory. Prometheus finds the file by `rule_files`; docs/alerts.md says more.")]
pub(crate) struct PrintArgs {
    /// Where you keep docs/runbooks, for `runbook_url`
    #[arg(long, value_name = "URL", value_parser = address)]
    runbooks: Option<String>,
}

/// Print what an alert means and what to do about it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic alerts runbook UnauthorizedToolAccess
  syndic alerts runbook LedgerNotWritable | less

Needs no daemon and no directory. Exits 2 when there is no such alert.")]
pub(crate) struct RunbookArgs {
    /// The alert's name
    #[arg(value_name = "ALERT")]
    alert: String,
}

pub(crate) fn run(command: &AlertsCommand, out: &Output) -> anyhow::Result<Exit> {
    match command {
        AlertsCommand::Print(args) => print(args, out)?,
        AlertsCommand::Runbook(args) => runbook(&args.alert, out)?,
    }
    Ok(Exit::Success)
}

fn print(args: &PrintArgs, out: &Output) -> anyhow::Result<()> {
    let rules = match &args.runbooks {
        Some(url) => RULES.replace(
            &format!("runbook_url: {RUNBOOKS_IN_RULES}/"),
            &format!("runbook_url: {}/", url.trim_end_matches('/')),
        ),
        None => RULES.to_owned(),
    };
    if out.is_json() {
        let rules: Value = serde_saphyr::from_str(&rules).context("the shipped rules are YAML")?;
        out.document(&rules)?;
    } else {
        out.text(&rules)?;
    }
    Ok(())
}

fn runbook(alert: &str, out: &Output) -> anyhow::Result<()> {
    let Some((name, page)) = RUNBOOKS.iter().find(|(name, _)| name.eq_ignore_ascii_case(alert))
    else {
        let names: Vec<_> = RUNBOOKS.iter().map(|(name, _)| *name).collect();
        return Err(Failure::usage(
            format!("there is no alert `{}`", alert.escape_debug()),
            format!("the alerts are {}", names.join(", ")),
        )
        .into());
    };
    if out.is_json() {
        out.document(&json!({ "alert": name, "runbook": page }))?;
    } else {
        out.text(page)?;
    }
    Ok(())
}

/// Takes what can stand in YAML without quotes and is an address of the web.
fn address(text: &str) -> Result<String, String> {
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?@&+=%".contains(c);
    if is_web && text.chars().all(is_plain) && !text.ends_with(':') {
        Ok(text.to_owned())
    } else {
        Err("it must be an address as `https://wiki.example.org/runbooks`".to_owned())
    }
}
