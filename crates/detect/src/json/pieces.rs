//! Short values that follow each other in one container, as one text.

use std::ops::Range;

use super::place::Step;
use super::text::unescaped;
use crate::Entity;
use crate::hit::Hit;

/// Short values that follow each other.
#[derive(Debug, Default)]
pub(super) struct Pieces<'a> {
    text: String,
    pieces: Vec<Piece<'a>>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Piece<'a> {
    /// Where it stands.
    pub(super) span: Range<usize>,
    key: Option<&'a str>,
    index: usize,
    /// Something was found in it by itself.
    found: bool,
    /// Where it stands in the text.
    joined: Range<usize>,
}

impl<'a> Piece<'a> {
    pub(super) fn new(span: Range<usize>, step: &Step<'a>, found: bool) -> Self {
        let (key, index) = match step {
            Step::Object(key) => (Some(*key), 0),
            Step::Array(index) => (None, *index),
        };
        Self { span, key, index, found, joined: 0..0 }
    }

    /// Returns the step to it from its container.
    pub(super) fn step(&self) -> Step<'a> {
        self.key.map_or(Step::Array(self.index), Step::Object)
    }
}

impl<'a> Pieces<'a> {
    /// Longer values are no pieces.
    pub(super) const LONGEST: usize = 40;
    /// As much as is joined at once.
    const ROOM: usize = 512;

    /// Adds a piece. Answers whether there is room for no more.
    pub(super) fn push(&mut self, raw: &str, piece: Piece<'a>) -> bool {
        let start = self.text.len();
        self.text.push_str(&unescaped(raw));
        self.pieces.push(Piece { joined: start..self.text.len(), ..piece });
        self.text.len() + Self::LONGEST > Self::ROOM
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Tells whether they may be a value: of few digits and no `@` there is none.
    pub(super) fn promising(&self) -> bool {
        self.pieces.len() > 1
            && (self.text.contains('@')
                || self.text.bytes().filter(u8::is_ascii_digit).nth(6).is_some())
    }

    /// Returns the pieces of a hit, if that is of several as wholes, and more sure than that numbers in a row are.
    pub(super) fn of(&self, hit: &Hit) -> &[Piece<'a>] {
        let first = self.pieces.iter().position(|piece| piece.joined.start == hit.span.start);
        let last = self.pieces.iter().rposition(|piece| piece.joined.end == hit.span.end);
        let (Some(first), Some(last)) = (first, last) else { return &[] };
        let pieces = self.pieces.get(first..=last).unwrap_or_default();
        let sure = hit.checksum
            || hit.context
            || matches!(hit.entity, Entity::EmailAddress | Entity::Secret) && hit.score >= 80;
        let fresh = pieces.iter().all(|piece| !piece.found);
        if pieces.len() > 1 && sure && fresh && self.even(pieces) { pieces } else { &[] }
    }

    /// Numbers that were one value are of one length, but for the last.
    fn even(&self, pieces: &[Piece<'_>]) -> bool {
        let text = |piece: &Piece<'_>| self.text.get(piece.joined.clone()).unwrap_or_default();
        let numbers =
            pieces.iter().all(|piece| text(piece).bytes().all(|byte| byte.is_ascii_digit()));
        let Some((last, first)) = pieces.split_last() else { return false };
        let lengths = || first.iter().map(|piece| piece.joined.len());
        let longest = lengths().max().unwrap_or(0);
        !numbers || lengths().all(|length| length == longest) && last.joined.len() <= longest
    }
}
