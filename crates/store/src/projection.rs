//! What is rebuilt from the ledger at a start, as the store sees it: leaves go in, bytes come out.

use syndic_ledger::Leaf;

/// A pure function of the leaves: what is resumed from bytes and given the leaves after them is what all leaves make.
pub trait Projection: Default + Send + 'static {
    /// Names the program and the layout of the bytes. Bytes of another version are not looked at.
    const VERSION: &'static str;

    /// Applies one record of the ledger.
    fn replay(&mut self, leaf: &Leaf);

    /// Writes down all of it. Nothing may be in there that no leaf has in clear.
    fn keep(&self) -> Vec<u8>;

    /// Reads back what [`Self::keep`] wrote; nothing where it is anything else.
    fn resume(kept: &[u8]) -> Option<Self>;
}
