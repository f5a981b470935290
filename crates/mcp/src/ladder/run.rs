//! A call that became a task: waits for people, and runs once they have agreed.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use syndic_api::{ApprovalHint, SubmitAction};

use crate::answer::NO_SERVER;
use crate::background::Background;
use crate::decide::decide;
use crate::decider::{Decider, Undecided};
use crate::denial::Denial;
use crate::json::Json;
use crate::ladder::task::{Task, Tasks};
use crate::ladder::{Held, later, look, reasoned};
use crate::line::{Line, Upstream};
use crate::pending::Pending;
use crate::permitted::{Became, Passes, Permitted};
use crate::questions::asks_nothing;
use crate::session::Era;

/// How long one question after the end of a request waits.
const EACH: Duration = Duration::from_secs(30);

/// What a request says about the client: it can do nothing while its call runs as a task.
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// See the module.
pub(super) struct Run<D: Decider, U> {
    decider: D,
    background: Background,
    upstream: U,
    action: SubmitAction,
    action_id: Option<String>,
    params: Value,
    approval: String,
    guard: Pending<D>,
}

impl<D: Decider, U: Upstream> Run<D, U> {
    pub(super) fn of(
        line: &Line<D, U>,
        held: &Held<'_>,
        guard: Pending<D>,
        hint: &ApprovalHint,
        background: Background,
    ) -> Self {
        let params = held.request.params.as_ref().and_then(|params| params.read().ok());
        Self {
            decider: line.session.decider.clone(),
            background,
            upstream: line.upstream.clone(),
            action: held.action.clone(),
            action_id: held.action_id.clone(),
            params: alone(params.unwrap_or_default()),
            approval: hint.id.clone(),
            guard,
        }
    }

    /// Starts; ended from outside while it waits, the request for approval is taken back.
    pub(super) fn start(self, tasks: &Tasks, task: &Arc<Task>) {
        let working = Arc::clone(task);
        tasks.work(task, async move {
            if let Err(undecided) = self.go(&working).await {
                let denial = Denial::undecided(&undecided);
                working.complete(content(&denial), "nobody could decide; it has not run");
            }
        });
    }

    async fn go(self, task: &Task) -> Result<(), Undecided> {
        let mut hint = look(&self.decider, &self.approval, EACH).await?;
        while hint.status == "pending" {
            hint = look(&self.decider, &self.approval, EACH).await?;
        }
        self.guard.keep();
        if hint.status != "approved" && hint.status != "rejected" {
            let action_id = self.action_id.as_deref();
            let denial = Denial::held(action_id, hint.message, "approval-ended", "never");
            task.complete(content(&denial), "nobody approved it; it has not run");
            return Ok(());
        }
        let decided = decide(&self.decider, &self.background, self.action).await?;
        if !decided.allowed {
            let denial = match decided.approval.as_ref().filter(|hint| hint.status == "pending") {
                Some(another) => later(self.action_id.as_deref(), another),
                None => reasoned(&decided, hint.reason.as_deref()),
            };
            task.complete(content(&denial), "not allowed; it has not run");
            return Ok(());
        }
        let permitted = Permitted::new(self.decider, self.background, &decided);
        if !task.run() {
            permitted.became(Became::Error("not run: the client took it back".to_owned()));
            return Ok(());
        }
        let answered = self.upstream.ask("tools/call", &self.params).await;
        finish(task, permitted, answered.map(|response| response.answer)).await;
        Ok(())
    }
}

async fn finish<D: Decider, E>(
    task: &Task,
    permitted: Permitted<D>,
    answered: Result<Result<Json, Json>, E>,
) {
    match answered {
        Ok(Ok(result)) if is_complete(&result) => {
            let passes = permitted.passes(Became::of(&Ok(result.clone()))).await;
            let result = match passes {
                Passes::AsItIs => result,
                Passes::Result(left) => left,
                Passes::Error(why) | Passes::Withheld(why) => content(&Denial::withheld(why)),
            };
            task.complete(result, "done");
        }
        Ok(Ok(_)) => {
            let text = "the server asks the client for something, which it cannot do in a task";
            permitted.became(Became::Error(text.to_owned()));
            task.fail(error(-32603, text), text);
        }
        Ok(Err(failed)) => {
            let failed = match permitted.passes(Became::of(&Err(failed.clone()))).await {
                Passes::AsItIs | Passes::Result(_) => failed,
                Passes::Error(why) | Passes::Withheld(why) => error(-32603, &why),
            };
            task.fail(failed, "the server answered with an error");
        }
        Err(_) => {
            let text = "the server ended without an answer; whether it ran is not known";
            permitted.became(Became::Error(text.to_owned()));
            task.fail(error(NO_SERVER, text), text);
        }
    }
}

fn content(denial: &Denial) -> Json {
    Json::of(&denial.content(Era::Modern))
}

fn is_complete(result: &Json) -> bool {
    let complete = result.member("resultType").is_none_or(|it| it.text() == "\"complete\"");
    complete && asks_nothing(result)
}

fn error(code: i32, message: &str) -> Json {
    Json::of(&json!({"code": code, "message": message}))
}

/// Takes from the parameters what needs the client to be there: its capabilities, and its wish for progress.
fn alone(mut params: Value) -> Value {
    let meta = params.get_mut("_meta").and_then(Value::as_object_mut);
    if let Some(meta) = meta {
        meta.shift_remove("progressToken");
        meta.insert(CAPABILITIES.to_owned(), json!({}));
    }
    params
}
