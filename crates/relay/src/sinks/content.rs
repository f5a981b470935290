//! What of an event's content goes to a sink.

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use syndic_detect::{Context, Key, OverBudget, Redaction, Tags};
use syndic_governance::{Governance, SinkParts};
use syndic_model::{AuditEvent, Clock, RESERVED_METADATA};

/// Takes out of an event what its sink is not to get. `pseudonym` is the store's: keyed, and the same for the same text.
pub(crate) fn lessen(
    event: &mut AuditEvent,
    parts: SinkParts,
    governance: &Governance,
    clock: &dyn Clock,
    pseudonym: impl Fn(&str, &str) -> String,
) {
    match parts {
        SinkParts::Clear => return,
        // No detector finds every name, so nobody is told by one.
        SinkParts::Redacted => {
            event.user_id = event.user_id.take().map(|user| match user {
                Value::Null => Value::Null,
                Value::String(user) => pseudonym("user", &user).into(),
                Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    pseudonym("user", &user.to_string()).into()
                }
            });
        }
        SinkParts::None => {
            (event.tool_args, event.tool_result, event.user_id) = (None, None, None);
            event.metadata.retain(|key, _| is_own(key));
        }
    }
    let mut bytes = [0; 32];
    clock.fill(&mut bytes);
    let mut redactor = Redactor {
        governance,
        redaction: Redaction::default().at(governance.settings.detection.redact_at),
        tags: Tags::new(Key::new(bytes)),
    };
    for value in [&mut event.tool_args, &mut event.tool_result].into_iter().flatten() {
        redactor.value(value);
    }
    redactor.metadata(&mut event.metadata);
    redactor.text(&mut event.agent_version);
    redactor.text(&mut event.model);
    if let Some(tool) = &mut event.tool_name {
        redactor.text(tool);
    }
    if !governance.catalogue.contains_key(event.action.as_str()) {
        redactor.text(&mut event.action);
    }
    // What belongs together still does.
    if redactor.finds(&event.session_id) {
        event.session_id = pseudonym("session", &event.session_id);
    }
    let is_known = governance.agents.contains_key(event.agent_name.as_str());
    if !is_known && redactor.finds(&event.agent_name) {
        event.agent_name = pseudonym("agent", &event.agent_name);
    }
    for reason in event.policy_checks.iter_mut().filter_map(|check| check.reason.as_mut()) {
        redactor.text(reason);
    }
}

/// Tells whether a key of an event's metadata is syndic's.
fn is_own(key: &str) -> bool {
    RESERVED_METADATA.contains(&key)
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

    /// Redacts what is the caller's as one object, keys too.
    fn metadata(&mut self, metadata: &mut Map<String, Value>) {
        let (mut own, theirs): (Map<_, _>, Map<_, _>) =
            std::mem::take(metadata).into_iter().partition(|(key, _)| is_own(key));
        // What policies said may repeat what an agent sent; the rest of syndic's are names.
        for key in ["violation_reason", "tool_server"] {
            if let Some(value) = own.get_mut(key) {
                self.value(value);
            }
        }
        if !theirs.is_empty() {
            let mut theirs = Value::Object(theirs);
            self.value(&mut theirs);
            if let Value::Object(theirs) = theirs {
                *metadata = theirs;
            }
        }
        metadata.extend(own);
    }

    /// Tells whether there is anything in a text that is to be redacted, or may be.
    fn finds(&self, text: &str) -> bool {
        let found = self.governance.scanner.scan(text, &context(self.governance));
        found.map_or(true, |found| found.iter().any(|finding| self.redaction.takes(finding)))
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
