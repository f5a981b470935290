//! What Slack sends when somebody presses a button of a message.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use syndic_gate::{Gate, Voter};
use syndic_model::{ApprovalId, Vote, VoteMethod};
use syndic_relay::{Interaction, Pressed, Slack, SlackApp, parse, slack_person, verify};

use crate::app::App;
use crate::problem::{Failure, no_slack, to_the_end};

/// Takes a vote from Slack: signed by Slack over these very bytes, by a user who is one of the approvers. Slack wants
/// an answer within three seconds, so whatever calls it back runs on.
pub(crate) async fn interact(
    State(gate): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let Some(Ok(app)) = SlackApp::named(&gate.governance()) else { return Err(no_slack()) };
    let Some(secret) = &app.signing_secret else { return Err(no_slack()) };
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (timestamp, signature) = (header("x-slack-request-timestamp"), header("x-slack-signature"));
    verify(secret, timestamp, &body, signature, gate.clock().now())?;
    let Interaction { user, channel, pressed } = parse(&body)?;
    match pressed {
        Pressed::Nothing => Ok(StatusCode::OK.into_response()),
        Pressed::Button { approval, vote: Vote::Reject, trigger } => {
            drop(tokio::spawn(async move {
                if let Err(reason) =
                    Slack::new(&app).ask_reason(&trigger, &approval.to_string()).await
                {
                    tracing::warn!(reason, "Slack did not ask for the reason of a rejection");
                }
            }));
            Ok(StatusCode::OK.into_response())
        }
        Pressed::Button { approval, vote: Vote::Approve, .. } => {
            let asked = user.clone();
            let told =
                to_the_end(async move { vote(&gate, &asked, approval, Vote::Approve, None).await })
                    .await?;
            if let (Err(text), Some(channel)) = (told, channel) {
                drop(tokio::spawn(async move {
                    if let Err(reason) = Slack::new(&app).whisper(&channel, &user, &text).await {
                        tracing::warn!(reason, "Slack did not say why a vote was not taken");
                    }
                }));
            }
            Ok(StatusCode::OK.into_response())
        }
        Pressed::Rejected { approval, reason } => {
            let vote =
                async move { vote(&gate, &user, approval, Vote::Reject, Some(&reason)).await };
            Ok(match to_the_end(vote).await? {
                Ok(()) => StatusCode::OK.into_response(),
                Err(text) => {
                    let errors =
                        json!({ "response_action": "errors", "errors": { "reason": text } });
                    Json(errors).into_response()
                }
            })
        }
    }
}

/// Votes as the one person that a Slack user is.
async fn vote(
    gate: &Gate,
    user: &str,
    approval: ApprovalId,
    vote: Vote,
    reason: Option<&str>,
) -> Result<(), String> {
    let governance = gate.governance();
    let Some(person) = slack_person(&governance.approvers, user) else {
        return Err("No approver has this Slack user among their channels.".to_owned());
    };
    let voter = Voter { person: person.id.clone(), method: VoteMethod::Slack, key: None };
    gate.vote(&voter, approval, vote, reason).await.map(drop).map_err(|error| error.to_string())
}
