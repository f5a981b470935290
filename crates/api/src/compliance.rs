//! `/v1/agents/{id}/compliance`: reports about an agent.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A report with the proofs of what it cites.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProvenReport {
    /// The report, signed: `syndic/report/v1`.
    #[schema(value_type = Object)]
    pub report: Value,
    /// The records that it cites, as they stand in the log, and a proof of each by the checkpoint that the report rests
    /// on; null where it cites none.
    pub proofs: Option<String>,
    /// The record of the report.
    pub record: u64,
}
