//! RFC 9457 problem documents: how every HTTP error reads.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{FileFinding, HeldPolicy};

/// A problem document (`application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:syndic:problem:` and a stable code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong with this request, and what to do.
    pub detail: String,
    /// What waits to be accepted, where a reload loosens something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Box<HeldPolicy>>,
    /// What is wrong with the files, where they do not load.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FileFinding>,
}

impl Problem {
    /// Makes a problem from its stable code, such as `key-expired`.
    #[must_use]
    pub fn new(status: u16, code: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:syndic:problem:{code}"),
            title: code.replace('-', " "),
            status,
            detail: detail.into(),
            held: None,
            findings: Vec::new(),
        }
    }

    /// Returns the stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        self.kind.rsplit(':').next().unwrap_or_default()
    }
}
