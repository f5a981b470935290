//! An action that may run, until it is known what became of it.

use std::time::Instant;

use serde_json::json;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use syndic_api::{Decided, FilteredOutput, OutcomeStatus, ReportOutcome};
use tokio::sync::oneshot;

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
    due: Option<Box<Due>>,
    since: Instant,
}

/// The report that is due.
#[derive(Debug)]
struct Due {
    args_digest: String,
    /// What goes on is known only when it is on record.
    filters_output: bool,
}

/// What became of an action.
#[derive(Debug, Clone)]
pub(crate) enum Became {
    Result(Json),
    Failed(Json),
    Error(String),
}

/// What goes on to who asked.
#[derive(Debug)]
pub(crate) enum Passes {
    /// What the server answered.
    AsItIs,
    /// This in the place of the result.
    Result(Json),
    /// This error in the place of the server's.
    Error(String),
    /// Nothing of it, for this reason.
    Withheld(String),
}

impl Became {
    /// Reads an answer of a server.
    pub(crate) fn of(answer: &Result<Json, Json>) -> Self {
        match answer {
            Ok(result) if result.member("isError").is_some_and(|it| it.text() == "true") => {
                Self::Failed(result.clone())
            }
            Ok(result) => Self::Result(result.clone()),
            Err(error) => Self::Error(error.text().to_owned()),
        }
    }

    /// Returns the result.
    pub(crate) const fn json(&self) -> Option<&Json> {
        match self {
            Self::Result(result) | Self::Failed(result) => Some(result),
            Self::Error(_) => None,
        }
    }

    /// Compares what was reported with what a filter left of it.
    fn passes(self, left: FilteredOutput) -> Passes {
        if let Some(why) = left.withheld {
            return Passes::Withheld(why);
        }
        match (self, left.result, left.error) {
            (Self::Result(given) | Self::Failed(given), Some(result), _)
                if given.bytes().len() <= LONGEST_RESULT =>
            {
                let is_same = given.text() == result.get();
                if is_same { Passes::AsItIs } else { Passes::Result(Json::of_raw(&result)) }
            }
            (Self::Error(given), _, Some(error)) if given.chars().count() <= LONGEST_ERROR => {
                if given == error {
                    Passes::AsItIs
                } else {
                    Passes::Error(error)
                }
            }
            _ => Passes::Withheld("the result is too long to be looked through".to_owned()),
        }
    }
}

impl<D: Decider> Permitted<D> {
    pub(crate) fn new(decider: D, background: Background, decided: &Decided) -> Self {
        let due = decided.permit.as_ref().map(|permit| {
            let args_digest = permit.args_digest.clone();
            Box::new(Due { args_digest, filters_output: decided.filters_output })
        });
        let action_id = decided.action_id.clone();
        Self { decider, background, action_id, due, since: Instant::now() }
    }

    /// Reports what became of it, and tells what goes on to who asked. Where results are filtered that is known only
    /// when it is on record.
    pub(crate) async fn passes(mut self, became: Became) -> Passes {
        let Some(due) = self.due.take_if(|due| due.filters_output) else {
            self.report(became);
            return Passes::AsItIs;
        };
        let duration_ms = u64::try_from(self.since.elapsed().as_millis()).ok();
        let given = became.clone();
        let outcome = outcome(became, due.args_digest, duration_ms);
        let (decider, action_id) = (self.decider.clone(), std::mem::take(&mut self.action_id));
        let (tell, told) = oneshot::channel();
        // It is recorded even where nobody waits for the answer any more.
        self.background.spawn("the report of an outcome", async move {
            let left = decider.report(&action_id, outcome).await;
            if let Err(error) = &left {
                tracing::warn!(%error, action_id, "an outcome was not recorded");
            }
            drop(tell.send(left));
        });
        match told.await {
            Ok(Ok(None)) => Passes::AsItIs,
            Ok(Ok(Some(left))) => given.passes(left),
            Ok(Err(error)) => Passes::Withheld(format!("the result cannot be filtered: {error}")),
            Err(_) => Passes::Withheld("the result cannot be filtered".to_owned()),
        }
    }

    /// Reports what became of it, in the background.
    pub(crate) fn became(mut self, became: Became) {
        self.report(became);
    }

    fn report(&mut self, became: Became) {
        let Some(due) = self.due.take() else { return };
        let duration_ms = u64::try_from(self.since.elapsed().as_millis()).ok();
        let (decider, action_id) = (self.decider.clone(), std::mem::take(&mut self.action_id));
        self.background.spawn("the report of an outcome", async move {
            // Whoever waits for the answer goes first.
            tokio::task::yield_now().await;
            let outcome = outcome(became, due.args_digest, duration_ms);
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
