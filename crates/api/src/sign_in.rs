//! `/v1/session`: how a browser signs in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Signs a browser in: by a key, or by a code that was made for one.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// A key of a person: an approver's, an auditor's or an administrator's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// A code, good once and for ten minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "7K3M-Q9ZD")]
    pub code: Option<String>,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignIn(…)")
    }
}

/// Who asks, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct SessionBody {
    /// `agent`, `approver`, `auditor` or `admin`.
    #[schema(example = "admin")]
    pub role: String,
    /// The person, of an approver's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The agent, of an agent's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The id of the key.
    pub key: String,
    /// When the session, or the key, ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// What the role may do, in words: `read`, `suspend`, `vote` and so on. The server decides all the same.
    pub may: Vec<String>,
}

/// A code that signs a browser in.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct SignInCode {
    /// The code.
    #[schema(example = "7K3M-Q9ZD")]
    pub code: String,
    /// The dashboard's address with the code in it, where browsers do not send it to anybody.
    pub url: String,
    /// When it is good no more.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for SignInCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignInCode").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}
