//! Texts of a file that mean something: where they stand, what they may say, what was probably meant.

use std::fmt::Display;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::str::FromStr;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use syndic_model::{
    ActionName, AgentId, Capability, Counter, Decimal, Effect, EnforcementGrade, GroupName,
    LabelName, MAX_LIMITS, Mode, Money, MoneyError, Period, PersonId, Pointer, PolicyId, RiskLevel,
    ServerName, SessionId, TeamName, ToolName,
};

use crate::position::{At, Position};

/// A text that should read as a `T`, kept as it was written so that reading it can fail in company.
#[derive(Debug)]
pub(crate) struct Text<T> {
    pub(crate) raw: String,
    pub(crate) position: Position,
    meaning: PhantomData<fn() -> T>,
}

/// What a text in a file can mean.
pub(crate) trait Meaning: FromStr<Err: Display> {
    /// The code of the finding when it does not.
    const CODE: &'static str;

    /// Describes the texts that do, for editors.
    fn schema() -> Schema;

    /// Guesses what was meant by a text that does not.
    fn hint(raw: &str) -> Option<String>;
}

impl<T> Text<T> {
    pub(crate) const fn new(raw: String, position: Position) -> Self {
        Self { raw, position, meaning: PhantomData }
    }
}

impl<'de, T> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let At { value, position } = At::<String>::deserialize(deserializer)?;
        Ok(Self::new(value, position))
    }
}

impl<T: Meaning> JsonSchema for Text<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        std::any::type_name::<T>().into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        T::schema()
    }
}

/// Suggests the choice nearest to `word`, if one is near.
#[must_use]
pub fn did_you_mean<'a>(word: &str, choices: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    let distance = |choice: &str| {
        let choice = choice.to_lowercase();
        let begins = choice.len().min(word.len()) >= 3
            && (choice.starts_with(&word) || word.starts_with(&choice));
        if begins { 1 } else { strsim::damerau_levenshtein(&word, &choice) }
    };
    let near = choices.into_iter().map(|choice| (distance(choice), choice));
    let (_, choice) =
        near.filter(|(distance, _)| *distance <= allowed).min_by_key(|(distance, _)| *distance)?;
    Some(format!("did you mean `{choice}`?"))
}

macro_rules! closed_words {
    ($($name:ty),*) => {$(
        impl Meaning for $name {
            const CODE: &'static str = "unknown-word";

            fn schema() -> Schema {
                json_schema!({"type": "string", "enum": Self::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>()})
            }

            fn hint(raw: &str) -> Option<String> {
                did_you_mean(raw, Self::ALL.iter().map(|word| word.as_str()))
            }
        }
    )*};
}
pub(crate) use closed_words;

closed_words!(RiskLevel, Mode, Capability, Effect, EnforcementGrade, Period);

macro_rules! names {
    ($pattern:literal: $($name:ty),*) => {$(
        impl Meaning for $name {
            const CODE: &'static str = "invalid-name";

            fn schema() -> Schema {
                json_schema!({"type": "string", "pattern": $pattern})
            }

            fn hint(raw: &str) -> Option<String> {
                rename(raw)
            }
        }
    )*};
}

names!(
    "^[A-Za-z0-9_.:-]{1,64}$": ActionName, AgentId, GroupName, LabelName, PersonId, PolicyId,
    ServerName, SessionId, TeamName
);
names!("^[A-Za-z0-9_.:/-]{1,128}$": ToolName);

/// Proposes a valid name that resembles `raw`.
pub(crate) fn rename(raw: &str) -> Option<String> {
    let dashed = raw
        .trim()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "_.:-".contains(c) { c } else { '-' });
    let name: String = dashed.take(64).collect();
    name.contains(|c: char| c.is_ascii_alphanumeric()).then(|| format!("`{name}` would do"))
}

impl Meaning for Money {
    const CODE: &'static str = "invalid-money";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^[0-9]+(\\.[0-9]{1,4})? [A-Z]{3}$"})
    }

    fn hint(raw: &str) -> Option<String> {
        let dollars = raw.trim().trim_start_matches('$');
        let words = dollars.split_whitespace().collect::<Vec<_>>().join(" ");
        let guesses = [
            format!("{words} USD"),
            words.to_uppercase(),
            words.replace(',', ""),
            format!("{words} USD").replace(',', ""),
        ];
        let guess = guesses.into_iter().find(|guess| guess.parse::<Self>().is_ok());
        Some(
            guess
                .map_or_else(|| "like `100.00 USD`".to_owned(), |guess| format!("write `{guess}`")),
        )
    }
}

/// The most one transaction may move: an amount of money, or a plain `0`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit(pub(crate) Money);

impl FromStr for Limit {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let text = if text == "0" { "0 USD" } else { text };
        text.parse().map(Self)
    }
}

impl Meaning for Limit {
    const CODE: &'static str = Money::CODE;

    fn schema() -> Schema {
        json_schema!({"anyOf": [{"const": 0}, Money::schema()]})
    }

    fn hint(raw: &str) -> Option<String> {
        Money::hint(raw)
    }
}

impl Meaning for Pointer {
    const CODE: &'static str = "invalid-pointer";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^/"})
    }

    fn hint(raw: &str) -> Option<String> {
        let plain = !raw.is_empty() && !raw.starts_with('$');
        plain.then(|| format!("write `/{}`", raw.replace('.', "/")))
    }
}

impl Meaning for Decimal {
    const CODE: &'static str = "invalid-amount";

    fn schema() -> Schema {
        json_schema!({"type": ["string", "number"], "pattern": "^[0-9]+(\\.[0-9]{1,4})?$"})
    }

    fn hint(_: &str) -> Option<String> {
        Some("an amount without currency, like `4500.00`".to_owned())
    }
}

impl Meaning for Counter {
    const CODE: &'static str = "unknown-counter";

    fn schema() -> Schema {
        let names = Self::all(MAX_LIMITS).map(|counter| counter.to_string());
        json_schema!({"enum": names.collect::<Vec<_>>()})
    }

    fn hint(raw: &str) -> Option<String> {
        let names: Vec<String> = Self::all(MAX_LIMITS).map(|counter| counter.to_string()).collect();
        did_you_mean(raw, names.iter().map(String::as_str))
            .or_else(|| Some("like `agent.minute`, `session.day` or `limit_1`".to_owned()))
    }
}

impl Meaning for Timestamp {
    const CODE: &'static str = "invalid-time";

    fn schema() -> Schema {
        json_schema!({"type": "string", "format": "date-time"})
    }

    fn hint(_: &str) -> Option<String> {
        Some("a time is written like `2026-11-22T09:00:00Z`".to_owned())
    }
}

impl Meaning for SocketAddr {
    const CODE: &'static str = "invalid-address";

    fn schema() -> Schema {
        json_schema!({"type": "string", "examples": ["127.0.0.1:7860", "[::1]:7860"]})
    }

    fn hint(_: &str) -> Option<String> {
        Some("an address is written like `127.0.0.1:7860`".to_owned())
    }
}
