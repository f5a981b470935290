//! What Slack sends when somebody presses a button: pure functions over its bytes.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::Sha256;
use std::collections::BTreeMap;
use syndic_model::{ApprovalId, Vote};
use thiserror::Error;

use super::blocks::{APPROVE, FORM, REASON_BLOCK, REJECT};

/// How far a timestamp may be from now.
const MOST_SKEW_SECONDS: u64 = 300;
/// The longest reason that is taken.
const MOST_REASON_CHARACTERS: usize = 1_000;

/// Why something is not from Slack, or means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SlackRefused {
    /// The timestamp is no number, or more than five minutes from now.
    #[error("the timestamp is not of these five minutes")]
    Stale,
    /// The signature is not over these bytes.
    #[error("the signature does not match")]
    Forged,
    /// It is no interaction that syndic asked for.
    #[error("this is no interaction with a message of syndic")]
    Meaningless,
}

/// Somebody at Slack did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interaction {
    /// The Slack user; never a name that they gave themselves.
    pub user: String,
    /// Where.
    pub channel: Option<String>,
    /// What they did.
    pub pressed: Pressed,
}

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pressed {
    /// A button of a message.
    Button {
        /// The request.
        approval: ApprovalId,
        /// Which button.
        vote: Vote,
        /// What a form is opened with, within three seconds.
        trigger: String,
    },
    /// The form for the reason of a rejection was sent.
    Rejected {
        /// The request.
        approval: ApprovalId,
        /// Why, in their words.
        reason: String,
    },
    /// Nothing that needs an answer, such as a link.
    Nothing,
}

/// Verifies that a request is from Slack and of now: `v0=` and the hex HMAC-SHA-256 over `v0:<timestamp>:<body>`, in
/// constant time.
///
/// # Errors
/// When the timestamp is more than 300 s from `now`, or the signature does not match.
pub fn verify(
    signing_secret: &str,
    timestamp: &str,
    raw_body: &[u8],
    signature: &str,
    now: Timestamp,
) -> Result<(), SlackRefused> {
    let is_number = !timestamp.is_empty() && timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let told: i64 = timestamp.parse().ok().filter(|_| is_number).ok_or(SlackRefused::Stale)?;
    if told.abs_diff(now.as_second()) > MOST_SKEW_SECONDS {
        return Err(SlackRefused::Stale);
    }
    // An empty secret would let everybody sign.
    if signing_secret.is_empty() {
        return Err(SlackRefused::Forged);
    }
    let hex = signature.strip_prefix("v0=").ok_or(SlackRefused::Forged)?;
    let signature = bytes_of(hex).ok_or(SlackRefused::Forged)?;
    let mac = Hmac::<Sha256>::new_from_slice(signing_secret.as_bytes())
        .map_err(|_| SlackRefused::Forged)?;
    let mac =
        mac.chain_update("v0:").chain_update(timestamp).chain_update(":").chain_update(raw_body);
    mac.verify_slice(&signature).map_err(|_| SlackRefused::Forged)
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    if hex.len() != 64 || !hex.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    hex.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// Reads the body of a verified request: the form field `payload`.
///
/// # Errors
/// When it is no `block_actions` or `view_submission`, or names no request.
pub fn parse(raw_body: &[u8]) -> Result<Interaction, SlackRefused> {
    let mut fields = form_urlencoded::parse(raw_body).filter(|(name, _)| name == "payload");
    let (_, payload) = fields.next().ok_or(SlackRefused::Meaningless)?;
    if fields.next().is_some() {
        return Err(SlackRefused::Meaningless);
    }
    let payload: Payload = serde_json::from_str(&payload).map_err(|_| SlackRefused::Meaningless)?;
    let user = payload.user.id;
    if user.is_empty() || user.len() > 64 {
        return Err(SlackRefused::Meaningless);
    }
    let pressed = match payload.kind.as_str() {
        "block_actions" => button(payload.actions, payload.trigger_id)?,
        "view_submission" => form(payload.view.ok_or(SlackRefused::Meaningless)?)?,
        _ => return Err(SlackRefused::Meaningless),
    };
    let channel = payload.channel.map(|channel| channel.id);
    Ok(Interaction { user, channel, pressed })
}

fn button(actions: Vec<Action>, trigger: Option<String>) -> Result<Pressed, SlackRefused> {
    let [action] = <[Action; 1]>::try_from(actions).map_err(|_| SlackRefused::Meaningless)?;
    let vote = match action.action_id.as_str() {
        APPROVE => Vote::Approve,
        REJECT => Vote::Reject,
        _ => return Ok(Pressed::Nothing),
    };
    // A button with a link carries no value, and has been followed.
    let Some(value) = action.value else { return Ok(Pressed::Nothing) };
    let approval = value.parse().map_err(|_| SlackRefused::Meaningless)?;
    Ok(Pressed::Button { approval, vote, trigger: trigger.unwrap_or_default() })
}

fn form(view: View) -> Result<Pressed, SlackRefused> {
    if view.callback_id != FORM {
        return Err(SlackRefused::Meaningless);
    }
    let approval = view.private_metadata.parse().map_err(|_| SlackRefused::Meaningless)?;
    let state = view.state.ok_or(SlackRefused::Meaningless)?;
    let block = state.values.get(REASON_BLOCK).ok_or(SlackRefused::Meaningless)?;
    let input: BTreeMap<String, Input> =
        serde_json::from_str(block.get()).map_err(|_| SlackRefused::Meaningless)?;
    let reason =
        input.get(REASON_BLOCK).and_then(|input| input.value.as_deref()).unwrap_or_default();
    let reason = reason.trim().chars().take(MOST_REASON_CHARACTERS).collect();
    Ok(Pressed::Rejected { approval, reason })
}

/// Of what Slack sends, only this is read; the rest is theirs to change.
#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "type")]
    kind: String,
    user: Identified,
    channel: Option<Identified>,
    #[serde(default)]
    actions: Vec<Action>,
    trigger_id: Option<String>,
    view: Option<View>,
}

#[derive(Deserialize)]
struct Identified {
    id: String,
}

#[derive(Deserialize)]
struct Action {
    #[serde(default)]
    action_id: String,
    value: Option<String>,
}

#[derive(Deserialize)]
struct View {
    #[serde(default)]
    callback_id: String,
    #[serde(default)]
    private_metadata: String,
    state: Option<State>,
}

#[derive(Deserialize)]
struct State {
    values: BTreeMap<String, Box<RawValue>>,
}

#[derive(Deserialize)]
struct Input {
    value: Option<String>,
}
