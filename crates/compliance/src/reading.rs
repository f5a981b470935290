//! What a probe found.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Window;

/// What a probe's rule says of what it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The rule is met.
    Met,
    /// Some of what the rule asks for is there.
    Partial,
    /// The rule is not met.
    NotMet,
    /// There is nothing to go by.
    Unknown,
    /// What there is, is older than the probe's freshness.
    Stale,
    /// A figure without a rule: evidence for people, which meets nothing by itself.
    Told,
}

impl Verdict {
    /// Returns the word that reports use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Partial => "partial",
            Self::NotMet => "not_met",
            Self::Unknown => "unknown",
            Self::Stale => "stale",
            Self::Told => "told",
        }
    }
}

/// One value of a reading. There are no floats: shares are in thousandths, and named so (`…_permille`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// A number, its unit in its name.
    Count(u64),
    /// A word, a hash or an id.
    Text(String),
    /// Several, in order.
    List(Vec<String>),
    /// A time.
    At(Timestamp),
}

/// What a probe found, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The probe's id in the catalogue, such as `LOG-01`.
    pub probe: String,
    /// The version of the rule; it changes whenever the same records could read otherwise.
    pub version: u32,
    /// What the rule says.
    pub verdict: Verdict,
    /// Why, for people: one sentence in lower case without a full stop.
    pub told: String,
    /// What was measured, each named with its unit.
    pub value: BTreeMap<String, Figure>,
    /// What time it is about.
    pub window: Window,
    /// The first and the last record it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<(u64, u64)>,
    /// Records that stand for it and are proven in the report, at most 8.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cited: Vec<u64>,
    /// Until when it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_until: Option<Timestamp>,
    /// It speaks of enforcement, so it cannot be met where the agent is only observed or its path is advisory.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub enforcement: bool,
}
