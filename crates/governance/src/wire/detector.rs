//! `detectors/*.yaml`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::detectors::ChecksumName;
use crate::kinds::EntityName;
use crate::position::At;
use crate::settings::ScoreText;
use crate::text::Text;

/// Something of your own to look for in what actions send and bring back. The file is `detectors/<id>.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "syndic detector")]
pub(crate) struct DetectorFile {
    /// What it finds: one of the kinds there are, or a name of your own in capitals.
    #[serde(rename = "type")]
    #[schemars(required)]
    pub(crate) kind: Option<Text<EntityName>>,
    /// The regular expression, in the syntax of Rust's `regex`, of at most 256 bytes a match. A group named `value` is
    /// what was found, if there is one.
    #[schemars(required)]
    pub(crate) regex: Option<At<String>>,
    /// Texts of which one stands near every match. Taken from the expression if left out.
    pub(crate) literals: Option<Vec<At<String>>>,
    /// What the letters and digits of a value must satisfy. none if left out.
    pub(crate) checksum: Option<Text<ChecksumName>>,
    /// Words near a value, or in the key it stands under, that make it surer.
    pub(crate) context: Option<Vec<String>>,
    /// Whether it is found near such a word only. false if left out.
    pub(crate) context_required: Option<At<bool>>,
    /// How sure a match is, 0.01 to 1.00. 0.80 if left out.
    pub(crate) score: Option<Text<ScoreText>>,
    /// What it must find and what not; checked whenever the directory is read.
    pub(crate) examples: Option<ExamplesFields>,
}

/// Texts, each scanned by itself.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Examples")]
pub(crate) struct ExamplesFields {
    /// Texts in which it finds something.
    #[serde(rename = "match")]
    pub(crate) matches: Option<Vec<At<String>>>,
    /// Texts in which it finds nothing.
    #[serde(rename = "no_match")]
    pub(crate) misses: Option<Vec<At<String>>>,
}
