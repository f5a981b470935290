//! How a held action reaches the people who decide, and their answer the client.
//!
//! Rung by rung, as far up as the client can go: a page that its user opens, a task, or waiting; and at the end of
//! each, to ask again. No rung permits anything: whatever a client comes back with is decided again, and the gate binds
//! an approval to exactly what was asked.

mod handed;
mod run;
mod seal;
mod settle;
mod task;
mod tasks;
mod underway;
mod wait;

use serde_json::{Value, json};
use syndic_api::{ApprovalHint, Decided, SubmitAction};
use tokio::time::Instant;

pub(crate) use handed::Handed;
pub(crate) use seal::{Binding, Refused, Seals};
pub(crate) use settle::Turn;
pub(crate) use task::Tasks;
pub(crate) use tasks::task_id;
pub(crate) use underway::{Underway, begun};
pub(crate) use wait::look;

use crate::decider::{Decider, Undecided};
use crate::denial::{DECISION, Denial};
use crate::ladder::handed::Word;
use crate::ladder::run::Run;
use crate::ladder::wait::{Waited, wait};
use crate::line::{Line, Upstream};
use crate::message::Request;
use crate::pending::Pending;
use crate::proxy::Proxy;
use crate::session::{Era, Speaker};

/// The name of our one request among those that a client is to answer.
const APPROVAL: &str = "approval";

/// Methods that may be answered with a question (2026-07-28).
const ASKING_BACK: &[&str] = &["tools/call", "resources/read", "prompts/get"];

/// A held action.
#[derive(Debug)]
pub(crate) struct Held<'a> {
    /// The request that wants it.
    pub(crate) request: &'a Request,
    /// Who sent it.
    pub(crate) speaker: &'a Speaker,
    /// What was submitted, to be submitted again.
    pub(crate) action: &'a SubmitAction,
    /// Who wants what.
    pub(crate) binding: Binding,
    /// The record of the hold, where it was held just now.
    pub(crate) action_id: Option<String>,
    /// Whether what is answered is the request itself, so that the answer may be a question or a task.
    pub(crate) itself: bool,
}

/// Where the ladder ends.
pub(crate) enum Reached {
    /// It may run.
    Allowed(Box<Decided>),
    /// It does not run, or not now.
    Denied(Denial),
    /// The client is told how it goes on, by a result.
    Told(Value),
}

/// How a client can be led to the people who decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rung {
    /// By a question in the result; it comes back.
    Question,
    /// By a task that it looks at.
    Task,
    /// By a question of our own, while its request waits.
    Page,
    /// By waiting.
    Wait,
}

impl Proxy {
    /// Leads a client to the people who decide on what was held.
    pub(crate) async fn climb<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        held: &Held<'_>,
        decided: &Decided,
    ) -> Result<Reached, Undecided> {
        let Some(hint) = pending(decided) else {
            return Ok(Reached::Denied(Denial::decided(decided)));
        };
        let guard = self.guard(line, &hint);
        if !line.session.decider.reaches_people() {
            return Ok(Reached::Denied(alone(decided)));
        }
        match rung(held, &hint) {
            Rung::Question => {
                guard.keep();
                Ok(Reached::Told(self.ask_back(held, &hint)))
            }
            Rung::Task => match self.tasks.begin(&line.session.principal, &waiting(held, &hint)) {
                Some(task) => {
                    let told = task.created();
                    let run = Run::of(line, held, guard, &hint, self.background.clone());
                    run.start(&self.tasks, &task);
                    if line.voice.is_gone() {
                        task.cancel();
                    }
                    Ok(Reached::Told(told))
                }
                None => self.wait(line, held, guard, hint, None).await,
            },
            Rung::Page => {
                let page = json!({
                    "mode": "url",
                    "elicitationId": hint.id,
                    "url": hint.url,
                    "message": waiting(held, &hint),
                });
                self.wait(line, held, guard, hint, Some(&page)).await
            }
            Rung::Wait => self.wait(line, held, guard, hint, None).await,
        }
    }

    /// Goes on with what a client comes back for.
    pub(crate) async fn resume<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        held: &Held<'_>,
        handed: &Handed,
        approval: String,
    ) -> Result<Reached, Undecided> {
        let decider = &line.session.decider;
        let guard = Pending::new(decider.clone(), self.background.clone(), approval.clone());
        if handed.word == Word::Declined {
            drop(guard);
            return Ok(Reached::Denied(declined(held, &approval)));
        }
        let hint = decider.approval(&approval, std::time::Duration::ZERO).await?;
        let until = Instant::now() + self.settings.wait;
        let Waited::Over(hint) = wait(line, held.request, hint, until, None).await? else {
            return Ok(Reached::Denied(declined(held, &approval)));
        };
        if hint.status == "pending" && !line.voice.is_gone() && handed.word == Word::Opened {
            guard.keep();
            return Ok(Reached::Told(self.ask_back(held, &hint)));
        }
        self.over(line, held, guard, hint).await
    }

    /// Waits as long as a client waits for an answer.
    async fn wait<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        held: &Held<'_>,
        guard: Pending<D>,
        hint: ApprovalHint,
        page: Option<&Value>,
    ) -> Result<Reached, Undecided> {
        let until = Instant::now() + self.settings.wait;
        let approval = hint.id.clone();
        match wait(line, held.request, hint, until, page).await? {
            Waited::Declined => {
                drop(guard);
                Ok(Reached::Denied(declined(held, &approval)))
            }
            Waited::Over(hint) => self.over(line, held, guard, hint).await,
        }
    }

    /// Does what the end of a wait means: what people decided is decided again.
    async fn over<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        held: &Held<'_>,
        guard: Pending<D>,
        hint: ApprovalHint,
    ) -> Result<Reached, Undecided> {
        match hint.status.as_str() {
            "pending" if line.voice.is_gone() => Ok(Reached::Denied(declined(held, &hint.id))),
            "pending" => {
                guard.keep();
                Ok(Reached::Denied(later(held.action_id.as_deref(), &hint)))
            }
            "approved" | "rejected" => {
                guard.keep();
                let decided = self.decide(&line.session.decider, held.action.clone()).await?;
                if decided.allowed {
                    return Ok(Reached::Allowed(Box::new(decided)));
                }
                Ok(Reached::Denied(match pending(&decided) {
                    // Somebody else used the approval, or what people approved is not all that is asked.
                    Some(another) => {
                        self.guard(line, &another).keep();
                        later(held.action_id.as_deref(), &another)
                    }
                    None => reasoned(&decided, hint.reason.as_deref()),
                }))
            }
            _ => {
                guard.keep();
                Ok(Reached::Denied(held.back(hint.message, "approval-ended", "never")))
            }
        }
    }

    fn guard<D: Decider, U>(&self, line: &Line<D, U>, hint: &ApprovalHint) -> Pending<D> {
        Pending::new(line.session.decider.clone(), self.background.clone(), hint.id.clone())
    }

    /// Makes the result by which a client is asked to have the page opened, and to come back.
    fn ask_back(&self, held: &Held<'_>, hint: &ApprovalHint) -> Value {
        let expires = hint.expires_at.as_second();
        json!({
            "resultType": "input_required",
            "inputRequests": {APPROVAL: {
                "method": "elicitation/create",
                "params": {"mode": "url", "url": hint.url, "message": waiting(held, hint)},
            }},
            "requestState": self.seals.seal(&hint.id, held.binding, expires),
            "_meta": {DECISION: {
                "action_id": held.action_id,
                "effect": "hold",
                "code": "approval-pending",
                "retry": "after",
            }},
        })
    }
}

impl Held<'_> {
    fn back(&self, text: String, code: &str, retry: &str) -> Denial {
        Denial::held(self.action_id.as_deref(), text, code, retry)
    }
}

/// Returns the request for approval that was opened or joined.
fn pending(decided: &Decided) -> Option<ApprovalHint> {
    decided.approval.clone().filter(|hint| hint.status == "pending" && !decided.allowed)
}

fn rung(held: &Held<'_>, hint: &ApprovalHint) -> Rung {
    let Held { request, speaker, .. } = held;
    let page = hint.url.starts_with("https://") || hint.url.starts_with("http://");
    let asks_back = ASKING_BACK.contains(&&*request.method);
    // The server's own question is being answered: ours would take its place.
    let answers = request.params.as_ref().is_some_and(|params| {
        params.member("requestState").is_some() || params.member("inputResponses").is_some()
    });
    match speaker.era {
        Era::Modern if !held.itself || answers => Rung::Wait,
        Era::Modern if speaker.opens_urls() && page && asks_back => Rung::Question,
        Era::Modern if speaker.takes_tasks() && &*request.method == "tools/call" => Rung::Task,
        Era::Legacy if speaker.opens_urls() && page => Rung::Page,
        Era::Modern | Era::Legacy => Rung::Wait,
    }
}

/// Tells what people are asked.
fn waiting(held: &Held<'_>, hint: &ApprovalHint) -> String {
    let SubmitAction { agent, action, .. } = held.action;
    format!(
        "`{agent}` wants to `{action}`, which needs a person's approval until {}. See what it is and decide: {}",
        hint.expires_at, hint.url
    )
}

/// Tells that the client should ask again.
fn later(action_id: Option<&str>, hint: &ApprovalHint) -> Denial {
    let text = format!(
        "Approval required: people are asked (approval {}, until {}), see {}. It has not run. Retry the identical call \
         after approval.",
        hint.id, hint.expires_at, hint.url
    );
    Denial::held(action_id, text, "approval-pending", "after")
}

/// Tells that the request for approval was taken back.
fn declined(held: &Held<'_>, approval: &str) -> Denial {
    let text = format!(
        "This needs a person's approval, and the request for it was taken back (approval {approval}). It has not run."
    );
    held.back(text, "approval-cancelled", "never")
}

/// Tells what was decided, in the words of who rejected it too.
fn reasoned(decided: &Decided, reason: Option<&str>) -> Denial {
    let denial = Denial::decided(decided);
    match reason {
        Some(reason) => {
            let text = format!("{} They say: {reason}", denial.text);
            denial.saying(text)
        }
        None => denial,
    }
}

/// Tells that nobody can be asked here.
fn alone(decided: &Decided) -> Denial {
    let text = "This needs a person's approval, and nobody can be asked: syndic decides inside this process. It has \
                not run. Start the daemon with `syndic serve` and leave out `--standalone`, then try again.";
    Denial::decided(decided).saying(text.to_owned())
}
