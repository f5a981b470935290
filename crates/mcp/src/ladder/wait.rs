//! Waiting for people while a client waits for its answer.

use std::time::Duration;

use serde_json::{Value, json};
use syndic_api::ApprovalHint;
use tokio::time::Instant;

use crate::decider::{Decider, Undecided};
use crate::json::Json;
use crate::ladder::handed::Word;
use crate::line::{Line, Upstream};
use crate::message::Request;

/// How often a client that asked for progress hears that people are still asked.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

/// The shortest look at a request that is pending.
const LEAST: Duration = Duration::from_secs(1);

/// How a wait ended.
pub(super) enum Waited {
    /// People decided, or time is up, as the hint says.
    Over(ApprovalHint),
    /// The person at the client does not want to ask for it.
    Declined,
}

/// Waits for the end of a request, `until` then, telling the client about it where it asked for progress. With `page`,
/// the client is asked to open the page, as it could until 2025-11-25.
pub(super) async fn wait<D: Decider, U: Upstream>(
    line: &Line<D, U>,
    request: &Request,
    mut hint: ApprovalHint,
    until: Instant,
    page: Option<&Value>,
) -> Result<Waited, Undecided> {
    let token = progress_token(request);
    let mut told = 0_u32;
    let mut tell_at = Instant::now();
    let mut asked = page.is_some();
    let mut word = std::pin::pin!(open(line, page));
    while hint.status == "pending" {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        if let Some(token) = token.as_ref().filter(|_| Instant::now() >= tell_at) {
            tell_at = Instant::now() + PROGRESS_EVERY;
            told += 1;
            let message = format!("waiting for approval: {}", hint.url);
            // Small, so that what the server says later is more.
            let progress = f64::from(told) / 1_000_000.0;
            let params = json!({"progressToken": token, "progress": progress, "message": message});
            drop(line.voice.notify("notifications/progress", &params).await);
        }
        let waiting = look(&line.session.decider, &hint.id, left.min(PROGRESS_EVERY));
        tokio::select! {
            answer = waiting => hint = answer?,
            () = tokio::time::sleep_until(until) => break,
            word = &mut word, if asked => {
                asked = false;
                if word == Word::Declined {
                    return Ok(Waited::Declined);
                }
            }
            () = line.voice.gone() => break,
        }
    }
    if page.is_some() && hint.status != "pending" {
        let params = json!({"elicitationId": hint.id});
        drop(line.voice.notify("notifications/elicitation/complete", &params).await);
    }
    Ok(Waited::Over(hint))
}

/// Looks how a request for approval stands, for `wait` as long as it is pending, and at least for a second: some count
/// in whole seconds, and who looks without a pause looks too often.
pub(crate) async fn look<D: Decider>(
    decider: &D,
    id: &str,
    wait: Duration,
) -> Result<ApprovalHint, Undecided> {
    let pause = tokio::time::sleep(LEAST);
    let hint = decider.approval(id, wait.max(LEAST)).await?;
    if hint.status == "pending" {
        pause.await;
    }
    Ok(hint)
}

/// Asks the client to open a page; what it cannot show, nobody said anything about.
async fn open<D: Decider, U>(line: &Line<D, U>, page: Option<&Value>) -> Word {
    let Some(page) = page else { return Word::Opened };
    match line.voice.ask("elicitation/create", page).await {
        Ok(response) => response.answer.as_ref().map_or(Word::Dismissed, Word::of),
        Err(_) => Word::Dismissed,
    }
}

fn progress_token(request: &Request) -> Option<Value> {
    let meta = request.params.as_ref()?.member("_meta")?;
    meta.member("progressToken").as_ref().map(Json::read)?.ok()
}
