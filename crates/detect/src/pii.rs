//! The verifiers of personal data. Each looks at one place of a text, reads a bounded number of bytes around it, and
//! says what stands there.

pub(crate) mod card;
pub(crate) mod crypto;
pub(crate) mod dates;
pub(crate) mod digits;
pub(crate) mod domain;
pub(crate) mod email;
pub(crate) mod iban;
pub(crate) mod identifier;
pub(crate) mod ip;
pub(crate) mod mac;
pub(crate) mod named;
pub(crate) mod national;
pub(crate) mod number;
pub(crate) mod phone;
pub(crate) mod postal;
pub(crate) mod web;

use std::ops::Range;

use crate::context::Region;
use crate::entity::Kind;
use crate::hit::Hit;
use crate::kinds::Kinds;
use crate::near::Near;

/// One view of a text, with what is known beside it.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) near: Near<'a>,
    pub(crate) region: Option<Region>,
    /// What is looked for.
    pub(crate) on: Kinds,
    /// Below it nothing is reported, so nothing need be checked.
    pub(crate) floor: u8,
}

/// How sure a form is without a word near it, and whether it has a checksum.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    pub(crate) kind: Kind,
    pub(crate) pattern: &'static str,
    pub(crate) alone: u8,
    pub(crate) checksum: bool,
}

impl Claim {
    /// How sure it is beside what the nearest keyword says.
    pub(crate) const fn score(&self, near: Kinds) -> u8 {
        if near.has(self.kind) {
            let sure = if self.checksum { 95 } else { 85 };
            if self.alone + 10 > sure {
                if self.alone > 89 { 99 } else { self.alone + 10 }
            } else {
                sure
            }
        } else if near.is_empty() {
            self.alone
        } else if near.meets(Kinds::OTHER) {
            self.alone.saturating_sub(40)
        } else {
            self.alone.saturating_sub(10)
        }
    }

    pub(crate) fn hit(&self, span: Range<usize>, near: Kinds) -> Hit {
        Hit {
            checksum: self.checksum,
            context: near.has(self.kind),
            ..Hit::new(self.kind.into(), self.pattern, span, self.score(near))
        }
    }
}
