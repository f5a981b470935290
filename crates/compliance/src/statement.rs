//! What people answer for, and how far it can be relied on.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How far a statement can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Somebody answers for it, and nothing it speaks of has changed.
    Holds,
    /// Somebody answers for it that it does not apply, with a reason.
    NotApplicable,
    /// Somebody says that it is not so; it does not lapse before somebody says otherwise.
    Denied,
    /// The purpose, the model, the tools or the policies have changed since.
    Outdated,
    /// Its last day is over.
    Expired,
    /// It is dated after the report.
    Ahead,
}

/// A statement, as a report has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementEntry {
    /// What it is about: a field, or a control.
    pub field: String,
    /// What is stated: `true`, `false`, `not_applicable`, a date or a text.
    pub value: String,
    /// Why, where it is `not_applicable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How far it can be relied on.
    pub standing: Standing,
    /// Why, for people.
    pub why: String,
    /// Who states it: a name or a role.
    pub by: String,
    /// Their function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// When.
    pub on: Date,
    /// Until when it holds.
    pub expires: Timestamp,
    /// SHA-256 (hex) of the document it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The record that has it; left out where it stands in the governance directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
}
