//! A log record of OpenTelemetry, as OTLP's JSON has it (opentelemetry-proto 1.x, `LogRecord`).
//!
//! Names are those of OpenTelemetry's conventions for generative AI where they fit, and `syndic.` ones beside them, the
//! same as those of spans (`traces/encode.rs`). Those conventions are in development: a name changes here, in
//! [`SCHEMA`] and in `docs/sink-formats.md`.

use serde_json::{Value, json};
use syndic_model::{AuditEvent, Hex, TraceParent};

use super::course::{Course, in_the_way, is_observed, text};
use super::{Placement, checks};

/// Stands in the attribute `syndic.schema`.
const SCHEMA: &str = "syndic.audit.otel/1";
const UID: &str = "log.record.uid";

pub(super) fn shape(event: &AuditEvent, placement: &Placement) -> Value {
    let course = Course::of(event, placement);
    let (number, severity) = severity(event, course);
    let nanoseconds = event.timestamp.as_nanosecond().max(0).to_string();
    let mut shaped = json!({
        "timeUnixNano": nanoseconds,
        "observedTimeUnixNano": nanoseconds,
        "severityNumber": number,
        "severityText": severity,
        "eventName": "syndic.action",
        "body": {"stringValue": course.sentence(event)},
        "attributes": attributes(event, placement, course),
    });
    let parent = text(event, "traceparent").and_then(|text| text.parse::<TraceParent>().ok());
    if let (Some(parent), Some(members)) = (parent, shaped.as_object_mut()) {
        members.insert("flags".to_owned(), parent.flags.into());
        members.insert("traceId".to_owned(), Hex(&parent.trace).to_string().into());
        members.insert("spanId".to_owned(), Hex(&parent.span).to_string().into());
    }
    shaped
}

pub(super) fn id(shaped: &Value) -> Option<&str> {
    let attributes = shaped.get("attributes")?.as_array()?;
    let id =
        attributes.iter().find(|attribute| attribute.get("key").is_some_and(|key| key == UID))?;
    id.pointer("/value/stringValue")?.as_str()
}

/// `SEVERITY_NUMBER_INFO`, `_WARN` and `_ERROR`. A denial is no error: that is what syndic is for.
fn severity(event: &AuditEvent, course: Course) -> (u32, &'static str) {
    match course {
        Course::Ran if !is_observed(event) => (9, "INFO"),
        Course::Ran | Course::Overdue | Course::Held | Course::Rejected | Course::Denied => {
            (13, "WARN")
        }
        Course::Failed => (17, "ERROR"),
    }
}

fn attributes(event: &AuditEvent, placement: &Placement, course: Course) -> Vec<Value> {
    let tool = event.tool_name.as_ref().unwrap_or(&event.action);
    let known = |text: &str| (text != "unknown").then(|| string(text));
    let policies: Vec<_> = in_the_way(event).map(|check| string(check.policy.as_str())).collect();
    let leaf_hash = Hex(&placement.leaf_hash).to_string();
    let all = [
        (UID, Some(string(&event.event_id))),
        ("gen_ai.operation.name", Some(string("execute_tool"))),
        ("gen_ai.tool.name", Some(string(tool))),
        ("gen_ai.tool.call.id", Some(string(&event.event_id))),
        ("gen_ai.tool.call.arguments", event.tool_args.as_ref().map(as_text)),
        ("gen_ai.tool.call.result", event.tool_result.as_ref().map(as_text)),
        ("gen_ai.agent.id", Some(string(&event.agent_name))),
        ("gen_ai.agent.version", Some(string(&event.agent_version))),
        ("gen_ai.conversation.id", known(&event.session_id)),
        ("session.id", known(&event.session_id)),
        ("user.id", event.user_id.as_ref().map(as_text)),
        ("gen_ai.request.model", known(&event.model)),
        ("gen_ai.usage.input_tokens", event.input_tokens.map(integer)),
        ("gen_ai.usage.output_tokens", event.output_tokens.map(integer)),
        ("error.type", error(course).map(string)),
        ("syndic.schema", Some(string(SCHEMA))),
        ("syndic.event_id", Some(string(&event.event_id))),
        ("syndic.action", Some(string(&event.action))),
        ("syndic.allowed", Some(json!({"boolValue": event.allowed}))),
        ("syndic.duration_ms", event.duration_ms.map(integer)),
        ("syndic.policies", list(&policies)),
        ("syndic.policy_checks", Some(string(&Value::Array(checks(event)).to_string()))),
        ("syndic.log", Some(string(&placement.origin))),
        ("syndic.record", Some(integer(placement.index))),
        ("syndic.leaf_hash", Some(string(&leaf_hash))),
    ];
    let metadata = event.metadata.iter().map(|(key, value)| {
        let key = match key.as_str() {
            "effect" => "syndic.verdict".to_owned(),
            "mode" => "syndic.mode".to_owned(),
            "approval_id" => "syndic.approval_id".to_owned(),
            "completes" => "syndic.completes".to_owned(),
            key => format!("syndic.metadata.{key}"),
        };
        attribute(&key, &as_text(value))
    });
    let all = all.into_iter().filter_map(|(key, value)| Some(attribute(key, &value?)));
    all.chain(metadata).collect()
}

const fn error(course: Course) -> Option<&'static str> {
    match course {
        Course::Ran => None,
        Course::Failed => Some("tool_failed"),
        Course::Overdue => Some("outcome_overdue"),
        Course::Held => Some("policy_held"),
        Course::Rejected => Some("approval_rejected"),
        Course::Denied => Some("policy_denied"),
    }
}

fn attribute(key: &str, value: &Value) -> Value {
    json!({"key": key, "value": value})
}

fn string(text: &str) -> Value {
    json!({"stringValue": text})
}

/// A text as it is, and anything else as its JSON, so that numbers stay exact.
fn as_text(value: &Value) -> Value {
    match value {
        Value::String(text) => string(text),
        Value::Bool(value) => json!({"boolValue": value}),
        Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            string(&value.to_string())
        }
    }
}

/// OTLP's JSON has integers of 64 bits as text; they are signed.
fn integer(number: u64) -> Value {
    json!({"intValue": i64::try_from(number).unwrap_or(i64::MAX).to_string()})
}

fn list(values: &[Value]) -> Option<Value> {
    (!values.is_empty()).then(|| json!({"arrayValue": {"values": values}}))
}
