//! What is known of agents beyond their actions.

use syndic_gate::{
    AttestError, Attestation, DrillError, DrillRequest, DrillView, IncidentBundle,
    IncidentBundleError, IncidentChange, IncidentError, IncidentRequest, IncidentView,
    StatementView, UnknownName,
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

    /// Opens an incident: the agent's records are held first, so that nothing of it is dropped or erased meanwhile.
    ///
    /// # Errors
    /// When there is no such agent, too little is said, or it cannot be recorded.
    pub async fn open_incident(
        &self,
        request: IncidentRequest,
    ) -> Result<IncidentView, IncidentError> {
        self.to_the_end(|gate| async move { gate.open_incident(request, EMBEDDED).await }).await
    }

    /// Records what more is known of an incident.
    ///
    /// # Errors
    /// When there is no such incident, it is closed, too little is said, or it cannot be recorded.
    pub async fn update_incident(
        &self,
        id: impl Into<String>,
        change: IncidentChange,
    ) -> Result<IncidentView, IncidentError> {
        let id = id.into();
        self.to_the_end(|gate| async move { gate.update_incident(&id, change, EMBEDDED).await })
            .await
    }

    /// Records that an incident is over, and what it was. Its records stay held until the hold is released.
    ///
    /// # Errors
    /// As [`Self::update_incident`].
    pub async fn close_incident(
        &self,
        id: impl Into<String>,
        summary: impl Into<String>,
    ) -> Result<IncidentView, IncidentError> {
        let (id, summary) = (id.into(), summary.into());
        self.to_the_end(|gate| async move { gate.close_incident(&id, summary, EMBEDDED).await })
            .await
    }

    /// Lists every incident, newest first.
    #[must_use]
    pub fn incidents(&self) -> Vec<IncidentView> {
        self.gate.incidents()
    }

    /// Returns one incident.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn incident(&self, id: &str) -> Result<IncidentView, IncidentError> {
        self.gate.incident(id)
    }

    /// Tells an incident with all that happened to the agent since its records are held, and proofs of it.
    ///
    /// # Errors
    /// When there is no such incident, or the ledger cannot be read.
    pub async fn incident_bundle(
        &self,
        id: impl Into<String>,
    ) -> Result<IncidentBundle, IncidentBundleError> {
        let id = id.into();
        self.to_the_end(|gate| async move { gate.incident_bundle(&id).await }).await
    }
}
