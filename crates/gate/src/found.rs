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
}

impl RecordedFound {
    pub(crate) fn of(Detected { pii, secrets, obfuscated }: &Detected) -> Self {
        Self { pii: pii.clone(), secrets: secrets.clone(), obfuscated: *obfuscated }
    }

    pub(crate) fn detected(&self) -> Detected {
        let Self { pii, secrets, obfuscated } = self.clone();
        Detected { pii, secrets, obfuscated }
    }

    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}
