//! A JSON Schema of arguments, inferred from those that were seen; it repeats no value.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// How many names of arguments are kept.
const MOST_PROPERTIES: usize = 200;

/// What was seen of an action's arguments.
#[derive(Debug, Default)]
pub(super) struct Inferred {
    count: u64,
    properties: BTreeMap<String, Property>,
    beyond: bool,
}

#[derive(Debug, Default)]
struct Property {
    count: u64,
    kinds: BTreeSet<&'static str>,
    items: BTreeSet<&'static str>,
}

impl Inferred {
    pub(super) fn take(&mut self, args: &Value) {
        self.count += 1;
        for (name, value) in args.as_object().into_iter().flatten() {
            if self.properties.len() >= MOST_PROPERTIES && !self.properties.contains_key(name) {
                self.beyond = true;
                continue;
            }
            let property = self.properties.entry(name.clone()).or_default();
            property.count += 1;
            property.kinds.insert(kind(value));
            property.items.extend(value.as_array().into_iter().flatten().map(kind));
        }
    }

    pub(super) fn schema(&self) -> Value {
        let always = self.properties.iter().filter(|(_, property)| property.count == self.count);
        let required: Vec<_> = always.map(|(name, _)| name.clone()).collect();
        let properties: Map<String, Value> = self
            .properties
            .iter()
            .map(|(name, property)| (name.clone(), property.schema()))
            .collect();
        let mut schema = json!({ "type": "object", "additionalProperties": self.beyond });
        if let Some(schema) = schema.as_object_mut() {
            if !required.is_empty() {
                schema.insert("required".to_owned(), json!(required));
            }
            schema.insert("properties".to_owned(), Value::Object(properties));
        }
        schema
    }
}

impl Property {
    fn schema(&self) -> Value {
        let mut schema = Map::new();
        schema.insert("type".to_owned(), one_of(&self.kinds));
        if !self.items.is_empty() {
            schema.insert("items".to_owned(), json!({ "type": one_of(&self.items) }));
        }
        Value::Object(schema)
    }
}

/// Whole numbers are numbers where both were seen.
fn one_of(kinds: &BTreeSet<&'static str>) -> Value {
    let mut kinds = kinds.clone();
    if kinds.contains("number") {
        kinds.remove("integer");
    }
    match kinds.iter().next() {
        Some(kind) if kinds.len() == 1 => json!(kind),
        _ => json!(kinds),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.to_string().contains(['.', 'e', 'E']) => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Inferred;

    #[test]
    fn types_are_those_that_were_seen_and_required_is_what_was_always_there() {
        let mut seen = Inferred::default();
        for text in [
            r#"{"id": "secret-1", "amount": 3, "to": ["a"], "note": null}"#,
            r#"{"id": "secret-2", "amount": 3.50, "to": [], "deep": {"x": 1}}"#,
        ] {
            seen.take(&serde_json::from_str::<Value>(text).unwrap());
        }
        let schema = seen.schema();
        assert_eq!(
            schema,
            json!({"type": "object", "additionalProperties": false, "required": ["amount", "id", "to"], "properties": {
                "amount": {"type": "number"}, "deep": {"type": "object"}, "id": {"type": "string"},
                "note": {"type": "null"}, "to": {"type": "array", "items": {"type": "string"}},
            }})
        );
        assert!(!schema.to_string().contains("secret"));
    }
}
