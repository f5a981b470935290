//! `GET /v1/status`: how the daemon is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::PolicyStatus;

/// How a witness of the ledger is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WitnessBody {
    /// The name of its key.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// Whether it cosigned the last time it was asked.
    pub up: bool,
    /// The size of the newest checkpoint that it cosigned; null where it has not since the start.
    pub cosigned: Option<u64>,
    /// How long there has been a checkpoint that it has not cosigned; 0 where there is none.
    pub lag_seconds: u64,
    /// Why the last try failed.
    pub failure: Option<String>,
    /// What shows that it cosigned another history: records were changed or lost.
    pub contradiction: Option<String>,
}

/// One part of what governance stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComponentBody {
    /// `ledger`, `index`, `checkpoint`, `witnesses`, `policy`, `agents`, `approvals`, `break-glass`, `relays`,
    /// `retention`, `disk` or `clock`.
    pub component: String,
    /// `ok`; `degraded`, where something needs a person and decisions go on; or `down`.
    pub state: String,
    /// What there is to say, with figures.
    pub told: String,
    /// What to do, where something is; commands in backticks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// What `/readyz` answers to those who may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// Whether decisions can be recorded.
    pub ready: bool,
    /// How each part is that governance stands on.
    pub components: Vec<ComponentBody>,
}

/// How the daemon is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// The program's version.
    pub version: String,
    /// `dev`, `staging` or `prod`.
    pub environment: String,
    /// The governance directory in force.
    pub policy_revision: String,
    /// `full` or `buffered`.
    pub durability: String,
    /// Whether decisions can be recorded; when not, everything is denied.
    pub ledger_open: bool,
    /// Records on disk.
    pub records: u64,
    /// Records the search index has seen.
    pub indexed_through: u64,
    /// Whether the search index follows the ledger; else repeats, late outcomes and audit events fail until a restart.
    pub index_follows: bool,
    /// Registered agents.
    pub agents: u64,
    /// Agents that are stopped.
    pub suspended: Vec<String>,
    /// Requests for approval that wait for people.
    pub approvals_pending: u64,
    /// Since when the oldest of them waits.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub oldest_approval: Option<Timestamp>,
    /// Agents for which a break-glass is open.
    pub break_glass_open: Vec<String>,
    /// Break-glasses that wait for somebody to sign what was done.
    pub break_glass_reviews: u64,
    /// Allowed actions whose outcome is awaited.
    pub open_actions: u64,
    /// Whether the host's clock is usable.
    pub clock_sane: bool,
    /// How the witnesses of the ledger are.
    pub witnesses: Vec<WitnessBody>,
    /// How the governance directory stands.
    pub policy: PolicyStatus,
    /// How each part is that governance stands on.
    pub components: Vec<ComponentBody>,
}
