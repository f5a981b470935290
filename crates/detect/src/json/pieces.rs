//! Short values that follow each other in one container, as one text.

use std::ops::Range;

use super::place::Step;
use crate::Entity;
use crate::hit::Hit;

/// Short values that follow each other.
#[derive(Debug, Default)]
pub(super) struct Pieces<'a> {
    /// A blank is between two that end and begin with digits.
    spaced: bool,
    text: String,
    pieces: Vec<Piece<'a>>,
}

/// One of them.
#[derive(Debug, Clone)]
pub(super) struct Piece<'a> {
    /// Where it stands.
    pub(super) span: Range<usize>,
    step: Step<'a>,
    /// The steps after that, where it stands in containers within.
    deeper: Vec<Step<'a>>,
    /// Something was found in it by itself.
    found: bool,
    /// Where it stands in the text.
    joined: Range<usize>,
}

impl<'a> Piece<'a> {
    pub(super) const fn new(span: Range<usize>, step: Step<'a>, found: bool) -> Self {
        Self { span, step, deeper: Vec::new(), found, joined: 0..0 }
    }

    /// The same, as it stands in what is around its container.
    fn within(&self, step: Step<'a>) -> Self {
        let deeper = std::iter::once(self.step).chain(self.deeper.iter().copied());
        Self { step, deeper: deeper.collect(), ..self.clone() }
    }

    /// Returns the step to it from its container.
    pub(super) const fn step(&self) -> Step<'a> {
        self.step
    }

    /// Returns all steps to it.
    pub(super) fn steps(&self) -> impl Iterator<Item = Step<'a>> {
        std::iter::once(self.step).chain(self.deeper.iter().copied())
    }
}

impl<'a> Pieces<'a> {
    /// Longer values are no pieces.
    pub(super) const LONGEST: usize = 40;
    /// A container of more is no piece itself.
    const FEW: usize = 4;
    /// As much as is joined at once.
    const ROOM: usize = 512;

    /// Begins with what the text before a container says of what is in it.
    pub(super) fn after(before: Option<&Pieces<'_>>) -> Self {
        let text = before.map(Pieces::label).filter(|label| !label.is_empty());
        let text = text.map(|label| format!("{label} ")).unwrap_or_default();
        Self { text, ..Self::default() }
    }

    /// Adds a piece. Answers whether there is room for no more.
    pub(super) fn push(&mut self, text: &str, piece: Piece<'a>) -> bool {
        let value = |byte: &u8| byte.is_ascii_digit() || *byte == b'+';
        let begins = text.bytes().take(3).any(|byte| value(&byte));
        let blank = begins && !self.label().is_empty() || self.spaced && !self.text.is_empty();
        if blank && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.pieces.push(Piece { joined: start..self.text.len(), ..piece });
        self.text.len() + Self::LONGEST > Self::ROOM
    }

    /// Adds the pieces of a container within, which stands at `step`. Answers whether there is room for no more, or
    /// they are not few.
    pub(super) fn take(&mut self, within: &Self, step: Step<'a>) -> bool {
        if within.pieces.len() > Self::FEW {
            return true;
        }
        within.each().any(|(text, piece)| self.push(text, piece.within(step)))
    }

    /// Adds a piece of the container at `step`, where there is room.
    pub(super) fn push_within(&mut self, text: &str, piece: &Piece<'a>, step: Step<'a>) {
        if self.text.len() + Self::LONGEST <= Self::ROOM {
            self.push(text, piece.within(step));
        }
    }

    /// Returns each piece and its text.
    pub(super) fn each(&self) -> impl Iterator<Item = (&str, &Piece<'a>)> {
        let text = |piece: &Piece<'a>| self.text.get(piece.joined.clone()).unwrap_or_default();
        self.pieces.iter().map(move |piece| (text(piece), piece))
    }

    /// Returns the last piece if that is words, which say what follows, and no part of it.
    fn label(&self) -> &str {
        let Some(last) = self.pieces.last() else { return "" };
        let text = self.text.get(last.joined.clone()).unwrap_or_default();
        let words = text.len() > 2
            && text.bytes().all(|byte| byte.is_ascii_alphabetic() || b" :#.,?!'-".contains(&byte))
            && text.bytes().any(|byte| byte.is_ascii_lowercase() || byte == b' ');
        if words { text } else { "" }
    }

    /// Returns the same with blanks between, where some pieces are groups with blanks or signs within.
    pub(super) fn spaced(&self) -> Option<Self> {
        let text = |piece: &Piece<'a>| self.text.get(piece.joined.clone()).unwrap_or_default();
        let grouped =
            |piece: &Piece<'a>| text(piece).bytes().any(|b| matches!(b, b' ' | b'-' | b'.'));
        if !self.pieces.iter().any(grouped) {
            return None;
        }
        let mut spaced = Self { spaced: true, ..Self::default() };
        for piece in &self.pieces {
            let start = spaced.text.len() + usize::from(!spaced.text.is_empty());
            let joined = start..start + text(piece).len();
            if start > 0 {
                spaced.text.push(' ');
            }
            spaced.text.push_str(text(piece));
            spaced.pieces.push(Piece { joined, ..piece.clone() });
        }
        Some(spaced)
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
        let numbers = |piece: &Piece<'_>| {
            let text = self.text.get(piece.joined.clone()).unwrap_or_default();
            text.bytes().all(|byte| byte.is_ascii_digit())
        };
        let sure = hit.checksum || hit.context || hit.score >= 80 && !pieces.iter().all(numbers);
        let fresh = pieces.iter().all(|piece| !piece.found);
        let even = hit.context && (hit.checksum || hit.entity == Entity::UsSsn);
        if pieces.len() > 1 && sure && fresh && (even || self.even(pieces)) { pieces } else { &[] }
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
