//! The JSON Schema of the catalogue.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema, schema_for};

use super::Catalogue;
use crate::Status;

impl Catalogue {
    /// Returns the JSON Schema of the catalogue, for editors and for whoever writes one.
    #[must_use]
    pub fn schema() -> Schema {
        schema_for!(Self)
    }
}

/// A day such as `2026-08-02`.
pub(super) struct Day;

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
    }
}

/// What each status means: every word of the vocabulary, and no other.
pub(super) fn vocabulary(_: &mut SchemaGenerator) -> Schema {
    let words = Status::ALL.map(Status::as_str);
    json_schema!({
        "type": "object",
        "propertyNames": { "enum": words },
        "required": words,
        "additionalProperties": { "type": "string" },
    })
}
