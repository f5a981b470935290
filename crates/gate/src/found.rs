//! What was found in what an action would send, as it is sealed and read back.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use syndic_policy::Detected;

/// What was found in what an action would send, as it is sealed with the decision.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedFound {
    /// The kinds of personal data.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub pii: BTreeSet<String>,
    /// The secrets, by the names of their formats.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub secrets: BTreeSet<String>,
    /// Some of it was disguised.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub obfuscated: bool,
    /// How, by the names of disguises.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub disguises: BTreeSet<String>,
    /// The earlier actions that a part of it was sent with.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub began_in: BTreeSet<String>,
}

impl RecordedFound {
    pub(crate) fn of(detected: &Detected) -> Self {
        let Detected { pii, secrets, obfuscated, disguises, began_in } = detected.clone();
        Self { pii, secrets, obfuscated, disguises, began_in }
    }

    pub(crate) fn detected(&self) -> Detected {
        let Self { pii, secrets, obfuscated, disguises, began_in } = self.clone();
        Detected { pii, secrets, obfuscated, disguises, began_in }
    }

    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}
