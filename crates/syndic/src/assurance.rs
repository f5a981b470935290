//! What is known of agents beyond their actions.

use syndic_gate::{
    AttestError, Attestation, DrillError, DrillRequest, DrillView, StatementView, UnknownName,
};
use syndic_model::StatementField;

use crate::Governor;
use crate::governor::EMBEDDED;

impl Governor {
    /// Records what somebody answers for about an agent; it replaces what was stated about the field.
    ///
    /// # Errors
    /// When there is no such agent, too little or too much is said, or it cannot be recorded.
    pub async fn attest(&self, attestation: Attestation) -> Result<StatementView, AttestError> {
        self.to_the_end(|gate| async move { gate.attest(attestation, EMBEDDED).await }).await
    }

    /// Withdraws what is stated about a field of an agent; answers with what that was.
    ///
    /// # Errors
    /// When there is no such agent, statement or reason, or it cannot be recorded.
    pub async fn withdraw_statement(
        &self,
        agent: impl Into<String>,
        field: StatementField,
        reason: impl Into<String>,
    ) -> Result<StatementView, AttestError> {
        let (agent, reason) = (agent.into(), reason.into());
        self.to_the_end(|gate| async move {
            gate.withdraw_statement(&agent, &field, &reason, EMBEDDED).await
        })
        .await
    }

    /// Lists what is stated about an agent in the ledger, by field.
    ///
    /// # Errors
    /// When there is no such agent.
    pub fn statements(&self, agent: &str) -> Result<Vec<StatementView>, UnknownName> {
        self.gate.statements(agent)
    }

    /// Tries something out, and records what came of it. `drills` of `syndic.yaml` does it by itself.
    ///
    /// # Errors
    /// When it could not be tried out; then nothing is recorded of it.
    pub async fn drill(&self, request: DrillRequest) -> Result<DrillView, DrillError> {
        self.to_the_end(|gate| async move { gate.drill(&request, EMBEDDED).await }).await
    }

    /// Lists the newest run of each drill on each agent.
    #[must_use]
    pub fn drills(&self) -> Vec<DrillView> {
        self.gate.drills()
    }
}
