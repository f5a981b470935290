//! What a detector can find in content.

use std::fmt;
use std::str::FromStr;

use schemars::{Schema, json_schema};

use crate::text::{Meaning, did_you_mean};

/// A label of `context.call.detected`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label(&'static str);

impl Label {
    /// Every label there is.
    pub const ALL: &'static [Self] =
        &[Self("email"), Self("iban"), Self("payment_card"), Self("us_ssn")];

    /// Returns the label as policies read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl FromStr for Label {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|label| label.0 == text).copied();
        found.ok_or_else(|| format!("nothing is detected as `{}`", text.escape_debug()))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Meaning for Label {
    const CODE: &'static str = "unknown-word";

    fn schema() -> Schema {
        json_schema!({"type": "string", "enum": Self::ALL.iter().map(|label| label.0).collect::<Vec<_>>()})
    }

    fn hint(raw: &str) -> Option<String> {
        let all = || Self::ALL.iter().map(|label| label.0);
        did_you_mean(raw, all())
            .or_else(|| Some(format!("one of {}", all().collect::<Vec<_>>().join(", "))))
    }
}
