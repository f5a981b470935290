//! How an event looks in a sink: one JSON object on one line, a pure function of the event and of the record that
//! completed it.
//!
//! Each format carries its name and version (`SCHEMA`), and golden files hold it still: what changes its meaning
//! raises the version.

mod course;
mod native;
mod ocsf;
mod otel;

use serde_json::{Map, Value, json};
use syndic_governance::SinkFormat;
use syndic_model::{AuditEvent, CheckResult, Hex};

/// The record that completed an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placement {
    /// Its number in the ledger.
    pub(crate) index: u64,
    /// The hash of its leaf in the ledger's tree (RFC 9162 §2.1.1).
    pub(crate) leaf_hash: [u8; 32],
    /// The ledger.
    pub(crate) origin: String,
    /// The event that a late outcome belongs to.
    pub(crate) completes: Option<String>,
    /// The tool said that it failed.
    pub(crate) failed: bool,
}

/// Writes an event as a sink wants it.
pub(crate) fn shape(format: SinkFormat, event: &AuditEvent, placement: &Placement) -> String {
    let shaped = match format {
        SinkFormat::Native => native::shape(event, placement),
        SinkFormat::Ocsf => ocsf::shape(event, placement),
        SinkFormat::Otel => otel::shape(event, placement),
    };
    on_one_line(shaped.to_string())
}

/// Returns the id of the event that [`shape`] wrote.
pub(crate) fn id(format: SinkFormat, shaped: &Value) -> Option<&str> {
    match format {
        SinkFormat::Native => shaped.get("event_id")?.as_str(),
        SinkFormat::Ocsf => shaped.pointer("/metadata/uid")?.as_str(),
        SinkFormat::Otel => otel::id(shaped),
    }
}

/// What [`shape`] begins with, in each format.
const BEGINNINGS: [&[u8]; 3] =
    [br#"{"event_id":""#, br#"{"metadata":{"version":""#, br#"{"timeUnixNano":""#];

/// Tells whether `text` is the beginning of what [`shape`] wrote, in any format, as far as it goes.
pub(crate) fn is_beginning(text: &[u8]) -> bool {
    BEGINNINGS.iter().any(|begins| text.iter().zip(*begins).all(|(one, other)| one == other))
}

/// Tells whether [`shape`] wrote it, in any format.
pub(crate) fn is_event(shaped: &Value) -> bool {
    let formats = [SinkFormat::Native, SinkFormat::Ocsf, SinkFormat::Otel];
    formats.into_iter().any(|format| id(format, shaped).is_some())
}

/// Spells out what some readers end a line at, and JSON leaves as it is. It stands in texts alone.
fn on_one_line(line: String) -> String {
    if !line.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
        return line;
    }
    line.replace('\u{85}', "\\u0085").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// What policies said, as the API tells it.
fn checks(event: &AuditEvent) -> Vec<Value> {
    let check = |check: &syndic_model::Check| {
        let mut told = Map::new();
        told.insert("policy".to_owned(), check.policy.as_str().into());
        told.insert("result".to_owned(), check.result.as_str().into());
        if let Some(reason) = &check.reason {
            told.insert("reason".to_owned(), reason.as_str().into());
        }
        if check.result != CheckResult::Passed {
            told.insert("severity".to_owned(), check.severity.as_str().into());
        }
        if check.shadow {
            told.insert("shadow".to_owned(), true.into());
        }
        Value::Object(told)
    };
    event.policy_checks.iter().map(check).collect()
}

/// Where the record stands, for whoever looks it up or proves it.
fn provenance(schema: &str, placement: &Placement) -> Value {
    json!({
        "schema": schema,
        "log": placement.origin,
        "record": placement.index,
        "leaf_hash": Hex(&placement.leaf_hash).to_string(),
    })
}

#[cfg(test)]
mod tests;
