//! How a held action reaches the people who decide, and their answer the client.

use std::time::Duration;

use serde_json::{Value, json};
use syndic_api::{ApprovalHint, Decided, SubmitAction};
use tokio::time::Instant;

use crate::decider::{Decider, Undecided};
use crate::denial::Denial;
use crate::json::Json;
use crate::line::{Line, Upstream};
use crate::message::Request;
use crate::pending::Pending;
use crate::proxy::Proxy;
use crate::session::Speaker;

/// How often a client that asked for progress hears that people are still asked.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

/// A held action.
pub(crate) struct Held<'a> {
    /// The request that wants it.
    pub(crate) request: &'a Request,
    /// Who sent it.
    #[expect(dead_code, reason = "what a client can do chooses the rung")]
    pub(crate) speaker: &'a Speaker,
    /// What was submitted, to be submitted again.
    pub(crate) action: &'a SubmitAction,
    /// The hold.
    pub(crate) decided: Decided,
}

/// Where the ladder ends.
pub(crate) enum Reached {
    /// It may run.
    Allowed(Box<Decided>),
    /// It does not run, or not now.
    Denied(Denial),
}

impl Proxy {
    /// Waits for people as long as a client waits for an answer, then tells it to ask again.
    pub(crate) async fn climb<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        held: Held<'_>,
    ) -> Result<Reached, Undecided> {
        let Held { request, action, mut decided, .. } = held;
        let decider = &line.session.decider;
        let until = Instant::now() + self.settings.wait;
        loop {
            let Some(hint) = decided.approval.clone().filter(|hint| hint.status == "pending")
            else {
                return Ok(Reached::Denied(Denial::decided(&decided)));
            };
            let pending = Pending::new(decider.clone(), self.background.clone(), hint.id.clone());
            if !decider.reaches_people() {
                drop(pending);
                return Ok(Reached::Denied(alone(&decided)));
            }
            let hint = self.await_people(line, request, hint, until).await?;
            match hint.status.as_str() {
                "pending" if line.voice.is_gone() => {
                    return Ok(Reached::Denied(Denial::decided(&decided)));
                }
                "pending" => {
                    pending.keep();
                    return Ok(Reached::Denied(later(&decided, &hint)));
                }
                "approved" | "rejected" => {
                    pending.keep();
                    decided = self.decide(decider, action.clone()).await?;
                    if decided.allowed {
                        return Ok(Reached::Allowed(Box::new(decided)));
                    }
                }
                _ => {
                    pending.keep();
                    return Ok(Reached::Denied(Denial::decided(&decided).saying(hint.message)));
                }
            }
        }
    }

    /// Waits for the end of a request, `until` then, telling the client about it where it asked for progress.
    async fn await_people<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
        mut hint: ApprovalHint,
        until: Instant,
    ) -> Result<ApprovalHint, Undecided> {
        let token = progress_token(request);
        let mut told = 0_u32;
        while hint.status == "pending" {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            if let Some(token) = &token {
                told += 1;
                let message = format!("waiting for approval: {}", hint.url);
                // Small, so that what the server says later is more.
                let progress = f64::from(told) / 1_000_000.0;
                let params =
                    json!({"progressToken": token, "progress": progress, "message": message});
                drop(line.voice.notify("notifications/progress", &params).await);
            }
            let waiting = line.session.decider.approval(&hint.id, left.min(PROGRESS_EVERY));
            tokio::select! {
                answer = waiting => hint = answer?,
                () = line.voice.gone() => break,
            }
        }
        Ok(hint)
    }
}

fn progress_token(request: &Request) -> Option<Value> {
    let meta = request.params.as_ref()?.member("_meta")?;
    meta.member("progressToken").as_ref().map(Json::read)?.ok()
}

/// Tells that the client should ask again.
fn later(decided: &Decided, hint: &ApprovalHint) -> Denial {
    let text = format!(
        "Approval required: people are asked (approval {}, until {}), see {}. It has not run. Retry the identical call \
         after approval.",
        hint.id, hint.expires_at, hint.url
    );
    Denial::decided(decided).saying(text)
}

/// Tells that nobody can be asked here.
fn alone(decided: &Decided) -> Denial {
    let text = "This needs a person's approval, and nobody can be asked: syndic decides inside this process. It has \
                not run. Start the daemon with `syndic serve` and leave out `--standalone`, then try again.";
    Denial::decided(decided).saying(text.to_owned())
}
