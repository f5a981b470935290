//! Actions that requests want: a tool's, or a method's own.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use syndic_api::{SubmitAction, ToolBody};

use crate::answer;
use crate::decider::{Decider, Undecided};
use crate::denial::Denial;
use crate::json::{Json, Members};
use crate::ladder::Turn;
use crate::line::{Line, Upstream};
use crate::message::{Notification, Request};
use crate::method;
use crate::permitted::{Became, Permitted};
use crate::proxy::Proxy;

/// Members of `params` that are about the request, not about what it wants.
const ABOUT: &[&str] = &["_meta", "inputResponses", "requestState", "task"];
/// What of `_meta` is recorded: by it a trace elsewhere finds the record (W3C Trace Context).
const TRACED: &[&str] = &["traceparent", "tracestate"];
/// To how many resources one request subscribes.
const MOST_RESOURCES: usize = 64;
/// The longest text of those.
const LONGEST_TRACE: usize = 512;

/// The action of a call of a tool that the server did not list: none that a catalogue should have.
const UNLISTED: &str = "mcp.unlisted_tool";

/// What `tools/call` names.
#[derive(Deserialize)]
struct Call<'a> {
    name: Box<str>,
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
}

impl Proxy {
    /// Decides about a call of a tool; an answer, where it does not run.
    pub(crate) async fn call<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
        turn: Turn<'_>,
    ) -> Result<Permitted<D>, Bytes> {
        let call = request.params.as_ref().map(Json::read::<Call<'_>>);
        let Some(Ok(Call { name, arguments })) = call else {
            let text = "`tools/call` needs `params` with the `name` of a tool";
            return Err(answer::error(&request.id, -32602, text, None));
        };
        let args = arguments.map_or_else(nothing, ToOwned::to_owned);
        let speaker = line.session.speaker(request);
        let known = async {
            let mut known = self.tools(line, request).await?;
            if known.drift(&name).is_some() {
                // People may have accepted it since.
                line.session.tools.forget();
                known = self.tools(line, request).await?;
            }
            Ok(known)
        };
        let known = known
            .await
            .map_err(|error: Undecided| Denial::undecided(&error).tool_result(request, &speaker))?;
        if let Some(drift) = known.drift(&name).filter(|_| known.stops(&name)) {
            let denial = Denial::held(None, drifted(&name, drift), "tool-changed", "after");
            return Err(denial.tool_result(request, &speaker));
        }
        let action = self.tool_action(&name, known.tool(&name), args, request);
        let decided = self.settle(line, request, &speaker, action, turn).await;
        decided.map_err(|stopped| {
            let stopped = match known.drift(&name) {
                Some(drift) => stopped.saying(&drifted(&name, drift)),
                None => stopped,
            };
            stopped.answer(request, |denial| denial.tool_result(request, &speaker))
        })
    }

    /// Decides about any other request; an answer, where it does not go on.
    pub(crate) async fn act<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
        action: String,
        turn: Turn<'_>,
    ) -> Result<Permitted<D>, Bytes> {
        let args = request.params.as_ref().map_or_else(nothing, wanted);
        let mut action = self.action(action, args);
        action.metadata = trace(request);
        let speaker = line.session.speaker(request);
        let decided = self.settle(line, request, &speaker, action, turn).await;
        decided.map_err(|stopped| stopped.answer(request, |denial| denial.error(request)))
    }

    /// Decides about a subscription to the changes of resources, one by one; an answer, where one of them is not
    /// allowed. It has no end to wait for: what it brings comes as notifications.
    pub(crate) async fn subscribe<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
        resources: &[String],
    ) -> Result<(), Bytes> {
        if resources.len() > MOST_RESOURCES {
            let text = format!("subscribe to at most {MOST_RESOURCES} resources at once");
            return Err(answer::error(&request.id, -32602, &text, None));
        }
        let speaker = line.session.speaker(request);
        for uri in resources {
            let args = Json::of(&json!({"uri": uri})).raw().unwrap_or_else(nothing);
            let action = self.action(method::action("resources/subscribe"), args);
            let subscribed = self.ask(line, request, &speaker, action).await;
            let subscribed = subscribed.map_err(|denial| denial.error(request))?;
            subscribed.became(Became::Result(Json::of(&json!({"subscribed": true}))));
        }
        Ok(())
    }

    /// Decides about a notification that nobody knows.
    pub(crate) async fn notify<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        notification: &Notification,
    ) -> bool {
        let args = notification.params.as_ref().map_or_else(nothing, wanted);
        let action = self.action(method::action(&notification.method), args);
        let decider = &line.session.decider;
        match self.decide(decider, action).await {
            Ok(decided) if decided.allowed => {
                let told = Permitted::new(decider.clone(), self.background.clone(), &decided);
                told.became(Became::Result(Json::of(&Value::Null)));
                true
            }
            Ok(_) | Err(_) => {
                tracing::warn!("notification `{}` is not passed on", notification.method);
                false
            }
        }
    }

    /// Makes the action of a call: the catalogue's where the tool has one, else a name that the catalogue does not have
    /// and that says which tool it was.
    fn tool_action(
        &self,
        name: &str,
        tool: Option<&ToolBody>,
        args: Box<RawValue>,
        request: &Request,
    ) -> SubmitAction {
        let action = match tool {
            Some(ToolBody { action: Some(action), .. }) => action.clone(),
            Some(_) => action_id(&format!("{}.{name}", self.settings.server)),
            None => UNLISTED.to_owned(),
        };
        SubmitAction {
            tool: Some(name.to_owned()),
            server: Some(self.settings.server.clone()),
            tool_pin: tool.map(|tool| tool.pin.clone()),
            metadata: trace(request),
            ..self.action(action, args)
        }
    }

    pub(crate) fn action(&self, action: String, args: Box<RawValue>) -> SubmitAction {
        SubmitAction {
            agent: self.settings.agent.clone(),
            action,
            args,
            tool: None,
            server: None,
            tool_pin: None,
            agent_version: None,
            session_id: self.settings.session.clone(),
            user_id: None,
            on_behalf_of: None,
            parent_action_id: None,
            model: None,
            metadata: Map::new(),
            idempotency_key: None,
            dry_run: false,
        }
    }
}

fn drifted(name: &str, drift: &str) -> String {
    format!("Tool `{name}` is not as it was when it was approved, so it has not run: {drift}.")
}

/// Makes an action's id of a tool's name.
fn action_id(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_.:-".contains(letter);
    name.chars().take(64).map(|letter| if plain(letter) { letter } else { '_' }).collect()
}

pub(crate) fn nothing() -> Box<RawValue> {
    Json::of(&Value::Object(Map::new())).raw().unwrap_or_default()
}

/// Returns the parameters that say what is wanted, as they were written.
pub(crate) fn wanted(params: &Json) -> Box<RawValue> {
    let members: Members<'_> = match params.read() {
        Ok(members) => members,
        Err(_) => return nothing(),
    };
    let kept = members.0.iter().filter(|(name, _)| !ABOUT.contains(&&**name));
    let text: Vec<_> =
        kept.map(|(name, value)| format!("{}:{}", Value::from(&**name), value.get())).collect();
    RawValue::from_string(format!("{{{}}}", text.join(","))).unwrap_or_else(|_| nothing())
}

fn trace(request: &Request) -> Map<String, Value> {
    let Some(meta) = request.params.as_ref().and_then(|params| params.member("_meta")) else {
        return Map::new();
    };
    let traced = TRACED.iter().filter_map(|name| {
        let text: String = meta.member(name)?.read().ok()?;
        (text.len() <= LONGEST_TRACE).then(|| ((*name).to_owned(), text.into()))
    });
    traced.collect()
}
