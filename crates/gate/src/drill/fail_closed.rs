//! The fail-closed drill: a ledger that cannot be written refuses what it allowed a moment ago.

use syndic_model::{ActionRequest, AgentId};

use super::probe::{allowed, caller};
use super::scratch::Scratch;
use super::{DrillError, Tried};
use crate::Gate;

/// How many actions are asked for after the disk failed.
const ASKED: u64 = 10;

impl Gate {
    /// Opens another gate over the files in force, whose disk fails once an action was allowed.
    pub(super) async fn drill_fail_closed(
        &self,
        agent: Option<&AgentId>,
    ) -> Result<Tried, DrillError> {
        let governance = self.governance();
        let agents: Vec<AgentId> = match agent {
            Some(agent) => vec![agent.clone()],
            None => governance.agents.keys().cloned().collect(),
        };
        let scratch = Scratch::begin(&governance, &self.clock).await?;
        let tried = fail(&scratch, &agents).await;
        scratch.end().await?;
        tried
    }
}

async fn fail(scratch: &Scratch, agents: &[AgentId]) -> Result<Tried, DrillError> {
    let request = allowed(&scratch.gate, agents).await?;
    let before = scratch.gate.store.durable_index();
    scratch.break_disk();
    let mut refused = 0;
    for _ in 0..ASKED {
        let decided = scratch.gate.submit(&caller(&request.agent), request.clone()).await?;
        let let_through = decided.allowed || decided.record.is_some() || decided.permit.is_some();
        refused += u64::from(!let_through);
    }
    let written = scratch.gate.store.durable_index().saturating_sub(before);
    let passed = refused == ASKED && written == 0;
    let ActionRequest { agent, action, .. } = &request;
    let told = format!(
        "{action} of {agent}, allowed a moment before, was refused without a record {refused} of {ASKED} times on a \
         ledger whose disk failed"
    );
    let figures = [
        ("attempted_count", ASKED),
        ("refused_count", refused),
        ("records_written_count", written),
    ];
    Ok(Tried { passed, figures: figures.into_iter().collect(), told })
}
