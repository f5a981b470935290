//! What `prove` and `diff` share: the solver, what is put to it, and asking the gate about its answers.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use syndic_api::SubmitAction;
use syndic_gate::{SystemClock, preview};
use syndic_governance::Governance;
use syndic_model::{ActionRequest, Clock, Effect};
use syndic_prove::{Solver, SolverError, Subject};

use crate::failure::Failure;

/// Finds the solver, or says how to get one.
pub(crate) async fn find(limit: Duration) -> Result<Solver, Failure> {
    Solver::find(limit).await.map_err(|error| {
        let hint = match &error {
            SolverError::Missing => {
                "install the Debian package with `apt-get install cvc5`, or set CVC5 to the program's path"
            }
            SolverError::Broken { .. } => {
                "the variable CVC5 names a cvc5 program; without it, PATH is searched"
            }
        };
        Failure::usage(error.to_string(), hint)
    })
}

/// Returns what the solver is asked about.
pub(crate) fn subject(governance: &Governance) -> Subject<'_> {
    Subject {
        engine: &governance.engine,
        agents: &governance.agents,
        catalogue: &governance.catalogue,
        environment: governance.settings.environment.as_str(),
    }
}

/// Noon of a working day: whatever the hour at which a comparison is made, its answers are the same.
const NOON: &str = "2026-11-25T12:00:00Z";

/// Decides a request as `syndic decide` would at noon of a working day.
pub(crate) fn decide(governance: &Governance, request: &Value) -> anyhow::Result<Effect> {
    let wire: SubmitAction = serde_json::from_str(&request.to_string())?;
    let request = ActionRequest::try_from(wire)?;
    Ok(preview(governance, &Noon(NOON.parse()?), &request).effect)
}

/// A clock that stands still.
struct Noon(Timestamp);

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn fill(&self, bytes: &mut [u8]) {
        SystemClock.fill(bytes);
    }
}
