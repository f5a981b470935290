//! `POST /v1/filter`: a text looked through by itself.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use syndic_model::{AgentId, SessionId};
use utoipa::ToSchema;

use crate::InvalidRequest;
use crate::action::name;

/// A text to be looked through: `text` or `json`.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterText {
    /// The agent that has it.
    pub agent: String,
    /// The session in which the same value keeps the same number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// A text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A JSON document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub json: Option<Box<RawValue>>,
}

/// What was found in it, and what is left without it.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct FilteredText {
    /// What was found, in the order it stands in.
    pub findings: Vec<FindingBody>,
    /// The text with numbered tags in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The document with numbered tags in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub json: Option<Box<RawValue>>,
}

/// Something that was found. It never holds the value.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct FindingBody {
    /// The kind, such as `EMAIL_ADDRESS`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it begins, in bytes of the text, or of the document as it arrived.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
    /// How sure it is, 0.01 to 1.
    pub score: f64,
    /// The pattern's name.
    pub pattern: String,
    /// It has a checksum, which is right.
    pub checksum: bool,
    /// A word near it, or the key it stands under, says what it is.
    pub context: bool,
    /// How it was disguised; null where it was not.
    pub evasion: Option<String>,
    /// Where it stands in a document, as a JSON pointer; null in a text.
    pub path: Option<String>,
}

impl FilterText {
    /// Reads whose text it is.
    ///
    /// # Errors
    /// When a name is none, or neither or both of `text` and `json` are given.
    pub fn whose(&self) -> Result<(AgentId, Option<SessionId>), InvalidRequest> {
        if self.text.is_some() == self.json.is_some() {
            return Err(InvalidRequest::OneOf("text", "json"));
        }
        let session = self.session_id.as_deref().map(|id| name("session_id", id)).transpose()?;
        Ok((name("agent", &self.agent)?, session))
    }
}
