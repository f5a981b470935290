//! Finds keys, tokens, passwords and other secrets.
//!
//! Four questions are asked of a text: [`in_token`] of every long run of token characters, [`assigned`] of every `=`
//! and `:`, [`named`] of a value whose key is known, and [`anywhere`] once.

use std::ops::Range;

use crate::OverBudget;
use crate::hit::Hit;
use crate::limits::Budget;

/// Finds secrets of known formats in `token`, a maximal run of 16 or more of `[A-Za-z0-9_\-+/=.~]`.
pub(crate) fn in_token(
    bytes: &[u8],
    token: Range<usize>,
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    let _ = (bytes, hits);
    budget.spend(token.len())
}

/// Finds what is assigned at the `=` or `:` at `separator`: a password, a credential of a URL, a header's.
pub(crate) fn assigned(
    bytes: &[u8],
    separator: usize,
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    let _ = (bytes, separator, hits);
    budget.spend(1)
}

/// Judges a whole value by the key it stands under.
pub(crate) fn named(
    bytes: &[u8],
    key: &str,
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    let _ = (bytes, key, hits);
    budget.spend(1)
}

/// Finds what neither a long token nor a separator leads to: private keys, passwords after a word.
pub(crate) fn anywhere(
    bytes: &[u8],
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    let _ = (bytes, hits);
    budget.spend(1)
}
