//! What is in force, and how it is.

use std::sync::Arc;

use syndic_gate::{
    AgentDetails, AgentView, Assessment, Component, Health, LimitUse, Overview, UnknownName,
};
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

    /// Returns all agents, by id, and whether they act.
    #[must_use]
    pub fn agents(&self) -> Vec<AgentView> {
        self.gate.agents()
    }

    /// Returns one agent with what it may do.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn agent(&self, name: &str) -> Result<AgentDetails, UnknownName> {
        self.gate.agent(name)
    }

    /// Returns the policies in force that can speak about an agent.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn agent_policies(&self, name: &str) -> Result<Vec<Shown>, UnknownName> {
        self.gate.agent_policies(name)
    }

    /// Tells how much of each of its limits an agent has used.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn agent_limits(&self, name: &str) -> Result<Vec<LimitUse>, UnknownName> {
        self.gate.agent_limits(name)
    }

    /// Tells how all agents are, and whether governance itself is well.
    #[must_use]
    pub fn overview(&self) -> Overview {
        self.gate.overview()
    }

    /// Tells of every agent when it was assessed and what came of it, with so many reports of each, 50 at most. Nothing
    /// is judged for it.
    #[must_use]
    pub fn assessments(&self, reports: usize) -> Vec<Assessment> {
        self.gate.assessments(reports)
    }

    /// Tells the same of one agent, with all its reports that are kept in mind.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn assessment(&self, name: &str) -> Result<Assessment, UnknownName> {
        self.gate.assessment(name)
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

    /// Tells how each part is that governance stands on. Reads from the disk where something is behind.
    #[must_use]
    pub fn components(&self) -> Vec<Component> {
        self.gate.components()
    }

    /// Returns the metrics in the `OpenMetrics` text format, for the exporter this program has.
    #[must_use]
    pub fn metrics_text(&self) -> String {
        self.gate.metrics_text()
    }
}
