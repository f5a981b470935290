//! The 17 fields of the audit trail, always all, in this order.

use serde_json::{Value, json};
use syndic_model::AuditEvent;

use super::{Placement, checks, provenance};

/// Stands in `metadata.syndic.schema`.
const SCHEMA: &str = "syndic.audit/1";

pub(super) fn shape(event: &AuditEvent, placement: &Placement) -> Value {
    let mut metadata = event.metadata.clone();
    metadata.insert("syndic".to_owned(), provenance(SCHEMA, placement));
    json!({
        "event_id": event.event_id,
        "timestamp": event.timestamp.to_string(),
        "agent_name": event.agent_name,
        "agent_version": event.agent_version,
        "session_id": event.session_id,
        "user_id": event.user_id,
        "action": event.action,
        "tool_name": event.tool_name,
        "tool_args": event.tool_args,
        "tool_result": event.tool_result,
        "policy_checks": checks(event),
        "allowed": event.allowed,
        "duration_ms": event.duration_ms,
        "model": event.model,
        "input_tokens": event.input_tokens,
        "output_tokens": event.output_tokens,
        "metadata": metadata,
    })
}
