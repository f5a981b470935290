//! What is in force, and how it is.

use std::sync::Arc;

use syndic_gate::{AgentView, Health};
use syndic_governance::Governance;
use syndic_model::Finding;
use syndic_policy::Shown;

use crate::Governor;

impl Governor {
    /// Returns every policy in force: those compiled from profiles and the catalogue, those of files, and those
    /// written in Rust.
    #[must_use]
    pub fn policies(&self) -> Vec<Shown> {
        self.governance().engine.show()
    }

    /// Returns all agents, by id, and whether they are stopped.
    #[must_use]
    pub fn agents(&self) -> Vec<AgentView> {
        self.gate.agents()
    }

    /// Returns the governance directory in force: settings, agents, catalogue, revision.
    #[must_use]
    pub fn governance(&self) -> Arc<Governance> {
        self.gate.governance()
    }

    /// Returns what was worth knowing about the governance directory when it was read.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Tells how the ledger, the index and the clock are.
    #[must_use]
    pub fn health(&self) -> Health {
        self.gate.health()
    }

    /// Returns the metrics in the `OpenMetrics` text format, for the exporter this program has.
    #[must_use]
    pub fn metrics_text(&self) -> String {
        self.gate.metrics_text()
    }
}
