//! What of an event's content goes to a sink.

use serde_json::value::RawValue;
use serde_json::{Value, json};
use syndic_detect::{Context, Key, OverBudget, Redaction, Tags};
use syndic_governance::{Governance, SinkParts};
use syndic_model::{AuditEvent, Clock, RESERVED_METADATA};

/// Takes out of an event what its sink is not to get.
pub(crate) fn lessen(
    event: &mut AuditEvent,
    parts: SinkParts,
    governance: &Governance,
    clock: &dyn Clock,
) {
    match parts {
        SinkParts::Clear => return,
        SinkParts::Redacted => {}
        SinkParts::None => {
            (event.tool_args, event.tool_result, event.user_id) = (None, None, None);
            event.metadata.retain(|key, _| RESERVED_METADATA.contains(&key.as_str()));
        }
    }
    let mut bytes = [0; 32];
    clock.fill(&mut bytes);
    let mut redactor = Redactor {
        governance,
        redaction: Redaction::default().at(governance.settings.detection.redact_at),
        tags: Tags::new(Key::new(bytes)),
    };
    let values = [&mut event.tool_args, &mut event.tool_result, &mut event.user_id];
    for value in values.into_iter().flatten() {
        redactor.value(value);
    }
    for (key, value) in &mut event.metadata {
        // What policies said may repeat what an agent sent; the other keys of syndic's are names.
        if key == "violation_reason" || !RESERVED_METADATA.contains(&key.as_str()) {
            redactor.value(value);
        }
    }
    for reason in event.policy_checks.iter_mut().filter_map(|check| check.reason.as_mut()) {
        redactor.text(reason);
    }
}

struct Redactor<'a> {
    governance: &'a Governance,
    redaction: Redaction,
    /// The same value has the same number all over an event.
    tags: Tags,
}

impl Redactor<'_> {
    /// Puts tags in the place of what is found. What cannot be looked through is withheld, and says so.
    fn value(&mut self, value: &mut Value) {
        if matches!(value, Value::Null | Value::Bool(_)) {
            return;
        }
        let redacted = RawValue::from_string(value.to_string()).ok().and_then(|json| {
            let scanner = &self.governance.scanner;
            let done = scanner.redact_json(
                &json,
                &context(self.governance),
                &self.redaction,
                &mut self.tags,
            );
            match done {
                Ok(done) => serde_json::from_str(done.text.get()).ok(),
                Err(error) => Some(json!({ "withheld": withheld(&error) })),
            }
        });
        *value =
            redacted.unwrap_or_else(|| json!({ "withheld": "it could not be looked through" }));
    }

    fn text(&mut self, text: &mut String) {
        let scanner = &self.governance.scanner;
        let done = scanner.redact(text, &context(self.governance), &self.redaction, &mut self.tags);
        *text = match done {
            Ok(done) => done.text,
            Err(error) => withheld(&error),
        };
    }
}

fn context(governance: &Governance) -> Context<'_> {
    Context { region: governance.settings.detection.region, ..Context::default() }
}

fn withheld(error: &OverBudget) -> String {
    format!("it could not be looked through: {error}")
}
