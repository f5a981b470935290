//! Whose checklist is enforced, and does not pass: judged off the path of decisions, looked up on it.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use syndic_compliance::checklist;
use syndic_governance::Governance;
use syndic_model::{AgentId, AgentProfile};

use super::evidence::Assessor;
use super::fold::Folded;
use super::report::ComplianceError;
use crate::Gate;

/// How many open items a denial names.
const MOST_NAMED: usize = 3;

/// What was judged last of the agents whose checklist is enforced.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// The hash of the manifest that it was judged by.
    manifest: String,
    /// The items that are open and required, by agent.
    open: BTreeMap<AgentId, Vec<String>>,
}

impl Checked {
    /// Says why one of these agents may not act, if its checklist is enforced and was not found to pass.
    pub(crate) fn refuses<'a>(
        &self,
        governance: &Governance,
        mut actors: impl Iterator<Item = &'a AgentProfile>,
    ) -> Option<String> {
        actors.find_map(|profile| {
            if !is_enforced(governance, profile) {
                return None;
            }
            let judged = self.manifest == governance.manifest;
            told(&profile.id, self.open.get(&profile.id).filter(|_| judged).map(Vec::as_slice))
        })
    }
}

fn is_enforced(governance: &Governance, profile: &AgentProfile) -> bool {
    governance.settings.enforce_checklist.is_some_and(|least| profile.risk_level >= least)
}

/// Says why an agent with these open items may not act; it may where there are none.
fn told(agent: &AgentId, open: Option<&[String]>) -> Option<String> {
    let see = format!("see `syndic checklist --agent {agent}`");
    let Some(open) = open else {
        return Some(format!("the checklist of agent `{agent}` was not judged yet; {see}"));
    };
    let named: Vec<_> = open.iter().take(MOST_NAMED).map(|item| format!("`{item}`")).collect();
    let more = if open.len() > MOST_NAMED { ", …" } else { "" };
    let open = match open.len() {
        0 => return None,
        1 => "1 item is".to_owned(),
        count => format!("{count} items are"),
    };
    Some(format!(
        "{open} open on the checklist of agent `{agent}` ({}{more}); {see}",
        named.join(", ")
    ))
}

/// Who judges the agents whose checklist is enforced.
struct Checker {
    assessor: Assessor,
    folded: Arc<Mutex<Folded>>,
}

impl Checker {
    /// Judges all of them; nothing where there are none. Blocks.
    fn judge(&self) -> Result<Checked, ComplianceError> {
        let governance = &self.assessor.governance;
        let agents = governance.agents.values().filter(|profile| is_enforced(governance, profile));
        let mut agents = agents.peekable();
        let manifest = governance.manifest.clone();
        if agents.peek().is_none() {
            return Ok(Checked { manifest, open: BTreeMap::new() });
        }
        let mut folded = self.folded.lock();
        let mut ground = self.assessor.ground(&mut folded)?;
        let judge = |profile: &AgentProfile| {
            let open = ground.of(&profile.id, |evidence, catalogue| {
                Ok(checklist(evidence, catalogue).open_required)
            })?;
            Ok((profile.id.clone(), open))
        };
        Ok(Checked { manifest, open: agents.map(judge).collect::<Result<_, ComplianceError>>()? })
    }
}

impl Gate {
    /// Judges every agent whose checklist is enforced by what is on record now. Until it was judged by the governance
    /// directory in force, such an agent is denied whatever it asks for; what was judged holds until it is judged again.
    ///
    /// # Errors
    /// When the ledger cannot be read; then nothing changes.
    pub async fn check(&self) -> Result<(), ComplianceError> {
        let checker = self.checker();
        let judge = tokio::task::spawn_blocking(move || checker.judge());
        let checked = judge.await.map_err(|_| ComplianceError::Interrupted)??;
        self.judged(checked);
        Ok(())
    }

    /// Does what [`Self::check`] does, on this thread; what fails is only told.
    pub(crate) fn check_here(&self) {
        match self.checker().judge() {
            Ok(checked) => self.judged(checked),
            Err(error) => not_judged(&error),
        }
    }

    /// Does what [`Self::check`] does; what fails is only told.
    pub(crate) async fn check_by_itself(&self) {
        if let Err(error) = self.check().await {
            not_judged(&error);
        }
    }

    /// Takes what was judged, unless another directory came into force meanwhile, which is judged by itself.
    fn judged(&self, checked: Checked) {
        if checked.manifest == self.governance().manifest {
            self.checked.store(Arc::new(checked));
        }
    }

    fn checker(&self) -> Checker {
        Checker { assessor: self.assessor(self.governance()), folded: Arc::clone(&self.folded) }
    }
}

fn not_judged(error: &ComplianceError) {
    let error: &dyn std::error::Error = error;
    tracing::warn!(error, "the checklists that are enforced could not be judged");
}
