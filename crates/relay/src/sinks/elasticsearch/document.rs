//! An event as a document that is never refused for what an agent wrote into it.
//!
//! What is indexed as one field with any keys (`flattened`, `flat_object`) must be an object, and one key or value too
//! long for Lucene makes the whole document fail: an agent could hide so. What does not fit is kept in `unindexed`,
//! where it is stored and not looked at.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use syndic_governance::SinkFormat;

use crate::sink::Shaped;

/// Lucene takes terms of 32,766 bytes, and a term is a path and a value.
const MOST_TERM_BYTES: usize = 32_000;
/// Elasticsearch indexes 20 levels of a flattened field unless it is told otherwise.
const MOST_LEVELS: usize = 18;
/// Where an event keeps what it could not have indexed.
pub(super) const UNINDEXED: &str = "unindexed";

/// The members of a document that are indexed with any keys, the inner ones first.
pub(super) const fn flat(format: SinkFormat) -> &'static [&'static [&'static str]] {
    match format {
        SinkFormat::Native => &[&["tool_args"], &["tool_result"], &["metadata"]],
        SinkFormat::Ocsf => &[
            &["api", "request", "data"],
            &["api", "response", "data"],
            &["unmapped", "metadata"],
            &["unmapped"],
        ],
        SinkFormat::Otel => &[],
    }
}

/// Returns an event's body as it is, nearly always; or as it can be indexed.
pub(super) fn fitting(format: SinkFormat, event: &Shaped) -> Cow<'_, str> {
    let body = event.body.as_str();
    match format {
        SinkFormat::Native | SinkFormat::Ocsf if is_plain(format, body) => Cow::Borrowed(body),
        SinkFormat::Native | SinkFormat::Ocsf => Cow::Owned(fitted(format, body)),
        // OTLP's time is a text of nanoseconds, which is no date to anybody else.
        SinkFormat::Otel => match body.strip_prefix('{') {
            Some(rest) => Cow::Owned(format!("{{\"@timestamp\":\"{}\",{rest}", event.at)),
            None => Cow::Borrowed(body),
        },
    }
}

/// Tells at a glance that everything fits.
fn is_plain(format: SinkFormat, body: &str) -> bool {
    let opened = body.bytes().filter(|byte| matches!(byte, b'{' | b'[')).count();
    body.len() < MOST_TERM_BYTES
        && opened <= MOST_LEVELS
        && !body.contains("\\u0000")
        && !body.contains("\"\":")
        && match format {
            SinkFormat::Native => {
                serde_json::from_str(body).is_ok_and(|Native { tool_args, tool_result }| {
                    is_object_or_null(tool_args) && is_object_or_null(tool_result)
                })
            }
            SinkFormat::Ocsf | SinkFormat::Otel => false,
        }
}

#[derive(Deserialize)]
struct Native<'a> {
    #[serde(borrow)]
    tool_args: &'a RawValue,
    #[serde(borrow)]
    tool_result: &'a RawValue,
}

fn is_object_or_null(value: &RawValue) -> bool {
    value.get().starts_with(['{', 'n'])
}

fn fitted(format: SinkFormat, body: &str) -> String {
    let Ok(mut document) = serde_json::from_str::<Value>(body) else { return body.to_owned() };
    let mut unindexed = Map::new();
    for path in flat(format) {
        let Some((last, way)) = path.split_last() else { continue };
        let owner = way.iter().try_fold(&mut document, |value, key| value.get_mut(*key));
        let Some(Value::Object(owner)) = owner else { continue };
        let Some(member) = owner.get_mut(*last) else { continue };
        if let Some(aside) = set_aside(member) {
            unindexed.insert(path.join("."), aside);
        }
    }
    if let (false, Some(document)) = (unindexed.is_empty(), document.as_object_mut()) {
        document.insert(UNINDEXED.to_owned(), unindexed.into());
    }
    document.to_string()
}

/// Leaves an object of what fits, and returns what does not.
fn set_aside(member: &mut Value) -> Option<Value> {
    match member {
        Value::Null => None,
        Value::Object(members) => {
            let unfit: Vec<_> = members
                .iter()
                .filter(|(key, value)| !fits(key.len(), value, 1) || !is_key(key))
                .map(|(key, _)| key.clone())
                .collect();
            let aside: Map<_, _> =
                unfit.into_iter().filter_map(|key| members.shift_remove_entry(&key)).collect();
            (!aside.is_empty()).then_some(aside.into())
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            let value = member.take();
            if fits("value".len(), &value, 1) {
                *member = json!({"value": value});
                return None;
            }
            Some(value)
        }
    }
}

/// Tells whether a value can be indexed `at` so many bytes and so many `levels` below its field.
fn fits(at: usize, value: &Value, levels: usize) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(number) => at + number.as_str().len() < MOST_TERM_BYTES,
        Value::String(text) => at + text.len() < MOST_TERM_BYTES,
        Value::Array(values) => {
            levels < MOST_LEVELS && values.iter().all(|value| fits(at, value, levels + 1))
        }
        Value::Object(members) => {
            levels < MOST_LEVELS
                && members
                    .iter()
                    .all(|(key, value)| is_key(key) && fits(at + 1 + key.len(), value, levels + 1))
        }
    }
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.len() < MOST_TERM_BYTES && !key.contains('\0')
}
