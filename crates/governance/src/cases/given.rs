//! What a test gives, as far as it is said: a row's goes before its table's.

use serde_json::value::RawValue;
use serde_json::{Map, Value};
use syndic_model::{
    ActionName, ActionRequest, AgentId, Arguments, ArgumentsError, Counter, SessionId, ToolName,
};

use super::known::Known;
use super::{Supposed, SupposedUse};
use crate::position::{At, Position};
use crate::report::Report;
use crate::settings::Points;
use crate::text::Text;
use crate::wire::{CallFields, GivenFields, UseFields, Uses};

/// What is asked, and under which circumstances.
#[derive(Debug, Clone, Default)]
pub(super) struct Given {
    agent: Option<AgentId>,
    action: Option<ActionName>,
    args: Option<Args>,
    tool: Option<ToolName>,
    session_id: Option<SessionId>,
    on_behalf_of: Option<AgentId>,
    supposed: Supposed,
}

/// Arguments as they are written, and where.
#[derive(Debug, Clone)]
struct Args {
    form: Form,
    position: Position,
}

#[derive(Debug, Clone)]
enum Form {
    Members(Map<String, Value>),
    Json(String),
}

impl Given {
    pub(super) fn read(
        fields: Option<&GivenFields>,
        known: &Known,
        report: &mut Report<'_>,
    ) -> Self {
        let Some(fields) = fields else { return Self::default() };
        let GivenFields { agent, action, args, tool, session_id, on_behalf_of, call } = fields;
        Self {
            agent: agent.as_ref().and_then(|text| report.read(text)),
            action: action.as_ref().and_then(|text| report.read(text)),
            args: args.as_ref().and_then(|args| read_args(args, report)),
            tool: tool.as_ref().and_then(|text| report.read(text)),
            session_id: session_id.as_ref().and_then(|text| report.read(text)),
            on_behalf_of: on_behalf_of.as_ref().and_then(|text| report.read(text)),
            supposed: call.as_ref().map(|call| read_call(call, known, report)).unwrap_or_default(),
        }
    }

    /// Puts a row over its table; arguments and call facts are replaced one by one.
    pub(super) fn over(self, shared: &Self) -> Self {
        let below = shared.clone();
        Self {
            agent: self.agent.or(below.agent),
            action: self.action.or(below.action),
            args: match (self.args, below.args) {
                (
                    Some(Args { form: Form::Members(own), position }),
                    Some(Args { form: Form::Members(mut members), .. }),
                ) => {
                    members.extend(own);
                    Some(Args { form: Form::Members(members), position })
                }
                (own, below) => own.or(below),
            },
            tool: self.tool.or(below.tool),
            session_id: self.session_id.or(below.session_id),
            on_behalf_of: self.on_behalf_of.or(below.on_behalf_of),
            supposed: Supposed {
                now: self.supposed.now.or(below.supposed.now),
                environment: self.supposed.environment.or(below.supposed.environment),
                pii: self.supposed.pii.or(below.supposed.pii),
                secrets: self.supposed.secrets.or(below.supposed.secrets),
                obfuscated: self.supposed.obfuscated.or(below.supposed.obfuscated),
                anomaly: self.supposed.anomaly.or(below.supposed.anomaly),
                grade: self.supposed.grade.or(below.supposed.grade),
                suspended: self.supposed.suspended.or(below.supposed.suspended),
                labels: self.supposed.labels.or(below.supposed.labels),
                known_recipients: self
                    .supposed
                    .known_recipients
                    .or(below.supposed.known_recipients),
                session_recipients: self
                    .supposed
                    .session_recipients
                    .or(below.supposed.session_recipients),
                usage: over(self.supposed.usage, below.supposed.usage),
            },
        }
    }

    /// Makes the request, as an agent would make it.
    pub(super) fn request(
        self,
        position: Position,
        report: &mut Report<'_>,
    ) -> Option<(ActionRequest, Supposed)> {
        let hint = "who asks: the name of a file in `agents/`";
        let agent = report.require(self.agent.as_ref(), position, "given.agent", hint).cloned();
        let hint = "what for: an id of `actions/*.yaml`";
        let action = report.require(self.action.as_ref(), position, "given.action", hint).cloned();
        let args = match self.args {
            Some(args) => parse(&args, report),
            None => arguments("{}".to_owned()).ok(),
        };
        let request = ActionRequest {
            agent: agent?,
            action: action?,
            args: args?,
            tool: self.tool,
            server: None,
            tool_pin: None,
            agent_version: None,
            session_id: self.session_id,
            user_id: None,
            on_behalf_of: self.on_behalf_of,
            parent_action_id: None,
            model: None,
            metadata: Map::new(),
            idempotency_key: None,
            dry_run: true,
            trace: None,
        };
        Some((request, self.supposed))
    }
}

fn read_args(At { value, position }: &At<Value>, report: &mut Report<'_>) -> Option<Args> {
    let form = match value {
        Value::Object(members) => Form::Members(members.clone()),
        Value::String(json) => Form::Json(json.clone()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            let hint = "write `{name: value}`".to_owned();
            report.error(*position, "wrong-type", "arguments are an object", hint);
            return None;
        }
    };
    Some(Args { form, position: *position })
}

fn parse(args: &Args, report: &mut Report<'_>) -> Option<Arguments> {
    let text = match &args.form {
        Form::Members(members) => serde_json::to_string(members).unwrap_or_default(),
        Form::Json(text) => text.trim().to_owned(),
    };
    arguments(text)
        .map_err(|message| {
            let hint = "like `{\"amount\": 100.00}`".to_owned();
            report.error(args.position, "invalid-arguments", message, hint);
        })
        .ok()
}

/// Reads arguments as the server does.
fn arguments(text: String) -> Result<Arguments, String> {
    let raw = RawValue::from_string(text).map_err(|error| format!("not JSON: {error}"))?;
    Arguments::parse(&raw).map_err(|error: ArgumentsError| error.to_string())
}

/// Puts counters over others, one by one.
fn over<T>(own: Vec<(Counter, T)>, below: Vec<(Counter, T)>) -> Vec<(Counter, T)> {
    let kept = below.into_iter().filter(|(counter, _)| own.iter().all(|(one, _)| one != counter));
    let kept: Vec<_> = kept.collect();
    own.into_iter().chain(kept).collect()
}

fn read_call(fields: &CallFields, known: &Known, report: &mut Report<'_>) -> Supposed {
    let CallFields {
        now,
        environment,
        pii,
        secrets,
        obfuscated,
        anomaly,
        grade,
        suspended,
        session,
        known_recipients,
        usage,
    } = fields;
    let session = session.as_ref();
    Supposed {
        now: now.as_ref().and_then(|text| report.read(text)),
        environment: environment.as_ref().and_then(|text| report.read(text)),
        pii: pii.as_ref().map(|kinds| known.kinds.read_all(Some(kinds), report)),
        secrets: secrets.as_ref().map(|names| known.secrets(names, report)),
        obfuscated: *obfuscated,
        anomaly: anomaly.as_ref().and_then(|text| report.read(text)).map(|Points(points)| points),
        grade: grade.as_ref().and_then(|text| report.read(text)),
        suspended: *suspended,
        labels: session
            .and_then(|session| session.labels.as_ref())
            .map(|labels| report.read_all(Some(labels)).into_iter().collect()),
        known_recipients: known_recipients.clone(),
        session_recipients: session.and_then(|session| session.known_recipients.clone()),
        usage: usage
            .iter()
            .flat_map(|Uses(uses)| uses)
            .filter_map(|(counter, fields)| read_use(counter, fields, report))
            .collect(),
    }
}

fn read_use(
    counter: &Text<Counter>,
    fields: &UseFields,
    report: &mut Report<'_>,
) -> Option<(Counter, SupposedUse)> {
    let UseFields { calls, denials, amount, recipients, affected_people, tokens } = fields;
    let amount = amount.as_ref().map_or(Some(None), |text| report.read(text).map(Some))?;
    let (calls, denials, recipients) = (*calls, *denials, *recipients);
    let (affected_people, tokens) = (*affected_people, *tokens);
    let supposed = SupposedUse { calls, denials, amount, recipients, affected_people, tokens };
    Some((report.read(counter)?, supposed))
}
