//! Names people give to things: one alphabet for all of them.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

/// Says why a text cannot name anything.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{shown}` is not a valid {kind}: 1 to {most} characters of `A-Z a-z 0-9 {marks}`")]
pub struct NameError {
    kind: &'static str,
    most: usize,
    marks: &'static str,
    shown: String,
}

/// Says what is in a name.
struct Alphabet {
    kind: &'static str,
    most: usize,
    marks: &'static str,
}

/// INVARIANT: every name type holds 1 to 64 bytes of `[A-Za-z0-9_.:-]`; a tool's up to 128, `/` too.
fn parse(alphabet: &Alphabet, text: &str) -> Result<Arc<str>, NameError> {
    let Alphabet { kind, most, marks } = *alphabet;
    let fits = (1..=most).contains(&text.len());
    let mark = |b: u8| b != b' ' && marks.as_bytes().contains(&b);
    if fits && text.bytes().all(|b| b.is_ascii_alphanumeric() || mark(b)) {
        return Ok(text.into());
    }
    let shown = text.chars().take(80).flat_map(char::escape_default).collect();
    Err(NameError { kind, most, marks, shown })
}

macro_rules! name_types {
    ($most:literal of $marks:literal: $($(#[$doc:meta])* $name:ident = $kind:literal;)*) => {$(
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
                parse(&Alphabet { kind: $kind, most: $most, marks: $marks }, text).map(Self)
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

name_types! { 64 of "_ . : -":
    /// The id of an agent, as in `agents/<id>.yaml`.
    AgentId = "agent id";
    /// The id of an action of the catalogue.
    ActionName = "action id";
    /// A server that offers tools.
    ServerName = "server name";
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

name_types! { 128 of "_ . : - /":
    /// The name of a tool through which an action is run.
    ToolName = "tool name";
}

#[cfg(test)]
mod tests {
    use super::{AgentId, ToolName};

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
    fn a_tool_may_have_a_longer_name_with_slashes() {
        for (text, valid) in [
            ("admin/users.list", true),
            (&"x".repeat(128), true),
            (&"x".repeat(129), false),
            ("with space", false),
        ] {
            assert_eq!(text.parse::<ToolName>().is_ok(), valid, "{text:?}");
        }
    }

    #[test]
    fn an_error_never_repeats_control_characters() {
        let error = "a\u{1b}[31m".parse::<AgentId>().unwrap_err().to_string();
        assert!(!error.contains('\u{1b}'), "{error}");
    }
}
