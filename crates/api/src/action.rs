//! `POST /v1/actions`: what is asked, and what is answered.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use syndic_model::{
    ActionRequest, Arguments, ArgumentsError, Check, Decided as Decision, NameError, RequestError,
    ToolPinError,
};
use thiserror::Error;
use utoipa::ToSchema;

use crate::ApprovalHint;

/// An action an agent wants to take.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitAction {
    /// The agent's id.
    #[schema(example = "customer-support")]
    pub agent: String,
    /// The action's id in the catalogue.
    #[schema(example = "issue_refund")]
    pub action: String,
    /// The arguments, an object.
    #[schema(value_type = Object)]
    pub args: Box<RawValue>,
    /// The tool, when the action has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The server that offers the tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// What the tool's definition hashes to, as the server shows it now: `sha256:` and 64 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_pin: Option<String>,
    /// The agent's version; the profile's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_version: Option<String>,
    /// The session; an unknown one is opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The user the agent serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The agent that delegated this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// The action this one is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_action_id: Option<String>,
    /// The model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Free for the caller; never policy input.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// Makes a repeat within 24 hours answer the original.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// Decide only; nothing is recorded or permitted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// Says why a request has no meaning.
#[derive(Debug, Error)]
pub enum InvalidRequest {
    /// A name is outside its alphabet.
    #[error("`{field}`: {source}")]
    Name {
        /// The field.
        field: &'static str,
        /// What is wrong.
        source: NameError,
    },
    /// The arguments cannot be recorded.
    #[error(transparent)]
    Arguments(#[from] ArgumentsError),
    /// Not an action's id.
    #[error("`parent_action_id` is not the id of an action")]
    ParentActionId,
    /// Not a pin.
    #[error("`tool_pin`: {0}")]
    ToolPin(#[from] ToolPinError),
    /// It holds what no request may.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// Neither of two fields is given, or both.
    #[error("give either `{0}` or `{1}`")]
    OneOf(&'static str, &'static str),
}

impl TryFrom<SubmitAction> for ActionRequest {
    type Error = InvalidRequest;

    fn try_from(wire: SubmitAction) -> Result<Self, InvalidRequest> {
        let parent =
            wire.parent_action_id.map(|id| id.parse().map_err(|_| InvalidRequest::ParentActionId));
        let request = Self {
            agent: name("agent", &wire.agent)?,
            action: name("action", &wire.action)?,
            args: Arguments::parse(&wire.args)?,
            tool: wire.tool.map(|text| name("tool", &text)).transpose()?,
            server: wire.server.map(|text| name("server", &text)).transpose()?,
            tool_pin: wire.tool_pin.map(|text| text.parse()).transpose()?,
            agent_version: wire.agent_version,
            session_id: wire.session_id.map(|text| name("session_id", &text)).transpose()?,
            user_id: wire.user_id,
            on_behalf_of: wire.on_behalf_of.map(|text| name("on_behalf_of", &text)).transpose()?,
            parent_action_id: parent.transpose()?,
            model: wire.model,
            metadata: wire.metadata,
            idempotency_key: wire.idempotency_key,
            dry_run: wire.dry_run,
            trace: None,
        };
        request.check()?;
        Ok(request)
    }
}

pub(crate) fn name<T: std::str::FromStr<Err = NameError>>(
    field: &'static str,
    text: &str,
) -> Result<T, InvalidRequest> {
    text.parse().map_err(|source| InvalidRequest::Name { field, source })
}

/// The answer about an action. Act on `allowed` alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Decided {
    /// The action's id, also the id of its audit event.
    pub action_id: String,
    /// `allow`, `deny` or `hold`.
    pub effect: String,
    /// Whether the action may run.
    pub allowed: bool,
    /// `observe` or `enforce`.
    pub mode: String,
    /// Every reason that stands in the way, as `policy: reason`.
    pub reasons: Vec<String>,
    /// What a model may be told.
    pub model_message: MessageBody,
    /// Every applicable policy's answer.
    pub checks: Vec<CheckBody>,
    /// The agent's risk level; `unknown` for an unknown agent.
    pub risk_level: String,
    /// The governance directory it was decided on.
    pub policy_revision: String,
    /// Where it is recorded; null when it is not.
    pub record: Option<RecordBody>,
    /// The permit; null when the action may not run.
    pub permit: Option<PermitBody>,
    /// The approval a hold waits for, or that allowed the action.
    pub approval: Option<ApprovalHint>,
    /// The answer repeats an earlier one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replayed: bool,
    /// Results of the action are filtered: go on with what reporting the outcome answers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub filters_output: bool,
}

/// What a model may act upon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageBody {
    /// A stable code.
    pub code: String,
    /// One or two sentences.
    pub text: String,
    /// `never`, `after`, `changed` or `approval`.
    pub retry: String,
}

/// One policy's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckBody {
    /// The policy.
    pub policy: String,
    /// `passed`, `blocked` or `held`.
    pub result: String,
    /// `low`, `medium`, `high` or `critical`.
    pub severity: String,
    /// Why, when it did not pass.
    pub reason: Option<String>,
    /// Evaluated and recorded, never enforced.
    pub shadow: bool,
}

/// Where a decision is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordBody {
    /// Position in the ledger, from 0.
    pub index: u64,
}

/// A signed permit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PermitBody {
    /// Compact JWS (RFC 7515), `EdDSA`; keys at `/.well-known/jwks.json`.
    pub token: String,
    /// SHA-256 (hex) of the canonical arguments.
    pub args_digest: String,
    /// When it ends (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

impl From<&Check> for CheckBody {
    fn from(check: &Check) -> Self {
        Self {
            policy: check.policy.to_string(),
            result: check.result.to_string(),
            severity: check.severity.to_string(),
            reason: check.reason.clone(),
            shadow: check.shadow,
        }
    }
}

impl Decided {
    /// Answers with a decision, and the approval it waits for.
    #[must_use]
    pub fn new(decided: &Decision, approval: Option<ApprovalHint>) -> Self {
        Self { approval, ..Self::from(decided) }
    }
}

impl From<&Decision> for Decided {
    fn from(decided: &Decision) -> Self {
        Self {
            action_id: decided.action_id.to_string(),
            effect: decided.effect.to_string(),
            allowed: decided.allowed,
            mode: decided.mode.to_string(),
            reasons: decided.reasons(),
            model_message: MessageBody {
                code: decided.message.code.to_string(),
                text: decided.message.text.clone(),
                retry: decided.message.retry.to_string(),
            },
            checks: decided.checks.iter().map(CheckBody::from).collect(),
            risk_level: decided
                .risk_level
                .map_or("unknown", syndic_model::RiskLevel::as_str)
                .to_owned(),
            policy_revision: decided.revision.clone(),
            record: decided.record.map(|index| RecordBody { index }),
            permit: decided.permit.as_ref().map(|permit| PermitBody {
                token: permit.token.clone(),
                args_digest: permit.args_digest.clone(),
                expires_at: permit.expires_at,
            }),
            approval: None,
            replayed: decided.replayed,
            filters_output: decided.filters_output,
        }
    }
}
