//! Drills: what must hold when something goes wrong is tried out, measured and recorded.

mod canary;
mod error;
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

use crate::Gate;
use crate::agents::profile;
use crate::assurance::Noted;

pub use canary::Knocker;
pub use error::DrillError;
pub(crate) use schedule::Untried;

/// The most bytes that say what happened.
const MOST_TOLD: usize = 1024;

/// What is to be tried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillRequest {
    /// What.
    pub drill: DrillKind,
    /// On which agent. Where none is named an override or incident drill takes the only one there is, a fail-closed,
    /// canary, limit or output-filter drill all.
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

fn cut(mut told: String) -> String {
    told.truncate(told.floor_char_boundary(MOST_TOLD));
    told
}

/// Counts as a figure.
fn figure(count: impl TryInto<u64>) -> u64 {
    count.try_into().unwrap_or(u64::MAX)
}
