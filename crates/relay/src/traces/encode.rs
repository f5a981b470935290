//! Spans as OTLP's JSON has them (opentelemetry-proto 1.x, `ExportTraceServiceRequest`).
//!
//! Names are those of OpenTelemetry's conventions for generative AI where they fit, and `syndic.` ones beside them.
//! Those conventions are in development: a name changes here and in `docs/tracing.md`.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use syndic_model::{ActionSpan, Hex, RiskLevel, SpanAnswer, TraceParent};

use crate::traces::Exported;

/// `SPAN_KIND_INTERNAL`, as the conventions say of a tool's execution.
const INTERNAL: u8 = 1;
/// `STATUS_CODE_ERROR`. A denial is none: that is what syndic is for.
const ERROR: u8 = 2;
/// `SPAN_FLAGS`: sampled, it is known whether the parent is elsewhere, and it is.
const SAMPLED: u32 = 1;
const KNOWS_WHERE: u32 = 0x100;
const ELSEWHERE: u32 = 0x200;

pub(super) fn request(exported: &Exported, spans: &[ActionSpan]) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    let resource = [
        text("service.name", &exported.telemetry.service_name),
        text("service.version", version),
        text("deployment.environment.name", exported.environment.as_str()),
    ];
    let spans: Vec<_> = spans.iter().map(span).collect();
    json!({"resourceSpans": [{
        "resource": {"attributes": resource},
        "scopeSpans": [{"scope": {"name": "syndic", "version": version}, "spans": spans}],
    }]})
}

fn span(span: &ActionSpan) -> Value {
    // Whatever an agent thinks of is no name of a span: there would be too many.
    let action = if span.is_known { span.action.as_str() } else { "unknown" };
    let mut encoded = json!({
        "traceId": Hex(&span.trace).to_string(),
        "spanId": Hex(&span.span).to_string(),
        "flags": flags(span.parent.as_ref()),
        "name": format!("execute_tool {action}"),
        "kind": INTERNAL,
        "startTimeUnixNano": nanoseconds(span.begun, Duration::ZERO),
        "endTimeUnixNano": nanoseconds(span.begun, span.took),
        "attributes": attributes(span),
        "status": match span.answered {
            Ok(_) => json!({}),
            Err(_) => json!({"code": ERROR}),
        },
    });
    if let Some(parent) = &span.parent
        && let Some(members) = encoded.as_object_mut()
    {
        members.insert("parentSpanId".to_owned(), Hex(&parent.span).to_string().into());
        let state = parent.state.as_deref().map(|state| ("traceState".to_owned(), state.into()));
        members.extend(state);
    }
    encoded
}

fn flags(parent: Option<&TraceParent>) -> u32 {
    match parent {
        Some(parent) => u32::from(parent.flags) | SAMPLED | KNOWS_WHERE | ELSEWHERE,
        None => SAMPLED | KNOWS_WHERE,
    }
}

fn attributes(span: &ActionSpan) -> Vec<Value> {
    let tool = span.tool.as_ref().map_or(span.action.as_str(), |tool| tool.as_str());
    let asked = [
        ("gen_ai.operation.name", Some("execute_tool")),
        ("gen_ai.tool.name", Some(tool)),
        ("gen_ai.agent.id", Some(span.agent.as_str())),
        ("gen_ai.agent.name", span.agent_name.as_deref()),
        ("gen_ai.agent.version", span.agent_version.as_deref()),
        ("gen_ai.conversation.id", span.session.as_ref().map(|session| session.as_str())),
        ("gen_ai.request.model", span.model.as_deref()),
        ("syndic.action", Some(span.action.as_str())),
    ];
    let mut all: Vec<_> =
        asked.into_iter().filter_map(|(key, value)| Some(text(key, value?))).collect();
    match &span.answered {
        Ok(answer) => answered(answer, &mut all),
        Err(code) => all.push(text("error.type", code)),
    }
    all
}

fn answered(answer: &SpanAnswer, all: &mut Vec<Value>) {
    let policies: Vec<_> =
        answer.policies.iter().map(|policy| json!({"stringValue": policy.as_str()})).collect();
    all.extend([
        text("syndic.verdict", &answer.effect.to_string()),
        attribute("syndic.allowed", &json!({"boolValue": answer.allowed})),
        text("syndic.mode", &answer.mode.to_string()),
        text("syndic.code", &answer.code.to_string()),
        text("syndic.risk_level", answer.risk_level.map_or("unknown", RiskLevel::as_str)),
        text("syndic.policy_revision", &answer.revision),
        text("syndic.event_id", &answer.event.to_string()),
    ]);
    if !policies.is_empty() {
        all.push(attribute("syndic.policies", &json!({"arrayValue": {"values": policies}})));
    }
    if let Some(record) = answer.record {
        all.push(attribute("syndic.record", &json!({"intValue": record.to_string()})));
    }
    if let Some(approval) = answer.approval {
        all.push(text("syndic.approval_id", &approval.to_string()));
    }
    if answer.replayed {
        all.push(attribute("syndic.replayed", &json!({"boolValue": true})));
    }
}

fn text(key: &str, value: &str) -> Value {
    attribute(key, &json!({"stringValue": value}))
}

fn attribute(key: &str, value: &Value) -> Value {
    json!({"key": key, "value": value})
}

/// Nanoseconds since 1970 as text, as JSON has integers of 64 bits.
fn nanoseconds(at: Timestamp, after: Duration) -> String {
    let after = i128::try_from(after.as_nanos()).unwrap_or(0);
    (at.as_nanosecond() + after).max(0).to_string()
}
