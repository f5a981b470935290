//! A text read in another way, that knows for each of its bytes where in the original it comes from.

use std::ops::Range;

use crate::Evasion;

/// What was done to the characters that a byte comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Marks(u8);

impl Marks {
    /// Nothing.
    pub(crate) const PLAIN: Self = Self(0);
    /// It was a character that looks like it, or bore marks.
    pub(crate) const LOOKALIKE: Self = Self(1);
    /// It was encoded.
    pub(crate) const ENCODED: Self = Self(2);
    /// It was a word.
    pub(crate) const SPELLED: Self = Self(4);
    /// Right before it something was left out that is not seen.
    pub(crate) const AFTER_UNSEEN: Self = Self(8);
    /// Right before it a separator was left out.
    pub(crate) const AFTER_SPACE: Self = Self(16);
    /// It was a character of ordinary writing, as `é` or a no-break space.
    pub(crate) const NATURAL: Self = Self(32);
    /// Right before it another piece ends.
    pub(crate) const AFTER_PIECE: Self = Self(64);
    /// What was left out right before it may well separate one value from the next.
    pub(crate) const LOOSE: Self = Self(128);

    /// What says nothing of the first byte of a value.
    const BEFORE: Self = Self(8 | 16 | 64 | 128);

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns the disguise that these tell of.
    pub(crate) const fn evasion(self) -> Option<Evasion> {
        if self.has(Self::SPELLED) {
            Some(Evasion::Spelled)
        } else if self.has(Self::AFTER_PIECE) {
            Some(Evasion::Split)
        } else if self.has(Self::AFTER_SPACE) {
            Some(Evasion::Spaced)
        } else if self.has(Self::ENCODED) {
            Some(Evasion::Encoded)
        } else if self.has(Self(Self::LOOKALIKE.0 | Self::AFTER_UNSEEN.0)) {
            Some(Evasion::Lookalike)
        } else {
            None
        }
    }
}

/// Where a byte of a view comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) marks: Marks,
}

impl Unit {
    /// Those of bytes that stand where they stood.
    fn all_plain(span: Range<usize>) -> impl Iterator<Item = Self> {
        let place = |place| u32::try_from(place).unwrap_or(u32::MAX);
        let span = place(span.start)..place(span.end);
        span.map(|start| Self { start, end: start.wrapping_add(1), marks: Marks::PLAIN })
    }

    /// That of a byte that stands where it stood.
    fn plain(place: usize) -> Self {
        let start = u32::try_from(place).unwrap_or(u32::MAX);
        Self { start, end: start.saturating_add(1), marks: Marks::PLAIN }
    }
}

/// A text read in another way. Offsets are from where the view begins, so that a long text costs no more than a short.
#[derive(Debug, Default)]
pub(crate) struct View {
    bytes: Vec<u8>,
    /// None where every byte comes from its own place, as in the text as it stands.
    units: Option<Vec<Unit>>,
}

impl View {
    /// The text as it stands.
    pub(crate) fn plain(text: &[u8]) -> Self {
        Self { bytes: text.to_vec(), units: None }
    }

    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), units: Some(Vec::with_capacity(bytes)) }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn push(&mut self, byte: u8, unit: Unit) {
        self.bytes.push(byte);
        self.own_units().push(unit);
    }

    /// Pushes bytes that come from the same place.
    pub(crate) fn push_all(&mut self, bytes: &[u8], unit: Unit) {
        let length = self.len() + bytes.len();
        self.own_units().resize(length, unit);
        self.bytes.extend_from_slice(bytes);
    }

    /// Takes over a part of another view.
    pub(crate) fn copy(&mut self, from: &Self, span: Range<usize>) {
        let Some(bytes) = from.bytes.get(span.clone()) else { return };
        match &from.units {
            Some(units) => {
                self.own_units().extend_from_slice(units.get(span).unwrap_or_default());
            }
            None => self.own_units().extend(Unit::all_plain(span)),
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Where each byte comes from, to be added to.
    fn own_units(&mut self) -> &mut Vec<Unit> {
        let length = self.bytes.len();
        self.units.get_or_insert_with(|| Unit::all_plain(0..length).collect())
    }

    /// Changes where the last byte comes from.
    pub(crate) fn last(&mut self) -> Option<(u8, &mut Unit)> {
        Some((*self.bytes.last()?, self.own_units().last_mut()?))
    }

    /// Tells whether something of what `marks` say was done to any byte.
    pub(crate) fn has(&self, marks: Marks) -> bool {
        self.units.iter().flatten().any(|unit| unit.marks.has(marks))
    }

    /// Returns where a span of bytes comes from as a whole, and everything that was done to it.
    pub(crate) fn unit(&self, span: Range<usize>) -> Option<Unit> {
        let Some(units) = &self.units else {
            let last = span.end.checked_sub(1).filter(|last| span.start <= *last)?;
            self.bytes.get(last)?;
            return Some(Unit { end: Unit::plain(last).end, ..Unit::plain(span.start) });
        };
        let (first, rest) = units.get(span)?.split_first()?;
        let whole = Unit { marks: first.marks.without(Marks::BEFORE), ..*first };
        Some(rest.iter().fold(whole, |whole, unit| Unit {
            start: whole.start.min(unit.start),
            end: whole.end.max(unit.end),
            marks: whole.marks.and(unit.marks),
        }))
    }

    /// Returns where a span of bytes comes from, and what was done to the first of it, too.
    pub(crate) fn unit_and_before(&self, span: Range<usize>) -> Option<Unit> {
        let before = match &self.units {
            Some(units) => units.get(span.start)?.marks,
            None => Marks::PLAIN,
        };
        let whole = self.unit(span)?;
        Some(Unit { marks: whole.marks.and(before), ..whole })
    }
}
