//! What can be typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::command::{
    actions, agents, alerts, approvals, attest, audit, backup, break_glass, check, checklist,
    completions, comply, decide, demo, diff, doctor, drill, explain, grafana, incident, init, keys,
    learn, mcp, metrics, pack, permit, policy, promote, prove, relay, replay, restore, scan,
    schema, serve, sign_in, status, test, witness,
};

/// Governs AI agents: every action is decided by policy, recorded, and only then may run.
#[derive(Debug, Parser)]
#[command(
    name = "syndic",
    version,
    propagate_version = true,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  syndic demo                              see agents being governed
  syndic init governance                   start a governance directory
  syndic check --dir governance            find every mistake in it
  syndic serve --dir governance            decide and record actions
  syndic mcp --agent ID -- COMMAND         stand in front of an MCP server

Exit codes: 0 ok, 1 failed or findings, 2 usage. `syndic decide` exits 10 for deny and 11 for hold."
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Global {
    /// The governance directory
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    pub(crate) dir: PathBuf,
    /// Talk to the daemon at this address instead of the one of DIR
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Read the key from this file, which only you may read; else it is taken from `SYNDIC_KEY`
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Answer with JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::InitArgs),
    Check(check::CheckArgs),
    Test(test::TestArgs),
    Serve(serve::ServeArgs),
    Mcp(Box<mcp::McpArgs>),
    Decide(decide::DecideArgs),
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    #[command(subcommand)]
    Pack(pack::PackCommand),
    Promote(promote::PromoteArgs),
    Prove(prove::ProveArgs),
    Diff(diff::DiffArgs),
    Scan(scan::ScanArgs),
    Schema(schema::SchemaArgs),
    #[command(subcommand)]
    Actions(actions::ActionsCommand),
    #[command(subcommand)]
    Agents(agents::AgentsCommand),
    #[command(subcommand)]
    Approvals(approvals::ApprovalsCommand),
    Attest(Box<attest::AttestArgs>),
    Checklist(checklist::ChecklistArgs),
    #[command(subcommand)]
    Comply(comply::ComplyCommand),
    #[command(subcommand)]
    Drill(drill::DrillCommand),
    Explain(explain::ExplainArgs),
    Replay(replay::ReplayArgs),
    Learn(learn::LearnArgs),
    #[command(subcommand)]
    Relay(relay::RelayCommand),
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    Backup(backup::BackupArgs),
    Restore(restore::RestoreArgs),
    BreakGlass(break_glass::BreakGlassArgs),
    #[command(subcommand)]
    Incident(incident::IncidentCommand),
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    #[command(subcommand)]
    Permit(permit::PermitCommand),
    #[command(subcommand)]
    Witness(witness::WitnessCommand),
    #[command(subcommand)]
    Metrics(metrics::MetricsCommand),
    SignIn(sign_in::SignInArgs),
    Status(status::StatusArgs),
    Doctor(doctor::DoctorArgs),
    #[command(subcommand)]
    Alerts(alerts::AlertsCommand),
    #[command(subcommand)]
    Grafana(grafana::GrafanaCommand),
    Demo(demo::DemoArgs),
    Completions(completions::CompletionsArgs),
}
