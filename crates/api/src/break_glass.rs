//! `/v1/break-glass`: two people let an agent do for a while what some policies stop, and a third signs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Asks that policies marked `@break_glass` stop an agent no more for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskBreakGlass {
    /// The agent.
    pub agent: String,
    /// Why; recorded.
    pub reason: String,
    /// For how long once it is open, in seconds: 60 to 14400.
    pub length_s: u64,
}

/// Signs what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewBreakGlass {
    /// What was found; recorded.
    pub note: String,
}

/// Those that live, those that wait for their review, and the last that are over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BreakGlasses {
    /// Newest first.
    pub break_glass: Vec<BreakGlassBody>,
}

/// One break-glass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BreakGlassBody {
    /// Its id.
    pub id: String,
    /// The agent.
    pub agent: String,
    /// `asked`, `open`, `timeout`, `review` or `reviewed`.
    pub status: String,
    /// Why.
    pub reason: String,
    /// For how long, in seconds.
    pub length_s: u64,
    /// Who asked.
    pub asked_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Timestamp,
    /// When it ends, unless somebody opens it.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Who opened it.
    pub opened_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub opened_at: Option<Timestamp>,
    /// When it ends, or ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// How many actions it lifted a policy for.
    pub lifted: u64,
    /// Who signed.
    pub reviewed_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub reviewed_at: Option<Timestamp>,
    /// What they found.
    pub note: Option<String>,
}
