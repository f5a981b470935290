//! `syndic policy`

use clap::Subcommand;
use serde_json::{Map, Value, json};
use syndic_model::{AgentId, AgentProfile};
use syndic_policy::{Origin, Shown};

use crate::args::Global;
use crate::directory;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};

/// Read the rules in force
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  syndic policy show
  syndic policy show --agent customer-support
  syndic policy show --schema")]
pub(crate) enum PolicyCommand {
    /// Print every policy, the ones compiled from profiles too, as Cedar
    Show(ShowArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    /// Only what applies to this agent
    #[arg(long, value_name = "ID")]
    agent: Option<AgentId>,
    /// Print the Cedar schema instead, which says what a policy can read
    #[arg(long, conflicts_with = "agent")]
    schema: bool,
}

pub(crate) fn run(command: &PolicyCommand, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let PolicyCommand::Show(args) = command;
    let governance = directory::load(&global.dir, out)?;
    if args.schema {
        out.text(governance.engine.schema_text())?;
        return Ok(Exit::Success);
    }
    let mut policies = governance.engine.show();
    if let Some(id) = &args.agent {
        let agent = governance.agents.get(id).ok_or_else(|| {
            Failure::new(format!("there is no agent `{id}`"), "`agents/` has a file for each agent")
        })?;
        policies.retain(|policy| applies(&policy.origin, agent));
    }
    if out.is_json() {
        out.document(&policies.iter().map(body).collect::<Vec<_>>())?;
        return Ok(Exit::Success);
    }
    for policy in &policies {
        let shadow = if policy.shadow { ", shadow" } else { "" };
        let title = format!("// {}, {}{shadow}", policy.id, policy.origin);
        out.line(out.paint(Tone::Quiet, title))?;
        out.line(format!("{}\n", policy.text.trim()))?;
    }
    Ok(Exit::Success)
}

/// Leaves out what is compiled for, or scoped to, somebody else.
fn applies(origin: &Origin, agent: &AgentProfile) -> bool {
    match origin {
        Origin::Profile(id) => *id == agent.id,
        Origin::EveryProfile | Origin::Catalogue(_) | Origin::Native => true,
        Origin::File(place) => match place.file.strip_prefix("policies/teams/") {
            Some(rest) => rest.split('/').next() == Some(agent.owner.team.as_str()),
            None => true,
        },
    }
}

fn body(policy: &Shown) -> Value {
    let annotations: Map<_, _> = policy
        .annotations
        .iter()
        .map(|(name, text)| (name.clone(), Value::from(text.as_str())))
        .collect();
    json!({
        "id": policy.id.as_str(),
        "origin": policy.origin.to_string(),
        "effect": policy.effect,
        "severity": policy.severity.as_str(),
        "shadow": policy.shadow,
        "annotations": annotations,
        "text": policy.text,
    })
}
