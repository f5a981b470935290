//! What is looked at before an agent is deployed, as the evidence shows it now.

use std::sync::Arc;

use syndic_compliance::{Checklist, ItemState, checklist};
use syndic_ledger::{ChecklistCount, ChecklistJudged, Record};

use super::report::ComplianceError;
use crate::Gate;
use crate::agents::profile;

/// Whether an agent may be deployed, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedChecklist {
    /// The checklist.
    pub checklist: Checklist,
    /// The record of it.
    pub record: u64,
}

impl Gate {
    /// Looks at every item of an agent's checklist. Nothing is recorded, and decisions do not wait for it.
    ///
    /// # Errors
    /// When there is no such agent, or the ledger cannot be read.
    pub async fn checklist(&self, agent: &str) -> Result<Checklist, ComplianceError> {
        let governance = self.governance();
        let agent = profile(&governance, agent)?.id.clone();
        let assessor = self.assessor(governance);
        let folded = Arc::clone(&self.folded);
        let look = move || {
            let mut folded = folded.lock();
            assessor
                .ground(&mut folded)?
                .of(&agent, |evidence, catalogue| Ok(checklist(evidence, catalogue)))
        };
        tokio::task::spawn_blocking(look).await.map_err(|_| ComplianceError::Interrupted)?
    }

    /// Judges by its checklist whether an agent may be deployed, and records what came of it.
    ///
    /// # Errors
    /// As [`Self::checklist`], and when it cannot be recorded.
    pub async fn judge_checklist(
        &self,
        agent: &str,
        by: &str,
    ) -> Result<JudgedChecklist, ComplianceError> {
        self.count_calls().await?;
        let checklist = self.checklist(agent).await?;
        let record = Record::ChecklistJudged(ChecklistJudged {
            agent: checklist.agent.clone(),
            count: count(&checklist),
            open: checklist.open_required.clone(),
            by: by.to_owned(),
        });
        let (record, _) = self.assure(record).await?;
        self.check_by_itself().await;
        Ok(JudgedChecklist { checklist, record })
    }
}

/// Tells how far a checklist is.
pub(super) fn count(checklist: &Checklist) -> ChecklistCount {
    let done = checklist.items.iter().filter(|item| item.state != ItemState::Open);
    ChecklistCount {
        done: done.count() as u64,
        items: checklist.items.len() as u64,
        passed: checklist.passed,
    }
}
