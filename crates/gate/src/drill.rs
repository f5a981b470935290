//! Drills: what must hold when something goes wrong is tried out, measured and recorded.

mod canary;
mod export;
mod fail_closed;
mod incident;
mod limit;
mod output_filter;
mod probe;
mod restore;
mod schedule;
mod scratch;
mod stop;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use syndic_governance::Governance;
use syndic_ledger::{DrillRan, Record};
use syndic_model::{AgentId, DrillKind, EventId};
use thiserror::Error;

use crate::Gate;
use crate::agents::{UnknownName, profile};
use crate::assurance::Noted;
use crate::events::EventsError;
use crate::gate::WriteFailed;
use crate::incident::{IncidentBundleError, IncidentError};
use crate::open::OpenError;
use crate::proof::ProofError;
use crate::report::ReportError;
use crate::submit::SubmitError;
use crate::switch::SwitchError;

pub use canary::Knocker;
pub(crate) use schedule::Untried;

/// The most bytes that say what happened.
const MOST_TOLD: usize = 1024;
/// The most agents that are named to choose from.
const MOST_NAMED: usize = 16;

/// What is to be tried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillRequest {
    /// What.
    pub drill: DrillKind,
    /// On which agent. Where none is named an override or incident drill takes the only one there is, a fail-closed, canary, limit or
    /// output-filter drill all.
    pub agent: Option<String>,
    /// The backup, or a directory of backups, that a restore drill takes; the one of the settings where none is named,
    /// else the last that was made since the start.
    pub backup: Option<PathBuf>,
}

/// What was tried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillView {
    /// Its id.
    pub id: String,
    /// What was tried out: a word of [`DrillKind`], or another self-test's.
    pub drill: String,
    /// On which agent.
    pub agent: Option<String>,
    /// What had to hold did.
    pub passed: bool,
    /// What was measured, each named with its unit.
    pub figures: BTreeMap<String, u64>,
    /// What happened, for people.
    pub told: String,
    /// The key that asked for it; `schedule` where it ran by itself.
    pub by: String,
    /// When it was over.
    pub at: Timestamp,
    /// Its record.
    pub record: u64,
}

/// What came of trying.
#[derive(Debug)]
struct Tried {
    passed: bool,
    figures: BTreeMap<&'static str, u64>,
    told: String,
}

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

impl Gate {
    /// Tries something out, and records what came of it. What agents ask for goes on meanwhile; nothing is run.
    ///
    /// # Errors
    /// When it could not be tried out; then nothing is recorded of it.
    pub async fn drill(
        self: &Arc<Self>,
        request: &DrillRequest,
        by: &str,
    ) -> Result<DrillView, DrillError> {
        let Ok(_one) = self.drilling.try_lock() else { return Err(DrillError::Running) };
        let governance = self.governance();
        let agent = match &request.agent {
            None if request.drill.stops_one() => only(&governance),
            None => None,
            Some(name) => Some(profile(&governance, name)?.id.clone()),
        };
        let tried = match (request.drill, &agent) {
            (DrillKind::Override | DrillKind::Incident, None) => {
                let agents = governance.agents.keys().cloned().collect();
                return Err(DrillError::NoAgent(request.drill, agents));
            }
            (DrillKind::Override, Some(agent)) => self.drill_override(agent, by).await?,
            (DrillKind::FailClosed, agent) => self.drill_fail_closed(agent.as_ref()).await?,
            (DrillKind::Canary, agent) => self.drill_canary(agent.as_ref()).await?,
            (DrillKind::Restore | DrillKind::Export, Some(_)) => {
                return Err(DrillError::AboutAll(request.drill));
            }
            (DrillKind::Restore, None) => self.drill_restore(request.backup.clone()).await?,
            (DrillKind::Export, None) => self.drill_export().await?,
            (DrillKind::OutputFilter, agent) => self.drill_output_filter(agent.as_ref()).await?,
            (DrillKind::Incident, Some(agent)) => self.drill_incident(agent).await?,
            (DrillKind::Limit, agent) => self.drill_limit(agent.as_ref()).await?,
        };
        let figures = tried.figures.into_iter().map(|(name, count)| (name.to_owned(), count));
        let ran = DrillRan {
            id: EventId::draw(self.clock.as_ref()).to_string(),
            drill: request.drill.to_string(),
            agent: agent.map(|agent| agent.to_string()),
            passed: tried.passed,
            figures: figures.collect(),
            told: cut(tried.told),
            by: by.to_owned(),
        };
        let (index, at) = self.assure(Record::DrillRan(ran.clone())).await?;
        let DrillRan { drill, agent, told, passed, .. } = &ran;
        if *passed {
            tracing::info!(drill, agent, told, "a drill passed");
        } else {
            tracing::error!(drill, agent, told, "a drill failed");
        }
        Ok(view(&Noted { index, at, record: ran }))
    }

    /// Lists the newest run of each drill on each agent, by drill.
    #[must_use]
    pub fn drills(&self) -> Vec<DrillView> {
        self.state().assurance.drills.values().map(view).collect()
    }

    /// Names the drills whose last run failed, each with what happened; those of agents that are gone are left out.
    pub(crate) fn failed_drills(&self) -> Vec<(String, String)> {
        let mut failed = self.last_drills();
        failed.retain(|ran| !ran.passed);
        let named = |ran: DrillView| match ran.agent {
            Some(agent) => (format!("{} of {agent}", ran.drill), ran.told),
            None => (ran.drill, ran.told),
        };
        failed.into_iter().map(named).collect()
    }

    /// Tells of each drill whether its last run passed, on every agent that there is.
    pub(crate) fn drills_passed(&self) -> BTreeMap<String, bool> {
        let mut passed = BTreeMap::new();
        for ran in self.last_drills() {
            *passed.entry(ran.drill).or_insert(true) &= ran.passed;
        }
        passed
    }

    fn last_drills(&self) -> Vec<DrillView> {
        let governance = self.governance();
        let is_there = |agent: &String| governance.agents.keys().any(|id| id.as_str() == agent);
        let mut drills = self.drills();
        drills.retain(|ran| ran.agent.as_ref().is_none_or(is_there));
        drills
    }
}

fn view(noted: &Noted<DrillRan>) -> DrillView {
    let Noted { index, at, record } = noted;
    let DrillRan { id, drill, agent, passed, figures, told, by } = record.clone();
    DrillView { id, drill, agent, passed, figures, told, by, at: *at, record: *index }
}

/// Returns the agent where there is but one.
fn only(governance: &Governance) -> Option<AgentId> {
    let mut agents = governance.agents.keys();
    agents.next().filter(|_| agents.next().is_none()).cloned()
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

fn cut(mut told: String) -> String {
    told.truncate(told.floor_char_boundary(MOST_TOLD));
    told
}

/// Counts as a figure.
fn figure(count: impl TryInto<u64>) -> u64 {
    count.try_into().unwrap_or(u64::MAX)
}
