//! Reports about agents.

use serde_json::Value;
use syndic_gate::{
    Checklist, ComplianceError, JudgedChecklist, MadeReport, ReportRequest, catalogue_document,
};

use crate::Governor;
use crate::governor::EMBEDDED;

impl Governor {
    /// Reports what the evidence shows of an agent's duties: measured from the ledger, signed by the log's key, recorded,
    /// and proved.
    ///
    /// # Errors
    /// When there is no such agent or framework, or the ledger cannot be read or written.
    pub async fn compliance_report(
        &self,
        request: ReportRequest,
    ) -> Result<MadeReport, ComplianceError> {
        self.to_the_end(|gate| async move { gate.compliance_report(request, EMBEDDED).await }).await
    }

    /// Looks at every item of an agent's checklist, as the evidence shows it now. Nothing is recorded.
    ///
    /// # Errors
    /// When there is no such agent, or the ledger cannot be read.
    pub async fn checklist(&self, agent: &str) -> Result<Checklist, ComplianceError> {
        self.gate.checklist(agent).await
    }

    /// Judges by its checklist whether an agent may be deployed, and records what came of it.
    ///
    /// # Errors
    /// As [`Self::checklist`], and when it cannot be recorded.
    pub async fn judge_checklist(
        &self,
        agent: impl Into<String>,
    ) -> Result<JudgedChecklist, ComplianceError> {
        let agent = agent.into();
        self.to_the_end(|gate| async move { gate.judge_checklist(&agent, EMBEDDED).await }).await
    }

    /// Shows the catalogue that reports are judged by.
    ///
    /// # Errors
    /// None in a program that was tested.
    pub fn compliance_catalogue(&self) -> Result<Value, ComplianceError> {
        Ok(catalogue_document()?)
    }
}
