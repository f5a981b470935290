//! Actions that requests want: a tool's, or a method's own.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use syndic_api::SubmitAction;

use crate::answer;
use crate::decider::Decider;
use crate::denial::Denial;
use crate::json::{Json, Members};
use crate::ladder::{Held, Reached};
use crate::line::{Line, Upstream};
use crate::message::Request;
use crate::permitted::Permitted;
use crate::proxy::Proxy;
use crate::session::Speaker;

/// Members of `params` that are about the request, not about what it wants.
const ABOUT: &[&str] = &["_meta", "inputResponses", "requestState", "task"];

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
    ) -> Result<Permitted<D>, Bytes> {
        let call = request.params.as_ref().map(Json::read::<Call<'_>>);
        let Some(Ok(Call { name, arguments })) = call else {
            let text = "`tools/call` needs `params` with the `name` of a tool";
            return Err(answer::error(&request.id, -32602, text, None));
        };
        let args = arguments.map_or_else(nothing, ToOwned::to_owned);
        let action = self.action(name.to_string(), args);
        let speaker = line.session.speaker(request);
        let decided = self.ask(line, request, &speaker, action).await;
        decided.map_err(|denial| denial.tool_result(request, &speaker))
    }

    /// Decides about any other request; an answer, where it does not go on.
    pub(crate) async fn act<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
        action: String,
    ) -> Result<Permitted<D>, Bytes> {
        let args = request.params.as_ref().map_or_else(nothing, wanted);
        let action = self.action(action, args);
        let speaker = line.session.speaker(request);
        let decided = self.ask(line, request, &speaker, action).await;
        decided.map_err(|denial| denial.error(request))
    }

    /// Asks, and where it is held, climbs the ladder.
    async fn ask<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
        speaker: &Speaker,
        action: SubmitAction,
    ) -> Result<Permitted<D>, Denial> {
        let decider = &line.session.decider;
        let undecided = |error| Denial::undecided(&error);
        let mut decided = self.decide(decider, action.clone()).await.map_err(undecided)?;
        if !decided.allowed {
            let held = Held { request, speaker, action: &action, decided };
            match self.climb(line, held).await.map_err(undecided)? {
                Reached::Allowed(allowed) => decided = *allowed,
                Reached::Denied(denial) => return Err(denial),
            }
        }
        Ok(Permitted::new(decider.clone(), self.background.clone(), &decided))
    }

    fn action(&self, action: String, args: Box<RawValue>) -> SubmitAction {
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

fn nothing() -> Box<RawValue> {
    Json::of(&Value::Object(Map::new())).raw().unwrap_or_default()
}

/// Returns the parameters that say what is wanted, as they were written.
fn wanted(params: &Json) -> Box<RawValue> {
    let members: Members<'_> = match params.read() {
        Ok(members) => members,
        Err(_) => return nothing(),
    };
    let kept = members.0.iter().filter(|(name, _)| !ABOUT.contains(&&**name));
    let text: Vec<_> =
        kept.map(|(name, value)| format!("{}:{}", Value::from(&**name), value.get())).collect();
    RawValue::from_string(format!("{{{}}}", text.join(","))).unwrap_or_else(|_| nothing())
}
