//! What is answered.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use syndic_model::{Decided as Decision, Effect};
use utoipa::ToSchema;

use crate::authzen::EvaluationError;
use crate::{ApprovalHint, PermitBody, Problem, RecordBody};

/// `GET /.well-known/authzen-configuration`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuthzenMetadata {
    /// Where syndic is.
    pub policy_decision_point: String,
    /// Where to ask one question.
    pub access_evaluation_endpoint: String,
    /// Where to ask several.
    pub access_evaluations_endpoint: String,
}

impl AuthzenMetadata {
    /// Describes the decision point at `base`, which has no slash at its end.
    #[must_use]
    pub fn at(base: &str) -> Self {
        Self {
            policy_decision_point: base.to_owned(),
            access_evaluation_endpoint: format!("{base}/access/v1/evaluation"),
            access_evaluations_endpoint: format!("{base}/access/v1/evaluations"),
        }
    }
}

/// The answer to one question. Act on `decision` alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evaluation {
    /// Whether the action may run.
    pub decision: bool,
    /// Why, and what else there is to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<EvaluationContext>,
}

/// The answers, in the order of the questions; fewer where the semantic stopped before the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EvaluatedAll {
    /// One for each question that was decided.
    pub evaluations: Vec<Evaluation>,
}

/// The answer of `POST /access/v1/evaluations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Evaluated {
    /// To several questions.
    All(EvaluatedAll),
    /// To one.
    One(Box<Evaluation>),
}

/// What goes with a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EvaluationContext {
    /// The action's id, also that of its audit event; absent where nothing was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation_id: Option<String>,
    /// A stable code, as in `model_message.code`.
    pub reason: String,
    /// Every reason in the way, by language; may hold thresholds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reason_admin: BTreeMap<String, String>,
    /// What a user or a model may be told, by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reason_user: BTreeMap<String, String>,
    /// The approval that a hold waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_request: Option<AccessRequest>,
    /// What was decided, in syndic's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub governance: Option<GovernanceBody>,
    /// Why nothing was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<EvaluationFault>,
}

/// The approval that a hold waits for, in the words of the Access Request and Approval Profile (draft 1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccessRequest {
    /// When it ends (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// The request, which is open already: there is nothing to submit.
    pub task: AccessTask,
}

/// An open request for approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccessTask {
    /// The approval's id.
    pub id: String,
    /// Its status.
    pub status: String,
    /// Where to ask for it.
    pub status_endpoint: String,
    /// `review`: the page for the person who decides.
    pub links: BTreeMap<String, String>,
}

/// What was decided, in syndic's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GovernanceBody {
    /// The action's id.
    pub action_id: String,
    /// `allow`, `deny` or `hold`.
    pub effect: String,
    /// `observe` or `enforce`.
    pub mode: String,
    /// Every reason in the way, as `policy: reason`.
    pub reasons: Vec<String>,
    /// Whether trying again can help: `never`, `after`, `changed` or `approval`.
    pub retry: String,
    /// The agent's risk level; `unknown` for an unknown agent.
    pub risk_level: String,
    /// The governance directory it was decided on.
    pub policy_revision: String,
    /// Where it is recorded; null when it is not.
    pub record: Option<RecordBody>,
    /// The permit; null when the action may not run.
    pub permit: Option<PermitBody>,
    /// The answer repeats an earlier one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replayed: bool,
}

/// Why one question was not decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EvaluationFault {
    /// The HTTP status that it would have by itself.
    pub status: u16,
    /// What is wrong with it.
    pub message: String,
}

impl Evaluation {
    /// Denies what was not decided. Nothing is recorded of it.
    #[must_use]
    pub fn undecided(reason: &str, status: u16, message: String) -> Self {
        let context = EvaluationContext {
            reason: reason.to_owned(),
            error: Some(EvaluationFault { status, message }),
            ..EvaluationContext::default()
        };
        Self { decision: false, context: Some(context) }
    }
}

impl From<&Problem> for Evaluation {
    fn from(problem: &Problem) -> Self {
        Self::undecided(&problem.code().replace('-', "_"), problem.status, problem.detail.clone())
    }
}

impl From<&EvaluationError> for Evaluation {
    fn from(error: &EvaluationError) -> Self {
        let reason = match error {
            EvaluationError::Malformed(_) => "bad_request",
            EvaluationError::Invalid(_) => "invalid_request",
        };
        Self::undecided(reason, 400, error.to_string())
    }
}

impl Evaluation {
    /// Answers with a decision, and the approval it waits for.
    #[must_use]
    pub fn new(decided: &Decision, approval: Option<ApprovalHint>) -> Self {
        let english = |text: String| BTreeMap::from([("en".to_owned(), text)]);
        let wire = crate::Decided::from(decided);
        let held = decided.effect == Effect::Hold && !decided.allowed;
        let reasons = wire.reasons;
        let context = EvaluationContext {
            evaluation_id: Some(wire.action_id.clone()),
            reason: wire.model_message.code,
            reason_admin: match reasons.as_slice() {
                [] => BTreeMap::new(),
                _ => english(reasons.join("; ")),
            },
            reason_user: english(wire.model_message.text),
            access_request: approval.filter(|_| held).map(AccessRequest::from),
            governance: Some(GovernanceBody {
                action_id: wire.action_id,
                effect: wire.effect,
                mode: wire.mode,
                reasons,
                retry: wire.model_message.retry,
                risk_level: wire.risk_level,
                policy_revision: wire.policy_revision,
                record: wire.record,
                permit: wire.permit,
                replayed: wire.replayed,
            }),
            error: None,
        };
        Self { decision: wire.allowed, context: Some(context) }
    }
}

impl From<ApprovalHint> for AccessRequest {
    fn from(approval: ApprovalHint) -> Self {
        let ApprovalHint { id, status, url, expires_at, .. } = approval;
        let status_endpoint = url.replacen("/approvals/", "/v1/approvals/", 1);
        let links = BTreeMap::from([("review".to_owned(), url)]);
        Self { expires_at, task: AccessTask { id, status, status_endpoint, links } }
    }
}
