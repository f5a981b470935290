//! What Cedar can know about arguments: types read from JSON Schema 2020-12.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

use crate::paths::Paths;

/// How many schema nodes one entry may expand to; beyond it, arguments stay untyped.
const MAX_NODES: usize = 10_000;

/// A Cedar type that arguments are converted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    String,
    Long,
    Decimal,
    Bool,
    Set(Box<Self>),
    Record(Vec<Field>),
}

/// An attribute of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) shape: Shape,
}

/// The type of an entry's `input`, and the pointers of what Cedar cannot type.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Typed {
    pub(crate) shape: Shape,
    pub(crate) untyped: BTreeSet<String>,
}

/// Types the arguments of an entry.
pub(crate) fn typed(schema: &Value) -> Typed {
    let mut reader =
        Reader { root: schema, references: Vec::new(), nodes: 0, untyped: BTreeSet::new() };
    let shape = match schema.as_object() {
        Some(object) if !object.contains_key("$ref") => reader.record(object, ""),
        _ => reader.read(schema, "").map(|found| found.shape),
    };
    Typed { shape: shape.unwrap_or(Shape::Record(Vec::new())), untyped: reader.untyped }
}

/// Returns every `$ref` that leaves the schema.
pub(crate) fn remote_references(schema: &Value) -> Vec<&str> {
    match schema {
        Value::Array(items) => items.iter().flat_map(remote_references).collect(),
        Value::Object(members) => {
            let data = ["const", "enum", "default", "examples"];
            let remote = |(key, value): (&String, &'_ Value)| {
                matches!(key.as_str(), "$ref" | "$dynamicRef")
                    && value.as_str().is_some_and(|text| !text.starts_with('#'))
            };
            let here = members
                .iter()
                .filter(|member| remote(*member))
                .filter_map(|(_, value)| value.as_str());
            let nested = members.iter().filter(|(key, _)| !data.contains(&key.as_str()));
            here.chain(nested.flat_map(|(_, value)| remote_references(value))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

struct Reader<'a> {
    root: &'a Value,
    /// The references being followed; one that recurs has no Cedar type.
    references: Vec<&'a str>,
    nodes: usize,
    untyped: BTreeSet<String>,
}

#[derive(PartialEq, Eq)]
struct Found {
    shape: Shape,
    nullable: bool,
}

impl<'a> Reader<'a> {
    fn read(&mut self, schema: &'a Value, at: &str) -> Option<Found> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return None;
        }
        let object = schema.as_object()?;
        if let Some(Value::String(reference)) = object.get("$ref") {
            return self.follow(reference, at);
        }
        if let Some(kind) = object.get("type") {
            let listed = kind.as_array().map(Vec::as_slice).unwrap_or(std::slice::from_ref(kind));
            let words: Vec<&str> = listed.iter().filter_map(Value::as_str).collect();
            return self.of_types(&words, object, at);
        }
        if let Some(options) = object.get("enum").and_then(Value::as_array) {
            return of_values(options.iter());
        }
        if let Some(value) = object.get("const") {
            return of_values(std::iter::once(value));
        }
        let choices = ["anyOf", "oneOf"].iter().find_map(|key| object.get(*key)?.as_array());
        if let Some(choices) = choices {
            return self.of_choices(choices, at);
        }
        match object.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            Some([only]) => self.read(only, at),
            _ => None,
        }
    }

    fn follow(&mut self, reference: &'a str, at: &str) -> Option<Found> {
        let target = self.root.pointer(reference.strip_prefix('#')?)?;
        if self.references.contains(&reference) {
            return None;
        }
        self.references.push(reference);
        let found = self.read(target, at);
        self.references.pop();
        found
    }

    fn of_types(
        &mut self,
        words: &[&str],
        object: &'a Map<String, Value>,
        at: &str,
    ) -> Option<Found> {
        let nullable = words.contains(&"null");
        let mut named: Vec<&str> = words.iter().copied().filter(|word| *word != "null").collect();
        named.sort_unstable();
        let shape = match named.as_slice() {
            ["string"] => Shape::String,
            ["integer"] => Shape::Long,
            ["number"] | ["integer", "number"] => Shape::Decimal,
            ["boolean"] => Shape::Bool,
            ["array"] => {
                let item = self.read(object.get("items")?, &format!("{at}/*"))?;
                (!object.contains_key("prefixItems")).then(|| Shape::Set(Box::new(item.shape)))?
            }
            ["object"] if object.contains_key("properties") => self.record(object, at)?,
            _ => return None,
        };
        Some(Found { shape, nullable })
    }

    fn of_choices(&mut self, choices: &'a [Value], at: &str) -> Option<Found> {
        let null = |choice: &&Value| choice.get("type").and_then(Value::as_str) == Some("null");
        let mut nullable = choices.iter().any(|choice| null(&choice));
        let mut common: Option<Shape> = None;
        for choice in choices.iter().filter(|choice| !null(choice)) {
            let found = self.read(choice, at)?;
            nullable |= found.nullable;
            common = Some(match (common, found.shape) {
                (None, shape) => shape,
                (Some(common), shape) if common == shape => common,
                (Some(Shape::Long | Shape::Decimal), Shape::Long | Shape::Decimal) => {
                    Shape::Decimal
                }
                _ => return None,
            });
        }
        Some(Found { shape: common?, nullable })
    }

    fn record(&mut self, object: &'a Map<String, Value>, at: &str) -> Option<Shape> {
        let required: Vec<&str> = match object.get("required").and_then(Value::as_array) {
            Some(names) => names.iter().filter_map(Value::as_str).collect(),
            None => Vec::new(),
        };
        let mut fields = Vec::new();
        for (name, schema) in object.get("properties")?.as_object()? {
            let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
            match self.read(schema, &at) {
                Some(Found { shape, nullable }) => {
                    let required = required.contains(&name.as_str()) && !nullable;
                    fields.push(Field { name: name.clone(), required, shape });
                }
                None => drop(self.untyped.insert(at)),
            }
        }
        Some(Shape::Record(fields))
    }
}

fn of_values<'a>(values: impl Iterator<Item = &'a Value> + Clone) -> Option<Found> {
    let nullable = values.clone().any(Value::is_null);
    let mut shapes = values.filter(|value| !value.is_null()).map(|value| match value {
        Value::String(_) => Some(Shape::String),
        Value::Bool(_) => Some(Shape::Bool),
        Value::Number(number) if number.is_i64() => Some(Shape::Long),
        Value::Number(_) => Some(Shape::Decimal),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    });
    let shape = shapes.next()??;
    shapes.all(|other| other.as_ref() == Some(&shape)).then_some(Found { shape, nullable })
}

impl Shape {
    /// Returns a record of the attributes that are read.
    pub(crate) fn keep(&self, read: &Paths) -> Self {
        let kept = |Field { name, required, shape }: &Field| {
            let shape = shape.keep(read.of_attribute(name)?);
            Some(Field { name: name.clone(), required: *required, shape })
        };
        match self {
            Self::Record(fields) => Self::Record(fields.iter().filter_map(kept).collect()),
            Self::String | Self::Long | Self::Decimal | Self::Bool | Self::Set(_) => self.clone(),
        }
    }
}

impl fmt::Display for Shape {
    /// Writes the type in Cedar's schema syntax.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String => f.write_str("String"),
            Self::Long => f.write_str("Long"),
            Self::Decimal => f.write_str("decimal"),
            Self::Bool => f.write_str("Bool"),
            Self::Set(item) => write!(f, "Set<{item}>"),
            Self::Record(fields) => {
                f.write_str("{")?;
                for (i, Field { name, required, shape }) in fields.iter().enumerate() {
                    let (comma, mark) =
                        (if i > 0 { ", " } else { "" }, if *required { "" } else { "?" });
                    write!(f, "{comma}\"{}\"{mark}: {shape}", name.escape_debug())?;
                }
                f.write_str("}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{remote_references, typed};

    fn shown(properties: &Value) -> String {
        let schema = json!({
            "type": "object",
            "properties": properties,
            "required": ["a"],
            "$defs": {"name": {"type": "string"}, "tree": {"properties": {"l": {"$ref": "#/$defs/tree"}}, "type": "object"}},
        });
        let typed = typed(&schema);
        let untyped: Vec<_> = typed.untyped.into_iter().collect();
        format!("{} {}", typed.shape, untyped.join(" ")).trim_end().to_owned()
    }

    #[test]
    fn json_schema_becomes_cedar_types_or_is_named_as_untyped() {
        for (properties, expected) in [
            (
                json!({"a": {"type": "string"}, "b": {"type": "integer"}}),
                r#"{"a": String, "b"?: Long}"#,
            ),
            (
                json!({"a": {"type": "number"}, "b": {"type": "boolean"}}),
                r#"{"a": decimal, "b"?: Bool}"#,
            ),
            (json!({"a": {"enum": ["x", "y"]}, "b": {"const": 3}}), r#"{"a": String, "b"?: Long}"#),
            (json!({"a": {"enum": ["x", null]}, "b": {"enum": ["x", 3]}}), r#"{"a"?: String} /b"#),
            (json!({"a": {"type": ["string", "null"]}}), r#"{"a"?: String}"#),
            (json!({"a": {"type": ["integer", "number"]}}), r#"{"a": decimal}"#),
            (json!({"a": {"anyOf": [{"type": "string"}, {"type": "null"}]}}), r#"{"a"?: String}"#),
            (
                json!({"a": {"oneOf": [{"type": "integer"}, {"type": "number"}]}}),
                r#"{"a": decimal}"#,
            ),
            (json!({"a": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}), "{} /a"),
            (
                json!({"a": {"$ref": "#/$defs/name"}, "b": {"allOf": [{"$ref": "#/$defs/name"}]}}),
                r#"{"a": String, "b"?: String}"#,
            ),
            (json!({"a": {"$ref": "#/$defs/tree"}}), r#"{"a": {}} /a/l"#),
            (json!({"a": {"$ref": "#/$defs/none"}}), "{} /a"),
            (json!({"a": {"type": "array", "items": {"type": "string"}}}), r#"{"a": Set<String>}"#),
            (
                json!({"a": {"type": "array"}, "b": {"type": "object"}, "c": {}, "d": true}),
                "{} /a /b /c /d",
            ),
            (
                json!({"a": {"type": "object", "properties": {"x y": {"type": "string"}, "z/": {}}, "required": ["x y"]}}),
                r#"{"a": {"x y": String}} /a/z~1"#,
            ),
            (
                json!({"a": {"type": "array", "items": {"type": "object", "properties": {"p": {}}}}}),
                r#"{"a": Set<{}>} /a/*/p"#,
            ),
        ] {
            assert_eq!(shown(&properties), expected, "{properties}");
        }
    }

    #[test]
    fn only_references_out_of_the_schema_are_remote() {
        for (schema, expected) in [
            (json!({"properties": {"a": {"$ref": "https://x.test/s"}}}), vec!["https://x.test/s"]),
            (json!({"items": [{"$ref": "other.json#/a"}]}), vec!["other.json#/a"]),
            (json!({"$ref": "#/$defs/a", "properties": {"$ref": {"type": "string"}}}), vec![]),
            (json!({"const": {"$ref": "https://x.test/s"}}), vec![]),
        ] {
            assert_eq!(remote_references(&schema), expected, "{schema}");
        }
    }
}
