//! The event of a function that was audited: all of it is in one record.

use serde_json::{Map, Value, json};
use syndic_ledger::{Audited, PartName, Violation};
use syndic_model::{AuditEvent, Check, CheckResult, Severity};

use crate::read::Stored;

/// Puts the 17 fields of an audited function together.
pub(crate) fn audited_event(audited: &Audited, stored: &Stored) -> AuditEvent {
    let refused = stored.value(PartName::Checks);
    let refused = refused.as_ref().and_then(|sealed| sealed.pointer("/checks/0/reason").cloned());
    AuditEvent {
        event_id: audited.id.clone(),
        timestamp: stored.leaf.at,
        agent_name: audited.agent.clone(),
        agent_version: audited.agent_version.clone(),
        session_id: audited.session.clone().unwrap_or_else(|| "unknown".to_owned()),
        user_id: stored.value(PartName::User),
        action: audited.action.clone(),
        tool_name: audited.tool.clone(),
        tool_args: stored.value(PartName::Args),
        tool_result: stored
            .value(PartName::Result)
            .or_else(|| stored.value(PartName::Error).map(|error| json!({ "error": error }))),
        policy_checks: audited
            .violations
            .iter()
            .filter_map(|violation| check(violation, refused.as_ref()))
            .collect(),
        allowed: audited.allowed,
        duration_ms: Some(audited.duration_ms),
        model: audited.model.clone().unwrap_or_else(|| "unknown".to_owned()),
        input_tokens: audited.input_tokens,
        output_tokens: audited.output_tokens,
        metadata: metadata(audited, stored, refused),
    }
}

fn check(violation: &Violation, reason: Option<&Value>) -> Option<Check> {
    Some(Check {
        policy: violation.policy.parse().ok()?,
        result: violation.result.parse().unwrap_or(CheckResult::Blocked),
        severity: violation.severity.parse().unwrap_or(Severity::Critical),
        reason: reason.and_then(Value::as_str).map(str::to_owned),
        shadow: violation.shadow,
    })
}

/// The caller's metadata with syndic's own keys. There is no `mode`: nobody decided.
fn metadata(audited: &Audited, stored: &Stored, refused: Option<Value>) -> Map<String, Value> {
    let mut metadata = match stored.value(PartName::Metadata) {
        Some(Value::Object(metadata)) => metadata,
        _ => Map::new(),
    };
    let mut set = |key: &str, value: Value| metadata.insert(key.to_owned(), value);
    set("owner", json!(audited.owner));
    set("audited", json!(audited.status));
    set("effect", json!(audited.effect()));
    set("enforcement_grade", json!(audited.grade));
    if let Some(reason) = refused {
        set("violation_reason", reason);
    }
    if let Some(parent) = &audited.parent {
        set("parent_action_id", json!(parent));
    }
    if stored.is_redacted() {
        set("redacted", json!(true));
    }
    metadata
}
