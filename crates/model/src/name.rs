//! Names people give to things: one alphabet for all of them.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

/// Says why a text cannot name anything.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{shown}` is not a valid {kind}: 1 to 64 characters of `A-Z a-z 0-9 _ . : -`")]
pub struct NameError {
    kind: &'static str,
    shown: String,
}

/// INVARIANT: every name type holds 1 to 64 bytes of `[A-Za-z0-9_.:-]`.
fn parse(kind: &'static str, text: &str) -> Result<Arc<str>, NameError> {
    let fits = (1..=64).contains(&text.len());
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.:-".contains(&b));
    if fits && plain {
        return Ok(text.into());
    }
    Err(NameError { kind, shown: text.chars().take(80).flat_map(char::escape_default).collect() })
}

macro_rules! name_types {
    ($($(#[$doc:meta])* $name:ident = $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Returns the name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                parse($kind, text).map(Self)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "`{}`", self.0)
            }
        }
    )*};
}

name_types! {
    /// The id of an agent, as in `agents/<id>.yaml`.
    AgentId = "agent id";
    /// The id of an action of the catalogue.
    ActionName = "action id";
    /// The name of a tool through which an action is run.
    ToolName = "tool name";
    /// The `@id` of a policy.
    PolicyId = "policy id";
    /// The id of a session, ours or a caller's.
    SessionId = "session id";
    /// A group of approvers.
    GroupName = "group name";
    /// Somebody who may vote.
    PersonId = "person id";
    /// The id of a calendar, as in `calendars/<id>.yaml`.
    CalendarName = "calendar id";
    /// A label that an action leaves on its session.
    LabelName = "label";
    /// A team that owns agents.
    TeamName = "team name";
}

#[cfg(test)]
mod tests {
    use super::AgentId;

    #[test]
    fn a_name_is_short_and_plain() {
        for (text, valid) in [
            ("customer-support", true),
            ("a.b:c_D-9", true),
            ("", false),
            ("with space", false),
            ("größe", false),
            ("line\nbreak", false),
            (&"x".repeat(64), true),
            (&"x".repeat(65), false),
        ] {
            assert_eq!(text.parse::<AgentId>().is_ok(), valid, "{text:?}");
        }
    }

    #[test]
    fn an_error_never_repeats_control_characters() {
        let error = "a\u{1b}[31m".parse::<AgentId>().unwrap_err().to_string();
        assert!(!error.contains('\u{1b}'), "{error}");
    }
}
