//! Proofs of RFC 6962: that a record is in a tree, and that a tree continues an earlier one.
//!
//! They are made from tiles (c2sp.org/tlog-tiles), which hold the roots of the perfect subtrees of 256^L leaves, and
//! checked with a head alone.

use std::cell::Cell;

use thiserror::Error;
use tlog_tiles::HashReader;

use crate::{Hash, Head, perfect};

/// More leaves than any tree has; sizes from outside beyond it are refused before they are calculated with.
pub const MAX_SIZE: u64 = 1 << 48;

/// The longest proof of a tree of [`MAX_SIZE`]: a hash for each level, and one more for consistency.
pub const MAX_PROOF_HASHES: usize = 49;

/// Levels of the tree in one level of tiles.
const TILE_HEIGHT: u8 = 8;

/// Where the hashes of a tree are kept, level by level.
pub trait Tiles {
    /// Why hashes could not be read.
    type Error;

    /// Reads `count` roots of perfect subtrees of 256^`level` leaves, from the subtree `first` on; they lie in one
    /// tile, so there are at most 256 of them.
    ///
    /// # Errors
    /// When they cannot be read, or there are fewer.
    fn hashes(&self, level: u8, first: u64, count: usize) -> Result<Vec<Hash>, Self::Error>;

    /// Returns the root of the `n`th perfect subtree of 2^`height` leaves. Who has it at hand need not derive it.
    ///
    /// # Errors
    /// As [`Self::hashes`].
    fn subtree(&self, height: u8, n: u64) -> Result<Hash, Self::Error> {
        derive_subtree(self, height, n)
    }
}

/// Derives the root of the `n`th perfect subtree of 2^`height` leaves from the hashes in its tile.
///
/// # Errors
/// As [`Tiles::hashes`].
pub fn derive_subtree<T: Tiles + ?Sized>(tiles: &T, height: u8, n: u64) -> Result<Hash, T::Error> {
    let within = height % TILE_HEIGHT;
    let hashes = tiles.hashes(height / TILE_HEIGHT, n << within, 1 << within)?;
    Ok(perfect(&hashes))
}

/// Why a proof was not made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProveError<E> {
    /// There is nothing to prove.
    #[error("a tree of {size} records has no record or earlier size {of}")]
    Range {
        /// The record's index, or the earlier size.
        of: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The hashes could not be read.
    #[error(transparent)]
    Tiles(E),
}

/// What a proof does not prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refuted {
    /// The record is not in the tree.
    #[error("record {index} is not in the log of {size} records, or was changed")]
    Inclusion {
        /// The record's index.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The later tree has fewer records.
    #[error("the log has {to} records and had {from}: records were taken away")]
    Shrunk {
        /// The earlier size.
        from: u64,
        /// The later size.
        to: u64,
    },
    /// The earlier tree is no beginning of the later one.
    #[error("the log of {to} records does not continue the one of {from}: history was rewritten")]
    Rewritten {
        /// The earlier size.
        from: u64,
        /// The later size.
        to: u64,
    },
}

/// Proves that record `index` is in the tree of `size` records.
///
/// # Errors
/// When it is not, or the tiles cannot be read.
pub fn inclusion<T: Tiles + ?Sized>(
    index: u64,
    size: u64,
    tiles: &T,
) -> Result<Vec<Hash>, ProveError<T::Error>> {
    let range = ProveError::Range { of: index, size };
    if index >= size || size > MAX_SIZE {
        return Err(range);
    }
    let reader = Reader { tiles, failed: Cell::new(None) };
    let proof = tlog_tiles::prove_record(size, index, &reader);
    reader.answer(proof, range)
}

/// Proves that the tree of `to` records continues the one of `from` records.
///
/// # Errors
/// When `from` is larger, or the tiles cannot be read.
pub fn consistency<T: Tiles + ?Sized>(
    from: u64,
    to: u64,
    tiles: &T,
) -> Result<Vec<Hash>, ProveError<T::Error>> {
    let range = ProveError::Range { of: from, size: to };
    if from > to || to > MAX_SIZE {
        return Err(range);
    }
    if from == 0 {
        return Ok(Vec::new());
    }
    let reader = Reader { tiles, failed: Cell::new(None) };
    let proof = tlog_tiles::prove_tree(to, from, &reader);
    reader.answer(proof, range)
}

/// Checks that the record `index` with this [`crate::leaf_hash`] is in the tree of `head`.
///
/// # Errors
/// When `proof` does not prove it.
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    head: &Head,
    proof: &[Hash],
) -> Result<(), Refuted> {
    let refuted = Refuted::Inclusion { index, size: head.size };
    if head.size > MAX_SIZE || proof.len() > MAX_PROOF_HASHES {
        return Err(refuted);
    }
    let root = tlog_tiles::Hash(head.root);
    tlog_tiles::check_record(&theirs(proof), head.size, root, index, tlog_tiles::Hash(leaf))
        .map_err(|_| refuted)
}

/// Checks that the tree of `to` continues the one of `from`.
///
/// # Errors
/// When `proof` does not prove it.
pub fn verify_consistency(from: &Head, to: &Head, proof: &[Hash]) -> Result<(), Refuted> {
    let refuted = Refuted::Rewritten { from: from.size, to: to.size };
    if from.size > to.size {
        return Err(Refuted::Shrunk { from: from.size, to: to.size });
    }
    if to.size > MAX_SIZE || proof.len() > MAX_PROOF_HASHES {
        return Err(refuted);
    }
    if from.size == 0 {
        let nothing = from.root == tlog_tiles::EMPTY_HASH.0 && proof.is_empty();
        return if nothing { Ok(()) } else { Err(refuted) };
    }
    let (earlier, later) = (tlog_tiles::Hash(from.root), tlog_tiles::Hash(to.root));
    tlog_tiles::check_tree(&theirs(proof), to.size, later, from.size, earlier).map_err(|_| refuted)
}

/// Gives the library the hashes it asks for, and keeps why one could not be read.
struct Reader<'a, T: Tiles + ?Sized> {
    tiles: &'a T,
    failed: Cell<Option<T::Error>>,
}

impl<T: Tiles + ?Sized> Reader<'_, T> {
    fn answer(
        self,
        proof: Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error>,
        range: ProveError<T::Error>,
    ) -> Result<Vec<Hash>, ProveError<T::Error>> {
        match (proof, self.failed.into_inner()) {
            (Ok(proof), _) => Ok(proof.into_iter().map(|hash| hash.0).collect()),
            (Err(_), Some(error)) => Err(ProveError::Tiles(error)),
            (Err(_), None) => Err(range),
        }
    }
}

impl<T: Tiles + ?Sized> HashReader for Reader<'_, T> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let read = indexes.iter().map(|&index| {
            let (level, n) = tlog_tiles::split_stored_hash_index(index);
            self.tiles.subtree(level, n).map(tlog_tiles::Hash)
        });
        read.collect::<Result<_, _>>().map_err(|error| {
            self.failed.set(Some(error));
            tlog_tiles::Error::IndexesNotInTree
        })
    }
}

fn theirs(proof: &[Hash]) -> Vec<tlog_tiles::Hash> {
    proof.iter().copied().map(tlog_tiles::Hash).collect()
}
