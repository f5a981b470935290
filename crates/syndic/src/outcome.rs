//! What became of an allowed action.

use std::time::Duration;

use serde_json::Value;
use syndic_gate::Report;

/// How a tool ended.
#[derive(Debug, Clone, Default)]
#[must_use = "nothing is recorded until it is reported"]
pub struct Outcome {
    result: Option<Value>,
    error: Option<String>,
    duration: Option<Duration>,
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    model: Option<String>,
}

impl Outcome {
    /// It did what it should.
    pub fn ok() -> Self {
        Self::default()
    }

    /// It failed.
    pub fn failed(error: impl Into<String>) -> Self {
        Self { error: Some(error.into()), ..Self::default() }
    }

    /// Keeps what it answered.
    pub fn result(self, result: impl Into<Value>) -> Self {
        Self { result: Some(result.into()), ..self }
    }

    /// Says how long it ran.
    pub const fn took(mut self, duration: Duration) -> Self {
        self.duration = Some(duration);
        self
    }

    /// Says how many tokens were read and written.
    pub const fn tokens(mut self, input: u64, output: u64) -> Self {
        self.input_tokens = Some(input);
        self.output_tokens = Some(output);
        self
    }

    /// Names the model, where it is another than was asked with; cut at 128 characters.
    pub fn model(self, model: impl AsRef<str>) -> Self {
        Self { model: Some(model.as_ref().chars().take(128).collect()), ..self }
    }

    pub(crate) fn report(self, args_digest: String) -> Report {
        Report {
            ok: self.error.is_none(),
            args_digest,
            result: self.result.map(|result| result.to_string()),
            error: self.error,
            duration_ms: self
                .duration
                .map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
            input_tokens: self.input_tokens,
            output_tokens: self.output_tokens,
            model: self.model,
        }
    }
}
