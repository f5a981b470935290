//! Asking whether an action may run, to the end: decided, or as far as a client can be led.

use bytes::Bytes;
use serde_json::Value;
use syndic_api::SubmitAction;

use crate::answer;
use crate::decider::{Decider, Undecided};
use crate::denial::Denial;
use crate::ladder::{Binding, Handed, Held, Reached, Refused};
use crate::line::{Line, Upstream};
use crate::message::Request;
use crate::permitted::Permitted;
use crate::proxy::Proxy;
use crate::session::Speaker;

/// The specification's code for parameters that cannot be.
const INVALID_PARAMS: i32 = -32602;

/// Why a request does not go on.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// It does not run, or not now.
    Denied(Denial),
    /// Its client is told by a result how it goes on.
    Told(Value),
    /// What its client handed back is not taken.
    Refused(Refused),
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Turn<'a> {
    /// A client asks.
    First,
    /// A client asks again, and hands something back.
    Again(&'a Handed),
    /// The server asks its client.
    Back,
}

impl Stopped {
    /// Says a denial with other words.
    pub(crate) fn saying(self, text: &str) -> Self {
        match self {
            Self::Denied(denial) => Self::Denied(denial.saying(text.to_owned())),
            Self::Told(_) | Self::Refused(_) => self,
        }
    }

    /// Answers the request; a denial as `denied` says.
    pub(crate) fn answer(&self, request: &Request, denied: impl FnOnce(&Denial) -> Bytes) -> Bytes {
        match self {
            Self::Denied(denial) => denied(denial),
            Self::Told(result) => answer::result(&request.id, result),
            Self::Refused(refused) => {
                answer::error(&request.id, INVALID_PARAMS, &refused.to_string(), None)
            }
        }
    }
}

impl Proxy {
    /// Asks about what `request` itself wants, or goes on with what its client hands back.
    pub(crate) async fn settle<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
        speaker: &Speaker,
        action: SubmitAction,
        turn: Turn<'_>,
    ) -> Result<Permitted<D>, Stopped> {
        let binding = Binding::of(&line.session.principal, &request.method, &action);
        let itself = !matches!(turn, Turn::Back);
        let mut held = Held { request, speaker, action: &action, binding, action_id: None, itself };
        let reached = match turn {
            Turn::Again(handed) => {
                let approval = self.seals.open(&handed.state, binding);
                let approval = approval.map_err(Stopped::Refused)?;
                self.resume(line, &held, handed, approval).await
            }
            Turn::First | Turn::Back => self.submit(line, &mut held).await,
        };
        match reached.unwrap_or_else(|error| undecided(&error)) {
            Reached::Allowed(decided) => Ok(self.permitted(line, &decided)),
            Reached::Denied(denial) => Err(Stopped::Denied(denial)),
            Reached::Told(result) => Err(Stopped::Told(result)),
        }
    }

    /// Asks about something that `request` brings with it. Its client waits for people as long as it waits for an
    /// answer.
    pub(crate) async fn ask<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
        speaker: &Speaker,
        action: SubmitAction,
    ) -> Result<Permitted<D>, Denial> {
        let binding = Binding::of(&line.session.principal, &request.method, &action);
        let mut held =
            Held { request, speaker, action: &action, binding, action_id: None, itself: false };
        match self.submit(line, &mut held).await.unwrap_or_else(|error| undecided(&error)) {
            Reached::Allowed(decided) => Ok(self.permitted(line, &decided)),
            Reached::Denied(denial) => Err(denial),
            Reached::Told(_) => {
                let text =
                    "this needs a person's approval, and its client cannot be told".to_owned();
                Err(Denial::held(held.action_id.as_deref(), text, "approval-pending", "after"))
            }
        }
    }

    async fn submit<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        held: &mut Held<'_>,
    ) -> Result<Reached, Undecided> {
        let decided = self.decide(&line.session.decider, held.action.clone()).await?;
        line.session.tools.compare(&decided.policy_revision);
        if decided.allowed {
            return Ok(Reached::Allowed(Box::new(decided)));
        }
        held.action_id = Some(decided.action_id.clone());
        self.climb(line, held, &decided).await
    }

    fn permitted<D: Decider, U>(
        &self,
        line: &Line<D, U>,
        decided: &syndic_api::Decided,
    ) -> Permitted<D> {
        Permitted::new(line.session.decider.clone(), self.background.clone(), decided)
    }
}

fn undecided(error: &Undecided) -> Reached {
    Reached::Denied(Denial::undecided(error))
}
