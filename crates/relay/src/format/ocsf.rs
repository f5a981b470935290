//! OCSF 1.9: API Activity, with the profiles AI Operation, Security Control, Record Integrity, Date/Time and Trace.
//!
//! Names and numbers are those of <https://schema.ocsf.io/1.9.0/classes/api_activity>; what has no place there is in
//! `unmapped`. `docs/sink-formats.md` has the table.

use serde_json::{Map, Value, json};
use syndic_model::{AuditEvent, CheckResult, Hex, Severity, TraceParent};

use super::course::{Course, error, in_the_way, is_approved, is_observed, text, worst};
use super::{Placement, checks, provenance};

/// Stands in `unmapped.schema`.
const SCHEMA: &str = "syndic.audit.ocsf/1";
const VERSION: &str = "1.9.0";
const CATEGORY: u32 = 6;
const CLASS: u32 = 6003;
/// `Other`: what an action is called says nothing of creating, reading, updating or deleting.
const ACTIVITY: u32 = 99;
/// `SHA-256`, `Hex` and `Other`: what was hashed is the ledger's leaf and not this object.
const SHA_256: u32 = 3;
const HEX: u32 = 1;
const OTHER: u32 = 99;
/// `Agent`.
const AGENT: u32 = 4;

pub(super) fn shape(event: &AuditEvent, placement: &Placement) -> Value {
    let course = Course::of(event, placement);
    let (severity_id, severity) = severity(event);
    let (status_id, status) = status(course);
    let (action_id, action, disposition_id, disposition) = disposition(event, course);
    let trace = text(event, "traceparent").and_then(|text| text.parse::<TraceParent>().ok());
    let mut shaped = object(json!({
        "metadata": metadata(event, placement, trace.is_some()),
        "category_uid": CATEGORY,
        "category_name": "Application Activity",
        "class_uid": CLASS,
        "class_name": "API Activity",
        "activity_id": ACTIVITY,
        "activity_name": event.action,
        "type_uid": CLASS * 100 + ACTIVITY,
        "type_name": format!("API Activity: {}", event.action),
        "time": event.timestamp.as_millisecond(),
        "time_dt": event.timestamp.to_string(),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "action_id": action_id,
        "action": action,
        "disposition_id": disposition_id,
        "disposition": disposition,
        "is_alert": is_alert(event, course),
        "message": course.sentence(event),
        "actor": actor(event),
        "src_endpoint": {"name": event.agent_name},
        "api": api(event, course),
        "ai_agent": ai_agent(event),
        "message_context": message_context(event),
    }));
    let mut set = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            shaped.insert(key.to_owned(), value);
        }
    };
    set("status_detail", text(event, "violation_reason").or_else(|| error(event)).map(Value::from));
    set(
        "policy",
        in_the_way(event)
            .next()
            .map(|check| json!({"uid": check.policy.as_str(), "is_applied": true})),
    );
    set("authorizations", authorizations(event));
    set("trace", trace.map(|trace| json!({"uid": Hex(&trace.trace).to_string()})));
    set("attestation_list", Some(json!([attestation(placement)])));
    set("unmapped", Some(unmapped(event, placement)));
    Value::Object(shaped)
}

fn metadata(event: &AuditEvent, placement: &Placement, is_traced: bool) -> Value {
    let mut profiles = vec!["ai_operation", "datetime", "record_integrity", "security_control"];
    if is_traced {
        profiles.push("trace");
    }
    json!({
        "version": VERSION,
        "uid": event.event_id,
        // What belongs together: a late outcome and the event that it completes.
        "correlation_uid": placement.completes.as_ref().unwrap_or(&event.event_id),
        "product": {"name": "syndic", "vendor_name": "syndic", "version": env!("CARGO_PKG_VERSION")},
        "profiles": profiles,
        "log_name": placement.origin,
        "log_version": SCHEMA,
        "sequence": placement.index,
    })
}

fn severity(event: &AuditEvent) -> (u32, &'static str) {
    match worst(event) {
        None => (1, "Informational"),
        Some(Severity::Low) => (2, "Low"),
        Some(Severity::Medium) => (3, "Medium"),
        Some(Severity::High) => (4, "High"),
        Some(Severity::Critical) => (5, "Critical"),
    }
}

const fn status(course: Course) -> (u32, &'static str) {
    match course {
        Course::Ran => (1, "Success"),
        Course::Failed | Course::Held | Course::Rejected | Course::Denied => (2, "Failure"),
        Course::Overdue => (0, "Unknown"),
    }
}

/// What the gate did, and what came of it.
fn disposition(event: &AuditEvent, course: Course) -> (u32, &'static str, u32, &'static str) {
    match course {
        Course::Denied | Course::Held => (2, "Denied", 2, "Blocked"),
        Course::Rejected => (2, "Denied", 25, "Rejected"),
        Course::Ran | Course::Failed | Course::Overdue => {
            if is_observed(event) {
                (3, "Observed", 19, "Alert")
            } else if is_approved(event) {
                (1, "Allowed", 8, "Approved")
            } else {
                (1, "Allowed", 1, "Allowed")
            }
        }
    }
}

/// A refusal, or what would have been one. That a person is asked is the ordinary way.
fn is_alert(event: &AuditEvent, course: Course) -> bool {
    course == Course::Denied
        || is_observed(event) && in_the_way(event).any(|check| check.result == CheckResult::Blocked)
}

fn actor(event: &AuditEvent) -> Value {
    let mut actor = object(json!({
        "app_name": event.agent_name,
        "app_uid": event.agent_name,
        "session": {"uid": event.session_id},
    }));
    if let Some(user) = &event.user_id {
        actor.insert("user".to_owned(), json!({"uid": as_text(user)}));
    }
    Value::Object(actor)
}

fn api(event: &AuditEvent, course: Course) -> Value {
    let mut request = object(json!({"uid": event.event_id}));
    request.extend(event.tool_args.clone().map(|args| ("data".to_owned(), args)));
    let mut api = object(json!({
        "operation": event.tool_name.as_ref().unwrap_or(&event.action),
        "request": request,
    }));
    if let Some(server) = text(event, "tool_server") {
        api.insert("service".to_owned(), json!({"name": server}));
    }
    let mut response = Map::new();
    response.extend(event.tool_result.clone().map(|result| ("data".to_owned(), result)));
    if course == Course::Failed {
        response.insert("error".to_owned(), error(event).unwrap_or("the tool failed").into());
    }
    if !response.is_empty() {
        api.insert("response".to_owned(), response.into());
    }
    Value::Object(api)
}

fn ai_agent(event: &AuditEvent) -> Value {
    let mut agent = object(json!({
        "uid": event.agent_name,
        "name": event.agent_name,
        "version": event.agent_version,
        "instance_uid": event.session_id,
    }));
    if event.model != "unknown" {
        let model = json!({"name": event.model, "ai_provider": "unknown"});
        agent.insert("ai_model".to_owned(), model);
    }
    Value::Object(agent)
}

fn message_context(event: &AuditEvent) -> Value {
    let mut context = object(json!({
        "uid": event.session_id,
        "ai_role_id": AGENT,
        "ai_role": "Agent",
        "application": {"name": event.agent_name},
    }));
    for (key, tokens) in
        [("prompt_tokens", event.input_tokens), ("completion_tokens", event.output_tokens)]
    {
        context.extend(tokens.map(|tokens| (key.to_owned(), tokens.into())));
    }
    Value::Object(context)
}

fn authorizations(event: &AuditEvent) -> Option<Value> {
    let all = event.policy_checks.iter().map(|check| {
        let mut policy = object(json!({
            "uid": check.policy.as_str(),
            "is_applied": !check.shadow,
        }));
        policy.extend(check.reason.as_deref().map(|reason| ("desc".to_owned(), reason.into())));
        json!({"decision": check.result.as_str(), "policy": policy})
    });
    let all: Vec<_> = all.collect();
    (!all.is_empty()).then(|| all.into())
}

fn attestation(placement: &Placement) -> Value {
    json!({
        "uid": placement.index.to_string(),
        "chain_uid": placement.origin,
        "authority_uid": placement.origin,
        "fingerprint": {
            "algorithm_id": SHA_256,
            "algorithm": "SHA-256",
            "encoding_id": HEX,
            "encoding": "Hex",
            "serialization_id": OTHER,
            "serialization": "leaf of the ledger's record, RFC 9162",
            "value": Hex(&placement.leaf_hash).to_string(),
        },
    })
}

fn unmapped(event: &AuditEvent, placement: &Placement) -> Value {
    let mut unmapped = object(provenance(SCHEMA, placement));
    unmapped.extend(object(json!({
        "allowed": event.allowed,
        "action": event.action,
        "tool_name": event.tool_name,
        "duration_ms": event.duration_ms,
        "model": event.model,
        "policy_checks": checks(event),
        "metadata": event.metadata,
    })));
    Value::Object(unmapped)
}

/// A text as it is, and anything else as its JSON.
fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(members) = value { members } else { Map::new() }
}
