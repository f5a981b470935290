//! How a client is told that something does not run.

use bytes::Bytes;
use serde_json::{Value, json};
use syndic_api::Decided;

use crate::answer::{self, DENIED, UNDECIDED};
use crate::decider::Undecided;
use crate::message::Request;
use crate::session::{Era, Speaker};

/// Where a result says what was decided.
pub(crate) const DECISION: &str = "dev.syndic/decision";

/// Why something does not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Denial {
    /// What a model may be told.
    pub(crate) text: String,
    code: i32,
    data: Value,
}

impl Denial {
    /// Denied by policy, or held: on the record.
    pub(crate) fn decided(decided: &Decided) -> Self {
        let message = &decided.model_message;
        let data = json!({
            "action_id": decided.action_id,
            "effect": decided.effect,
            "code": message.code,
            "retry": message.retry,
        });
        Self { text: message.text.clone(), code: DENIED, data }
    }

    /// Denied since nobody decided.
    pub(crate) fn undecided(undecided: &Undecided) -> Self {
        let (code, retry) = (undecided.code(), undecided.retry());
        let data = json!({"action_id": null, "effect": "deny", "code": code, "retry": retry});
        Self { text: undecided.to_string(), code: UNDECIDED, data }
    }

    /// Denied since the server asks for what cannot be read.
    pub(crate) fn unclear() -> Self {
        let text =
            "the server asked for something that cannot be read, so it is not passed on".to_owned();
        let data =
            json!({"action_id": null, "effect": "deny", "code": "unclear", "retry": "never"});
        Self { text, code: UNDECIDED, data }
    }

    /// Not run yet, or not run any more: people are asked, or were.
    pub(crate) fn held(action_id: Option<&str>, text: String, code: &str, retry: &str) -> Self {
        let data = json!({"action_id": action_id, "effect": "hold", "code": code, "retry": retry});
        Self { text, code: DENIED, data }
    }

    /// Done, but its result does not go on.
    pub(crate) fn withheld(text: String) -> Self {
        let data = json!({"action_id": null, "effect": "allow", "code": "output-withheld", "retry": "never"});
        Self { text, code: DENIED, data }
    }

    /// Says it with other words.
    pub(crate) fn saying(self, text: String) -> Self {
        Self { text, ..self }
    }

    /// Answers a request in the way of its method.
    pub(crate) fn answer(&self, request: &Request, speaker: &Speaker) -> Bytes {
        match &*request.method {
            "tools/call" => self.tool_result(request, speaker),
            _ => self.error(request),
        }
    }

    /// Answers `tools/call`: a result that the model sees.
    pub(crate) fn tool_result(&self, request: &Request, speaker: &Speaker) -> Bytes {
        answer::result(&request.id, &self.content(speaker.era))
    }

    /// Writes the result of `tools/call` that the model sees.
    pub(crate) fn content(&self, era: Era) -> Value {
        let mut result = json!({
            "content": [{"type": "text", "text": self.text}],
            "isError": true,
            "_meta": {DECISION: self.data},
        });
        if era == Era::Modern
            && let Some(members) = result.as_object_mut()
        {
            members.insert("resultType".to_owned(), "complete".into());
        }
        result
    }

    /// Answers any other request.
    pub(crate) fn error(&self, request: &Request) -> Bytes {
        answer::error(&request.id, self.code, &self.text, Some(&self.data))
    }
}
