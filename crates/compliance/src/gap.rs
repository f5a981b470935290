//! What is not satisfied, and what would close it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Status;

/// What a gap is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapIn {
    /// One of the seven checks of product R7.
    Check,
    /// A control of a framework.
    Control,
}

/// Something that is not satisfied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The check's name or the control's id.
    pub id: String,
    /// Which of the two it is.
    pub kind: GapIn,
    /// What the evidence shows.
    pub status: Status,
    /// Why, for people.
    pub why: String,
    /// From when on it matters, where the duty does not apply yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// What would close it: commands to run and files to edit. Empty where this program cannot.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closes: Vec<String>,
}
