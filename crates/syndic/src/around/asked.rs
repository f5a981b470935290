//! A call of a governed function: it is decided, runs with a permit alone, and what became of it is reported.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use syndic_gate::{ApprovalError, Ended};
use syndic_model::{ActionRequest, Decided, Severity};
use thiserror::Error;

use super::args::Args;
use super::call::Callee;
use crate::blocking::{run_on_own, spawn_on_own};
use crate::governor::{caller, to_the_end};
use crate::scope::{Held, Scope};
use crate::{Outcome, Refused, Request};

/// What a refusal is called that no policy made.
const UNASKED: &str = "governed";

/// What a governed function returns.
#[diagnostic::on_unimplemented(
    message = "a governed function returns `Result<T, E>` where `E: From<syndic::Refused>`",
    label = "this cannot say that the call was refused",
    note = "return `Result<T, syndic::Refused>`, or implement `From<syndic::Refused>` for the error"
)]
pub trait FromRefused {
    /// Says that the call was refused.
    fn from_refused(refused: Refused) -> Self;
}

impl<T, E: From<Refused>> FromRefused for Result<T, E> {
    fn from_refused(refused: Refused) -> Self {
        Err(refused.into())
    }
}

/// Says that the call was refused.
pub fn refuse<R: FromRefused>(refused: Refused) -> R {
    R::from_refused(refused)
}

/// A call that is to be decided.
#[derive(Debug)]
pub struct Asked {
    callee: &'static Callee,
    asked: Result<(Held, ActionRequest), Refused>,
}

/// A call that may run. Dropped before its end, it is reported as cancelled.
#[derive(Debug)]
pub struct Permitted {
    held: Held,
    decided: Box<Decided>,
    begun: Instant,
    is_reported: bool,
}

/// Why nothing was decided.
#[derive(Debug, Error)]
enum NotDecided {
    #[error(transparent)]
    Submit(#[from] syndic_gate::SubmitError),
    #[error(transparent)]
    Approval(#[from] ApprovalError),
}

impl Asked {
    /// Makes a request of a call.
    pub fn begin(
        callee: &'static Callee,
        arguments: impl FnOnce(&mut Result<Args, String>),
    ) -> Self {
        let scope = Scope::current();
        let mut args = Ok(Args::default());
        arguments(&mut args);
        let asked = args.map_err(|error| Refused::new(UNASKED, error)).and_then(|args| {
            let held = Scope::in_force(scope.as_deref()).ok_or_else(|| {
                Refused::new(UNASKED, "nobody can be asked: no governor is installed")
            })?;
            Ok((held, request(callee, scope.as_deref(), args.finish())?))
        });
        Self { callee, asked }
    }

    /// Decides, and waits for people where they must approve.
    ///
    /// # Errors
    /// When the call may not run.
    pub async fn decide(self) -> Result<Permitted, Box<Refused>> {
        let wait = self.callee.wait();
        let (held, request) = self.asked?;
        let ask = || {
            let request = request.clone();
            let decide =
                |gate: Arc<syndic_gate::Gate>| async move { gate.submit(&caller(), request).await };
            let decided = to_the_end(&held.gate, &held.busy, decide);
            async move { Ok::<_, NotDecided>(decided.await?) }
        };
        let decided = held.gate.ask_again(wait, ask).await;
        let decided = decided.map_err(|error| Refused::new(UNASKED, error.to_string()))?;
        if decided.allowed && decided.permit.is_some() {
            let (decided, begun) = (Box::new(decided), Instant::now());
            return Ok(Permitted { held, decided, begun, is_reported: false });
        }
        Err(Box::new(refused(&decided)))
    }

    /// As [`Self::decide`], in a thread that may be a runtime's only one.
    ///
    /// # Errors
    /// When the call may not run.
    pub fn decide_blocking(self) -> Result<Permitted, Box<Refused>> {
        run_on_own(self.decide()).map_err(|error| Refused::new(UNASKED, error))?
    }
}

impl Permitted {
    /// Runs the body as part of the action.
    pub async fn within<F: Future>(&self, body: F) -> F::Output {
        crate::scope::scope().within(self.decided.action_id).run(body).await
    }

    /// As [`Self::within`].
    pub fn within_blocking<T>(&self, body: impl FnOnce() -> T) -> T {
        crate::scope::scope().within(self.decided.action_id).run_blocking(body)
    }

    /// Reports how it ended. That this cannot be recorded is logged: the function has run.
    pub async fn report(mut self, ended: Ended) {
        let reporting = self.reporting(ended);
        reporting.await;
    }

    /// As [`Self::report`].
    pub fn report_blocking(mut self, ended: Ended) {
        if let Err(error) = run_on_own(self.reporting(ended)) {
            tracing::error!(error, "the outcome of a governed function could not be reported");
        }
    }

    fn reporting(&mut self, ended: Ended) -> impl Future<Output = ()> + Send + 'static {
        self.is_reported = true;
        let (action, held) = (self.decided.action_id, self.held.clone());
        let digest = self.decided.permit.as_ref().map(|permit| permit.args_digest.clone());
        let report = outcome(ended).took(self.begun.elapsed()).report(digest.unwrap_or_default());
        async move {
            let report = |gate: Arc<syndic_gate::Gate>| async move {
                gate.report(&caller(), action, &report).await
            };
            if let Err(error) = to_the_end(&held.gate, &held.busy, report).await {
                tracing::error!(
                    %action,
                    error = &error as &dyn std::error::Error,
                    "the outcome of a governed function could not be recorded"
                );
            }
        }
    }
}

impl Drop for Permitted {
    fn drop(&mut self) {
        if !self.is_reported
            && let Err(error) = spawn_on_own(self.reporting(Ended::Cancelled))
        {
            tracing::error!(error, "the outcome of a governed function could not be reported");
        }
    }
}

fn request(callee: &Callee, scope: Option<&Scope>, args: String) -> Result<ActionRequest, Refused> {
    let mut asked = Request::new(callee.named.agent, callee.named.action).json(args);
    if let Some(version) = callee.named.version {
        asked = asked.agent_version(version);
    }
    if let Some(tool) = callee.named.tool {
        asked = asked.tool(tool);
    }
    if let Some(model) = callee.named.model {
        asked = asked.model(model);
    }
    if let Some(session) = scope.and_then(Scope::told_session) {
        let session = session.parse().map_err(|error| {
            Refused::new(UNASKED, format!("the scope's session cannot be asked for: {error}"))
        })?;
        asked = asked.session(&session);
    }
    if let Some(user) = scope.and_then(Scope::told_user) {
        asked = asked.user(user);
    }
    if let Some(parent) = scope.and_then(Scope::parent) {
        asked = asked.parent(parent);
    }
    for (key, value) in scope.map(Scope::told_metadata).unwrap_or_default() {
        asked = asked.metadata(key, value);
    }
    if let Some(place) = Scope::place(scope) {
        asked = asked.trace(place);
    }
    asked
        .try_into()
        .map_err(|error: crate::InvalidRequest| Refused::new(UNASKED, error.to_string()))
}

/// Says why a call may not run: what weighs most first.
fn refused(decided: &Decided) -> Refused {
    let stood = decided
        .checks
        .iter()
        .find(|check| check.result != syndic_model::CheckResult::Passed && !check.shadow);
    let policy = stood.map_or_else(|| UNASKED.to_owned(), |check| check.policy.to_string());
    let reasons = decided.reasons().join("; ");
    let reason = reasons.strip_prefix(&format!("{policy}: ")).unwrap_or(&reasons);
    Refused {
        reason: if reason.is_empty() { &decided.message.text } else { reason }.to_owned(),
        policy,
        severity: stood.map_or(Severity::High, |check| check.severity),
        message: Some(decided.message.text.clone()),
        action_id: Some(decided.action_id),
        approval: decided.approval.as_ref().map(|state| state.id),
    }
}

fn outcome(ended: Ended) -> Outcome {
    match ended {
        Ended::Ok(None) => Outcome::ok(),
        Ended::Ok(Some(result)) => {
            let value: Result<serde_json::Value, _> = serde_json::from_str(&result);
            Outcome::ok().result(value.unwrap_or(serde_json::Value::String(result)))
        }
        Ended::Error(error) | Ended::Refused(_, error) | Ended::Panic(error) => {
            Outcome::failed(error)
        }
        Ended::Cancelled => Outcome::failed("cancelled"),
    }
}
