//! Where in a document something stands.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use super::text::unescaped;
use crate::views::View;

/// Where bytes of a text stand in the document around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The text was read from this, where not as it stands.
    pub(super) view: Option<&'a View>,
    /// Where it begins in what is around it.
    pub(super) base: usize,
    /// What is around it, where that is not the document itself.
    pub(super) around: Option<&'a Self>,
}

impl Place<'_> {
    pub(super) fn of(&self, span: Range<usize>) -> Range<usize> {
        let span = match self.view {
            Some(view) => match view.unit(span) {
                Some(unit) => unit.start as usize..unit.end as usize,
                None => 0..0,
            },
            None => span,
        };
        let span = self.base + span.start..self.base + span.end;
        self.around.map_or_else(|| span.clone(), |around| around.of(span.clone()))
    }
}

/// A container that is open, and where in it we are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    Object(&'a str),
    Array(usize),
}

impl Step<'_> {
    /// Adds this to a JSON pointer (RFC 6901).
    pub(super) fn append(&self, pointer: &mut String) {
        match self {
            Self::Object(key) => {
                pointer.push('/');
                for char in unescaped(key).chars() {
                    match char {
                        '~' => pointer.push_str("~0"),
                        '/' => pointer.push_str("~1"),
                        _ => pointer.push(char),
                    }
                }
            }
            Self::Array(index) => {
                // Writing to a string does not fail.
                let _ = write!(pointer, "/{index}");
            }
        }
    }

    /// Returns the key, without its escapes.
    pub(super) fn key(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Object(key) => Some(unescaped(key)),
            Self::Array(_) => None,
        }
    }
}
