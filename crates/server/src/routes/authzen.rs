//! The `AuthZEN` Authorization API 1.0, over the same decisions.

use axum::Json;
use axum::extract::State;
use syndic_api::{
    AuthzenMetadata, Evaluate, EvaluateAll, Evaluated, EvaluatedAll, Evaluation, EvaluationError,
    Problem, Semantic,
};
use syndic_gate::{Gate, SubmitError};
use syndic_model::{ActionRequest, AgentId, Caller, TraceParent};

use crate::app::{App, base_url};
use crate::auth::Asker;
use crate::body::StandardBody;
use crate::problem::{Failure, to_the_end};
use crate::routes::approvals::hint;
use crate::traced::Traced;

/// The most questions of one request; each is a record.
const MOST_EVALUATIONS: usize = 100;

/// Says where the `AuthZEN` API is.
#[utoipa::path(
    get,
    path = "/.well-known/authzen-configuration",
    responses((status = 200, body = AuthzenMetadata)),
    security(())
)]
pub(crate) async fn configuration(State(gate): State<App>) -> Json<AuthzenMetadata> {
    Json(AuthzenMetadata::at(&base_url(&gate)))
}

/// Decides and records one action (`AuthZEN` 1.0). A hold is `decision: false` with `context.access_request`.
#[utoipa::path(
    post,
    path = "/access/v1/evaluation",
    request_body = Evaluate,
    responses(
        (status = 200, body = Evaluation),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn evaluation(
    State(gate): State<App>,
    Asker(caller): Asker,
    Traced(trace): Traced,
    StandardBody(question): StandardBody<Evaluate>,
) -> Result<Json<Evaluation>, Failure> {
    agents_only(&caller)?;
    to_the_end(async move { one(&gate, &caller, trace, question).await }).await?.map(Json)
}

/// Decides and records several actions, in their order (`AuthZEN` 1.0).
#[utoipa::path(
    post,
    path = "/access/v1/evaluations",
    request_body = EvaluateAll,
    responses(
        (status = 200, body = Evaluated),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn evaluations(
    State(gate): State<App>,
    Asker(caller): Asker,
    Traced(trace): Traced,
    StandardBody(questions): StandardBody<EvaluateAll>,
) -> Result<Json<Evaluated>, Failure> {
    agents_only(&caller)?;
    if questions.evaluations.len() > MOST_EVALUATIONS {
        return Err(bad_request(format!("`evaluations` has at most {MOST_EVALUATIONS} elements")));
    }
    let evaluated = to_the_end(async move {
        if questions.evaluations.is_empty() {
            let question = questions.single().map_err(|error| bad_request(error.to_string()))?;
            let evaluation = one(&gate, &caller, trace, question).await?;
            return Ok(Evaluated::One(Box::new(evaluation)));
        }
        let evaluations = all(&gate, &caller, trace.as_ref(), &questions).await;
        Ok(Evaluated::All(EvaluatedAll { evaluations }))
    });
    evaluated.await?.map(Json)
}

/// Answers one question; what would be an error by itself is one.
async fn one(
    gate: &Gate,
    caller: &Caller,
    trace: Option<TraceParent>,
    question: Evaluate,
) -> Result<Evaluation, Failure> {
    match decide(gate, caller, trace, question).await {
        Ok(evaluation) => Ok(evaluation),
        Err(Undecided::Question(error @ EvaluationError::Malformed(_))) => {
            Err(bad_request(error.to_string()))
        }
        Err(Undecided::Question(error @ EvaluationError::Invalid(_))) => {
            Ok(Evaluation::from(&error))
        }
        Err(Undecided::Failure(failure)) => Err(failure),
    }
}

/// Answers the questions one after the other, since the order of decisions matters; what would be an error by itself
/// is a denial here.
async fn all(
    gate: &Gate,
    caller: &Caller,
    trace: Option<&TraceParent>,
    questions: &EvaluateAll,
) -> Vec<Evaluation> {
    let mut evaluations = Vec::with_capacity(questions.evaluations.len());
    for question in &questions.evaluations {
        let decided = match questions.read(question) {
            Ok(question) => decide(gate, caller, trace.cloned(), question).await,
            Err(error) => Err(Undecided::Question(error)),
        };
        let evaluation = decided.unwrap_or_else(|undecided| match undecided {
            Undecided::Question(error) => Evaluation::from(&error),
            Undecided::Failure(Failure(problem)) => Evaluation::from(&problem),
        });
        let decision = evaluation.decision;
        evaluations.push(evaluation);
        match questions.options.evaluations_semantic {
            Semantic::DenyOnFirstDeny if !decision => break,
            Semantic::PermitOnFirstPermit if decision => break,
            Semantic::ExecuteAll | Semantic::DenyOnFirstDeny | Semantic::PermitOnFirstPermit => {}
        }
    }
    evaluations
}

/// Why a question has no decision.
enum Undecided {
    Question(EvaluationError),
    Failure(Failure),
}

async fn decide(
    gate: &Gate,
    caller: &Caller,
    trace: Option<TraceParent>,
    question: Evaluate,
) -> Result<Evaluation, Undecided> {
    let names_subject = names_subject(gate, &question.action.name);
    let request = question.request(own(caller), names_subject).map_err(Undecided::Question)?;
    let decided = gate.submit(caller, ActionRequest { trace, ..request }).await;
    let decided = decided.map_err(|error| Undecided::Failure(error.into()))?;
    let approval = hint(&decided, &base_url(gate));
    Ok(Evaluation::new(&decided, approval))
}

/// Tells other keys that they are for something else, before what they ask is looked at.
const fn agents_only(caller: &Caller) -> Result<(), SubmitError> {
    match caller {
        Caller::Agent { .. } => Ok(()),
        Caller::Approver { .. } | Caller::Auditor { .. } | Caller::Admin { .. } => {
            Err(SubmitError::Role)
        }
    }
}

const fn own(caller: &Caller) -> Option<&AgentId> {
    match caller {
        Caller::Agent { agent, .. } => agent.as_ref(),
        Caller::Approver { .. } | Caller::Auditor { .. } | Caller::Admin { .. } => None,
    }
}

fn names_subject(gate: &Gate, action: &str) -> bool {
    let governance = gate.governance();
    let entry = governance.catalogue.get(action);
    entry.is_some_and(|entry| entry.input.pointer("/properties/subject").is_some())
}

fn bad_request(detail: String) -> Failure {
    Failure(Problem::new(400, "bad-request", detail))
}
