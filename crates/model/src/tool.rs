//! A tool as a server offers it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::canonical;

/// The action by which a changed definition of a tool is accepted.
pub const CHANGE_TOOL: &str = "mcp.change_tool";

const PREFIX: &str = "sha256:";

/// What a tool's definition hashes to: `sha256:` and 64 hex digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ToolPin(Arc<str>);

/// Says why a text is no pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a pin is `sha256:` and 64 hex digits in lower case")]
pub struct ToolPinError;

impl ToolPin {
    /// Pins a definition: SHA-256 of its canonical text ([`canonical`]), without `_meta`, which servers may change
    /// from answer to answer.
    #[must_use]
    pub fn of(definition: &Value) -> Self {
        let mut definition = definition.clone();
        if let Value::Object(members) = &mut definition {
            members.shift_remove("_meta");
        }
        Self(format!("{PREFIX}{:x}", Hex(&Sha256::digest(canonical(&definition)))).into())
    }

    /// Returns the pin as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ToolPin {
    type Err = ToolPinError;

    fn from_str(text: &str) -> Result<Self, ToolPinError> {
        let digits = text.strip_prefix(PREFIX).ok_or(ToolPinError)?;
        let hex = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() == 64 && digits.bytes().all(hex) {
            return Ok(Self(text.into()));
        }
        Err(ToolPinError)
    }
}

impl fmt::Display for ToolPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ToolPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.0)
    }
}

struct Hex<'a>(&'a [u8]);

impl fmt::LowerHex for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// How a tool stands with an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Policy may allow it, or hold it.
    Callable,
    /// Policy never allows it.
    Never,
    /// No action of the catalogue runs through it.
    Unknown,
    /// The server's tools are pinned, and it is not among them.
    New,
    /// It is not as it was pinned.
    Changed,
}

impl Standing {
    /// Returns the word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Callable => "callable",
            Self::Never => "never",
            Self::Unknown => "unknown",
            Self::New => "new",
            Self::Changed => "changed",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::ToolPin;

    #[test]
    fn a_pin_is_of_what_a_definition_means_and_not_of_how_it_is_written() {
        let pin = ToolPin::of(&json!({"name": "send", "description": "Sends", "_meta": {"n": 1}}));
        assert_eq!(pin, ToolPin::of(&json!({"description": "Sends", "name": "send"})));
        assert_ne!(pin, ToolPin::of(&json!({"description": "Sends.", "name": "send"})));
        assert_eq!(pin.as_str().parse(), Ok(pin.clone()));
        // SHA-256 of `{"description":"Sends","name":"send"}`.
        let known = "sha256:5e9b2853f7596d1a28463a0832b1f40e77410e6d4024698292e05ded091b03d2";
        assert_eq!(pin.as_str(), known);
    }

    #[test]
    fn what_is_no_pin_is_refused() {
        for text in
            ["", "sha256:", "sha256:00", &format!("sha256:{}", "A".repeat(64)), &"0".repeat(71)]
        {
            assert!(text.parse::<ToolPin>().is_err(), "{text}");
        }
    }
}
