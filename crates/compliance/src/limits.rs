//! What a report does not show.

use serde::{Deserialize, Serialize};

/// Why something is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotShownKind {
    /// The law itself: evidence is not a judgement.
    Judgement,
    /// Nobody but the log's own key vouches for the history.
    Unwitnessed,
    /// The records and the signed checkpoint do not agree, or none is signed.
    Unsigned,
    /// Records are not kept any more.
    Dropped,
    /// Parts of records were erased.
    Erased,
    /// Nothing is stopped, or an agent can go past.
    NotEnforced,
    /// Paths that nobody looks at.
    Unobserved,
    /// Probes that found nothing, or that this program does not measure.
    Unmeasured,
    /// Duties that rest on somebody's word alone.
    AttestedOnly,
    /// Duties of which nothing is known.
    Unknown,
    /// Duties whose evidence is past its time.
    Stale,
    /// Statements that count for nothing, and why.
    Statements,
    /// Dates of the law that are read in two ways, or may be out of date.
    Dates,
    /// What nobody has said about the agent, and what was assumed.
    Assumed,
}

/// Something that a report does not show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotShown {
    /// Why.
    pub kind: NotShownKind,
    /// What, for people: a sentence in lower case without a full stop.
    pub told: String,
    /// The ids of the probes, controls or statements it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
}
