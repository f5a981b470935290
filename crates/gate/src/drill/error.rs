//! Why nothing was tried out, and what would help.

use std::path::PathBuf;

use syndic_model::{AgentId, DrillKind};
use thiserror::Error;

use crate::agents::UnknownName;
use crate::events::EventsError;
use crate::gate::WriteFailed;
use crate::incident::{IncidentBundleError, IncidentError};
use crate::open::OpenError;
use crate::proof::ProofError;
use crate::report::ReportError;
use crate::submit::SubmitError;
use crate::switch::SwitchError;

/// The most agents that are named to choose from.
const MOST_NAMED: usize = 16;

/// Says why nothing was tried out. A drill that ran and failed is none of these.
#[derive(Debug, Error)]
pub enum DrillError {
    /// No such agent.
    #[error(transparent)]
    Unknown(#[from] UnknownName),
    /// Somebody has to be stopped, and which of these is not said.
    #[error("a drill `{drill}` stops one agent: name {agents}", drill = .0, agents = which(.1))]
    NoAgent(DrillKind, Vec<AgentId>),
    /// No agent is in it.
    #[error("a drill `{0}` is about all agents: name none")]
    AboutAll(DrillKind),
    /// One at a time.
    #[error("another drill runs; wait until it is over")]
    Running,
    /// It would show nothing.
    #[error("agent `{0}` is suspended already, and stays so: nothing can be measured")]
    Suspended(AgentId),
    /// Nothing can be asked for.
    #[error(
        "no action can be tried out: of none that is allowed could arguments be made up; allow an agent one with plain \
         arguments, or name another agent"
    )]
    NoProbe,
    /// No tool is known.
    #[error(
        "no canary is set: name the addresses of tools in `drills.canary.urls` of syndic.yaml, as they are reachable \
         without syndic"
    )]
    NoCanary,
    /// Nobody can knock.
    #[error("this process cannot reach for tools; ask a daemon")]
    NoKnocker,
    /// No backup is known.
    #[error(
        "no backup is known: make one with `syndic backup`, name one with `--backup DIR`, or set \
         `drills.restore.backup` in syndic.yaml"
    )]
    NoBackup,
    /// Nothing that was named is a backup.
    #[error(
        "`{}` is no backup, nor a directory of backups: name one that `syndic backup` made, where the daemon can read it",
        .0.display()
    )]
    NotBackup(PathBuf),
    /// No limit is set.
    #[error("{}", no_limit(.0.as_ref()))]
    NoLimit(Option<AgentId>),
    /// None of those that are set can be reached.
    #[error("no limit could be tried out: {0}")]
    NoLimitTried(String),
    /// No filter is set.
    #[error("{}", no_filter(.0.as_ref()))]
    NoOutputFilter(Option<AgentId>),
    /// Those that are set look for nothing that could be given to them.
    #[error("no filter of results could be tried out: {0}")]
    NoSeed(String),
    /// No place to try it out in.
    #[error("cannot make a temporary directory")]
    Place(#[source] std::io::Error),
    /// The gate to try it out with did not open.
    #[error("cannot open a gate to try it out with")]
    Scratch(#[source] Box<OpenError>),
    /// The ledger cannot be read.
    #[error(transparent)]
    Lookup(#[from] EventsError),
    /// Nothing can be exported.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The agent cannot be stopped or resumed.
    #[error(transparent)]
    Switch(#[from] SwitchError),
    /// An action was not decided.
    #[error("what was tried out was not decided")]
    Submit(#[from] SubmitError),
    /// An incident was not opened.
    #[error("no incident could be opened to try it out with")]
    Incident(#[from] IncidentError),
    /// An incident was not told.
    #[error("the incident that was opened to try it out could not be told")]
    Told(#[from] IncidentBundleError),
    /// What became of an action could not be reported.
    #[error("what became of an action that was tried out was not taken")]
    Report(#[from] ReportError),
    /// The process shuts down, or there is a bug.
    #[error("the drill was interrupted")]
    Interrupted,
    /// It cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

/// Says which agents there are to choose from.
fn which(agents: &[AgentId]) -> String {
    let named: Vec<_> = agents.iter().take(MOST_NAMED).map(|agent| format!("`{agent}`")).collect();
    match (named.split_last(), agents.len().saturating_sub(MOST_NAMED)) {
        (None, _) => "it, once there is one in `agents/`".to_owned(),
        (Some((last, [])), _) => last.clone(),
        (Some((last, others)), 0) => format!("{} or {last}", others.join(", ")),
        (Some(_), more) => format!("{} or one of {more} more", named.join(", ")),
    }
}

/// Says where a limit is set.
fn no_limit(agent: Option<&AgentId>) -> String {
    match agent {
        Some(agent) => format!(
            "agent `{agent}` has no limit over time: set one under `limits` in agents/{agent}.yaml"
        ),
        None => "no agent has a limit over time: set one under `limits` of an agent in `agents/`"
            .to_owned(),
    }
}

/// Says where a filter of results is set.
fn no_filter(agent: Option<&AgentId>) -> String {
    match agent {
        Some(agent) => format!(
            "nothing is looked for in results of actions of `{agent}`: set `output.redact` or `output.block` in \
             agents/{agent}.yaml, or of an action in `actions/`"
        ),
        None => "nothing is looked for in results of any action: set `output.redact` or `output.block` of an agent in \
                 `agents/`, or of an action in `actions/`"
            .to_owned(),
    }
}
