//! Frameworks, and the facts about them that no control holds.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::schema::Day;
use super::{Confidence, ControlEntry};

/// A law, a standard or a list that asks for something.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// Its id, such as `eu-ai-act`.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What it is: a law, a certifiable standard, a community list.
    pub kind: String,
    /// The edition.
    #[serde(default)]
    pub version: Option<String>,
    /// The framework that took its place.
    #[serde(default)]
    pub superseded_by: Option<String>,
    /// Under what licence its ids and titles are used.
    #[serde(default)]
    pub licence: Option<String>,
    /// Where its text can be read.
    #[serde(default)]
    pub sources: Vec<String>,
    /// Whether its text may be used.
    #[serde(default)]
    pub text_reuse: Option<String>,
    /// What a reader must know.
    #[serde(default)]
    pub note: Option<String>,
    /// What it asks for.
    pub controls: Vec<ControlEntry>,
}

/// A day on which something changes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// The day.
    #[schemars(with = "Day")]
    pub date: Date,
    /// What changes.
    pub what: String,
    /// How sure the day is.
    pub confidence: Confidence,
    /// What a reader must know.
    #[serde(default)]
    pub note: Option<String>,
}

/// An area of Annex III of the EU AI Act.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnexIiiArea {
    /// Its point.
    pub point: String,
    /// Its name.
    pub area: String,
    /// Which uses are meant.
    pub uses: String,
}

/// A section of the technical documentation by Annex IV of the EU AI Act.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnexIvSection {
    /// Its number.
    pub section: u8,
    /// What it holds.
    pub content: String,
}

/// Which provision fields of the compliance record belong to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordField {
    /// The fields.
    pub fields: Vec<String>,
    /// The provision; none where the law has nothing like it.
    #[serde(default)]
    pub provision: Option<String>,
    /// What to do about them.
    pub advice: String,
}
