//! Words for risk: risk level, severity, capability.

use std::str::FromStr;

use thiserror::Error;

/// A word that is not one of a closed list.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{word}` is not {} {kind}; it is one of {expected}", article(kind))]
pub struct UnknownWord {
    /// What was typed.
    pub word: String,
    /// What it should have been.
    pub kind: &'static str,
    /// The list, separated by commas.
    pub expected: &'static str,
}

/// Returns the article that goes before `noun`.
fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// Declares an enum whose variants are written as one word each.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $list:literal: $($(#[$vdoc:meta])* $variant:ident = $word:literal,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// All values, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the word as it is written everywhere.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl FromStr for $name {
            type Err = $crate::risk::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($crate::risk::UnknownWord {
                        word: text.chars().take(80).flat_map(char::escape_default).collect(),
                        kind: $kind,
                        expected: $list,
                    }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// How much harm an agent could do (EU-style levels of product R1).
    RiskLevel, "risk level", "low, medium, high, critical":
    /// Read-only, no external action.
    Low = "low",
    /// Writes data or sends messages, reversible.
    Medium = "medium",
    /// Financial, medical, legal, or irreversible.
    High = "high",
    /// Autonomous decisions that affect many people.
    Critical = "critical",
}

words! {
    /// How bad a violation of a policy is.
    Severity, "severity", "low, medium, high, critical":
    /// Worth counting.
    Low = "low",
    /// Worth reading.
    Medium = "medium",
    /// Worth acting on.
    High = "high",
    /// Worth waking somebody.
    Critical = "critical",
}

words! {
    /// What kind of thing an action does.
    Capability, "capability",
    "read, write_data, send_external_message, execute_code, financial_transaction":
    /// Reads data.
    Read = "read",
    /// Writes data of its own system.
    WriteData = "write_data",
    /// Sends a message to somebody outside.
    SendExternalMessage = "send_external_message",
    /// Runs code.
    ExecuteCode = "execute_code",
    /// Moves money.
    FinancialTransaction = "financial_transaction",
}

impl Capability {
    /// Returns the lowest risk level an agent with this capability may declare.
    #[must_use]
    pub const fn least_risk(self) -> RiskLevel {
        match self {
            Self::Read => RiskLevel::Low,
            Self::WriteData | Self::SendExternalMessage => RiskLevel::Medium,
            Self::ExecuteCode | Self::FinancialTransaction => RiskLevel::High,
        }
    }
}

impl UnknownWord {
    /// Returns the words that would have been right.
    pub fn choices(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.expected.split(", ")
    }
}
