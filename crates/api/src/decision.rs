//! `GET /v1/audit/decisions` and `GET /v1/audit/events/{id}/explanation`: what was decided on, and why so.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{CheckBody, Event};

/// A page of decisions.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Decisions {
    /// The decisions.
    pub decisions: Vec<DecisionBody>,
    /// Ask again with this for more; null at the end.
    pub next_cursor: Option<String>,
    /// How many records of the ledger this answer has seen.
    pub indexed_through: u64,
}

/// A decision with what it was decided on, so that it can be decided again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DecisionBody {
    /// The event; `tool_args` are its arguments as far as JSON tells numbers apart.
    pub event: Event,
    /// Its position in the ledger.
    pub record: u64,
    /// The key that asked.
    pub asked_by: String,
    /// The governance directory it was decided on.
    pub policy_revision: String,
    /// The arguments exactly as they arrived; null when they are erased.
    #[schema(value_type = Option<Object>)]
    pub args: Option<Box<RawValue>>,
    /// Facts, and what the host knew; null when it is erased.
    #[schema(value_type = Option<Object>)]
    pub context: Option<Box<RawValue>>,
}

/// Why an action was decided as it was, and what would have let it pass.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Explanation {
    /// What was decided, and on what.
    pub decision: DecisionBody,
    /// What the files in force say of it now; null when it cannot be decided again.
    pub now: Option<NowBody>,
    /// Why it cannot be decided again.
    pub unreadable: Option<String>,
}

/// What the files in force say of a recorded action.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NowBody {
    /// The governance directory in force.
    pub policy_revision: String,
    /// `allow`, `deny` or `hold`.
    pub effect: String,
    /// Whether it would run.
    pub allowed: bool,
    /// What stands in the way, the worst first.
    pub obstacles: Vec<ObstacleBody>,
    /// The verdict with every `change` of the obstacles made; null when there is none.
    pub together: Option<String>,
}

/// One policy that stands in the way.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ObstacleBody {
    /// What it said.
    pub check: CheckBody,
    /// Where it is written, or what it is compiled from.
    pub origin: Option<String>,
    /// The group whose approval it asks for.
    pub approval: Option<String>,
    /// A change of the action after which it says nothing any more, found by deciding again.
    pub change: Option<String>,
    /// What to do where neither a change of the action nor an approval helps.
    pub advice: Option<String>,
}
