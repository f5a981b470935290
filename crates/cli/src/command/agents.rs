//! `syndic agents`

use std::io;

use clap::Subcommand;
use serde_json::json;
use syndic_api::{AgentBody, Agents, SwitchAgent, Switched};
use syndic_client::Client;
use syndic_governance::NewAgentError;
use syndic_model::AgentId;

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::when::readable;
use crate::{connect, directory};

/// Show agents, stop them, let them act again
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  syndic agents list
  syndic agents show customer-support
  syndic agents suspend customer-support --reason 'answers are wrong since 14:00'
  syndic agents suspend --all --reason 'incident 4711'
  syndic agents resume --all --reason 'incident 4711 is over'
  syndic agents new invoice-reader --dir governance

All but `new` need a key: --key-file FILE or SYNDIC_KEY.")]
pub(crate) enum AgentsCommand {
    #[command(flatten)]
    Call(AgentsCall),
    /// Draft a profile in the governance directory
    New {
        /// The new agent's id
        #[arg(value_name = "ID")]
        id: AgentId,
    },
}

/// What the daemon is asked.
#[derive(Debug, Subcommand)]
pub(crate) enum AgentsCall {
    /// List the registered agents
    List,
    /// Show one agent
    Show {
        /// The agent's id
        #[arg(value_name = "ID")]
        id: AgentId,
    },
    /// Stop an agent: every action from now on is denied, across restarts
    Suspend(SwitchArgs),
    /// Let a stopped agent act again
    Resume(SwitchArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct SwitchArgs {
    /// The agent's id
    #[arg(value_name = "ID", required_unless_present = "all")]
    id: Option<AgentId>,
    /// All agents
    #[arg(long, conflicts_with = "id")]
    all: bool,
    /// Why; it is recorded
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(crate) async fn run(
    command: AgentsCommand,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Exit> {
    match command {
        AgentsCommand::New { id } => draft(&id, global, out)?,
        AgentsCommand::Call(call) => {
            connect::with(global, out, async |client| ask(call, client, out).await).await?;
        }
    }
    Ok(Exit::Success)
}

async fn ask(call: AgentsCall, client: &Client, out: &Output) -> anyhow::Result<()> {
    match call {
        AgentsCall::List => list(&client.agents().await?, out)?,
        AgentsCall::Show { id } => show(&client.agent(id.as_str()).await?, out)?,
        AgentsCall::Suspend(args) => {
            switched(&client.suspend(args.target(), &args.switch()).await?, out)?;
        }
        AgentsCall::Resume(args) => {
            switched(&client.resume(args.target(), &args.switch()).await?, out)?;
        }
    }
    Ok(())
}

impl SwitchArgs {
    fn target(&self) -> &str {
        self.id.as_ref().map_or("*", AgentId::as_str)
    }

    fn switch(&self) -> SwitchAgent {
        SwitchAgent { reason: self.reason.clone() }
    }
}

fn draft(id: &AgentId, global: &Global, out: &Output) -> anyhow::Result<()> {
    directory::check(&global.dir)?;
    let path = syndic_governance::new_agent(&global.dir, id).map_err(|error| match error {
        NewAgentError::Exists { .. } => {
            anyhow::Error::new(Failure::new(error.to_string(), "edit it, or choose another id"))
        }
        NewAgentError::Write { .. } => error.into(),
    })?;
    if out.is_json() {
        out.document(&json!({ "agent": id.as_str(), "file": path }))?;
    } else {
        out.line(format!("Wrote {}. Edit it, then run `syndic check`.", path.display()))?;
    }
    Ok(())
}

fn list(agents: &Agents, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(agents);
    }
    let mut table =
        Table::new(&["agent", "risk", "mode", "state", "last seen (UTC)", "team", "purpose"]);
    for agent in &agents.agents {
        table.push(vec![
            Cell::from(&agent.id),
            Cell::from(&agent.risk_level),
            Cell::from(&agent.mode),
            Cell::new(tone(&agent.state), &agent.state),
            Cell::from(last_seen(agent)),
            Cell::from(&agent.owner.team),
            Cell::from(&agent.purpose),
        ]);
    }
    table.write(out)
}

fn show(agent: &AgentBody, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(agent);
    }
    let owner = &agent.owner;
    let state = match &agent.suspended_reason {
        Some(reason) => format!("suspended: {reason}"),
        None => agent.state.clone(),
    };
    let approval = if agent.requires_human_approval { "where the threshold asks" } else { "never" };
    let mut table = Table::new(&[&agent.id, &agent.name]);
    for (name, value) in [
        ("state", state),
        ("last seen (UTC)", last_seen(agent)),
        ("risk", agent.risk_level.clone()),
        ("mode", agent.mode.clone()),
        ("owner", format!("{}, {}, {}", owner.person, owner.team, owner.contact)),
        ("purpose", agent.purpose.clone()),
        ("version", agent.version.clone()),
        ("capabilities", agent.capabilities.join(", ")),
        ("transaction limit", agent.max_transaction_amount.clone()),
        ("human approval", approval.to_owned()),
        ("approvers", agent.approvers.clone().unwrap_or_else(|| "-".to_owned())),
    ] {
        table.push(vec![Cell::new(Tone::Quiet, name), Cell::from(value)]);
    }
    table.write(out)
}

fn last_seen(agent: &AgentBody) -> String {
    agent.last_seen.map_or_else(|| "-".to_owned(), readable)
}

fn tone(state: &str) -> Tone {
    match state {
        "active" => Tone::Good,
        "suspended" => Tone::Bad,
        "silent" => Tone::Waiting,
        _ => Tone::Quiet,
    }
}

fn switched(switched: &Switched, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(switched);
    }
    let who = if switched.agent == "*" { "all agents" } else { &switched.agent };
    let what = if switched.suspended { "suspended" } else { "resumed" };
    out.line(format!("{what} {who} (record {})", switched.record.index))
}
