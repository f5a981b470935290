//! `compliance/<agent>.yaml`.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use syndic_model::{HighRisk, MAX_STATEMENT_BYTES, OperatorRole, STATEMENT_FIELDS, StatementField};

use crate::calendars::Day;
use crate::compliance::DocumentHash;
use crate::position::At;
use crate::text::Text;
use crate::wire::Keyed;

/// What people answer for about an agent, that no machine can measure. The file is `compliance/<agent>.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "syndic compliance record")]
pub(crate) struct ComplianceFile {
    /// What part the operator has under the EU AI Act: provider, deployer; both if left out.
    pub(crate) roles: Option<Vec<Text<OperatorRole>>>,
    /// By which annex of the EU AI Act it is high-risk: `annex_iii`, `annex_i`, none; unknown if left out.
    pub(crate) high_risk: Option<Text<HighRisk>>,
    /// When it was placed on the market or put into service, like `2026-11-22`.
    pub(crate) placed_on: Option<Text<Day>>,
    /// What somebody answers for, by field, such as `intended_purpose`, or by control, such as `eu-ai-act:art-4`.
    #[schemars(extend("propertyNames" = field_names()))]
    pub(crate) statements: Option<Keyed<StatementField, StatementFields>>,
}

/// Somebody answers for something.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Statement")]
pub(crate) struct StatementFields {
    /// true, false, `not_applicable`, or a text, a number or a date.
    #[schemars(required, schema_with = "value_schema")]
    pub(crate) value: Option<At<String>>,
    /// Why it is `not_applicable`.
    pub(crate) reason: Option<At<String>>,
    /// Who states it: a name or a role.
    #[schemars(required)]
    pub(crate) by: Option<At<String>>,
    /// Their function.
    pub(crate) function: Option<At<String>>,
    /// On which day, like `2026-11-22`.
    #[schemars(required)]
    pub(crate) on: Option<Text<Day>>,
    /// The last day on which it holds.
    #[schemars(required)]
    pub(crate) expires: Option<Text<Day>>,
    /// SHA-256 of the document it rests on, 64 hex digits, as `sha256sum` tells it.
    pub(crate) document: Option<Text<DocumentHash>>,
}

fn field_names() -> Value {
    json!({"anyOf": [
        {"enum": STATEMENT_FIELDS},
        {"pattern": "^[a-z0-9_.-]+:[a-z0-9_.-]+$", "maxLength": 128},
    ]})
}

fn value_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "description": "true, false, `not_applicable`, or a text, a number or a date.",
        "type": ["boolean", "string", "number"],
        "maxLength": MAX_STATEMENT_BYTES,
    })
}
