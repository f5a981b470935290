//! `/v1/agents`: who acts, and the stop button.

use serde::{Deserialize, Serialize};
use syndic_model::AgentProfile;
use utoipa::ToSchema;

/// All registered agents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Agents {
    /// By id.
    pub agents: Vec<AgentBody>,
}

/// One registered agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgentBody {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// `low`, `medium`, `high` or `critical`.
    pub risk_level: String,
    /// `observe` or `enforce`.
    pub mode: String,
    /// Whether it is stopped.
    pub suspended: bool,
    /// Why it is stopped.
    pub suspended_reason: Option<String>,
    /// Who answers for it.
    pub owner: OwnerBody,
    /// What it is for.
    pub purpose: String,
    /// Its version.
    pub version: String,
    /// What it can do beyond reading.
    pub capabilities: Vec<String>,
    /// The most one financial transaction may move.
    pub max_transaction_amount: String,
    /// Whether its approval threshold is in force.
    pub requires_human_approval: bool,
    /// The group that is asked.
    pub approvers: Option<String>,
}

/// Who answers for an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnerBody {
    /// A person, by name or role.
    pub person: String,
    /// The team.
    pub team: String,
    /// How to reach them.
    pub contact: String,
}

/// Stops an agent, or lets it act again.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchAgent {
    /// Why; recorded.
    pub reason: String,
}

/// An agent was stopped or may act again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Switched {
    /// The agent, `*` for all.
    pub agent: String,
    /// Whether it is stopped now.
    pub suspended: bool,
    /// Where that is recorded.
    pub record: crate::RecordBody,
}

impl AgentBody {
    /// Shows a profile and whether it is stopped.
    #[must_use]
    pub fn new(profile: &AgentProfile, suspended: Option<&str>) -> Self {
        Self {
            id: profile.id.to_string(),
            name: profile.name.clone(),
            risk_level: profile.risk_level.to_string(),
            mode: profile.mode.to_string(),
            suspended: suspended.is_some(),
            suspended_reason: suspended.map(str::to_owned),
            owner: OwnerBody {
                person: profile.owner.person.clone(),
                team: profile.owner.team.to_string(),
                contact: profile.owner.contact.clone(),
            },
            purpose: profile.purpose.clone(),
            version: profile.version.clone(),
            capabilities: profile.capabilities.iter().map(ToString::to_string).collect(),
            max_transaction_amount: profile.max_transaction_amount.to_string(),
            requires_human_approval: profile.requires_human_approval,
            approvers: profile.approvers.as_ref().map(ToString::to_string),
        }
    }
}
