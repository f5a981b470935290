//! `/v1/agents`: who acts, and the stop button.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use syndic_model::{AgentProfile, Owner};
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
    /// `active`; `suspended`; `silent`, where it was not heard of for 24 hours; or `new`, where not for 35 days.
    pub state: String,
    /// When it was last heard of, in the last 35 days.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_seen: Option<Timestamp>,
    /// The weakest grade of its actions in 24 hours, else that of its last one; null where it never acted.
    pub enforcement_grade: Option<String>,
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
    /// The file of its profile, in the governance directory.
    pub file: String,
    /// The actions that are not denied to it whatever their arguments; left out of lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actions: Option<Vec<String>>,
}

/// Whether an agent acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentStanding {
    /// Why it is stopped, if it is.
    pub suspended: Option<String>,
    /// See [`AgentBody::state`].
    pub state: String,
    /// See [`AgentBody::last_seen`].
    pub last_seen: Option<Timestamp>,
    /// See [`AgentBody::enforcement_grade`].
    pub grade: Option<String>,
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
    /// Shows a profile and whether the agent acts.
    #[must_use]
    pub fn new(profile: &AgentProfile, standing: AgentStanding) -> Self {
        let AgentStanding { suspended, state, last_seen, grade } = standing;
        Self {
            id: profile.id.to_string(),
            name: profile.name.clone(),
            risk_level: profile.risk_level.to_string(),
            mode: profile.mode.to_string(),
            suspended: suspended.is_some(),
            suspended_reason: suspended,
            state,
            last_seen,
            enforcement_grade: grade,
            owner: OwnerBody::from(&profile.owner),
            purpose: profile.purpose.clone(),
            version: profile.version.clone(),
            capabilities: profile.capabilities.iter().map(ToString::to_string).collect(),
            max_transaction_amount: profile.max_transaction_amount.to_string(),
            requires_human_approval: profile.requires_human_approval,
            approvers: profile.approvers.as_ref().map(ToString::to_string),
            file: format!("agents/{}.yaml", profile.id),
            actions: None,
        }
    }
}

impl From<&Owner> for OwnerBody {
    fn from(owner: &Owner) -> Self {
        let Owner { person, team, contact } = owner;
        Self { person: person.clone(), team: team.to_string(), contact: contact.clone() }
    }
}

/// The policies in force that can speak about an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgentPolicies {
    /// Compiled ones first, those written in Rust last.
    pub policies: Vec<PolicyTextBody>,
}

/// One policy as it is evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyTextBody {
    /// Its id; compiled policies share theirs between agents.
    pub policy: String,
    /// `profile`, compiled from profiles; `catalogue`, compiled from an entry of the catalogue; `file`; or `native`,
    /// written in Rust.
    pub origin: String,
    /// The file to change when it is wrong; null for one written in Rust.
    pub file: Option<String>,
    /// Where it begins there, from 1.
    pub line: Option<u32>,
    /// `permit` or `forbid`.
    pub effect: String,
    /// `low`, `medium`, `high` or `critical`.
    pub severity: String,
    /// `enforce`, or `shadow`: evaluated and recorded, never enforced.
    pub mode: String,
    /// What it is about, such as `principal, action == Action::"pay", resource`.
    pub scope: String,
    /// The Cedar text that is evaluated, with what the loader added to it; empty for one written in Rust.
    pub source: String,
}

/// How much of its limits an agent has used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgentLimits {
    /// One for each measure of each limit of the profile, in its order.
    pub limits: Vec<LimitBody>,
}

/// One measure of one limit, and how much of it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LimitBody {
    /// The limit's number in the profile, as in `limit_1`.
    pub limit: String,
    /// `minute`, `hour`, `day`, `session` or `user`.
    pub per: String,
    /// The actions, and the capability, that it counts; none for all.
    pub counts: Vec<String>,
    /// What is counted: `calls`, `recipients`, `tokens`, or the currency of money.
    pub unit: String,
    /// How long its rolling window is; null for a session.
    pub window_s: Option<u64>,
    /// How much is used, as an exact decimal; where sessions or users count apart, by the one that used most.
    pub used: String,
    /// More than can be counted was used.
    pub over: bool,
    /// The most there is, as an exact decimal.
    pub most: String,
    /// How many sessions or users count apart, where they do.
    pub apart: Option<u64>,
    /// Whether all of those were looked at; else 2,000 of them were.
    pub whole: bool,
    /// When the first of what is counted leaves the window.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub eases_at: Option<Timestamp>,
    /// When all of it will have left, if nothing is added.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resets_at: Option<Timestamp>,
}
