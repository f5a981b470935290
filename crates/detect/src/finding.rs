//! What a scan answers.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::Entity;

/// What was found, in the order it stands in; no two overlap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings(pub(crate) Vec<Finding>);

impl Deref for Findings {
    type Target = [Finding];

    fn deref(&self) -> &[Finding] {
        &self.0
    }
}

impl Findings {
    /// Keeps those that `keep` tells.
    pub fn retain(&mut self, keep: impl FnMut(&Finding) -> bool) {
        self.0.retain(keep);
    }
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub entity: Entity,
    /// Where it stands, in bytes of the text as it was given; of JSON, in bytes of the document, without quotes.
    pub span: Range<usize>,
    /// How sure that is.
    pub score: Score,
    /// Why.
    pub evidence: Evidence,
    /// The place in a JSON document, as a JSON pointer (RFC 6901). A key that is a finding has its own path.
    pub path: Option<Arc<str>>,
}

/// How sure a finding is, in hundredths: 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(pub(crate) u8);

impl Score {
    /// At and above it an action may be stopped: as good as certain.
    pub const BLOCK: Self = Self(80);
    /// At and above it text may be redacted: more likely than not.
    pub const REDACT: Self = Self(50);

    /// Makes a score of hundredths; more than 100 is 100.
    #[must_use]
    pub const fn new(hundredths: u8) -> Self {
        Self(if hundredths > 100 { 100 } else { hundredths })
    }

    /// Returns it in hundredths.
    #[must_use]
    pub const fn hundredths(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// Why something is taken for what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The name of the pattern, as in `card-visa` or `github-fine-grained-token`.
    pub pattern: Cow<'static, str>,
    /// It has a checksum, which is right.
    pub checksum: bool,
    /// A word near it, or the key it stands under, says what it is.
    pub context: bool,
    /// How it was disguised.
    pub evasion: Option<Evasion>,
    /// In which message before this text it begins: 1 is the last one noted in the [`Tail`](crate::Tail). 0 where it
    /// is in this text alone.
    pub messages_back: usize,
}

/// How a value was disguised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Evasion {
    /// Characters that look alike, other digits, invisible or combining ones.
    Lookalike,
    /// Base64, hexadecimal, percent, `\u` or entity encoding.
    Encoded,
    /// Spaces or other separators between its characters.
    Spaced,
    /// Digits or signs as words.
    Spelled,
    /// Pieces in several places of a document.
    Split,
    /// Pieces in several messages.
    Messages,
}

impl Evasion {
    /// Returns the name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lookalike => "lookalike",
            Self::Encoded => "encoded",
            Self::Spaced => "spaced",
            Self::Spelled => "spelled",
            Self::Split => "split",
            Self::Messages => "messages",
        }
    }
}
