//! `syndic drill`

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use syndic_api::{DrillBody, Drills, RunDrill};
use syndic_client::ClientError;
use syndic_model::AgentId;

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::when::readable;

/// Try out what must hold when something goes wrong, and record what came of it
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  syndic drill override --agent customer-support
  syndic drill fail-closed
  syndic drill canary
  syndic drill restore --backup /mnt/backup
  syndic drill export
  syndic drill limit
  syndic drill output-filter
  syndic drill incident --agent customer-support
  syndic drill list

Each is measured and recorded, also where it fails; then it exits 1. `drills` of syndic.yaml runs them by themselves.
Needs an admin's key, `list` an auditor's or an admin's: --key-file FILE or SYNDIC_KEY.")]
pub(crate) enum DrillCommand {
    /// Stop an agent for a moment, measure how fast, and let it act again
    Override {
        /// The agent; the only one where it is left out
        #[arg(long, value_name = "ID")]
        agent: Option<AgentId>,
    },
    /// Have the ledger of a copy fail, and see that what was allowed is refused
    FailClosed {
        /// Whose actions are tried; the first that has one where it is left out
        #[arg(long, value_name = "ID")]
        agent: Option<AgentId>,
    },
    /// Reach for tools around syndic, and see that they refuse
    Canary {
        /// Who asks for an action that nobody declared; every agent where it is left out
        #[arg(long, value_name = "ID")]
        agent: Option<AgentId>,
    },
    /// Restore a backup into a temporary directory, and verify it
    Restore {
        /// A backup or a directory of backups on the daemon's machine; that of syndic.yaml, else the last that was made, where
        /// it is left out
        #[arg(long, value_name = "DIR")]
        backup: Option<PathBuf>,
    },
    /// Export records with their proofs, and verify them with the log's keys alone
    Export,
    /// Ask in a copy until limits over time are reached, and see that what is above is refused
    Limit {
        /// Whose limits are tried; those of every agent where it is left out
        #[arg(long, value_name = "ID")]
        agent: Option<AgentId>,
    },
    /// Give the filters of results made-up secrets and personal data, and see that they stop them
    OutputFilter {
        /// The filters of whose actions are tried; those of every agent where it is left out
        #[arg(long, value_name = "ID")]
        agent: Option<AgentId>,
    },
    /// Open an incident in a copy, stop the agent there, and verify what is told of it
    Incident {
        /// The agent; the only one where it is left out
        #[arg(long, value_name = "ID")]
        agent: Option<AgentId>,
    },
    /// List the newest run of each drill
    List,
}

pub(crate) async fn run(
    command: DrillCommand,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Exit> {
    let of = |drill: &str, agent: Option<AgentId>| RunDrill {
        drill: drill.to_owned(),
        agent: agent.map(|agent| agent.to_string()),
        backup: None,
    };
    let asked = match command {
        DrillCommand::List => {
            let listed = connect::with(global, out, async |client| Ok(client.drills().await?));
            list(&listed.await?, out)?;
            return Ok(Exit::Success);
        }
        DrillCommand::Override { agent } => of("override", agent),
        DrillCommand::FailClosed { agent } => of("fail-closed", agent),
        DrillCommand::Canary { agent } => of("canary", agent),
        DrillCommand::Restore { backup } => {
            let backup = backup.as_deref().map(absolute).transpose()?;
            RunDrill { backup, ..of("restore", None) }
        }
        DrillCommand::Export => of("export", None),
        DrillCommand::Limit { agent } => of("limit", agent),
        DrillCommand::OutputFilter { agent } => of("output-filter", agent),
        DrillCommand::Incident { agent } => of("incident", agent),
    };
    let ran = connect::with(global, out, async |client| {
        client.drill(&asked).await.map_err(|error| advise(error, &asked.drill))
    });
    let ran = ran.await?;
    tell(&ran, out)?;
    Ok(if ran.passed { Exit::Success } else { Exit::Failure })
}

/// Knows what helps when nothing is tried out because of what was typed.
fn advise(error: ClientError, drill: &str) -> anyhow::Error {
    let ClientError::Refused(problem) = &error else { return error.into() };
    let hint = match (problem.code(), drill) {
        ("not-a-backup", _) => {
            "make one with `syndic backup DIR`; the path is one on the daemon's machine"
        }
        ("bad-request", "override") => {
            "say which: `syndic drill override --agent ID`; `syndic agents list` shows them"
        }
        ("bad-request", "incident") => {
            "say which: `syndic drill incident --agent ID`; `syndic agents list` shows them"
        }
        _ => return error.into(),
    };
    Failure::usage(problem.detail.clone(), hint).into()
}

/// Names a directory from the root: the daemon stands elsewhere.
fn absolute(path: &Path) -> anyhow::Result<String> {
    let path = std::path::absolute(path).context("cannot tell where the backup is")?;
    Ok(path.display().to_string())
}

fn tell(ran: &DrillBody, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(ran);
    }
    let (tone, word) = came(ran.passed);
    let about = ran.agent.as_ref().map(|agent| format!(" of {agent}")).unwrap_or_default();
    let word = out.paint(tone, word);
    out.line(format!("{}{about} {word}: {} (record {})", ran.drill, ran.told, ran.record))?;
    for (name, figure) in &ran.figures {
        out.line(out.paint(Tone::Quiet, format!("  {name} {figure}")))?;
    }
    Ok(())
}

fn list(all: &Drills, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(all);
    }
    if all.drills.is_empty() {
        return out.line("none");
    }
    let mut table = Table::new(&["drill", "agent", "last (UTC)", "came", "by", "told"]);
    for ran in &all.drills {
        let (tone, word) = came(ran.passed);
        table.push(vec![
            Cell::from(&ran.drill),
            Cell::from(ran.agent.clone().unwrap_or_else(|| "-".to_owned())),
            Cell::from(readable(ran.at)),
            Cell::new(tone, word),
            Cell::from(&ran.by),
            Cell::from(&ran.told),
        ]);
    }
    table.write(out)
}

const fn came(passed: bool) -> (Tone, &'static str) {
    if passed { (Tone::Good, "passed") } else { (Tone::Bad, "failed") }
}
