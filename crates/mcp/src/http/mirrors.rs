//! Which arguments of which tools headers repeat, and whether they say the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;

use super::agree::{Disagreement, decoded, shown, single};
use crate::tools::Known;

/// How the headers that repeat arguments begin.
pub(crate) const PARAM: &str = "mcp-param-";
const ANNOTATION: &str = "x-mcp-header";
/// How deep an annotated property may lie, and how many there may be.
const MOST_DEPTH: usize = 32;
const MOST_MIRRORED: usize = 256;
/// Beyond this, a number that is compared as one may equal its neighbour.
const SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// A property of a tool's arguments that a header repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mirrored {
    header: String,
    path: Vec<String>,
}

/// Which arguments headers repeat, by tool, as the tools were when this was last asked.
#[derive(Debug, Default)]
pub(crate) struct Mirrors(Mutex<Option<Read>>);

#[derive(Debug)]
struct Read {
    of: Arc<Known>,
    by_tool: HashMap<Box<str>, Arc<[Mirrored]>>,
}

#[derive(Deserialize)]
struct Tool {
    name: Box<str>,
    #[serde(default, rename = "inputSchema")]
    input_schema: Value,
}

impl Mirrors {
    /// Returns what headers repeat of a tool's arguments.
    pub(crate) fn of(&self, known: &Arc<Known>, tool: &str) -> Option<Arc<[Mirrored]>> {
        let mut read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let read = match &mut *read {
            Some(read) if Arc::ptr_eq(&read.of, known) => read,
            read => read.insert(Read::new(known)),
        };
        read.by_tool.get(tool).cloned()
    }
}

impl Read {
    fn new(known: &Arc<Known>) -> Self {
        let annotated = known.definitions().iter().filter(|it| it.text().contains(ANNOTATION));
        let by_tool = annotated.filter_map(|definition| {
            let Tool { name, input_schema } = definition.read().ok()?;
            let mirrored = Mirrored::of(&input_schema);
            (!mirrored.is_empty()).then(|| (name, mirrored.into()))
        });
        Self { of: Arc::clone(known), by_tool: by_tool.collect() }
    }
}

impl Mirrored {
    /// Reads which arguments a tool wants repeated in headers, from `x-mcp-header` in its input schema.
    ///
    /// An annotation in a place or on a type that the specification forbids is not read: clients refuse such a tool.
    fn of(input_schema: &Value) -> Vec<Self> {
        let mut found = Vec::new();
        collect(input_schema, &mut Vec::new(), &mut found);
        found
    }

    /// Compares what a header says with the argument.
    pub(crate) fn agrees(
        &self,
        headers: &HeaderMap,
        arguments: Option<&Value>,
        stateless: bool,
    ) -> Result<(), Disagreement> {
        let header = decoded(&self.header, single(headers, &self.header)?)?;
        let value = arguments
            .and_then(|all| self.path.iter().try_fold(all, |value, key| value.get(key.as_str())));
        match (header, value) {
            (None, None | Some(Value::Null)) => Ok(()),
            (None, Some(_)) if !stateless => Ok(()),
            (Some(_), None | Some(Value::Null)) => {
                Err(self.differs("is there, and the argument is not"))
            }
            (None, Some(_)) => Err(self.differs("is missing, and the argument is there")),
            (Some(header), Some(value)) if says(&header, value) => Ok(()),
            (Some(_), Some(_)) => Err(self.differs("does not say what the argument says")),
        }
    }

    fn differs(&self, how: &str) -> Disagreement {
        Disagreement(format!("{} {how} (`{}`)", self.header, shown(&self.path.join("."))))
    }
}

fn collect(schema: &Value, path: &mut Vec<String>, found: &mut Vec<Mirrored>) {
    let Some(Value::Object(properties)) = schema.get("properties") else { return };
    if path.len() >= MOST_DEPTH {
        return;
    }
    for (key, property) in properties {
        if found.len() >= MOST_MIRRORED {
            return;
        }
        path.push(key.clone());
        if let Some(Value::String(name)) = property.get(ANNOTATION) {
            found.push(Mirrored {
                header: format!("{PARAM}{}", name.to_ascii_lowercase()),
                path: path.clone(),
            });
        }
        collect(property, path, found);
        path.pop();
    }
}

/// Tells whether a header's text says the argument; whole numbers are compared as numbers.
fn says(header: &str, value: &Value) -> bool {
    match value {
        Value::String(text) => header == text,
        Value::Bool(truth) => header == if *truth { "true" } else { "false" },
        Value::Number(number) => {
            let exact = number.to_string();
            let as_number =
                |text: &str| text.parse::<f64>().ok().filter(|n| n.abs() <= SAFE_INTEGER);
            let is_plain =
                |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'.'));
            header == exact
                || is_plain(header)
                    && as_number(header).is_some_and(|header| Some(header) == as_number(&exact))
        }
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};
    use serde_json::{Value, json};

    use super::Mirrored;

    #[test]
    fn a_header_says_what_the_argument_says() {
        let mirrored = Mirrored::of(&json!({"type": "object", "properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
            "deep": {"type": "object", "properties": {"n": {"type": "integer", "x-mcp-header": "N"}}},
            "dry": {"type": "boolean", "x-mcp-header": "Dry"},
            "list": {"type": "array", "items": {"type": "string", "x-mcp-header": "Never"}},
        }}));
        assert_eq!(mirrored.len(), 3);
        let check = |arguments: &Value, lines: &[(&str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                let name: HeaderName = name.parse().unwrap();
                headers.append(name, HeaderValue::from_str(value).unwrap());
            }
            mirrored.iter().all(|one| one.agrees(&headers, Some(arguments), true).is_ok())
        };
        for (arguments, lines, agrees) in [
            (json!({}), &[][..], true),
            (json!({"region": null}), &[], true),
            (json!({"region": "eu"}), &[("mcp-param-region", "eu")], true),
            (json!({"region": "eu"}), &[("mcp-param-region", "=?base64?ZXU=?=")], true),
            (json!({"region": "eu"}), &[("mcp-param-region", "us")], false),
            (json!({"region": "eu"}), &[], false),
            (json!({}), &[("mcp-param-region", "eu")], false),
            (json!({"region": null}), &[("mcp-param-region", "null")], false),
            (json!({"deep": {"n": 42}}), &[("mcp-param-n", "42.0")], true),
            (json!({"deep": {"n": 42}}), &[("mcp-param-n", "43")], false),
            (json!({"deep": {"n": 42}}), &[("mcp-param-n", "4.2e1")], false),
            (json!({"deep": {"n": 42}}), &[("mcp-param-n", "nan")], false),
            (json!({"dry": true}), &[("mcp-param-dry", "true")], true),
            (json!({"dry": true}), &[("mcp-param-dry", "True")], false),
            (json!({"region": {"a": 1}}), &[("mcp-param-region", "a")], false),
            (
                json!({"region": "eu"}),
                &[("mcp-param-region", "eu"), ("mcp-param-region", "eu")],
                false,
            ),
            // The server's to know: an intermediary passes on what it does not recognise.
            (json!({}), &[("mcp-param-other", "x")], true),
        ] {
            assert_eq!(check(&arguments, lines), agrees, "{arguments} {lines:?}");
        }
    }
}
