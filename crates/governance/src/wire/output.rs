//! `output` of an action and of an agent.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::output::OutputWord;
use crate::position::At;
use crate::text::Text;

/// What of a tool's result goes back to the agent and on record.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Output")]
pub(crate) struct OutputFields {
    /// What is put out of it: `pii`, `secrets`, or kinds like `EMAIL_ADDRESS`.
    pub(crate) redact: Option<Vec<Text<OutputWord>>>,
    /// What it does not go back with at all.
    pub(crate) block: Option<Vec<Text<OutputWord>>>,
    /// How many bytes it may have; a longer one does not go back.
    pub(crate) max_bytes: Option<At<u64>>,
}
