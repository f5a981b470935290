//! A set of kinds.

use crate::entity::Kind;

/// A set of kinds, a bit each; the highest bit stands for what is none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kinds(u128);

impl Kinds {
    pub(crate) const NONE: Self = Self(0);
    /// What numbers are that tell of nobody: an order, a version, a time.
    pub(crate) const OTHER: Self = Self(1 << 127);

    pub(crate) const fn of(kinds: &[Kind]) -> Self {
        let mut bits = 0;
        let mut rest = kinds;
        while let [first, others @ ..] = rest {
            bits |= 1 << *first as u8;
            rest = others;
        }
        Self(bits)
    }

    pub(crate) const fn one(kind: Kind) -> Self {
        Self(1 << kind as u8)
    }

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What both hold; all that either holds where that is nothing.
    pub(crate) const fn narrowed(self, other: Self) -> Self {
        let both = self.0 & other.0;
        Self(if both == 0 { self.0 | other.0 } else { both })
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) const fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }
}
