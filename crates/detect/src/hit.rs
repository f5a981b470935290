//! Something found in one view of a text, before it is known what else overlaps it.

use std::borrow::Cow;
use std::ops::Range;

use crate::{Entity, Evasion, Evidence, Finding, Score};

/// Something found in one view of a text.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) entity: Entity,
    /// The pattern's name; only a user's is not static.
    pub(crate) pattern: Cow<'static, str>,
    /// In bytes of the view.
    pub(crate) span: Range<usize>,
    /// In hundredths.
    pub(crate) score: u8,
    pub(crate) checksum: bool,
    pub(crate) context: bool,
    /// How it was disguised: told by the view it was found in, never by what finds.
    pub(crate) evasion: Option<Evasion>,
    /// In which message before it begins: 1 is the last. 0 where it is in this text alone.
    pub(crate) back: usize,
}

impl Hit {
    /// Something that neither a checksum nor a word near it confirms yet.
    pub(crate) const fn new(
        entity: Entity,
        pattern: &'static str,
        span: Range<usize>,
        score: u8,
    ) -> Self {
        let pattern = Cow::Borrowed(pattern);
        Self {
            entity,
            pattern,
            span,
            score,
            checksum: false,
            context: false,
            evasion: None,
            back: 0,
        }
    }

    /// Makes public what it says.
    pub(crate) fn finding(self) -> Finding {
        Finding {
            entity: self.entity,
            span: self.span,
            score: Score::new(self.score),
            evidence: Evidence {
                pattern: self.pattern,
                checksum: self.checksum,
                context: self.context,
                evasion: self.evasion,
                messages_back: self.back,
            },
            path: None,
        }
    }
}
