//! `syndic policy`

use std::io;

use clap::Subcommand;
use serde_json::{Map, Value, json};
use syndic_api::{FileFinding, LoosenedBody, ReloadPolicy};
use syndic_client::ClientError;
use syndic_model::AgentId;
use syndic_policy::Shown;

use crate::args::Global;
use crate::connect;
use crate::directory;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};

/// Read the rules in force, or put changed ones in force
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  syndic policy show
  syndic policy show --agent customer-support
  syndic policy show --schema
  syndic policy reload
  syndic policy reload --accept-loosening 3f2a91c07d5e")]
pub(crate) enum PolicyCommand {
    /// Print every policy, the ones compiled from profiles too, as Cedar
    Show(ShowArgs),
    /// Have the daemon read the files anew; needs an admin's key
    ///
    /// Files with errors change nothing. In environment `dev` everything else comes into force, and files are watched.
    /// Elsewhere, what loosens anything waits: one administrator proposes it with this command, which lists what it
    /// loosens and exits 1; another accepts exactly that revision.
    Reload(ReloadArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ReloadArgs {
    /// Accept what this revision loosens, as another administrator's reload listed it
    #[arg(long, value_name = "REVISION")]
    accept_loosening: Option<String>,
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

pub(crate) async fn run(
    command: &PolicyCommand,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Exit> {
    match command {
        PolicyCommand::Show(args) => show(args, global, out),
        PolicyCommand::Reload(args) => reload(args, global, out).await,
    }
}

async fn reload(args: &ReloadArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let wire = ReloadPolicy { accept_loosening: args.accept_loosening.clone() };
    let answer = connect::with(global, out, async |client| Ok(client.reload_policy(&wire).await));
    let reloaded = match answer.await? {
        Ok(reloaded) => reloaded,
        Err(ClientError::Refused(problem)) if out.is_json() => {
            out.document(&problem)?;
            return Ok(Exit::Failure);
        }
        Err(ClientError::Refused(problem)) => {
            for finding in &problem.findings {
                out.line(at(finding))?;
            }
            if let Some(held) = &problem.held {
                list(&held.loosened, out)?;
            }
            return Err(ClientError::Refused(problem).into());
        }
        Err(error) => return Err(error.into()),
    };
    if out.is_json() {
        out.document(&reloaded)?;
        return Ok(Exit::Success);
    }
    match &reloaded.record {
        Some(record) => out.line(format!(
            "revision {} in force, {} before; record {}",
            reloaded.revision, reloaded.former, record.index
        ))?,
        None => out.line(format!("revision {} is in force already", reloaded.revision))?,
    }
    list(&reloaded.loosened, out)?;
    for setting in &reloaded.restart_needed {
        out.warning(format!("{setting} holds from the next start on"));
    }
    Ok(Exit::Success)
}

fn at(finding: &FileFinding) -> String {
    let place = match (finding.line, finding.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}", finding.file),
        _ => finding.file.clone(),
    };
    let hint = finding.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("{place}: {}[{}]{hint}", finding.message, finding.code)
}

/// Lists what is loosened, each with the request that shows it.
pub(crate) fn list(loosened: &[LoosenedBody], out: &Output) -> io::Result<()> {
    for one in loosened {
        let about = [one.agent.as_deref(), one.action.as_deref()];
        let about: Vec<_> = about.into_iter().flatten().collect();
        let about = if about.is_empty() { "everywhere".to_owned() } else { about.join(" ") };
        out.line(format!("{} {about}: {}", out.paint(Tone::Bad, "looser"), one.what))?;
        if let Some(witness) = &one.witness {
            out.line(out.paint(Tone::Quiet, format!("  {witness}")))?;
        }
    }
    Ok(())
}

fn show(args: &ShowArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let governance = directory::load(&global.dir, out)?;
    if args.schema {
        out.text(governance.engine.schema_text())?;
        return Ok(Exit::Success);
    }
    let policies = match &args.agent {
        None => governance.engine.show(),
        Some(id) => governance.engine.show_for(id).ok_or_else(|| {
            Failure::new(format!("there is no agent `{id}`"), "`agents/` has a file for each agent")
        })?,
    };
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
