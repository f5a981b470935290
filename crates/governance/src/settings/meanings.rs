//! What texts in `syndic.yaml` mean.

use std::fmt;
use std::str::FromStr;

use jiff::tz;
use schemars::{Schema, json_schema};

use crate::text::{Meaning, closed_words, did_you_mean};

macro_rules! setting_words {
    ($(#[$doc:meta])* $name:ident, $kind:literal: $($(#[$vdoc:meta])* $variant:ident = $word:literal,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the word as it is written.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let found = Self::ALL.iter().find(|word| word.as_str() == text).copied();
                found.ok_or_else(|| format!("`{}` is not {}", text.escape_debug(), $kind))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

setting_words! {
    /// What kind of place a syndic runs in.
    Environment, "an environment; it is one of dev, staging, prod":
    /// Where things are tried.
    Dev = "dev",
    /// Where things are rehearsed.
    Staging = "staging",
    /// Where it counts.
    Prod = "prod",
}

setting_words! {
    /// When a record counts as kept.
    Durability, "a durability; it is one of full, buffered":
    /// Once it is on disk.
    Full = "full",
    /// Once it is written; a crash of the machine may lose it.
    Buffered = "buffered",
}

closed_words!(Environment, Durability);

/// A time zone, read from its name.
#[derive(Debug)]
pub(crate) struct TimeZoneName(pub(crate) tz::TimeZone);

impl FromStr for TimeZoneName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        tz::TimeZone::get(text)
            .map(Self)
            .map_err(|_| format!("`{}` is not a known time zone", text.escape_debug()))
    }
}

impl Meaning for TimeZoneName {
    const CODE: &'static str = "unknown-time-zone";

    fn schema() -> Schema {
        json_schema!({"type": "string", "examples": ["UTC", "Europe/Zurich"]})
    }

    fn hint(raw: &str) -> Option<String> {
        let names: Vec<_> = tz::db().available().collect();
        did_you_mean(raw, names.iter().map(|name| name.as_str()))
            .or_else(|| Some("an IANA name, like `Europe/Zurich`".to_owned()))
    }
}

/// The start of an HTTP address, without a slash at the end.
#[derive(Debug)]
pub(crate) struct PublicUrl(pub(crate) String);

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let usable =
            rest.is_some_and(|rest| !rest.is_empty() && !rest.contains([' ', '?', '#', '@']));
        if !usable {
            return Err(format!("`{}` is not the start of a web address", text.escape_debug()));
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

impl Meaning for PublicUrl {
    const CODE: &'static str = "invalid-url";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^https?://"})
    }

    fn hint(raw: &str) -> Option<String> {
        (!raw.contains("://")).then(|| format!("write `https://{raw}`"))
    }
}
