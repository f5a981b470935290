//! Changes of a text that leave every other byte as it is.

use std::ops::Range;

/// A part of a text, and what stands there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Splice {
    pub(crate) at: Range<usize>,
    pub(crate) with: String,
}

impl Splice {
    pub(crate) fn replace(at: Range<usize>, with: impl Into<String>) -> Self {
        Self { at, with: with.into() }
    }

    pub(crate) fn insert(at: usize, what: impl Into<String>) -> Self {
        Self::replace(at..at, what)
    }

    pub(crate) fn remove(at: Range<usize>) -> Self {
        Self::replace(at, "")
    }
}

/// Makes the changes, which must not overlap, in any order.
pub(crate) fn apply(text: &str, mut splices: Vec<Splice>) -> String {
    splices.sort_by_key(|splice| (splice.at.start, splice.at.end));
    let (mut changed, mut from) = (String::with_capacity(text.len()), 0);
    for splice in splices {
        changed.push_str(text.get(from..splice.at.start).unwrap_or_default());
        changed.push_str(&splice.with);
        from = splice.at.end;
    }
    changed.push_str(text.get(from..).unwrap_or_default());
    changed
}
