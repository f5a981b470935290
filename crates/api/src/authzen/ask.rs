//! What is asked, and which action that is.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use syndic_model::{ActionRequest, AgentId, Arguments};
use thiserror::Error;
use utoipa::ToSchema;

use crate::InvalidRequest;
use crate::action::name;

/// `POST /access/v1/evaluation`: may this subject do this?
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub struct Evaluate {
    /// Who: an `agent`, or whom the agent acts for.
    pub subject: Entity,
    /// What.
    pub action: NamedAction,
    /// On what: a `tool`, or anything else, which is then the argument `resource`.
    pub resource: Entity,
    /// What else is known of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<CallContext>,
}

/// A subject or a resource.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub struct Entity {
    /// What it is.
    #[serde(rename = "type")]
    #[schema(example = "agent")]
    pub kind: String,
    /// Which one.
    #[schema(example = "customer-support")]
    pub id: String,
    /// What is claimed of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub properties: Option<Box<RawValue>>,
}

/// An action of the catalogue.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub struct NamedAction {
    /// The action's id.
    #[schema(example = "issue_refund")]
    pub name: String,
    /// Arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub properties: Option<Box<RawValue>>,
}

/// What syndic reads of a `context`; as in `POST /v1/actions`.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
pub struct CallContext {
    /// The agent that acts, where the subject is somebody else; that of the key when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Arguments, beside those in `action.properties`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub args: Option<Box<RawValue>>,
    /// The user, where the subject is the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The agent's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_version: Option<String>,
    /// The session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The agent that delegated this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// The action this one is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_action_id: Option<String>,
    /// The model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Makes a repeat within 24 hours answer the original.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

/// `POST /access/v1/evaluations`: several questions, with what they share beside them.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct EvaluateAll {
    /// The subject of those that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Entity>,
    /// The action of those that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<NamedAction>,
    /// The resource of those that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Entity>,
    /// The context of those that have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<CallContext>,
    /// The questions, at most 100. Without any this is one question, and is answered like one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<EvaluateOr>)]
    pub evaluations: Vec<Box<RawValue>>,
    /// How to go about it.
    #[serde(default)]
    pub options: EvaluateOptions,
}

/// One question of several; what it leaves out stands beside them all. Nothing is merged.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct EvaluateOr {
    /// The subject.
    subject: Option<Entity>,
    /// The action.
    action: Option<NamedAction>,
    /// The resource.
    resource: Option<Entity>,
    /// The context.
    context: Option<CallContext>,
}

/// How to go about several questions.
#[derive(Debug, Clone, Copy, Default, Deserialize, Serialize, ToSchema)]
pub struct EvaluateOptions {
    /// When to stop.
    #[serde(default)]
    pub evaluations_semantic: Semantic,
}

/// When to stop.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Semantic {
    /// Never.
    #[default]
    ExecuteAll,
    /// After the first `false`.
    DenyOnFirstDeny,
    /// After the first `true`.
    PermitOnFirstPermit,
}

/// Says why a question is no action that could be decided.
#[derive(Debug, Error)]
pub enum EvaluationError {
    /// It has another shape.
    #[error("{0}")]
    Malformed(String),
    /// No record could hold it.
    #[error(transparent)]
    Invalid(#[from] InvalidRequest),
}

impl EvaluateAll {
    /// Returns the one question this is, when it holds none.
    ///
    /// # Errors
    /// When something is missing.
    pub fn single(self) -> Result<Evaluate, EvaluationError> {
        let Self { subject, action, resource, context, .. } = self;
        EvaluateOr { subject, action, resource, context }.complete()
    }

    /// Reads one of the questions.
    ///
    /// # Errors
    /// When it has another shape, or something is missing.
    pub fn read(&self, question: &RawValue) -> Result<Evaluate, EvaluationError> {
        let own: EvaluateOr = serde_json::from_str(question.get())
            .map_err(|error| EvaluationError::Malformed(without_place(&error)))?;
        let question = EvaluateOr {
            subject: own.subject.or_else(|| self.subject.clone()),
            action: own.action.or_else(|| self.action.clone()),
            resource: own.resource.or_else(|| self.resource.clone()),
            context: own.context.or_else(|| self.context.clone()),
        };
        question.complete()
    }
}

impl EvaluateOr {
    fn complete(self) -> Result<Evaluate, EvaluationError> {
        let missing = |field| EvaluationError::Malformed(format!("missing field `{field}`"));
        Ok(Evaluate {
            subject: self.subject.ok_or_else(|| missing("subject"))?,
            action: self.action.ok_or_else(|| missing("action"))?,
            resource: self.resource.ok_or_else(|| missing("resource"))?,
            context: self.context,
        })
    }
}

impl Evaluate {
    /// Turns the question into the action it asks about, for a key of `own` agent. `names_subject` tells whether the
    /// schema of the action names an argument `subject`.
    ///
    /// # Errors
    /// When it has no meaning, or no record could hold it.
    pub fn request(
        self,
        own: Option<&AgentId>,
        names_subject: bool,
    ) -> Result<ActionRequest, EvaluationError> {
        let Self { subject, action, resource, context } = self;
        let context = context.unwrap_or_default();
        let is_agent = subject.kind == "agent";
        let is_tool = resource.kind == "tool";
        // What nobody asked for is for the schema to refuse, on the record.
        let subject_argument =
            names_subject || !(is_agent || matches!(subject.kind.as_str(), "user" | "identity"));
        let entities = [("subject", &subject, subject_argument), ("resource", &resource, !is_tool)];
        let request = ActionRequest {
            tool: is_tool.then(|| name("resource.id", &resource.id)).transpose()?,
            agent_version: context.agent_version.clone(),
            session_id: parsed("context.session_id", context.session_id.as_ref())?,
            on_behalf_of: parsed("context.on_behalf_of", context.on_behalf_of.as_ref())?,
            parent_action_id: match &context.parent_action_id {
                Some(id) => Some(id.parse().map_err(|_| InvalidRequest::ParentActionId)?),
                None => None,
            },
            model: context.model.clone(),
            idempotency_key: context.idempotency_key.clone(),
            user_id: if is_agent { context.user_id.clone() } else { Some(subject.id.clone()) },
            ..ActionRequest::new(
                acting(&subject, &context, own)?,
                name("action.name", &action.name)?,
                arguments(&action, &context, &entities)?,
            )
        };
        request.check().map_err(InvalidRequest::from)?;
        Ok(request)
    }
}

/// Returns the agent that acts: the subject, or whoever acts for it.
fn acting(
    subject: &Entity,
    context: &CallContext,
    own: Option<&AgentId>,
) -> Result<AgentId, EvaluationError> {
    let malformed = |text: &str| EvaluationError::Malformed(text.to_owned());
    match (subject.kind.as_str(), &context.agent) {
        ("agent", Some(agent)) if *agent != subject.id => {
            Err(malformed("`context.agent` names another agent than `subject.id`"))
        }
        ("agent", _) => Ok(name("subject.id", &subject.id)?),
        (_, Some(agent)) => Ok(name("context.agent", agent)?),
        (_, None) => own.cloned().ok_or_else(|| {
            malformed("`context.agent` must name the agent that acts for the subject")
        }),
    }
}

fn parsed<T: std::str::FromStr<Err = syndic_model::NameError>>(
    field: &'static str,
    text: Option<&String>,
) -> Result<Option<T>, InvalidRequest> {
    text.map(|text| name(field, text)).transpose()
}

/// Joins the members of `action.properties` and `context.args`, and the entities that are arguments, as they arrived:
/// whatever is there twice is then a duplicate key, which is denied.
fn arguments(
    action: &NamedAction,
    context: &CallContext,
    entities: &[(&str, &Entity, bool)],
) -> Result<Arguments, EvaluationError> {
    let mut members = Vec::new();
    for (field, object) in
        [("action.properties", &action.properties), ("context.args", &context.args)]
    {
        members.extend(object.as_deref().map(|raw| inside(field, raw)).transpose()?);
    }
    for (field, Entity { kind, id, properties }, is_argument) in entities {
        if let Some(raw) = properties {
            inside(&format!("{field}.properties"), raw)?;
        }
        if *is_argument {
            let text = |text: &str| serde_json::Value::from(text).to_string();
            let properties = properties.as_ref().map_or("{}", |raw| raw.get());
            let (kind, id) = (text(kind), text(id));
            members.push(format!(
                r#""{field}":{{"type":{kind},"id":{id},"properties":{properties}}}"#
            ));
        }
    }
    members.retain(|text| !text.is_empty());
    let raw = RawValue::from_string(format!("{{{}}}", members.join(",")))
        .map_err(|error| EvaluationError::Malformed(without_place(&error)))?;
    Ok(Arguments::parse(&raw).map_err(InvalidRequest::from)?)
}

/// Returns the members of an object as text.
fn inside(field: &str, raw: &RawValue) -> Result<String, EvaluationError> {
    let members = raw.get().strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    members
        .map(|text| text.trim().to_owned())
        .ok_or_else(|| EvaluationError::Malformed(format!("`{field}` is not an object")))
}

/// A data error names fields; the place it adds is one in a part of the body.
fn without_place(error: &serde_json::Error) -> String {
    error.to_string().split(" at line ").next().unwrap_or_default().to_owned()
}
