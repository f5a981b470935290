//! `GET /v1/overview`: all agents at a glance, and whether governance itself is well.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::OwnerBody;

/// All agents at a glance, and whether governance itself is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Overview {
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How many records what is counted has seen; after a start, it catches up in the background.
    pub counted_through: u64,
    /// Whether governance itself is well.
    pub governance: GovernanceHealth,
    /// Of all agents below.
    pub totals: OverviewTotals,
    /// Every agent of the files in force, by id.
    pub agents: Vec<AgentOverview>,
}

/// Whether governance itself is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GovernanceHealth {
    /// `healthy`; `degraded`, where something needs a person; or `down`, where nothing can be recorded and everything
    /// is denied.
    pub state: String,
    /// What is wrong, critical ones first.
    pub findings: Vec<HealthFinding>,
}

/// Something that is wrong with governance itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HealthFinding {
    /// A stable id, such as `policy-held`.
    pub id: String,
    /// `critical`, to be looked at now, or `warning`, today.
    pub severity: String,
    /// What is wrong, and what that means.
    pub told: String,
    /// What to do; commands in backticks.
    pub remedy: String,
}

/// Sums over all agents of the overview.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OverviewTotals {
    /// Actions in 24 hours.
    pub actions: u64,
    /// Of those, how many were denied.
    pub denied: u64,
    /// Of those, how many were held.
    pub held: u64,
    /// Requests for approval that wait now.
    pub approvals_pending: u64,
    /// Agents that are suspended now.
    pub suspended: u64,
}

/// One agent at a glance. What is denied or held of an agent that is only observed would have been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgentOverview {
    /// Its id.
    pub agent: String,
    /// Its name for people.
    pub name: String,
    /// Who answers for it.
    pub owner: OwnerBody,
    /// `low`, `medium`, `high` or `critical`.
    pub risk_level: String,
    /// `observe` or `enforce`.
    pub mode: String,
    /// The weakest grade of its actions in 24 hours, else that of its last one; null where it never acted.
    pub enforcement_grade: Option<String>,
    /// `active`; `suspended`; `silent`, where it was not heard of for 24 hours; or `new`, where not for 35 days.
    pub state: String,
    /// Why it is suspended.
    pub suspended_reason: Option<String>,
    /// Actions in 24 hours.
    pub actions_24h: u64,
    /// Of those, how many were denied.
    pub denied_24h: u64,
    /// Of those, how many were held.
    pub held_24h: u64,
    /// The 24 hours, oldest first; the last one is running.
    pub hours: Vec<AgentHour>,
    /// Its requests for approval that wait now.
    pub approvals_pending: u64,
    /// The policy that stood most often in its way in 24 hours.
    pub top_violation: Option<TopViolation>,
    /// How unusual what it does is, where that is known.
    pub anomaly: Option<AnomalyBody>,
    /// When it was assessed last, where it was.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub assessed: Option<Timestamp>,
    /// How far its checklist was when it was looked at last, such as `18 of 22`, and what that means; null where it
    /// never was.
    pub checklist: Option<String>,
    /// When it was last heard of, in the last 35 days.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_seen: Option<Timestamp>,
}

/// What one agent asked for in one hour of UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgentHour {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Actions.
    pub actions: u64,
    /// Of those, how many were denied.
    pub denied: u64,
    /// Of those, how many were held.
    pub held: u64,
}

/// The policy that stood most often in an agent's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TopViolation {
    /// Its id.
    pub policy: String,
    /// How often.
    pub count: u64,
}

/// How unusual what an agent does is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnomalyBody {
    /// 0 for as ever, 100 for never seen.
    pub score: u8,
    /// What is unusual: `rate`, `denials`, `hours`, `amount` or `novelty`; `learning` while what is usual is not known.
    pub signal: String,
    /// A sentence.
    pub told: String,
}
