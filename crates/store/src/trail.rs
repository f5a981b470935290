//! The audit trail: the event of an action, put together from its records.

use serde_json::{Map, Value, json};
use syndic_ledger::{Decision, Outcome, PartName, Record};
use syndic_model::{AuditEvent, Check, CheckResult, Reason, Severity};

use crate::audited::audited_event;
use crate::read::{Part, Stored};

/// What is known of an action beside its decision.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ended<'a> {
    /// What became of it.
    pub outcome: Option<&'a Stored>,
    /// Nobody told in time.
    pub is_overdue: bool,
    /// What became of the request for approval that it opened, joined or used.
    pub approval_status: Option<&'a str>,
}

/// Puts the 17 fields of a decision together, or of a function that was audited; nothing of a record that is neither.
#[must_use]
pub fn audit_event(stored: &Stored, end: &Ended<'_>) -> Option<AuditEvent> {
    if let Record::Audited(audited) = &stored.leaf.record {
        return Some(audited_event(audited, stored));
    }
    let Record::Decision(decision) = &stored.leaf.record else { return None };
    let ended = end.outcome.and_then(outcome);
    let checks = checks(decision, stored.value(PartName::Checks).as_ref());
    let reasons: Vec<String> = checks
        .iter()
        .filter(|check| check.result != CheckResult::Passed && !check.shadow)
        .map(|check| Reason(check).to_string())
        .collect();
    Some(AuditEvent {
        event_id: decision.id.clone(),
        timestamp: stored.leaf.at,
        agent_name: decision.agent.clone(),
        agent_version: decision.agent_version.clone(),
        session_id: decision.session.clone().unwrap_or_else(|| "unknown".to_owned()),
        user_id: stored.value(PartName::User),
        action: decision.action.clone(),
        tool_name: decision.tool.clone(),
        tool_args: stored.value(PartName::Args),
        tool_result: end.outcome.and_then(result),
        policy_checks: checks,
        allowed: decision.allowed,
        duration_ms: ended.and_then(|outcome| outcome.duration_ms),
        model: ended
            .and_then(|outcome| outcome.model.clone())
            .or_else(|| decision.model.clone())
            .unwrap_or_else(|| "unknown".to_owned()),
        input_tokens: ended.and_then(|outcome| outcome.input_tokens),
        output_tokens: ended.and_then(|outcome| outcome.output_tokens),
        metadata: metadata(decision, stored, &reasons, end),
    })
}

/// Returns the checks of a decision: the sealed ones, or where those are erased what the leaf still names.
#[must_use]
pub fn checks(decision: &Decision, sealed: Option<&Value>) -> Vec<Check> {
    let read = |value: &Value| {
        Some(Check {
            policy: value.get("policy")?.as_str()?.parse().ok()?,
            result: value.get("result")?.as_str()?.parse().ok()?,
            severity: value.get("severity")?.as_str()?.parse().ok()?,
            reason: value.get("reason").and_then(Value::as_str).map(str::to_owned),
            shadow: value.get("shadow")?.as_bool()?,
        })
    };
    if let Some(Value::Array(checks)) = sealed.and_then(|sealed| sealed.get("checks")) {
        return checks.iter().filter_map(read).collect();
    }
    let named = decision.violations.iter().filter_map(|violation| {
        Some(Check {
            policy: violation.policy.parse().ok()?,
            result: violation.result.parse().unwrap_or(CheckResult::Blocked),
            severity: violation.severity.parse().unwrap_or(Severity::Critical),
            reason: None,
            shadow: violation.shadow,
        })
    });
    named.collect()
}

impl Stored {
    /// Returns a part's value, unless it is erased or was never there.
    #[must_use]
    pub fn value(&self, name: PartName) -> Option<Value> {
        self.parts.get(&name).and_then(|part| serde_json::from_str(part.text()?).ok())
    }

    /// Tells whether a part of it was erased.
    #[must_use]
    pub fn is_redacted(&self) -> bool {
        self.parts.values().any(|part| *part == Part::Erased)
    }
}

const fn outcome(end: &Stored) -> Option<&Outcome> {
    if let Record::Outcome(outcome) = &end.leaf.record { Some(outcome) } else { None }
}

fn result(end: &Stored) -> Option<Value> {
    end.value(PartName::Result)
        .or_else(|| end.value(PartName::Error).map(|error| json!({ "error": error })))
}

/// The caller's metadata with syndic's own keys, which a caller cannot set.
fn metadata(
    decision: &Decision,
    stored: &Stored,
    reasons: &[String],
    end: &Ended<'_>,
) -> Map<String, Value> {
    let mut metadata = match stored.value(PartName::Metadata) {
        Some(Value::Object(metadata)) => metadata,
        _ => Map::new(),
    };
    let mut set = |key: &str, value: Value| metadata.insert(key.to_owned(), value);
    set("owner", json!(decision.owner));
    set("mode", json!(decision.mode));
    set("effect", json!(decision.effect));
    set("enforcement_grade", json!(decision.grade));
    if !reasons.is_empty() {
        set("violation_reason", json!(reasons.join("; ")));
    }
    if let Some(approval) = &decision.approval {
        set("approval_id", json!(approval.id()));
        set("approval_status", json!(end.approval_status));
    }
    if let Some(server) = &decision.server {
        set("tool_server", json!(server));
    }
    if let Some(pin) = &decision.tool_pin {
        set("tool_pin", json!(pin));
    }
    if end.is_overdue {
        set("overdue", json!(true));
    }
    if stored.is_redacted() || end.outcome.is_some_and(Stored::is_redacted) {
        set("redacted", json!(true));
    }
    metadata
}
