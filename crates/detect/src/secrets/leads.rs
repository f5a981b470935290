//! What neither a long token nor a separator leads to: private keys, and passwords after a word or a flag.

use crate::OverBudget;
use crate::classes::{BLOCK, Masks};
use crate::hit::Hit;
use crate::limits::Budget;

use super::{pem, worded};

/// The way through a text, block by block.
#[derive(Debug, Default)]
pub(crate) struct Leads {
    before: Masks,
    /// Before it, every private key is found.
    key_done: usize,
}

/// The bits of a block moved up by `by`, and those of the block before that come in.
const fn moved(block: u64, before: u64, by: u32) -> u64 {
    block << by | before >> (64 - by)
}

impl Leads {
    /// Finds what begins to be told in a block.
    #[inline]
    pub(crate) fn block(
        &mut self,
        bytes: &[u8],
        (masks, base): (&Masks, usize),
        budget: &mut Budget,
        hits: &mut Vec<Hit>,
    ) -> Result<(), OverBudget> {
        let (now, was) = (masks, std::mem::replace(&mut self.before, *masks));
        let word = now.w & moved(now.s, was.s, 1) & moved(now.s, was.s, 2);
        let (sign, was_sign) = (now.token & !now.word, was.token & !was.word);
        let last = 1 << (BLOCK - 1);
        let flag = now.word & moved(sign, was_sign, 1) & !(now.word >> 1);
        let dashes = (1..5).fold(sign, |run, by| run & moved(sign, was_sign, by));
        let dashes = dashes & (now.word >> 1 | last);
        if word | flag | dashes != 0 {
            each(word, |bit| {
                budget.spend(32)?;
                hits.extend(worded::at_word(bytes, base + bit));
                Ok(())
            })?;
            each(flag, |bit| {
                hits.extend(worded::at_flag(bytes, base + bit));
                Ok(())
            })?;
            each(dashes, |bit| self.key(bytes, base + bit, budget, hits))?;
        }
        Ok(())
    }

    /// Finds the private key whose header's first dashes end at `dash`.
    fn key(
        &mut self,
        bytes: &[u8],
        dash: usize,
        budget: &mut Budget,
        hits: &mut Vec<Hit>,
    ) -> Result<(), OverBudget> {
        if let Some(start) = dash.checked_sub(4).filter(|start| *start >= self.key_done) {
            self.key_done = pem::at(bytes, start, budget, hits)?;
        }
        Ok(())
    }
}

/// Visits the bits that are set.
#[inline]
fn each(
    mut bits: u64,
    mut visit: impl FnMut(usize) -> Result<(), OverBudget>,
) -> Result<(), OverBudget> {
    while bits != 0 {
        visit(bits.trailing_zeros() as usize)?;
        bits &= bits - 1;
    }
    Ok(())
}
