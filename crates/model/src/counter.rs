//! The counts of what agents did over time.

use std::fmt;
use std::str::FromStr;

use crate::MAX_LIMITS;
use crate::risk::words;

words! {
    /// Whose use is counted, always of one agent.
    Scope, "scope", "agent, action, session, user":
    /// All it does.
    Agent = "agent",
    /// What it does by the same action.
    Action = "action",
    /// What it does in the same session.
    Session = "session",
    /// What it does for the same user.
    User = "user",
}

words! {
    /// Over which rolling time use is counted.
    Window, "window", "minute, hour, day":
    /// 60 seconds.
    Minute = "minute",
    /// 60 minutes.
    Hour = "hour",
    /// 24 hours.
    Day = "day",
}

/// One count that policies can read, below `context.call.usage`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counter {
    /// `limit_<number>`: what a limit of the profile counts, from 1.
    Limit(usize),
    /// `<scope>.<window>`.
    Rolling(Scope, Window),
}

impl Counter {
    /// Returns all there are where no agent has more than `limits` limits.
    pub fn all(limits: usize) -> impl Iterator<Item = Self> {
        let rolling = Scope::ALL
            .iter()
            .flat_map(|scope| Window::ALL.iter().map(|window| Self::Rolling(*scope, *window)));
        (1..=limits).map(Self::Limit).chain(rolling)
    }
}

impl fmt::Display for Counter {
    /// Writes the path below `context.call.usage`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limit(number) => write!(f, "limit_{number}"),
            Self::Rolling(scope, window) => write!(f, "{scope}.{window}"),
        }
    }
}

impl FromStr for Counter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("there is no counter `{}`", text.escape_debug());
        if let Some(number) = text.strip_prefix("limit_") {
            let number = number.parse().ok().filter(|number| (1..=MAX_LIMITS).contains(number));
            return number.map(Self::Limit).ok_or_else(unknown);
        }
        let (scope, window) = text.split_once('.').ok_or_else(unknown)?;
        let (scope, window) = (scope.parse().ok(), window.parse().ok());
        scope.zip(window).map(|(scope, window)| Self::Rolling(scope, window)).ok_or_else(unknown)
    }
}
