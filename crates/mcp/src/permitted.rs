//! An action that may run, until it is known what became of it.

use std::time::Instant;

use serde_json::json;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use syndic_api::{Decided, OutcomeStatus, ReportOutcome};

use crate::background::Background;
use crate::decider::Decider;
use crate::json::Json;

/// The longest result that is recorded whole, in bytes.
const LONGEST_RESULT: usize = 256 * 1024;
/// The longest text of an error that is recorded, in characters.
const LONGEST_ERROR: usize = 4096;

/// An action that may run. Its outcome is reported once; dropped without one, as not known.
#[derive(Debug)]
pub struct Permitted<D: Decider> {
    decider: D,
    background: Background,
    action_id: String,
    /// None where the arguments mean nothing exact: such an action runs in observe mode, and has no outcome.
    args_digest: Option<String>,
    since: Instant,
}

/// What became of an action.
pub(crate) enum Became {
    Result(Json),
    Failed(Json),
    Error(String),
}

impl<D: Decider> Permitted<D> {
    pub(crate) fn new(decider: D, background: Background, decided: &Decided) -> Self {
        let args_digest = decided.permit.as_ref().map(|permit| permit.args_digest.clone());
        let action_id = decided.action_id.clone();
        Self { decider, background, action_id, args_digest, since: Instant::now() }
    }

    /// Reports what became of it, in the background.
    pub(crate) fn became(mut self, became: Became) {
        self.report(became);
    }

    fn report(&mut self, became: Became) {
        let Some(args_digest) = self.args_digest.take() else { return };
        let duration_ms = u64::try_from(self.since.elapsed().as_millis()).ok();
        let (decider, action_id) = (self.decider.clone(), std::mem::take(&mut self.action_id));
        self.background.spawn("the report of an outcome", async move {
            // Whoever waits for the answer goes first.
            tokio::task::yield_now().await;
            let outcome = outcome(became, args_digest, duration_ms);
            if let Err(error) = decider.report(&action_id, outcome).await {
                tracing::warn!(%error, action_id, "an outcome was not recorded");
            }
        });
    }
}

fn outcome(became: Became, args_digest: String, duration_ms: Option<u64>) -> ReportOutcome {
    let (status, result, error) = match became {
        Became::Result(result) => (OutcomeStatus::Ok, recorded(&result), None),
        Became::Failed(result) => {
            let error = "the tool says that it failed".to_owned();
            (OutcomeStatus::Error, recorded(&result), Some(error))
        }
        Became::Error(error) => {
            (OutcomeStatus::Error, None, Some(error.chars().take(LONGEST_ERROR).collect()))
        }
    };
    ReportOutcome {
        status,
        args_digest,
        result,
        error,
        duration_ms,
        input_tokens: None,
        output_tokens: None,
        model: None,
    }
}

impl<D: Decider> Drop for Permitted<D> {
    fn drop(&mut self) {
        self.report(Became::Error("whether it ran is not known: nobody waited for it".to_owned()));
    }
}

/// Returns a result as it is recorded: a long one by its length and SHA-256.
fn recorded(result: &Json) -> Option<Box<RawValue>> {
    let bytes = result.bytes();
    if bytes.len() <= LONGEST_RESULT {
        return result.raw();
    }
    let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let short = json!({"omitted": "too long to record", "bytes": bytes.len(), "sha256": sha256});
    RawValue::from_string(short.to_string()).ok()
}
